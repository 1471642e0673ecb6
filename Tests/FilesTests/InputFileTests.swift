import Files
import TestSupport
import Testing

@Suite struct InputFileTests {
    @Test func linesAreSplitAtEveryKindOfBreak() throws {
        try withFolder { folder in
            let path = folder + "/names"
            for (text, lines) in [("", []), ("a", ["a"]), ("a\nb\n", ["a", "b"]), ("a\r\n\r\nb", ["a", "", "b"]), ("\n", [""])] {
                try save(Array(text.utf8), to: path)
                #expect(try InputFile.lines(of: path) == lines)
            }
        }
    }

    /// The digest of "abc" is FIPS 180-2's first example.
    @Test func filesAndBytesHaveOneDigest() throws {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(sha256(of: Array("abc".utf8)) == digest)
        try withFolder { folder in
            try save(Array("abc".utf8), to: folder + "/abc")
            try save([], to: folder + "/empty")
            #expect(try sha256(ofFile: folder + "/abc") == digest)
            #expect(throws: InputError.empty(file: folder + "/empty")) { try sha256(ofFile: folder + "/empty") }
            #expect(throws: InputError.unreadable(file: folder, reason: "not a regular file")) { try sha256(ofFile: folder) }
            #expect(throws: InputError.missing(file: folder + "/none")) { try sha256(ofFile: folder + "/none") }
        }
    }
}
