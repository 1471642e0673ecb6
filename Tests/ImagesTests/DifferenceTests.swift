import Images
import TestSupport
import Testing

@Suite struct DifferenceTests {
    private static let width = 48, height = 40

    /// The pictures that scripts/goldens/picture_differences.py describes: samples of both in 0…255.
    private func pair(_ name: String, spread: Float, columns: Int = width) -> (expected: [Int], actual: [Int]) {
        let count = 3 * Self.width * Self.height
        let (first, second) = (IntegerHash.values("\(name)/expected", count), IntegerHash.values("\(name)/actual", count))
        var (expected, actual): ([Int], [Int]) = ([], [])
        for index in 0..<count where index / 3 % Self.width < columns {
            let (channel, x, y) = (index % 3, index / 3 % Self.width, index / 3 / Self.width)
            let sample = 30 + 2 * x + y + 30 * channel + Int((8 * first[index] + 8).rounded(.down))
            expected.append(sample)
            actual.append(min(max(sample + Int((spread * second[index] + 0.5).rounded(.down)), 0), 255))
        }
        return (expected, actual)
    }

    private func eight(_ samples: [Int], columns: Int = width) -> Picture {
        Picture(width: columns, height: Self.height, samples: .eight(samples.map { UInt8($0) }))
    }

    private func transparent(_ samples: [Int], _ name: String) -> Picture {
        let alphas = IntegerHash.values("\(name)/alpha", Self.width * Self.height).map { 128 + Int((127 * $0).rounded(.down)) }
        var rgba: [Int] = []
        for (pixel, alpha) in alphas.enumerated() { rgba += samples[3 * pixel..<3 * pixel + 3] + [alpha] }
        return Picture(width: Self.width, height: Self.height, hasAlpha: true, samples: .eight(rgba.map { UInt8($0) }))
    }

    private func agrees(_ name: String, _ expected: Picture, _ actual: Picture) throws {
        let golden = try Golden("picture_differences").values(name).map { Double($0) }
        let difference = try #require(PictureDifference(expected, actual))
        #expect(abs(difference.rms - golden[0]) < 1e-5, "\(difference)")
        #expect(abs(difference.maximum - golden[1]) < 1e-5, "\(difference)")
        #expect(abs(difference.psnr - golden[2]) < 1e-5, "\(difference)")
        #expect(abs(difference.structuralSimilarity - golden[3]) < 3e-5, "\(difference)")
        // scikit-image has more digits in the matrix of sRGB than the standard.
        #expect(abs(difference.meanColor - golden[4]) < 0.005, "\(difference)")
        #expect(abs(difference.maximumColor - golden[5]) < 0.02, "\(difference)")
    }

    @Test func agreesWithScikitImage() throws {
        for (name, spread) in [("slight", Float(2)), ("strong", 90)] {
            let (expected, actual) = pair(name, spread: spread)
            try agrees(name, eight(expected), eight(actual))
        }
        let (expected, actual) = pair("deep", spread: 20)
        let deep = { (samples: [Int]) in Picture(width: Self.width, height: Self.height, samples: .sixteen(samples.map { UInt16($0) })) }
        try agrees("deep", deep(expected.map { $0 * 257 }), deep(actual.map { min($0 * 257 + 1, 65535) }))
        let narrow = pair("narrow", spread: 20, columns: 7)
        try agrees("narrow", eight(narrow.expected, columns: 7), eight(narrow.actual, columns: 7))
    }

    @Test func alphaTakesPart() throws {
        let (expected, actual) = pair("clear", spread: 20)
        try agrees("clear", transparent(expected, "clear/expected"), transparent(actual, "clear/actual"))
    }

    @Test func theSamePictureInAnotherFormIsTheSame() throws {
        let picture = noise(width: 13, height: 5)
        #expect(PictureDifference(picture, picture.converted(to: .sixteen)) == PictureDifference.none)
        var rgba: [UInt8] = []
        for pixel in 0..<65 { rgba += picture.bytes[3 * pixel..<3 * pixel + 3] + [255] }
        let opaque = Picture(width: 13, height: 5, hasAlpha: true, samples: .eight(rgba))
        let difference = try #require(PictureDifference(picture, opaque))
        #expect(difference.isNone)
        #expect(difference.psnr == .infinity)
    }

    /// Stored samples differ though nothing is seen of it.
    @Test func coloursUnderFullTransparencyCount() throws {
        let red = Picture(width: 1, height: 1, hasAlpha: true, samples: .eight([255, 0, 0, 0]))
        let black = Picture(width: 1, height: 1, hasAlpha: true, samples: .eight([0, 0, 0, 0]))
        let difference = try #require(PictureDifference(red, black))
        #expect(difference.maximum == 255 && difference.rms == 127.5)
        #expect(difference.maximumColor == 0 && difference.structuralSimilarity == 1)
    }

    @Test func whiteOnWhiteIsSeenBeforeBlack() throws {
        let clear = Picture(width: 3, height: 3, hasAlpha: true, samples: .eight((0..<36).map { $0 % 4 == 3 ? 0 : 255 }))
        let white = Picture(width: 3, height: 3, samples: .eight([UInt8](repeating: 255, count: 27)))
        let difference = try #require(PictureDifference(white, clear))
        #expect(abs(difference.meanColor - 100) < 0.01)
        #expect(difference.structuralSimilarity < 0.01)
    }

    @Test func picturesOfOtherSizesHaveNoDifference() {
        #expect(PictureDifference(noise(width: 4, height: 3), noise(width: 3, height: 4)) == nil)
    }

    /// All pairs of Sharma, Wu and Dalal 2005, Table 1: L*, a*, b* twice and CIEDE2000.
    @Test func agreesWithSharmasPairs() {
        let pairs: [[Double]] = [
            [50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425], [50, 3.1571, -77.2803, 50, 0, -82.7485, 2.8615],
            [50, 2.8361, -74.0200, 50, 0, -82.7485, 3.4412], [50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000],
            [50, -1.1848, -84.8006, 50, 0, -82.7485, 1.0000], [50, -0.9009, -85.5211, 50, 0, -82.7485, 1.0000],
            [50, 0, 0, 50, -1, 2, 2.3669], [50, -1, 2, 50, 0, 0, 2.3669],
            [50, 2.4900, -0.0010, 50, -2.4900, 0.0009, 7.1792], [50, 2.4900, -0.0010, 50, -2.4900, 0.0010, 7.1792],
            [50, 2.4900, -0.0010, 50, -2.4900, 0.0011, 7.2195], [50, 2.4900, -0.0010, 50, -2.4900, 0.0012, 7.2195],
            [50, -0.0010, 2.4900, 50, 0.0009, -2.4900, 4.8045], [50, -0.0010, 2.4900, 50, 0.0010, -2.4900, 4.8045],
            [50, -0.0010, 2.4900, 50, 0.0011, -2.4900, 4.7461], [50, 2.5, 0, 50, 0, -2.5, 4.3065],
            [50, 2.5, 0, 73, 25, -18, 27.1492], [50, 2.5, 0, 61, -5, 29, 22.8977], [50, 2.5, 0, 56, -27, -3, 31.9030],
            [50, 2.5, 0, 58, 24, 15, 19.4535], [50, 2.5, 0, 50, 3.1736, 0.5854, 1.0000], [50, 2.5, 0, 50, 3.2972, 0, 1.0000],
            [50, 2.5, 0, 50, 1.8634, 0.5757, 1.0000], [50, 2.5, 0, 50, 3.2592, 0.3350, 1.0000],
            [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
            [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
            [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
            [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
            [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
            [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
            [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
            [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
            [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
            [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
        ]
        for pair in pairs {
            let first = LabColor(lightness: pair[0], a: pair[1], b: pair[2])
            let second = LabColor(lightness: pair[3], a: pair[4], b: pair[5])
            #expect(abs(first.difference(to: second) - pair[6]) < 0.5e-4 + 1e-9, "\(pair)")
            #expect(abs(second.difference(to: first) - pair[6]) < 0.5e-4 + 1e-9, "\(pair)")
        }
    }

    @Test func labGoesThereAndBack() {
        for colour in [SIMD3(0, 0, 0), SIMD3(1, 1, 1), SIMD3(0.5, 0.25, 0.75), SIMD3(1, 0, 0), SIMD3(0.01, 0.02, 0.9)] {
            let lab = LabColor(red: colour.x, green: colour.y, blue: colour.z)
            let back = lab.sRGB
            for channel in 0..<3 { #expect(abs(back[channel] - colour[channel]) < 2e-3, "\(colour)") }
        }
        let grey = LabColor(red: 0.5, green: 0.5, blue: 0.5)
        #expect(abs(grey.a) < 1e-9 && abs(grey.b) < 1e-9)
        #expect(abs(LabColor(red: 1, green: 1, blue: 1).lightness - 100) < 1e-9)
    }

    @Test func theSheetShowsWhereTheyDiffer() {
        let before = picture(width: 64, height: 64) { _, _, _ in 100 }
        let after = picture(width: 64, height: 64) { x, y, _ in x < 32 || y < 32 ? 100 : 140 }
        let sheet = DifferenceSheet.figure(before, after).picture
        // Three panels of three times their size with gaps of six pixels.
        #expect(sheet.width == 3 * (192 + 6) + 6)
        #expect(sheet.pixel(6 + 2 * 198 + 10, 16) == [0, 0, 0])
        #expect(sheet.pixel(6 + 2 * 198 + 182, 6 + 182).allSatisfy { $0 > 180 })
        #expect(sheet.pixel(16, 16) == [100, 100, 100])
        let sizes = DifferenceSheet.figure(before, picture(width: 5, height: 3000) { _, _, _ in 0 }).picture
        #expect(sizes.height > 3000)
    }
}
