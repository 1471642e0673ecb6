import Files
import Foundation
import TestSupport
import Testing

// Serialized, for one of the tests removes the temporary files of all.
@Suite(.serialized) struct OutputFileTests {
    private let bytes = [UInt8](repeating: 7, count: 300_000)

    @Test func aFileIsWrittenWholeAndNothingElseIsLeft() throws {
        try withFolder { folder in
            let longest = [String(repeating: "n", count: 255), String(repeating: "☃", count: 85)]
            for name in ["a.png", "line\nbreak.png", "☃.png"] + longest {
                let path = folder + "/" + name
                try OutputFile.check(path)
                #expect(try names(in: folder) == [])
                try OutputFile.write(bytes, to: path)
                try OutputFile.check(path)
                try OutputFile.write([1, 2, 3], to: path)
                #expect(try contents(of: path) == [1, 2, 3])
                #expect(try names(in: folder) == [name])
                try FileManager.default.removeItem(atPath: path)
            }
            try OutputFile.write([], to: folder + "/empty")
            #expect(try contents(of: folder + "/empty") == [])
        }
    }

    @Test func permissionsAreKeptOrTheUsualOnes() throws {
        try withFolder { folder in
            func mode(_ name: String) -> mode_t {
                var status = stat()
                stat(folder + "/" + name, &status)
                return status.st_mode & 0o7777
            }
            try save([], to: folder + "/old")
            for permissions in [0o600, 0o640, 0o755] as [mode_t] {
                chmod(folder + "/old", permissions)
                try OutputFile.write(bytes, to: folder + "/old")
                #expect(mode("old") == permissions)
            }
            try OutputFile.write(bytes, to: folder + "/new")
            let reference = open(folder + "/reference", O_CREAT | O_WRONLY, 0o666)
            close(reference)
            #expect(mode("new") == mode("reference"))
        }
    }

    @Test func aLinkStaysAndWhatItPointsToIsReplaced() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/far", withIntermediateDirectories: false)
            try save([9], to: folder + "/far/target")
            symlink("far/target", folder + "/link")
            symlink("link", folder + "/twice")
            symlink("\(folder)/far/new", folder + "/dangling")
            symlink("loop", folder + "/loop")
            symlink("nowhere/file", folder + "/lost")
            for (link, target) in [("link", "target"), ("twice", "target"), ("dangling", "new")] {
                try OutputFile.check("\(folder)/\(link)")
                try OutputFile.write(Array(link.utf8), to: "\(folder)/\(link)")
                #expect(try contents(of: "\(folder)/far/\(target)") == Array(link.utf8))
                #expect(throws: Never.self) { try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(link)") }
            }
            let expected = OutputError.folderMissing(path: folder + "/lost", folder: folder + "/nowhere")
            #expect(throws: expected) { try OutputFile.check(folder + "/lost") }
            #expect(throws: OutputError.self) { try OutputFile.check(folder + "/loop") }
            #expect(try names(in: folder + "/far") == ["new", "target"])
        }
    }

    @Test func whatCannotBeWrittenIsFoundBeforehand() throws {
        try withFolder { folder in
            try save([1], to: folder + "/file")
            let cases: [(path: String, error: OutputError)] = [
                (folder, .isFolder(path: folder)),
                (folder + "/", .isFolder(path: folder + "/")),
                (folder + "/new/", .isFolder(path: folder + "/new/")),
                (folder + "/a/b.png", .folderMissing(path: folder + "/a/b.png", folder: folder + "/a")),
                (folder + "/file/b.png", .notAFolder(path: folder + "/file/b.png", folder: folder + "/file")),
                ("", .failed(path: "", reason: "the name is empty")),
            ]
            for (path, expected) in cases {
                #expect(throws: expected) { try OutputFile.check(path) }
                #expect(throws: expected) { try OutputFile.write([2], to: path) }
            }
            let long = folder + "/" + String(repeating: "n", count: 256)
            #expect(throws: OutputError.failed(path: long, reason: "File name too long")) { try OutputFile.check(long) }
            #expect(try names(in: folder) == ["file"])
        }
    }

    @Test func foldersAreCreatedWhenAskedFor() throws {
        try withFolder { folder in
            try OutputFile.check(folder + "/a/b/c/d.png", createFolders: true)
            try OutputFile.check(folder + "/a/b/c/d.png", createFolders: true)
            try OutputFile.write(bytes, to: folder + "/a/b/c/d.png")
            #expect(try names(in: folder + "/a/b/c") == ["d.png"])
            #expect(throws: OutputError.self) { try OutputFile.check(folder + "/a/b/c/d.png/e/f", createFolders: true) }
        }
    }

    @Test(.enabled(if: geteuid() != 0, "to root nothing is forbidden"))
    func whatIsForbiddenIsFoundBeforehandAndLeftAlone() throws {
        try withFolder { folder in
            let path = folder + "/kept"
            try save([1], to: path)
            chmod(path, 0o444)
            let file = OutputError.notAllowed(path: path, reason: "Permission denied")
            #expect(throws: file) { try OutputFile.check(path) }
            #expect(throws: file) { try OutputFile.write([2], to: path) }
            chmod(path, 0o644)
            chmod(folder, 0o555)
            defer { chmod(folder, 0o755) }
            #expect(throws: file) { try OutputFile.check(path) }
            #expect(throws: file) { try OutputFile.write([2], to: path) }
            #expect(throws: OutputError.self) { try OutputFile.check(folder + "/new/new", createFolders: true) }
            #expect(try contents(of: path) == [1])
        }
    }

    // MARK: - Devices and pipes

    @Test func devicesAndDescriptorsAreWrittenDirectly() throws {
        try OutputFile.check("/dev/null")
        try OutputFile.write(bytes, to: "/dev/null")
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        try OutputFile.check("-")
        try withFolder { folder in
            let descriptor = open(folder + "/file", O_CREAT | O_WRONLY, 0o600)
            defer { close(descriptor) }
            try OutputFile.check("/dev/fd/\(descriptor)")
            try OutputFile.write([1, 2], to: "/dev/fd/\(descriptor)")
            try OutputFile.write([3], to: "/proc/self/fd/\(descriptor)")
            #expect(try contents(of: folder + "/file") == [1, 2, 3])
            let reading = open(folder + "/file", O_RDONLY)
            defer { close(reading) }
            #expect(throws: OutputError.self) { try OutputFile.check("/dev/fd/\(reading)") }
        }
        #expect(throws: OutputError.self) { try OutputFile.check("/dev/fd/987654") }
    }

    @Test func aFullDeviceSaysSo() {
        #expect(throws: OutputError.diskFull(path: "/dev/full", reason: "No space left on device")) {
            try OutputFile.write([1], to: "/dev/full")
        }
    }

    /// Only root may mount, and not in every container.
    private static let canMount: Bool =
        (try? withFolder { folder in mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0 && umount(folder) == 0 }) ?? false

    @Test(.enabled(if: canMount, "no file system can be mounted here")) func aFullDiskKeepsTheOldFile() throws {
        try withFolder { folder in
            try #require(mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0)
            defer { umount(folder) }
            let path = folder + "/picture.png"
            try OutputFile.write([1, 2, 3], to: path)
            #expect(throws: OutputError.diskFull(path: path, reason: "No space left on device")) {
                try OutputFile.write(bytes, to: path)
            }
            #expect(try contents(of: path) == [1, 2, 3])
            #expect(try names(in: folder) == ["picture.png"])
            _ = try? save([UInt8](repeating: 1, count: 60_000), to: folder + "/filler")
            #expect(throws: OutputError.diskFull(path: path, reason: "No space left on device")) { try OutputFile.check(path) }
            #expect(try names(in: folder) == ["filler", "picture.png"])
        }
    }

    @Test func aPipeIsWrittenToTheEndOrItsReaderIsGone() throws {
        signal(SIGPIPE, SIG_IGN)
        try withFolder { folder in
            let path = folder + "/pipe"
            #expect(mkfifo(path, 0o600) == 0)
            try OutputFile.check(path)
            let reader = open(path, O_RDONLY | O_NONBLOCK)
            try OutputFile.write([1, 2, 3], to: path)
            var buffer = [UInt8](repeating: 0, count: 10)
            #expect(read(reader, &buffer, 10) == 3)
            #expect(try names(in: folder) == ["pipe"])

            // More than a pipe holds, so that the writer waits; then the reader goes.
            Thread.detachNewThread {
                usleep(50_000)
                close(reader)
            }
            #expect(throws: OutputError.brokenPipe(path: path)) { try OutputFile.write(bytes, to: path) }
        }
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        let path = "/dev/fd/\(ends[1])"
        #expect(throws: OutputError.brokenPipe(path: path)) { try OutputFile.write([1], to: path) }
        close(ends[1])
    }

    @Test func aNonBlockingPipeIsWaitedFor() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        #expect(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let reading = ends[0], count = bytes.count
        let reader = Task.detached {
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4096)
            while received.count < count {
                let got = read(reading, &buffer, buffer.count)
                if got <= 0 { break }
                received += buffer[..<got]
                usleep(100)
            }
            return received
        }
        try OutputFile.write(bytes, to: "/dev/fd/\(ends[1])")
        close(ends[1])
        #expect(await reader.value == bytes)
        close(ends[0])
    }

    // MARK: - Several writers, and signals

    @Test func ofManyWritersOneWholeFileRemains() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lucid-images-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/picture"
        try OutputFile.write([UInt8](repeating: 0, count: 100_000), to: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for value in 1...4 as ClosedRange<UInt8> {
                group.addTask {
                    for _ in 0..<10 { try OutputFile.write([UInt8](repeating: value, count: 100_000), to: path) }
                }
            }
            group.addTask {
                for _ in 0..<100 {
                    let seen = try contents(of: path)
                    #expect(seen.count == 100_000 && Set(seen).count == 1)
                }
            }
            try await group.waitForAll()
        }
        #expect(try names(in: folder) == ["picture"])
    }

    @Test func writesInProgressCanBeUndoneFromASignalHandler() throws {
        OutputFile.removeTemporaryFiles()
        try withFolder { folder in
            let path = folder + "/picture"
            try OutputFile.write([0], to: path)
            Thread.detachNewThread { for _ in 0..<300 { OutputFile.removeTemporaryFiles() } }
            for value in 1...30 as ClosedRange<UInt8> {
                try? OutputFile.write([UInt8](repeating: value, count: 50_000), to: path)
                #expect(Set(try contents(of: path)).count == 1)
            }
            #expect(try names(in: folder) == ["picture"])
        }
    }

    @Test func whatKilledWritersLeftIsSwept() throws {
        try withFolder { folder in
            let dead: pid_t = {
                let process = Process()
                process.executableURL = URL(filePath: "/bin/true")
                try? process.run()
                process.waitUntilExit()
                return process.processIdentifier
            }()
            let stale = [".a.png.lucid-\(dead)-1.tmp", ".a-b.lucid-c.lucid-\(dead)-22.tmp"]
            let kept = [
                ".a.png.lucid-\(getpid())-1.tmp", "a.png.lucid-\(dead)-1.tmp", ".a.png.lucid-\(dead)-x.tmp", ".lucid-0-1.tmp",
                ".a.png.lucid--\(dead)-1.tmp", ".a.png-\(dead)-1.tmp", "a.png", ".tmp",
            ]
            for name in stale + kept { try save([], to: folder + "/" + name) }
            #expect(OutputFile.removeStaleTemporaryFiles(in: folder) == 2)
            #expect(try names(in: folder) == kept.sorted())
            #expect(OutputFile.removeStaleTemporaryFiles(in: folder + "/none") == 0)
        }
    }

    @Test func everyMessageIsOneLine() {
        let path = "a\nb", errors: [OutputError] = [
            .isFolder(path: path), .folderMissing(path: path, folder: path), .notAFolder(path: path, folder: path),
            .notAllowed(path: path, reason: "r"), .diskFull(path: path, reason: "r"), .brokenPipe(path: path),
            .failed(path: path, reason: "r"),
        ]
        for error in errors { #expect(error.description.hasPrefix("a\\nb: ") && !error.description.contains("\n")) }
        #expect(OutputError.brokenPipe(path: "-").description.hasPrefix("standard output: "))
    }
}
