import Images
import TestSupport
import Testing

@Suite struct JPEGTests {
    static let width = 20, height = 12  // of the fixtures

    /// Decoders may round a sample differently by one; half-resolution chroma leaves more room.
    @Test(arguments: ["baseline", "halfchroma", "progressive", "grey", "rgb", "cmyk", "ycck", "arithmetic"])
    func pixelsAreThoseThatPillowReads(_ name: String) throws {
        let picture = try Picture.decode(fixture(name + ".jpg"), name: name)
        #expect((picture.width, picture.height, picture.channels) == (Self.width, Self.height, 3))
        #expect(distance(picture.bytes, try fixture(name + ".rgb")) <= 2)
    }

    /// Decoded at a part of its size, a photograph that is then scaled to half of that looks the same: less than a grey level of 255 apart.
    @Test(arguments: [(2, 1), (4, 2)]) func aReducedPhotographLooksTheSame(_ enlarged: Int, _ halvings: Int) throws {
        let photo = try Picture.read(from: Photograph.chelsea)
        let large = photo.resized(width: photo.width * enlarged, height: photo.height * enlarged)
        let bytes = try JPEG.encode(large, quality: 92)
        let side = large.height >> halvings
        let reduced = try Picture.decode(bytes, name: "large", shorterSide: side)
        #expect((reduced.width, reduced.height) == (large.width >> halvings, side))
        func seen(_ picture: Picture) -> [UInt8] { picture.resized(width: photo.width / 2, height: photo.height / 2).bytes }
        let (own, whole) = (seen(reduced), seen(try Picture.decode(bytes, name: "large")))
        let difference = zip(own, whole).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(difference) / Double(own.count) < 1)
        // One pixel more is too much to ask, and nothing is reduced by less than a half.
        let next = try Picture.decode(bytes, name: "large", shorterSide: side + 1)
        #expect(next.height == (halvings == 1 ? large.height : large.height / 2))
        #expect(try Picture.decode(fixture("orientation6.jpg"), name: "turned", shorterSide: 6).width == Self.height / 2)
    }

    @Test func inkWithoutAdobesMarkerIsNotInverted() throws {
        let bytes = try fixture("cmyk.jpg")
        let adobe = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xEE]) })
        let plain = Array(bytes[..<adobe] + bytes[(adobe + 2 + Int(bytes[adobe + 3]))...])
        let picture = try Picture.decode(plain, name: "plain CMYK")
        // Adobe's values are inverted: its no ink, c and k, is full ink here.
        let corner = try Picture.decode(bytes, name: "CMYK").pixel(0, 0)
        #expect(corner[0] < 10 && picture.pixel(0, 0) == [0, 0, 0])
    }

    // MARK: - Orientation

    @Test func aPhotographIsTurnedUpright() throws {
        let picture = try Picture.decode(fixture("orientation6.jpg"), name: "orientation6")
        #expect((picture.width, picture.height) == (Self.height, Self.width))
        #expect(distance(picture.bytes, try fixture("orientation6.rgb")) <= 2)
    }

    /// The corners of a picture whose quarters are a b, c d, after Pillow's ImageOps.exif_transpose.
    static let corners = ["abcd", "badc", "dcba", "cdab", "acbd", "cadb", "dbca", "bdac"]

    @Test(arguments: 1...8, [false, true])
    func everyOrientationPutsTheCornersInTheirPlaces(_ orientation: Int, _ isLittleEndian: Bool) throws {
        let quarters = picture(width: 32, height: 16) { x, y, _ in UInt8(40 + 60 * (x / 16 + 2 * (y / 8))) }
        let bytes = withEXIF(try JPEG.encode(quarters), orientation: orientation, isLittleEndian)
        let turned = try Picture.decode(bytes, name: "turned")
        #expect(turned.width == (orientation < 5 ? 32 : 16))
        let right = turned.width - 1, bottom = turned.height - 1
        let letters = [(0, 0), (right, 0), (0, bottom), (right, bottom)].map { x, y in
            Array("abcd")[(Int(turned.pixel(x, y)[0]) - 40 + 30) / 60]
        }
        #expect(String(letters) == Self.corners[orientation - 1])
    }

    @Test func senselessEXIFIsPassedOver() throws {
        let plain = try JPEG.encode(noise(width: 8, height: 8))
        let expected = try Picture.decode(plain, name: "plain")
        for orientation in [0, 9, 65535] {
            #expect(try Picture.decode(withEXIF(plain, orientation: orientation, true), name: "exif") == expected)
        }
        let sound = exif(orientation: 6, true)
        for count in 0..<sound.count - 4 {  // to the end of the entry's value
            #expect(try Picture.decode(with(segment: 0xE1, Array(sound[..<count]), in: plain), name: "cut") == expected)
        }
        for index in 6..<14 {  // byte order, number and directory of the TIFF header
            for value in [0xFF, 0x80, 0x00] as [UInt8] where sound[index] != value {
                var damaged = sound
                damaged[index] = value
                #expect(try Picture.decode(with(segment: 0xE1, damaged, in: plain), name: "damaged") == expected)
            }
        }
    }

    private func withEXIF(_ bytes: [UInt8], orientation: Int, _ isLittleEndian: Bool) -> [UInt8] {
        with(segment: 0xE1, exif(orientation: orientation, isLittleEndian), in: bytes)
    }

    private func exif(orientation: Int, _ isLittleEndian: Bool) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            let digits = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittleEndian ? digits : digits.reversed()
        }
        let tiff: [UInt8] = (isLittleEndian ? Array("II".utf8) : Array("MM".utf8)) + number(42, 2) + number(8, 4)
        let other: [UInt8] = number(0x0100, 2) + number(4, 2) + number(1, 4) + number(77, 4)
        let entry: [UInt8] = number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2)
        return Array("Exif\0\0".utf8) + tiff + number(2, 2) + other + entry
    }

    // MARK: - Refusals

    @Test func aFileCutAnywhereIsAnError() throws {
        for name in ["baseline", "progressive", "cmyk", "arithmetic", "orientation6"] {
            let bytes = try fixture(name + ".jpg")
            for count in 0..<bytes.count {
                #expect(throws: PictureError.self, "\(name): \(count) of \(bytes.count)") {
                    try Picture.decode(Array(bytes[..<count]), name: name)
                }
            }
        }
    }

    @Test func damageNeverTraps() throws {
        for name in ["halfchroma", "progressive", "ycck", "orientation6"] {
            let bytes = try fixture(name + ".jpg")
            for index in bytes.indices {
                for value in [0x00, 0xFF, bytes[index] ^ 0x10] {
                    var damaged = bytes
                    damaged[index] = value
                    _ = try? Picture.decode(damaged, name: name, maximumPixels: 1 << 20)
                    _ = try? JPEG.comment(in: damaged)
                }
            }
        }
    }

    @Test func aHundredScansAreTheMost() throws {
        let picture = try Picture.decode(scans(100), name: "scans")
        #expect(picture.bytes == [UInt8](repeating: 128, count: 8 * 8 * 3))
        #expect(throws: PictureError.unsupported(file: "scans", reason: "more than 100 scans")) {
            try Picture.decode(scans(101), name: "scans")
        }
    }

    @Test func twelveBitsAreRefusedByName() throws {
        var bytes = try fixture("baseline.jpg")
        let frame = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC0]) })
        bytes[frame + 4] = 12
        #expect(throws: PictureError.unsupported(file: "deep", reason: "Unsupported JPEG data precision 12")) {
            try Picture.decode(bytes, name: "deep")
        }
        bytes[frame + 1] = 0xC3  // lossless
        #expect(throws: PictureError.unsupported(file: "lossless", reason: "Unsupported JPEG process: SOF type 0xc3")) {
            try Picture.decode(bytes, name: "lossless")
        }
    }

    @Test(arguments: [(65535, 65535), (65500, 65500), (12000, 12000), (0, 5), (5, 0)])
    func sizesAreCheckedInTheHeader(_ width: Int, _ height: Int) throws {
        var bytes = try fixture("progressive.jpg")
        let frame = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC2]) })
        bytes.replaceSubrange(
            frame + 5..<frame + 9, with: [height >> 8, height & 255, width >> 8, width & 255].map { UInt8($0) })
        if width * height == 0 {
            #expect(throws: PictureError.self) { try Picture.decode(bytes, name: "empty") }
        } else {
            #expect(throws: PictureError.tooLarge(file: "bomb", width: width, height: height, limit: 134_217_728)) {
                try Picture.decode(bytes, name: "bomb")
            }
        }
    }

    /// 8x8 grey pixels in as many scans as wanted, up to 127, every one a proper part of a progressive picture that happens
    /// to be flat: the mean, then each coefficient but its last bit, then those bits.
    private func scans(_ count: Int) -> [UInt8] {
        func segment(_ marker: UInt8, _ contents: [UInt8]) -> [UInt8] {
            [0xFF, marker, UInt8((contents.count + 2) >> 8), UInt8((contents.count + 2) & 255)] + contents
        }
        let oneCode: [UInt8] = [1] + [UInt8](repeating: 0, count: 15) + [0]  // symbol 0 is the bit 0
        var bytes: [UInt8] = [0xFF, 0xD8] + segment(0xDB, [0] + [UInt8](repeating: 1, count: 64))
        bytes += segment(0xC2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]) + segment(0xC4, [0x00] + oneCode) + segment(0xC4, [0x10] + oneCode)
        let first: [(UInt8, UInt8, UInt8)] = [(0, 0, 0x00)] + (1...63).map { ($0, $0, 0x01) }
        for (from, to, bits) in (first + (1...63).map { ($0, $0, 0x10) }).prefix(count) {
            bytes += segment(0xDA, [1, 1, 0x00, from, to, bits]) + [0x7F]
        }
        return bytes + [0xFF, 0xD9]
    }

    // MARK: - Writing

    @Test func whatIsWrittenIsReadBackNearly() throws {
        let smooth = picture(width: 40, height: 30) { x, y, channel in UInt8([x * 6, y * 8, 255 - x * 3 - y * 4][channel]) }
        for (quality, tolerance) in [(100, 3), (95, 12), (75, 40)] {
            let bytes = try JPEG.encode(smooth, quality: quality)
            #expect(try JPEG.encode(smooth, quality: quality) == bytes)
            let again = try Picture.decode(bytes, name: "again")
            #expect(distance(again.bytes, smooth.bytes) <= tolerance, "quality \(quality)")
        }
        #expect(try JPEG.encode(noise(width: 1, height: 1)).starts(with: [0xFF, 0xD8, 0xFF]))
    }

    @Test func saturatedEdgesKeepTheirColorAtHighQuality() throws {
        let edges = picture(width: 16, height: 16) { x, _, channel in channel == (x % 2 == 0 ? 0 : 2) ? 255 : 0 }
        let fine = try Picture.decode(JPEG.encode(edges, quality: 95), name: "fine")
        #expect(distance(fine.bytes, edges.bytes) < 60)
        let coarse = try Picture.decode(JPEG.encode(edges, quality: 85), name: "coarse")
        #expect(distance(coarse.bytes, edges.bytes) > 100)
    }

    @Test func alphaAndDepthAreBlendedAndRoundedAway() throws {
        let clear = Picture(width: 8, height: 8, hasAlpha: true, samples: .sixteen([UInt16](repeating: 0, count: 256)))
        #expect(try Picture.decode(JPEG.encode(clear), name: "clear").pixel(3, 3) == [255, 255, 255])
        #expect(try Picture.decode(JPEG.encode(clear, background: 0), name: "clear").pixel(3, 3) == [0, 0, 0])
        #expect(throws: PictureError.self) {
            try JPEG.encode(Picture(width: 65501, height: 1, samples: .eight([UInt8](repeating: 0, count: 65501 * 3))))
        }
    }

    @Test func commentsOfAnyLengthComeBack() throws {
        let picture = noise(width: 8, height: 8)
        let long = [String(repeating: "é", count: 100_000), String(repeating: "a", count: 65533)]
        for comment in ["lucid", "雪 ☃", "line\nline"] + long {
            let bytes = try JPEG.encode(picture, comment: comment)
            #expect(try JPEG.comment(in: bytes) == comment)
            #expect(throws: Never.self) { try Picture.decode(bytes, name: "comment") }
        }
        #expect(try JPEG.comment(in: JPEG.encode(picture)) == nil)
        #expect(throws: PictureError.notAPicture(file: "a.png")) { try JPEG.comment(in: PNG.encode(picture), name: "a.png") }
        let bytes = try JPEG.encode(picture, comment: "cut")
        let scan = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xDA]) })
        for count in 0..<scan { #expect(throws: PictureError.self) { try JPEG.comment(in: Array(bytes[..<count])) } }
    }
}

/// A file with a segment added right after its start.
private func with(segment marker: UInt8, _ contents: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    let length = contents.count + 2
    return bytes[..<2] + [0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + contents + bytes[2...]
}
