import Foundation
import Images
import TestSupport
import Testing

@Suite struct TIFFTests {
    private static let text = "{\"snow\": \"☃\"}"

    private func encoded(_ picture: Picture) throws -> [UInt8] {
        try TIFF.encode(picture, quality: nil, record: (keyword: "plan", text: Self.text))
    }

    @Test(arguments: [Picture.BitDepth.eight, .sixteen], [false, true])
    func everyKindOfPictureComesBack(_ depth: Picture.BitDepth, _ hasAlpha: Bool) throws {
        for (width, height) in [(1, 1), (7, 5), (64, 33)] {
            let picture = noise(width: width, height: height, alpha: hasAlpha, depth: depth)
            let bytes = try encoded(picture)
            #expect(try Picture.decode(bytes, name: "x") == picture)
            #expect(try encoded(picture) == bytes)
            #expect(try Picture.record(in: bytes, keyword: "plan", name: "x") == Self.text)
        }
    }

    /// The numbers of the specification, in their order, so that others read it.
    @Test func theDirectoryHasTheTagsOfBaselineTIFF() throws {
        let bytes = try encoded(noise(width: 3, height: 2, alpha: true))
        func number(_ place: Int, _ count: Int) -> Int { bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) } }
        let directory = number(4, 4)
        let tags = (0..<number(directory, 2)).map { number(directory + 2 + 12 * $0, 2) }
        #expect(tags == [256, 257, 258, 259, 262, 270, 273, 277, 278, 279, 284, 338])
    }

    /// Pillow and libtiff wrote these, in strips: Fixtures/tiffs.py.
    @Test(arguments: ["plain", "deflate", "bigendian", "sixteen", "alpha"])
    func filesOfOthersAreRead(_ name: String) throws {
        let picture = try Picture.decode(fixture("tiffs/\(name).tif"), name: name)
        #expect((picture.width, picture.height, picture.hasAlpha) == (20, 12, name == "alpha"))
        #expect(picture.bitDepth == (name == "sixteen" ? .sixteen : .eight))
        #expect(try picture.composited(over: 0).converted(to: .eight).bytes == fixture("tiffs/pixels.rgb"))
    }

    @Test func aFileCutAnywhereIsAnErrorOfTheFile() throws {
        let bytes = try encoded(noise(width: 6, height: 4))
        for count in stride(from: 4, to: bytes.count - 1, by: 3) {
            do throws(PictureError) {
                let picture = try Picture.decode(Array(bytes[..<count]), name: "cut")
                // Only the record's end is missing.
                #expect(picture == noise(width: 6, height: 4))
            } catch {
                #expect(error.kind != .noInput && !error.description.contains("\n"))
            }
        }
        #expect(throws: PictureError.tooLarge(file: "x", width: 6, height: 4, limit: 23)) {
            try Picture.decode(bytes, name: "x", maximumPixels: 23)
        }
    }
}
