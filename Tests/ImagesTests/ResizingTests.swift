import Images
import TestSupport
import Testing

@Suite struct ResizingTests {
    /// Numbers of Pillow's BILINEAR in floats: Fixtures/reference_numbers.py resizing.
    static let pillow: [(old: (Int, Int), new: (Int, Int), samples: [UInt16])] = [
        (
            (9, 7), (4, 3),
            [
                4674, 21685, 38696, 12528, 29539, 46207, 31048, 43264, 36869, 40263, 20494, 24398, 13260, 30271, 47282,
                21144, 38155, 49430, 38288, 46743, 21536, 31990, 25320, 33079, 21846, 38857, 55868, 29760, 46200, 38093,
                43554, 33277, 17863, 20845, 24749, 41760,
            ]
        ),
        (
            (3, 2), (5, 4),
            [
                0, 17011, 34022, 404, 17415, 34426, 1009, 18020, 35031, 2825, 19836, 36847, 4036, 21047, 38058,
                1000, 18011, 35022, 1405, 18416, 35427, 2011, 19022, 36033, 3828, 20839, 37850, 5040, 22051, 39062,
                3001, 20012, 37023, 3406, 20417, 37428, 4015, 21026, 38037, 5834, 22845, 39856, 7047, 24058, 41069,
                4001, 21012, 38023, 4407, 21418, 38429, 5017, 22028, 39039, 6837, 23848, 40859, 8051, 25062, 42073,
            ]
        ),
        (
            (6, 5), (6, 2),
            [
                4001, 21012, 38023, 5017, 22028, 39039, 8051, 25062, 42073, 13103, 30114, 47125, 20173, 37184, 54195,
                29261, 46272, 45410, 12003, 29014, 46025, 13033, 30044, 47055, 16081, 33092, 50103, 21147, 38158, 55169,
                28231, 45242, 41401, 37333, 54344, 8798,
            ]
        ),
    ]

    @Test(arguments: pillow.indices)
    func agreesWithPillow(_ index: Int) {
        let (old, new, expected) = Self.pillow[index]
        var samples: [UInt16] = []
        for y in 0..<old.1 {
            for x in 0..<old.0 {
                for channel in 0..<3 {
                    samples.append(UInt16((1009 * x * x + 4001 * y + 17011 * channel + 7 * x * y) % 65536))
                }
            }
        }
        let picture = Picture(width: old.0, height: old.1, samples: .sixteen(samples))
        #expect(distance(picture.resized(width: new.0, height: new.1).words, expected) <= 1)
    }

    @Test func aReductionAveragesInsteadOfAliasing() {
        let stripes = picture(width: 64, height: 64) { x, _, _ in x % 2 == 0 ? 0 : 255 }
        let small = stripes.resized(width: 8, height: 8)
        // The outer columns see one stripe more on one side.
        for y in 0..<8 { for x in 1..<7 { #expect(abs(Int(small.pixel(x, y)[0]) - 128) <= 1) } }
    }

    @Test func aFlatPictureStaysFlat() {
        let flat = picture(width: 13, height: 7) { _, _, channel in UInt8(50 + 70 * channel) }
        for (width, height) in [(1, 1), (5, 3), (13, 40), (100, 2), (13, 7)] {
            let resized = flat.resized(width: width, height: height)
            #expect(resized == picture(width: width, height: height) { _, _, channel in UInt8(50 + 70 * channel) })
        }
    }

    @Test func transparentPixelsLendNoColor() {
        let picture = Picture(width: 2, height: 1, hasAlpha: true, samples: .eight([200, 100, 50, 255, 0, 255, 0, 0]))
        #expect(picture.resized(width: 1, height: 1).bytes == [200, 100, 50, 128])
        let clear = Picture(width: 2, height: 1, hasAlpha: true, samples: .eight([200, 100, 50, 0, 0, 255, 0, 0]))
        #expect(clear.resized(width: 1, height: 1).bytes == [0, 0, 0, 0])
    }
}
