import Foundation
import Images
import TestSupport
import Testing

/// Willem van Schaik's PngSuite, the conformance test of PNG readers, if it lies in the folder ../shared/pngsuite beside
/// the repository.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: PngSuite.folder.path), "no ../shared/pngsuite"))
struct PngSuiteTests {
    @Test(arguments: PngSuite.sound)
    func aSoundFileHasItsPixels(_ file: PngSuite.File) throws {
        let picture = try Picture.read(from: PngSuite.folder.appending(path: file.name + ".png").path)
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
        for folder in ["primary", "16bit"] {
            let names = try names(in: PngSuite.folder.appending(path: folder).path).map { "\(folder)/\($0.dropLast(4))" }
            #expect(names == PngSuite.sound.map(\.name).filter { $0.hasPrefix(folder) })
        }
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
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/pngsuite").standardized

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
    /// Fixtures/reference_numbers.py pngsuite.
    static let sound: [File] = [
        File("16bit/basi0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("16bit/basi2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("16bit/basi4a16", 32, 32, 4, 16, 0x5c6d10217695f155),
        File("16bit/basi6a16", 32, 32, 4, 16, 0x6e6641b6e5c72dcd),
        File("16bit/basn0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("16bit/basn2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("16bit/basn4a16", 32, 32, 4, 16, 0x5c6d10217695f155),
        File("16bit/basn6a16", 32, 32, 4, 16, 0x6e6641b6e5c72dcd),
        File("16bit/bgai4a16", 32, 32, 4, 16, 0x5c6d10217695f155),
        File("16bit/bgan6a16", 32, 32, 4, 16, 0x6e6641b6e5c72dcd),
        File("16bit/bggn4a16", 32, 32, 4, 16, 0x5c6d10217695f155),
        File("16bit/bgyn6a16", 32, 32, 4, 16, 0x6e6641b6e5c72dcd),
        File("16bit/oi1n0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("16bit/oi1n2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("16bit/oi2n0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("16bit/oi2n2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("16bit/oi4n0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("16bit/oi4n2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("16bit/oi9n0g16", 32, 32, 3, 16, 0x70c9ba6ebd3386fd),
        File("16bit/oi9n2c16", 32, 32, 3, 16, 0x417fa6cab8b110ed),
        File("16bit/tbbn2c16", 32, 32, 4, 16, 0x232be09be44959e3),
        File("16bit/tbgn2c16", 32, 32, 4, 16, 0x232be09be44959e3),
        File("16bit/tbwn0g16", 32, 32, 4, 16, 0xa6334923aa47db06),
        File("primary/basi0g01", 32, 32, 3, 8, 0x16a22971f6e37aa3),
        File("primary/basi0g02", 32, 32, 3, 8, 0x2e766409b1ffd325),
        File("primary/basi0g04", 32, 32, 3, 8, 0x9c902896caa85aa5),
        File("primary/basi0g08", 32, 32, 3, 8, 0x2baa095f16b61881),
        File("primary/basi2c08", 32, 32, 3, 8, 0x20362d9a3ff2e125),
        File("primary/basi3p01", 32, 32, 3, 8, 0xf193525f5d1a3b25),
        File("primary/basi3p02", 32, 32, 3, 8, 0x36b37a2644408625),
        File("primary/basi3p04", 32, 32, 3, 8, 0x0908649a6b34bb05),
        File("primary/basi3p08", 32, 32, 3, 8, 0x028ba631a921e8c5),
        File("primary/basi4a08", 32, 32, 4, 8, 0x4b4e70fc7720494d),
        File("primary/basi6a08", 32, 32, 4, 8, 0xf9ed41b6375b125d),
        File("primary/basn0g01", 32, 32, 3, 8, 0x16a22971f6e37aa3),
        File("primary/basn0g02", 32, 32, 3, 8, 0x2e766409b1ffd325),
        File("primary/basn0g04", 32, 32, 3, 8, 0x9c902896caa85aa5),
        File("primary/basn0g08", 32, 32, 3, 8, 0x2baa095f16b61881),
        File("primary/basn2c08", 32, 32, 3, 8, 0x20362d9a3ff2e125),
        File("primary/basn3p01", 32, 32, 3, 8, 0xf193525f5d1a3b25),
        File("primary/basn3p02", 32, 32, 3, 8, 0x36b37a2644408625),
        File("primary/basn3p04", 32, 32, 3, 8, 0x0908649a6b34bb05),
        File("primary/basn3p08", 32, 32, 3, 8, 0x028ba631a921e8c5),
        File("primary/basn4a08", 32, 32, 4, 8, 0x4b4e70fc7720494d),
        File("primary/basn6a08", 32, 32, 4, 8, 0xf9ed41b6375b125d),
        File("primary/bgai4a08", 32, 32, 4, 8, 0x4b4e70fc7720494d),
        File("primary/bgan6a08", 32, 32, 4, 8, 0xf9ed41b6375b125d),
        File("primary/bgbn4a08", 32, 32, 4, 8, 0x4b4e70fc7720494d),
        File("primary/bgwn6a08", 32, 32, 4, 8, 0xf9ed41b6375b125d),
        File("primary/s01i3p01", 1, 1, 3, 8, 0xd94c37186c0dbb96),
        File("primary/s01n3p01", 1, 1, 3, 8, 0xd94c37186c0dbb96),
        File("primary/s02i3p01", 2, 2, 3, 8, 0x5d3d3f039eddf2e5),
        File("primary/s02n3p01", 2, 2, 3, 8, 0x5d3d3f039eddf2e5),
        File("primary/s03i3p01", 3, 3, 3, 8, 0x47193ebc7b722f61),
        File("primary/s03n3p01", 3, 3, 3, 8, 0x47193ebc7b722f61),
        File("primary/s04i3p01", 4, 4, 3, 8, 0xf84a38ed54684e55),
        File("primary/s04n3p01", 4, 4, 3, 8, 0xf84a38ed54684e55),
        File("primary/s05i3p02", 5, 5, 3, 8, 0xffccc1329e40ae7d),
        File("primary/s05n3p02", 5, 5, 3, 8, 0xffccc1329e40ae7d),
        File("primary/s06i3p02", 6, 6, 3, 8, 0x466c0d6f669aac39),
        File("primary/s06n3p02", 6, 6, 3, 8, 0x466c0d6f669aac39),
        File("primary/s07i3p02", 7, 7, 3, 8, 0x8af6e754b6936557),
        File("primary/s07n3p02", 7, 7, 3, 8, 0x8af6e754b6936557),
        File("primary/s08i3p02", 8, 8, 3, 8, 0x05f479f935bd4129),
        File("primary/s08n3p02", 8, 8, 3, 8, 0x05f479f935bd4129),
        File("primary/s09i3p02", 9, 9, 3, 8, 0xc1bf210d25746670),
        File("primary/s09n3p02", 9, 9, 3, 8, 0xc1bf210d25746670),
        File("primary/s32i3p04", 32, 32, 3, 8, 0x5dd79104e9b4fc53),
        File("primary/s32n3p04", 32, 32, 3, 8, 0x5dd79104e9b4fc53),
        File("primary/s33i3p04", 33, 33, 3, 8, 0xd83b624a7424623e),
        File("primary/s33n3p04", 33, 33, 3, 8, 0xd83b624a7424623e),
        File("primary/s34i3p04", 34, 34, 3, 8, 0x8763449bb379da95),
        File("primary/s34n3p04", 34, 34, 3, 8, 0x8763449bb379da95),
        File("primary/s35i3p04", 35, 35, 3, 8, 0xd6c0e173fcad2655),
        File("primary/s35n3p04", 35, 35, 3, 8, 0xd6c0e173fcad2655),
        File("primary/s36i3p04", 36, 36, 3, 8, 0xbdead2e2f0342ec5),
        File("primary/s36n3p04", 36, 36, 3, 8, 0xbdead2e2f0342ec5),
        File("primary/s37i3p04", 37, 37, 3, 8, 0x23c558bca2bb74e3),
        File("primary/s37n3p04", 37, 37, 3, 8, 0x23c558bca2bb74e3),
        File("primary/s38i3p04", 38, 38, 3, 8, 0xb077e13ab8e518eb),
        File("primary/s38n3p04", 38, 38, 3, 8, 0xb077e13ab8e518eb),
        File("primary/s39i3p04", 39, 39, 3, 8, 0x481f0f1cb5f8d3c0),
        File("primary/s39n3p04", 39, 39, 3, 8, 0x481f0f1cb5f8d3c0),
        File("primary/s40i3p04", 40, 40, 3, 8, 0x9e4f6e749607900d),
        File("primary/s40n3p04", 40, 40, 3, 8, 0x9e4f6e749607900d),
        File("primary/tbbn0g04", 32, 32, 4, 8, 0x39883b6d2d852264),
        File("primary/tbbn3p08", 32, 32, 4, 8, 0x6cdff609c65aac37),
        File("primary/tbgn3p08", 32, 32, 4, 8, 0x6cdff609c65aac37),
        File("primary/tbrn2c08", 32, 32, 4, 8, 0x1e1f86e420f8ad04),
        File("primary/tbwn3p08", 32, 32, 4, 8, 0x6cdff609c65aac37),
        File("primary/tbyn3p08", 32, 32, 4, 8, 0x6cdff609c65aac37),
        File("primary/tm3n3p02", 32, 32, 4, 8, 0x020e1f8a0874c325),
        File("primary/tp0n0g08", 32, 32, 3, 8, 0x5bbdf96013aceffe),
        File("primary/tp0n2c08", 32, 32, 3, 8, 0xa64ba09becb56ab7),
        File("primary/tp0n3p08", 32, 32, 3, 8, 0xab71151ace2b5297),
        File("primary/tp1n3p08", 32, 32, 4, 8, 0x6cdff609c65aac37),
        File("primary/z00n2c08", 32, 32, 3, 8, 0x0f6f06a3990b394f),
        File("primary/z03n2c08", 32, 32, 3, 8, 0x0f6f06a3990b394f),
        File("primary/z06n2c08", 32, 32, 3, 8, 0x0f6f06a3990b394f),
        File("primary/z09n2c08", 32, 32, 3, 8, 0x0f6f06a3990b394f),
    ]
}
