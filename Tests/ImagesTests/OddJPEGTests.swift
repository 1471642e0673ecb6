import Images
import TestSupport
import Testing

/// JPEGs that cameras, scanners and careless programs write: each is read as others read it, or gives its error.
@Suite struct OddJPEGTests {
    @Test(arguments: [
        "arithmeticprogressive", "quarterchroma", "tallchroma", "restarts", "progressiverestarts", "greyprogressive",
    ])
    func pixelsAreThoseThatPillowReads(_ name: String) throws {
        let picture = try Picture.decode(fixture(name + ".jpg"), name: name)
        #expect((picture.width, picture.height, picture.channels) == (20, 12, 3))
        #expect(distance(picture.bytes, try fixture(name + ".rgb")) <= 2)
    }

    @Test func onePixelIsAPicture() throws {
        let picture = try Picture.decode(fixture("onepixel.jpg"), name: "onepixel")
        #expect((picture.width, picture.height) == (1, 1))
        #expect(distance(picture.bytes, try fixture("onepixel.rgb")) <= 2)
    }

    /// Blocks and halves of chroma that the border cuts.
    @Test func everySmallSizeComesBack() throws {
        for width in 1...18 {
            for height in [1, 7, 8, 9, 15, 16, 17] {
                let flat = picture(width: width, height: height) { _, _, channel in [200, 90, 40][channel] }
                for quality in [80, 95] {
                    let again = try Picture.decode(JPEG.encode(flat, quality: quality), name: "flat")
                    #expect(distance(again.bytes, flat.bytes) <= 4, "\(width)x\(height), quality \(quality)")
                }
            }
        }
    }

    @Test func segmentsOfAnyLengthArePassedOver() throws {
        let plain = try fixture("baseline.jpg")
        let expected = try Picture.decode(plain, name: "plain")
        for marker in Array(0xE0...0xEF) + [0xFE] as [UInt8] {
            for length in [0, 1, 3, 5, 11, 12, 13, 255, 65_533] {
                // Whatever is in it; as Adobe's marker such a segment means nothing without its name.
                let contents = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) }
                #expect(try Picture.decode(inserting(marker, contents, in: plain), name: "segment") == expected)
            }
        }
        // Names of known segments with little or nothing behind them.
        for (marker, name) in [(0xE0, "JFIF\0"), (0xE0, "JFXX\0"), (0xE1, "Exif\0\0"), (0xE2, "ICC_PROFILE\0"), (0xEE, "Adobe")]
            as [(UInt8, String)]
        {
            for extra in [[], [1], [1, 1], [255, 255, 255]] as [[UInt8]] {
                #expect(
                    try Picture.decode(inserting(marker, Array(name.utf8) + extra, in: plain), name: name) == expected,
                    "\(name) \(extra.count)")
            }
        }
    }

    @Test func fillBytesAndWhatFollowsTheEndAreAllowed() throws {
        let plain = try fixture("progressive.jpg")
        let expected = try Picture.decode(plain, name: "plain")
        // Any number of 0xFF may stand before a marker.
        let filled = Array(plain[..<2]) + [0xFF, 0xFF, 0xFF] + plain[2...]
        #expect(try Picture.decode(filled, name: "filled") == expected)
        #expect(try Picture.decode(plain + [0, 1, 2, 0xFF, 0xD8, 0xFF], name: "followed") == expected)
        // Two pictures in one file, as of stereo cameras: the first.
        #expect(try Picture.decode(plain + fixture("grey.jpg"), name: "two") == expected)
    }

    /// A length counts its own two bytes. libjpeg takes a smaller one of a segment that it passes over for these two.
    @Test func aLengthMayBeTooShortWhereNothingIsRead() throws {
        let plain = try fixture("baseline.jpg")
        let expected = try Picture.decode(plain, name: "plain")
        for length in [0, 1] as [UInt8] {
            let passedOver = Array(plain[..<2]) + [0xFF, 0xE5, 0, length] + plain[2...]
            #expect(try Picture.decode(passedOver, name: "short") == expected)
            let table = Array(plain[..<2]) + [0xFF, 0xDB, 0, length] + plain[2...]
            #expect(throws: PictureError.self) { try Picture.decode(table, name: "short") }
        }
    }

    /// Cut anywhere, the missing end included, each is an error; damaged anywhere, whatever comes of it is no trap.
    @Test(arguments: ["restarts", "progressiverestarts", "greyprogressive", "onepixel", "quarterchroma", "arithmeticprogressive"])
    func cutOrDamaged(_ name: String) throws {
        let bytes = try fixture(name + ".jpg")
        for count in 0..<bytes.count {
            #expect(throws: PictureError.self, "\(name): \(count) of \(bytes.count)") {
                try Picture.decode(Array(bytes[..<count]), name: name)
            }
        }
        for index in bytes.indices {
            for value in [0x00, 0xFF, 0xD0, bytes[index] ^ 0x01, bytes[index] ^ 0x80] {
                var damaged = bytes
                damaged[index] = value
                _ = try? Picture.decode(damaged, name: name, maximumPixels: 1 << 20)
                _ = try? JPEG.comment(in: damaged)
            }
            var shorter = bytes
            shorter.remove(at: index)
            _ = try? Picture.decode(shorter, name: name, maximumPixels: 1 << 20)
        }
    }

    /// A file with a segment added right after its start.
    private func inserting(_ marker: UInt8, _ contents: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        let length = contents.count + 2
        return bytes[..<2] + [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + contents + bytes[2...]
    }
}
