import Foundation
import Images
import TestSupport
import Testing

/// Files of Willem van Schaik's PngSuite, the conformance test of PNG readers (http://www.schaik.com/pngsuite): every colour
/// type and depth, interlaced, odd sizes, transparent colours, pixels in many chunks, and all corrupt files.
@Suite struct PngSuiteTests {
    @Test(arguments: PngSuite.sound)
    func aSoundFileHasItsPixels(_ file: PngSuite.File) throws {
        // As stored: many say that their gamma is 1.
        let bytes = [UInt8](try Data(contentsOf: PngSuite.folder.appending(path: file.name + ".png")))
        let picture = try PNG.samples(of: bytes, name: file.name, maximumPixels: 33 * 33)
        #expect((picture.width, picture.height, picture.channels) == (file.width, file.height, file.channels))
        #expect(picture.bitDepth.rawValue == file.bits)
        var checksum: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a
        func add(_ byte: UInt8) { checksum = (checksum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        switch picture.samples {
        case .eight(let bytes): bytes.forEach(add)
        case .sixteen(let words):
            for word in words {
                add(UInt8(word >> 8))
                add(UInt8(word & 0xFF))
            }
        }
        #expect(checksum == file.checksum)
    }

    @Test func everySoundFileIsListed() throws {
        let names = try names(in: PngSuite.folder.path).filter { $0.hasSuffix(".png") }.map { String($0.dropLast(4)) }
        #expect(names == PngSuite.sound.map(\.name).sorted())
    }

    @Test func everyCorruptFileIsAnErrorOfTheFile() throws {
        let folder = PngSuite.folder.appending(path: "corrupt")
        let names = try names(in: folder.path).filter { $0.hasSuffix(".png") }
        #expect(names.count == 14)
        for name in names {
            do throws(PictureError) {
                _ = try Picture.read(from: folder.appending(path: name).path)
                Issue.record("\(name) was read")
            } catch {
                #expect(error.kind == .badData)
                #expect(error.description.contains(name) && !error.description.contains("\n"))
            }
        }
    }
}

enum PngSuite {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/pngsuite")

    struct File: CustomTestStringConvertible, Sendable {
        let name: String
        let width, height, channels, bits: Int
        let checksum: UInt64

        init(_ name: String, _ width: Int, _ height: Int, _ channels: Int, _ bits: Int, _ checksum: UInt64) {
            (self.name, self.width, self.height, self.channels, self.bits, self.checksum) =
                (name, width, height, channels, bits, checksum)
        }

        var testDescription: String { name }
    }

    /// Name, width, height, channels, bits, checksum of the samples as pypng reads them:
    /// Fixtures/reference_numbers.py pngsuite Fixtures/pngsuite.
    static let sound: [File] = [
        File("basi0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("basi2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("basn0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("basn4a16", 32, 32, 4, 16, 0x5c6d10217695f155),
        File("oi4n0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("tbwn0g16", 32, 32, 4, 16, 0xa6334923aa47db06),
        File("basi0g01", 32, 32, 3, 8, 0x16a22971f6e37aa3),
        File("basi2c08", 32, 32, 3, 8, 0x20362d9a3ff2e125),
        File("basi3p04", 32, 32, 3, 8, 0x0908649a6b34bb05),
        File("basn0g01", 32, 32, 3, 8, 0x16a22971f6e37aa3),
        File("basn0g02", 32, 32, 3, 8, 0x2e766409b1ffd325),
        File("basn0g04", 32, 32, 3, 8, 0x9c902896caa85aa5),
        File("basn0g08", 32, 32, 3, 8, 0x2baa095f16b61881),
        File("basn2c08", 32, 32, 3, 8, 0x20362d9a3ff2e125),
        File("basn3p01", 32, 32, 3, 8, 0xf193525f5d1a3b25),
        File("basn3p02", 32, 32, 3, 8, 0x36b37a2644408625),
        File("basn3p04", 32, 32, 3, 8, 0x0908649a6b34bb05),
        File("basn3p08", 32, 32, 3, 8, 0x028ba631a921e8c5),
        File("basn4a08", 32, 32, 4, 8, 0x4b4e70fc7720494d),
        File("basn6a08", 32, 32, 4, 8, 0xf9ed41b6375b125d),
        File("s01n3p01", 1, 1, 3, 8, 0xd94c37186c0dbb96),
        File("s33i3p04", 33, 33, 3, 8, 0xd83b624a7424623e),
        File("tbbn0g04", 32, 32, 4, 8, 0x39883b6d2d852264),
        File("tbrn2c08", 32, 32, 4, 8, 0x1e1f86e420f8ad04),
        File("tm3n3p02", 32, 32, 4, 8, 0x020e1f8a0874c325),
        File("tp1n3p08", 32, 32, 4, 8, 0x6cdff609c65aac37),
    ]
}
