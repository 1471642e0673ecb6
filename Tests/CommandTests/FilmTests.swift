import Foundation
import Testing

/// Films, with scripts in the place of ffmpeg.
@Suite struct FilmTests {
    /// A scratch folder with an executable `bin/ffmpeg`.
    private func scratch(ffmpeg script: String) throws -> Scratch {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/bin", withIntermediateDirectories: false)
        let program = "\(scratch.path)/bin/ffmpeg"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return scratch
    }

    private func draw(_ scratch: Scratch) throws -> Program {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--size", "63x64", "--steps", "3", "--evolution", "way.mp4",
             "-o", "a.png"], in: scratch.path, environment: ["PATH": "\(scratch.path)/bin:\(path)"])
    }

    @Test func theFramesGoToFfmpeg() throws {
        let scratch = try scratch(ffmpeg: "for last; do :; done; echo \"$@\" >arguments; cat >\"${last#file:}\"")
        let drawn = try draw(scratch)
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(try scratch.names() == ["a.png", "arguments", "bin", "way.mp4"])
        // The first picture, the last, and those between; an odd side is one pixel longer.
        #expect(try scratch.bytes("way.mp4").count == 4 * 3 * 64 * 64)
        let arguments = String(decoding: try scratch.bytes("arguments"), as: UTF8.self)
        #expect(arguments.contains("-video_size 64x64") && arguments.contains("-f mp4"), "\(arguments)")
    }

    @Test(arguments: ["cat >/dev/null; echo 'no such encoder' >&2; exit 1", "echo 'no such encoder' >&2; exit 1"])
    func aFailingFfmpegIsSaid(_ script: String) throws {
        let scratch = try scratch(ffmpeg: script)
        let drawn = try draw(scratch)
        #expect(drawn.status == 73, "\(drawn.errors)")
        #expect(drawn.errors.contains("no such encoder") && drawn.errors.filter { $0 == "\n" }.count == 1, "\(drawn.errors)")
        // The finished picture is not lost with its film.
        #expect(try scratch.names().contains("a.png"))
        #expect(try scratch.names().filter { $0.contains("way") || $0.contains("tmp") }.isEmpty)
    }
}
