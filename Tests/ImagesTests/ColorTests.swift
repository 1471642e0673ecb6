import Files
import Foundation
import Images
import Synchronization
import TestSupport
import Testing

/// Colour profiles and PNG's chunks of colour, against what Little CMS makes of them; Fixtures/profiles.py made the files.
@Suite struct ColorTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/profiles")

    private func read(_ file: String) throws -> (picture: Picture, expected: [UInt8]) {
        let url = Self.folder.appending(path: file)
        let expected = [UInt8](try Data(contentsOf: url.deletingPathExtension().appendingPathExtension("rgb")))
        return (try Picture.read(from: url.path), expected)
    }

    @Test(arguments: [
        "adobe.png", "p3.png", "old_p3.png", "flat_curve.png", "grey.png", "adobe_photo.jpg", "grey_photo.jpg", "linear.png",
        "linear_adobe.png", "code_p3.png", "code_2020.png", "scanner.png", "inks8.jpg", "inks16.jpg", "inks4.jpg",
    ])
    func coloursAreThoseOfLittleCMS(_ file: String) throws {
        let (picture, expected) = try read(file)
        #expect((picture.width, picture.height, picture.channels) == (20, 12, 3))
        #expect(distance(picture.bytes, expected) <= 2)
    }

    @Test func sixteenBitsAndOpacityAreKept() throws {
        let (deep, expected) = try read("adobe16.png")
        #expect(deep.bitDepth == .sixteen)
        #expect(distance(deep.converted(to: .eight).bytes, expected) <= 2)
        let (open, colors) = try read("adobe_alpha.png")
        #expect(open.hasAlpha && open.alphaPlane() == Array(repeating: Float(77) / 255, count: 240))
        let opaque = stride(from: 0, to: open.bytes.count, by: 4).flatMap { open.bytes[$0..<$0 + 3] }
        #expect(distance(opaque, colors) <= 2)
    }

    /// A lattice is used where it is quicker; it must not be seen.
    @Test func aLargePictureHasTheColoursOfASmallOne() throws {
        let small = try Picture.read(from: Self.folder.appending(path: "scanner.png").path)
        let file = [UInt8](try Data(contentsOf: Self.folder.appending(path: "scanner.png")))
        let samples = try PNG.samples(of: file, name: "x", maximumPixels: 240)
        #expect(distance(small.bytes, samples.bytes) > 20)
        // As many pixels as the lattice has points, and more.
        let times = 160
        let rows = Array(repeating: samples.bytes, count: times).flatMap { $0 }
        let tall = Picture(width: 20, height: 12 * times, samples: .eight(rows))
        let large = try Picture.decode(withChunk("iCCP", of: file, in: PNG.encode(tall)), name: "tall")
        #expect(large.height == 12 * times)
        for part in 0..<times {
            guard distance(Array(large.bytes[720 * part..<720 * (part + 1)]), small.bytes) <= 2 else {
                Issue.record("part \(part) differs")
                return
            }
        }
    }

    /// Puts a chunk of one PNG into another, in the place of its sRGB.
    private func withChunk(_ name: String, of source: [UInt8], in file: [UInt8]) throws -> [UInt8] {
        func chunk(_ name: String, _ bytes: [UInt8]) throws -> Range<Int> {
            let found = try #require(bytes.indices.first { bytes[$0...].starts(with: name.utf8) })
            let length = bytes[found - 4..<found].reduce(0) { $0 << 8 | Int($1) }
            return found - 4..<found + 8 + length
        }
        let old = try chunk("sRGB", file)
        return Array(file[..<old.lowerBound]) + source[try chunk(name, source)] + file[old.upperBound...]
    }

    @Test(arguments: ["srgb_chunk", "srgb_gamma", "srgb_profile", "srgb_old", "srgb_cicp"])
    func whatIsSRGBKeepsItsBytes(_ name: String) throws {
        let (picture, expected) = try read(name + ".png")
        #expect(picture.bytes == expected)
    }

    @Test func whatCannotBeFollowedIsSaidOnceAndChangesNothing() throws {
        let lines = Mutex<[String]>([])
        Remark.listener.withLock { $0 = { line in lines.withLock { $0.append(line) } } }
        defer { Remark.listener.withLock { $0 = nil } }
        let broken = try names(in: Self.folder.path).filter { $0.hasPrefix("broken_") && $0.hasSuffix(".png") }
        #expect(broken.count == 6)
        for file in broken {
            let (picture, expected) = try read(file)
            #expect(picture.bytes == expected, "\(file)")
            _ = try read(file)
            let said = lines.withLock { $0.filter { $0.contains(file) } }
            #expect(said.count == 1 && said.allSatisfy { $0.hasSuffix("its colours are taken as sRGB") && !$0.contains("\n") }, "\(said)")
        }
        // Others are not commented on.
        _ = try read("adobe.png")
        _ = try read("srgb_old.png")
        #expect(lines.withLock { $0.allSatisfy { !$0.contains("adobe.png") && !$0.contains("srgb_old.png") } })
    }

    @Test func aPNGStandsUprightAsItsEXIFAsks() throws {
        let (picture, expected) = try read("exif6.png")
        #expect((picture.width, picture.height) == (12, 20))
        #expect(picture.bytes == expected)
    }

    /// Whatever a profile says, a picture comes of it.
    @Test func noProfileHurts() throws {
        for name in ["adobe_photo.jpg", "inks8.jpg", "inks4.jpg"] {
            var file = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
            let start = try #require(file.indices.first { file[$0...].starts(with: "ICC_PROFILE".utf8) }) + 14
            let whole = file
            for place in stride(from: start, to: start + 390, by: 3) {
                for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
                    file[place] = value
                    #expect(throws: Never.self) { _ = try Picture.decode(file, name: "odd") }
                }
                file[place] = whole[place]
            }
        }
    }
}
