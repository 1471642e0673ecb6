import Foundation
import Images
import TestSupport
import Testing

@Suite struct PNGTests {
    @Test(arguments: [Picture.BitDepth.eight, .sixteen], [false, true])
    func roundTrip(_ depth: Picture.BitDepth, _ alpha: Bool) throws {
        for (width, height) in [(1, 1), (7, 3), (1, 50), (129, 2)] {
            let picture = noise(width: width, height: height, alpha: alpha, depth: depth)
            for level in [0, 1, 6, 9] {
                let bytes = try PNG.encode(picture, compressionLevel: level)
                #expect(try Picture.decode(bytes, name: "round trip") == picture)
                #expect(try PNG.encode(picture, compressionLevel: level) == bytes)
            }
        }
    }

    @Test func theFileSaysThatItIsInSRGB() throws {
        let chunks = try chunks(of: PNG.encode(noise(width: 2, height: 2), text: [("Software", "lucid")]))
        #expect(chunks.map(\.type) == ["IHDR", "sRGB", "tEXt", "IDAT", "IEND"])
        #expect(chunks[1].contents == [0])
        #expect(chunks[2].contents == Array("Software\0lucid".utf8))
    }

    /// One sample a pixel where no pixel has a colour, and the same picture when it is read.
    @Test(arguments: [Picture.BitDepth.eight, .sixteen], [false, true])
    func aGreyPictureIsAGreyFile(_ depth: Picture.BitDepth, _ alpha: Bool) throws {
        var values: [Int] = []
        for place in 0..<12 {
            values += [Int](repeating: place * 20, count: 3)
            if alpha { values.append(255 - place) }
        }
        func picture(_ values: [Int]) -> Picture {
            let samples: Picture.Samples = depth == .eight ? .eight(values.map { UInt8($0) }) : .sixteen(values.map { UInt16($0 * 257) })
            return Picture(width: 4, height: 3, hasAlpha: alpha, samples: samples)
        }
        let grey = try PNG.encode(picture(values))
        #expect(try chunks(of: grey)[0].contents[9] == (alpha ? 4 : 0))
        #expect(try Picture.decode(grey, name: "grey") == picture(values))
        var coloured = values
        coloured[5] += 1
        #expect(try chunks(of: PNG.encode(picture(coloured)))[0].contents[9] == (alpha ? 6 : 2))
    }

    // MARK: - Text

    @Test func textsComeBack() throws {
        let texts: [(keyword: String, text: String)] = [
            ("Software", "lucid 1.0"), ("plan", #"{"layer": "features.10", "seed": 0}"#), ("Autor", "Jürgen\nGroß"),
            ("Größe", "é"), ("snow", "雪 ☃ \u{1F600}"), ("tab", "a\tb\r\nc"), ("empty", ""),
            ("long", String(repeating: "0123456789", count: 30_000)), (String(repeating: "k", count: 79), "longest keyword"),
        ]
        let bytes = try PNG.encode(noise(width: 3, height: 3), text: texts)
        let expected = Dictionary(uniqueKeysWithValues: texts.map { ($0.keyword, $0.text) })
        #expect(try PNG.text(in: bytes) == expected)
        #expect(try chunks(of: bytes).map(\.type).filter { $0.hasSuffix("Xt") }
            == ["tEXt", "tEXt", "tEXt", "tEXt", "iTXt", "iTXt", "tEXt", "tEXt", "tEXt"])
        #expect(try Picture.decode(bytes, name: "text") == noise(width: 3, height: 3))
        #expect(try PNG.text(in: PNG.encode(noise(width: 3, height: 3))) == [:])
    }

    @Test(arguments: ["", " a", "a ", "a  b", "snow ☃", "a\nb", "a\0b", String(repeating: "k", count: 80)])
    func aKeywordThatPNGCannotHoldIsRefused(_ keyword: String) {
        #expect(throws: PictureError.self) { try PNG.encode(noise(width: 1, height: 1), text: [(keyword, "text")]) }
        #expect(throws: PictureError.self) { try PNG.encode(noise(width: 1, height: 1), text: [("plan", "a\0b")]) }
    }

    @Test func textsOfOtherProgramsAreRead() throws {
        // Python: zlib.compress(b"deflated \xe9", 9) and zlib.compress("geschrumpft ☃".encode(), 9)
        let latin = hex("78da4b494dcb492c494d5178090016160443")
        let utf8 = hex("78da4b4f2d4ece282acd2d482b517834a31900331b06c6")
        let bytes = try file([
            ("zTXt", Array("zipped".utf8) + [0, 0] + latin),
            ("iTXt", Array("international".utf8) + [0, 1, 0] + Array("de\0Übersetzt\0".utf8) + utf8),
            ("tEXt", Array("twice\0first".utf8)), ("tEXt", Array("twice\0second".utf8)),
        ])
        #expect(try PNG.text(in: bytes)
            == ["zipped": "deflated é", "international": "geschrumpft ☃", "twice": "first"])
        #expect(try PNG.text(in: file([("tEXt", Array("keyword alone".utf8))])) == ["keyword alone": ""])
    }

    /// Pixels that come as one large chunk, as some programs write them, are no obstacle to a text behind them.
    @Test func textsAfterManyPixelsAreRead() throws {
        let pixels = chunk("IDAT", [UInt8](repeating: 0, count: 9 << 20))
        let parts = try chunks(of: PNG.encode(noise(width: 1, height: 1))).map { chunk($0.type, $0.contents) }
        let bytes = pngSignature + parts[0] + pixels + pixels + chunk("tEXt", Array("plan\0text".utf8)) + parts.last!
        #expect(try PNG.text(in: bytes) == ["plan": "text"])
    }

    @Test func damagedTextsAreErrorsAndNeverTraps() throws {
        // 9.6 million zero bytes: the pixels of a black picture, which is a grey file.
        let black = Picture(width: 3100, height: 3100, samples: .eight([UInt8](repeating: 0, count: 3100 * 3100 * 3)))
        let bomb = try chunks(of: PNG.encode(black)).filter { $0.type == "IDAT" }.flatMap(\.contents)
        let bad: [(String, [UInt8])] = [
            ("zTXt", Array("k\0".utf8)), ("zTXt", Array("k\0\u{1}abc".utf8)),
            ("zTXt", Array("k\0\0not deflated".utf8)), ("iTXt", Array("k\0".utf8)), ("iTXt", Array("k\0\0".utf8)),
            ("iTXt", Array("k\0\0\0".utf8)), ("iTXt", Array("k\0\0\0de\0".utf8)), ("iTXt", Array("k\0\u{1}\0de\0k\0!".utf8)),
            ("zTXt", Array("k\0\0".utf8) + bomb),
        ]
        for chunk in bad {
            #expect(throws: PictureError.self, "\(chunk)") { try PNG.text(in: file([chunk])) }
            // The pixels are sound, and nothing of a text is read on the way to them.
            #expect(throws: Never.self) { try Picture.decode(file([chunk]), name: "bad text") }
        }
        let bytes = try PNG.encode(noise(width: 4, height: 4), text: [("plan", "text")])
        for index in 8..<bytes.count {
            var damaged = bytes
            damaged[index] ^= 0x20
            #expect(throws: PictureError.self) { try PNG.text(in: damaged) }
        }
        for count in 0..<bytes.count { #expect(throws: PictureError.self) { try PNG.text(in: Array(bytes[..<count])) } }
        #expect(throws: PictureError.notAPicture(file: "a.jpg")) { try PNG.text(in: fixture("grey.jpg"), name: "a.jpg") }
    }

    // MARK: - Damage

    @Test(arguments: [false, true])
    func aFileCutAnywhereIsAnError(_ interlaced: Bool) throws {
        let bytes = interlaced ? Self.interlaced : try PNG.encode(noise(width: 9, height: 5, alpha: true, depth: .sixteen))
        #expect(throws: Never.self) { try Picture.decode(bytes, name: "whole") }
        for count in 0..<bytes.count {
            #expect(throws: PictureError.self, "\(count) of \(bytes.count)") {
                try Picture.decode(Array(bytes[..<count]), name: "cut")
            }
        }
    }

    @Test func aChangedByteIsAnErrorOrChangesNothingElse() throws {
        let bytes = try PNG.encode(noise(width: 9, height: 5))
        for index in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[index] ^= 1 << bit
                if let picture = try? Picture.decode(damaged, name: "damaged") {
                    #expect(picture == noise(width: 9, height: 5))
                }
            }
        }
    }

    @Test func tooManyPixelsAreRefusedByTheHeader() throws {
        func header(_ width: UInt32, _ height: UInt32) -> [UInt8] {
            let ihdr = bigEndian(width) + bigEndian(height) + [16, 6, 0, 0, 0]
            return pngSignature + chunk("IHDR", ihdr) + chunk("IDAT", hex("78da030000000001"))
        }
        for (width, height) in [(30000, 30000), (0x7FFF_FFFF, 0x7FFF_FFFF), (134_217_729, 1), (1, 134_217_729)] {
            let expected = PictureError.tooLarge(file: "bomb", width: width, height: height, limit: 134_217_728)
            #expect(throws: expected) { try Picture.decode(header(UInt32(width), UInt32(height)), name: "bomb") }
        }
        #expect(throws: PictureError.tooLarge(file: "a", width: 5, height: 4, limit: 19)) {
            try Picture.decode(PNG.encode(noise(width: 5, height: 4)), name: "a", maximumPixels: 19)
        }
        #expect(throws: Never.self) {
            try Picture.decode(PNG.encode(noise(width: 5, height: 4)), name: "a", maximumPixels: 20)
        }
        for (width, height) in [(0, 4), (4, 0), (0x8000_0000, 1)] as [(UInt32, UInt32)] {
            guard case .damaged = error(of: header(width, height)) else {
                Issue.record("\(width)x\(height): \(String(describing: error(of: header(width, height))))")
                continue
            }
        }
    }

    @Test func samplesOfLinearLightBecomeSRGB() throws {
        let picture = noise(width: 4, height: 4)
        let parts = try chunks(of: PNG.encode(picture))
        let linear = parts.filter { $0.type != "sRGB" }.map { chunk($0.type, $0.contents) }
        let bytes = pngSignature + linear[0] + chunk("gAMA", bigEndian(100_000)) + linear[1...].joined()
        let decoded = try Picture.decode(bytes, name: "linear")
        for (light, sample) in zip(picture.bytes, decoded.bytes) {
            let linear = Double(light) / 255
            let encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
            #expect(abs(255 * encoded - Double(sample)) <= 0.51)
        }
        // As they are stored, they are there too.
        #expect(try PNG.samples(of: bytes, name: "linear", maximumPixels: 16) == picture)
    }

    private func error(of bytes: [UInt8]) -> PictureError? {
        do throws(PictureError) {
            _ = try Picture.decode(bytes, name: "picture")
            return nil
        } catch { return error }
    }

    /// 3x3 grey pixels of 4 bits, interlaced: Adam7's passes are 1, 3, 7 9, 2, 8, 4 5 6.
    static let interlaced =
        pngSignature + chunk("IHDR", bigEndian(3) + bigEndian(3) + [4, 0, 0, 0, 1])
        + chunk("IDAT", hex("78da6310603060a86450606860704d00000a1f01ff")) + chunk("IEND", [])

    @Test func interlacedPixelsFallIntoPlace() throws {
        let picture = try Picture.decode(Self.interlaced, name: "interlaced")
        let grey = (0..<9).map { picture.pixel($0 % 3, $0 / 3)[0] / 17 }
        #expect(grey == [1, 2, 3, 4, 5, 6, 7, 8, 9])
    }
}

// MARK: - Files by hand

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

func hex(_ digits: String) -> [UInt8] {
    let digits = Array(digits)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
}

/// The plain, bit by bit form of PNG's checksum.
func checksum(_ bytes: [UInt8]) -> UInt32 {
    var state: UInt32 = .max
    for byte in bytes {
        state ^= UInt32(byte)
        for _ in 0..<8 { state = state >> 1 ^ (state & 1) * 0xEDB8_8320 }
    }
    return ~state
}

func chunk(_ type: String, _ contents: [UInt8]) -> [UInt8] {
    bigEndian(UInt32(contents.count)) + type.utf8 + contents + bigEndian(checksum(type.utf8 + contents))
}

/// A file of one pixel with some chunks ahead of it.
func file(_ extra: [(type: String, contents: [UInt8])]) throws -> [UInt8] {
    let parts = try chunks(of: PNG.encode(noise(width: 1, height: 1))).map { chunk($0.type, $0.contents) }
    return pngSignature + parts[0] + extra.flatMap { chunk($0.type, $0.contents) } + parts[1...].joined()
}

func chunks(of bytes: [UInt8]) throws -> [(type: String, contents: [UInt8])] {
    var chunks: [(String, [UInt8])] = []
    var start = 8
    while start < bytes.count {
        let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        let type = String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
        chunks.append((type, Array(bytes[start + 8..<start + 8 + length])))
        start += 12 + length
    }
    return chunks
}
