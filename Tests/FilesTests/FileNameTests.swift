import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileNameTests {
    @Test func anyBytesSurviveTheWayThroughAString() {
        let names: [[UInt8]] = [
            [], Array("plain ☃ é".utf8), [0xE9], [0x61, 0xFF, 0xFE, 0x62], [0xE2, 0x98], [0xE2, 0x98, 0x83, 0x83],
            [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x8F, 0xBA, 0x80], [0xF4, 0x8F, 0xBB, 0xBF, 0xF4], Array(1...255),
        ]
        for name in names { #expect(FileName.bytes(of: FileName.string(name)) == name) }
        #expect(FileName.string("plain ☃ é".utf8) == "plain ☃ é")
        #expect(FileName.bytes(of: "plain ☃ é") == Array("plain ☃ é".utf8))
    }

    @Test func aNameThatIsNotUTF8IsWrittenAndRead() throws {
        try withFolder { folder in
            let name = Array(folder.utf8) + Array("/caf".utf8) + [0xE9], path = FileName.string(name)
            try OutputFile.check(path)
            try OutputFile.write([1, 2, 3], to: path)
            #expect(access((name + [0]).map { CChar(bitPattern: $0) }, R_OK) == 0)
            #expect(try InputFile.bytes(of: path) == [1, 2, 3])
            symlink((name + [0]).map { CChar(bitPattern: $0) }, folder + "/link")
            try OutputFile.write([1], to: folder + "/link")
            #expect(try InputFile.bytes(of: path) == [1])
            #expect(try FolderListing.names(in: folder).map(FileName.bytes) == [FileName.bytes(of: FileName.split(path).name), Array("link".utf8)])
            #expect(InputError.missing(file: path).description.contains("/caf\\xE9: "))
            #expect(throws: OutputError.notAFolder(path: path + "/x", folder: path)) { try OutputFile.check(path + "/x") }
            try OutputFile.check(path + "s/x", createFolders: true)
        }
    }

    @Test func theArgumentsAreThoseOfTheProcess() {
        #expect(FileName.commandLineArguments == Array(CommandLine.arguments.dropFirst()))
    }

    @Test(arguments: [
        ("a", "a"), ("./a", "a"), ("a//b/", "a/b"), ("a/./b", "a/b"), ("a/c/../b", "a/b"), ("../a", "../a"), ("../../a", "../../a"), ("/a/../b", "/b"), ("/", "/"),
    ])
    func aPathIsMadePlain(_ path: String, _ plain: String) { #expect(FileName.plain(path) == plain) }
}
