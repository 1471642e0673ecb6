import Files
import Foundation
import Images
import TestSupport
import Testing

@Suite struct ReadingTests {
    @Test func theFormatIsToldByTheBytesAndNotByTheName() throws {
        try withFolder { folder in
            let picture = noise(width: 5, height: 5)
            try save(PNG.encode(picture), to: folder + "/a.jpg")
            #expect(try Picture.read(from: folder + "/a.jpg") == picture)
            try save(JPEG.encode(picture), to: folder + "/a.png")
            #expect(try Picture.read(from: folder + "/a.png").width == 5)
        }
        #expect(PictureFormat(signatureOf: [0xFF, 0xD8, 0xFF, 0xE0]) == .jpeg)
        #expect(PictureFormat(signatureOf: [0xFF, 0xD8]) == nil)
        #expect(PictureFormat(fileName: "x/A.JPeG") == .jpeg)
        #expect(PictureFormat(fileName: "x.png/A.gif") == nil)
        #expect(PictureFormat(fileName: "b.PNG") == .png)
    }

    @Test func whatIsMissingOrUnreadableHasItsOwnError() throws {
        try withFolder { folder in
            try save([1, 2, 3], to: folder + "/file")
            for name in ["none.png", "file/none.png", ""] {
                let path = name.isEmpty ? "" : "\(folder)/\(name)"
                #expect(throws: PictureError.input(.missing(file: path))) { try Picture.read(from: path) }
            }
            #expect(PictureError.input(.missing(file: "a")).kind == .noInput)
            #expect(throws: PictureError.input(.isFolder(file: folder))) { try Picture.read(from: folder) }
        }
    }

    @Test func whatIsNoPictureSaysSo() throws {
        let cases: [(bytes: [UInt8], error: PictureError)] = [
            ([], .damaged(file: "x", reason: "it is empty")),
            (Array("P6 1 1 255 abc".utf8), .notAPicture(file: "x")),
            (Array("8BPS........".utf8), .unsupported(file: "x", reason: "it is a Photoshop file, which convert converts")),
            ([0xFF, 0x0A, 0, 0], .unsupported(file: "x", reason: "it is a JPEG XL file, which djxl converts")),
            (Array("BMW is a car".utf8), .notAPicture(file: "x")),
            ([0x89, 0x50, 0x4E, 0x47], .notAPicture(file: "x")),
        ]
        for (bytes, error) in cases {
            #expect(throws: error) { try Picture.decode(bytes, name: "x") }
            #expect(error.kind == .badData)
        }
        // A device may have no end, and is not read at all.
        #expect(throws: PictureError.input(.unreadable(file: "/dev/zero", reason: "it is a device, no file"))) {
            try Picture.read(from: "/dev/zero")
        }
    }

    @Test(arguments: PictureFormat.all.indices)
    func everyFormatIsKnownByItsBytesAndNamesAndKeepsItsRecord(_ index: Int) throws {
        let format = PictureFormat.all[index]
        let picture = noise(width: 9, height: 5)
        let bytes = try format.codec.encode(picture, quality: nil, record: (keyword: "plan", text: "{\"snow\": \"☃\"}"))
        #expect(PictureFormat(signatureOf: bytes) == format)
        #expect(try Picture.record(in: bytes, keyword: "plan", name: "x") == "{\"snow\": \"☃\"}")
        let again = try Picture.decode(bytes, name: "x")
        #expect((again.width, again.height) == (9, 5) && (format.codec.isLossy || again == picture))
        for ending in format.codec.endings { #expect(PictureFormat(fileName: "a/B\(ending.uppercased())") == format) }
        #expect(try Picture.record(in: format.codec.encode(picture, quality: nil, record: nil), keyword: "plan", name: "x") == nil)
    }

    @Test func anyNameWorksAndEveryMessageIsOneLine() throws {
        try withFolder { folder in
            let path = folder + "/line\nbreak \u{1B}[31m ☃.png"
            try save(PNG.encode(noise(width: 2, height: 2)), to: path)
            #expect(try Picture.read(from: path) == noise(width: 2, height: 2))
            let errors: [PictureError] = [
                .input(.missing(file: path)), .input(.unreadable(file: path, reason: "r")), .notAPicture(file: path),
                .damaged(file: path, reason: "r"), .tooLarge(file: path, width: 9, height: 8, limit: 7),
                .unsupported(file: path, reason: "r"),
            ]
            let unencodable = PictureError.unencodable(.jpeg, reason: "r")
            #expect(unencodable.description == "a JPEG cannot hold this (r); write a PNG instead")
            for error in errors {
                #expect(error.description.contains("/line\\nbreak \\u{1B}[31m ☃.png: "))
                #expect(!error.description.contains { $0.isNewline || $0 == "\u{1B}" })
            }
        }
    }

    @Test func aPipeCanBeRead() throws {
        try withFolder { folder in
            let bytes = try PNG.encode(noise(width: 200, height: 200)), path = folder + "/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            Thread.detachNewThread {
                let descriptor = open(path, O_WRONLY)
                // In pieces, the first of them shorter than a signature.
                for start in stride(from: 0, to: bytes.count, by: 5000) {
                    let piece = Array(bytes[start..<min(start + 5000, bytes.count)])
                    _ = write(descriptor, Array(piece[..<3]), 3)
                    _ = write(descriptor, Array(piece[3...]), piece.count - 3)
                }
                close(descriptor)
            }
            #expect(try Picture.read(from: path) == noise(width: 200, height: 200))
        }
    }
}
