import Images
import TestSupport
import Testing

@Suite struct PictureTests {
    @Test func planesAreRoundedToTheNearestSampleAndClamped() {
        let planes: [Float] = [0, 0.5, 1, -3, 7, .nan, 0.49 / 255, 0.51 / 255, -.infinity, .infinity, 127.4 / 255, 1e-30]
        let picture = Picture(planes: planes, channels: 3, width: 4, height: 1)
        let expected: [UInt8] = [0, 255, 0, 128, 0, 255, 255, 0, 127, 0, 1, 0]  // one triple a pixel
        #expect(picture.bytes == expected)
        let deep = Picture(planes: planes, channels: 3, width: 4, height: 1, bitDepth: .sixteen)
        #expect(deep.words == [0, 65535, 0, 32768, 0, 65535, 65535, 126, 32742, 0, 131, 0])
    }

    @Test func greyIsExpandedToRGB() {
        let picture = Picture(planes: [0, 1], channels: 1, width: 2, height: 1)
        #expect(picture.bytes == [0, 0, 0, 255, 255, 255])
        #expect(picture.alphaPlane() == nil)
    }

    @Test func everySampleSurvivesTheWayThroughPlanes() {
        let bytes = Picture(width: 16, height: 16, samples: .eight((0..<768).map { UInt8(truncatingIfNeeded: $0) }))
        #expect(Picture(planes: bytes.planes(), channels: 3, width: 16, height: 16) == bytes)
        let words = Picture(width: 256, height: 256, samples: .sixteen((0..<196_608).map { UInt16(truncatingIfNeeded: $0) }))
        #expect(Picture(planes: words.planes(), channels: 3, width: 256, height: 256, bitDepth: .sixteen) == words)
    }

    @Test func planesAndAlphaAreSeparate() {
        let picture = Picture(width: 2, height: 1, hasAlpha: true, samples: .eight([51, 102, 153, 255, 204, 0, 255, 0]))
        #expect(picture.planes() == [0.2, 0.8, 0.4, 0, 0.6, 1])
        #expect(picture.alphaPlane() == [1, 0])
        let again = Picture(
            planes: picture.planes() + picture.alphaPlane()!, channels: 4, width: 2, height: 1)
        #expect(again == picture)
    }

    @Test func compositingBlendsWithTheBackground() {
        let picture = Picture(
            width: 3, height: 1, hasAlpha: true, samples: .eight([200, 0, 100, 255, 200, 0, 100, 0, 200, 0, 100, 51]))
        #expect(picture.composited(over: 1).bytes == [200, 0, 100, 255, 255, 255, 244, 204, 224])
        #expect(picture.composited(over: 0).bytes == [200, 0, 100, 0, 0, 0, 40, 0, 20])
        let opaque = noise(width: 3, height: 2)
        #expect(opaque.composited(over: 0.3) == opaque)
    }

    @Test func depthsConvertToTheNearestSample() {
        let deep = Picture(width: 2, height: 1, samples: .sixteen([0, 128, 129, 65535, 32767, 257 * 200 + 128]))
        #expect(deep.converted(to: .eight).bytes == [0, 0, 1, 255, 127, 200])
        let flat = noise(width: 5, height: 4, alpha: true)
        #expect(flat.converted(to: .sixteen).converted(to: .eight) == flat)
        #expect(flat.converted(to: .sixteen).planes() == flat.planes())
    }

    @Test func croppingTakesTheMiddle() {
        let picture = picture(width: 5, height: 4) { x, y, channel in UInt8(x * 10 + y + channel) }
        let middle = picture.croppedToCentre(width: 3, height: 2)
        #expect((middle.width, middle.height) == (3, 2))
        #expect(middle.pixel(0, 0) == [11, 12, 13])
        #expect(middle.pixel(2, 1) == [32, 33, 34])
        #expect(picture.croppedToCentre(width: 9, height: 1).width == 5)
        #expect(picture.croppedToCentre(width: 9, height: 9) == picture)
        // torchvision's CenterCrop rounds half a pixel to the even side: 0.5 to 0, 1.5 to 2.
        #expect(picture.croppedToCentre(width: 4, height: 4).pixel(0, 0) == [0, 1, 2])
        #expect(picture.croppedToCentre(width: 2, height: 4).pixel(0, 0) == [20, 21, 22])
    }
}
