import Files
import Foundation
import TestSupport
import Testing

// In the serialized suite, one of whose tests removes the temporary files of all.
extension OutputFileTests {
    @Test func aPendingFileGetsItsNameWhenItIsWhole() throws {
        try withFolder { folder in
            try save([9], to: folder + "/far")
            chmod(folder + "/far", 0o640)
            symlink("far", folder + "/link")
            for (name, file) in [("new", "new"), ("link", "far")] {
                let pending = try PendingFile(for: "\(folder)/\(name)")
                let handle = try #require(FileHandle(forWritingAtPath: pending.temporaryPath))
                try handle.write(contentsOf: Data([1, 2, 3]))
                try handle.close()
                #expect(!FileManager.default.fileExists(atPath: folder + "/new") || name == "link")
                #expect(try contents(of: folder + "/far") == [9])
                try pending.commit()
                #expect(try contents(of: "\(folder)/\(file)") == [1, 2, 3])
            }
            #expect(try names(in: folder) == ["far", "link", "new"])
            #expect(try FileManager.default.attributesOfItem(atPath: folder + "/far")[.posixPermissions] as? Int == 0o640)
        }
    }

    @Test func aPendingFileIsWrittenPieceByPiece() throws {
        try withFolder { folder in
            let pending = try PendingFile(for: folder + "/new")
            try pending.append([1, 2])
            try pending.append([])
            try pending.append([3])
            #expect(try !names(in: folder).contains("new"))
            try pending.commit()
            #expect(try contents(of: folder + "/new") == [1, 2, 3])
        }
    }

    /// What lies behind the bytes that are good is cut off; a file with fewer is refused.
    @Test func aGrowingFileGoesOnWhereItWasGood() throws {
        try withFolder { folder in
            try save([1, 2, 3, 4], to: folder + "/grown")
            do {
                let file = try GrowingFile(folder + "/grown", keeping: 3)
                try file.append([5])
                try file.append([6, 7])
                try file.flush()
            }
            #expect(try contents(of: folder + "/grown") == [1, 2, 3, 5, 6, 7])
            #expect(throws: OutputError.self) { _ = try GrowingFile(folder + "/grown", keeping: 7) }
            _ = try GrowingFile(folder + "/fresh", keeping: 0)
            #expect(try contents(of: folder + "/fresh") == [])
        }
    }

    /// What a line of CSV holds is read again.
    @Test(arguments: [["a", "b"], ["", "x,y", "said \"so\""], [" led by a space", ""], ["two\nlines"]]) func fieldsComeBack(_ fields: [String]) {
        let line = CSV.line(fields)
        #expect(line.hasSuffix("\n"))
        // Spaces before a field do not count to the reader.
        #expect(CSV.fields(String(line.dropLast())) == fields.map { String($0.drop { $0 == " " }) })
    }

    @Test func aPendingFileThatIsGivenUpLeavesNothing() throws {
        try withFolder { folder in
            try save([9], to: folder + "/old")
            do {
                let pending = try PendingFile(for: folder + "/old")
                try save([1, 2], to: pending.temporaryPath)
            }
            #expect(try names(in: folder) == ["old"])
            #expect(try contents(of: folder + "/old") == [9])
        }
    }

    @Test func aPendingFileIsARegularOne() throws {
        try withFolder { folder in
            mkfifo(folder + "/pipe", 0o600)
            for path in [folder + "/pipe", "/dev/null", "-", folder, folder + "/missing/file"] {
                #expect(throws: OutputError.self, "\(path)") { _ = try PendingFile(for: path) }
            }
        }
    }
}
