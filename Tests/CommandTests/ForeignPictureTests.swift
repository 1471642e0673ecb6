import Foundation
import Testing

/// Pictures that ffmpeg decodes, with a script in its place that hands out the samples; what the files say of them is read here.
/// Fixtures/foreign.py of ImagesTests made the files.
@Suite struct ForeignPictureTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/foreign").path

    /// A scratch folder with the program `bin/ffmpeg`, and the environment that has it.
    private func scratch(ffmpeg script: String) throws -> (Scratch, [String: String]) {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/bin", withIntermediateDirectories: false)
        let program = "\(scratch.path)/bin/ffmpeg"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return (scratch, ["PATH": "\(scratch.path)/bin:/usr/bin:/bin"])
    }

    /// Keeps its arguments and its input, and writes a picture.
    private func script(writing picture: String) -> String {
        "echo \"$@\" >>arguments; while [ \"$1\" != -i ]; do shift; done; cat \"${2#file:}\" >seen; cat '\(Self.photos)/\(picture)'"
    }

    private func diff(_ scratch: Scratch, _ file: String, _ environment: [String: String], _ options: [String] = []) throws -> Program {
        let arguments = ["diff", "\(Self.photos)/expected.png", file, "--max-difference", "2"] + options
        return try Program.run(arguments, in: scratch.path, environment: environment)
    }

    @Test(arguments: [
        ("turned.webp", "webp_pipe"), ("turned.tiff", "tiff_pipe"), ("turned.avif", "mov"), ("straight.bmp", "bmp_pipe"),
        ("straight.jp2", "j2k_pipe"),
    ])
    func theProfileAndTheTurnAreApplied(_ file: String, _ demuxer: String) throws {
        let (scratch, environment) = try scratch(ffmpeg: script(writing: file.hasPrefix("turned") ? "turned.png" : "straight.png"))
        // The first bytes tell the format, and not the name.
        try FileManager.default.copyItem(atPath: "\(Self.photos)/\(file)", toPath: "\(scratch.path)/photo.jpg")
        let program = try diff(scratch, "photo.jpg", environment)
        #expect(program.status == 0, "\(program.text)\(program.errors)")
        // ffmpeg is told how to open the file, and sees all of it.
        let arguments = String(decoding: try scratch.bytes("arguments"), as: UTF8.self)
        #expect(arguments.contains("-f \(demuxer) -i file:") && arguments.contains("-protocol_whitelist file "), "\(arguments)")
        #expect(try scratch.bytes("seen") == Data(contentsOf: URL(filePath: "\(Self.photos)/\(file)")))
        // Standard input is such a picture as well.
        let piped = try Program.run(
            ["diff", "\(Self.photos)/expected.png", "-", "--max-difference", "2"], in: scratch.path, environment: environment,
            input: "\(scratch.path)/photo.jpg")
        #expect(piped.status == 0, "\(piped.text)\(piped.errors)")
    }

    @Test func withoutFFmpegItIsSaidHowToConvert() throws {
        let program = try diff(Scratch(), "\(Self.photos)/turned.webp", ["PATH": "/nonexistent"])
        #expect(program.status == 69)
        #expect(program.errors.contains("ffmpeg -i turned.webp photo.png") && program.errors.filter { $0 == "\n" }.count == 1)
    }

    @Test func aFailureAndAPictureThatIsTooLargeAreSaid() throws {
        var (scratch, environment) = try scratch(ffmpeg: "echo '[webp @ 0x1] no such chunk' >&2; echo 'Conversion failed!' >&2; exit 1")
        let failed = try diff(scratch, "\(Self.photos)/turned.webp", environment)
        #expect(failed.status == 65 && failed.errors.contains("cannot read this WebP: no such chunk)"), "\(failed.errors)")
        (scratch, environment) = try self.scratch(
            ffmpeg: "echo '[IMGUTILS @ 0x1] Picture size 40000x30000 exceeds specified max pixel count 9' >&2; exit 1")
        let large = try diff(scratch, "\(Self.photos)/turned.webp", environment)
        #expect(large.status == 65 && large.errors.contains("40000x30000 pixels are more than the limit"), "\(large.errors)")
        #expect(large.errors.contains("--max-pixels"))
    }

    /// Telephones store a picture in tiles, of which some versions of ffmpeg hand out the first.
    @Test func aTileIsNotTakenForThePicture() throws {
        let (scratch, environment) = try scratch(ffmpeg: script(writing: "turned.png"))
        var file = try Data(contentsOf: URL(filePath: "\(Self.photos)/turned.avif"))
        let extents = try #require(file.range(of: Data("ispe".utf8))).upperBound + 4
        file.replaceSubrange(extents..<extents + 8, with: [0, 0, 2, 0, 0, 0, 3, 0])
        try file.write(to: URL(filePath: "\(scratch.path)/tiles.avif"))
        let program = try diff(scratch, "tiles.avif", environment)
        #expect(program.status == 65 && program.errors.contains("a part of this AVIF only"), "\(program.errors)")
        // The extents that the file claims are refused before anybody decodes it.
        try? FileManager.default.removeItem(atPath: "\(scratch.path)/arguments")
        file.replaceSubrange(extents..<extents + 8, with: [0, 1, 0, 0, 0, 1, 0, 0])
        try file.write(to: URL(filePath: "\(scratch.path)/large.avif"))
        let large = try diff(scratch, "large.avif", environment)
        #expect(large.status == 65 && large.errors.contains("65536x65536 pixels"), "\(large.errors)")
        #expect(try !scratch.names().contains("arguments"))
    }

    @Test func whatIsLeftOutOfAFolderIsNamed() throws {
        let (scratch, environment) = try scratch(ffmpeg: script(writing: "turned.png"))
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/in", withIntermediateDirectories: false)
        for name in ["straight.png", "turned.webp"] {
            try FileManager.default.copyItem(atPath: "\(Self.photos)/\(name)", toPath: "\(scratch.path)/in/\(name)")
        }
        for name in ["c.psd", "notes.txt"] { try Data("x".utf8).write(to: URL(filePath: "\(scratch.path)/in/\(name)")) }
        func dream(_ output: String, _ environment: [String: String], _ options: [String] = []) throws -> Program {
            try Program.run(
                ["deepdream", "in", "--size", "64x48", "--iterations", "1", "--octaves", "1", "-o", output] + options,
                in: scratch.path, environment: environment)
        }
        let all = try dream("all", environment)
        #expect(all.status == 0 && all.text.contains("2 frames"), "\(all.text)\(all.errors)")
        #expect(all.errors == "lucid: in: left out c.psd; convert them to PNG\n")
        let some = try dream("some", ["PATH": "/nonexistent"])
        #expect(some.status == 0 && some.text.contains("1 frames"), "\(some.text)\(some.errors)")
        #expect(some.errors.contains("left out c.psd, turned.webp; ffmpeg"), "\(some.errors)")
        #expect(try dream("silent", environment, ["--quiet"]).errors == "")
    }
}
