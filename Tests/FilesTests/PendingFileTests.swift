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
