import Foundation
import Images
import Testing

/// Dreams through pipes, and on films, with scripts in the place of ffmpeg.
@Suite struct PhotographCommandTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
    private static let photo = photos.appending(path: "chelsea.jpg").path
    private static let dream = ["--size", "64", "--iterations", "2", "--octaves", "2"]

    private func run(_ scratch: Scratch, _ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        let program = try Program.run(arguments, in: scratch.path, environment: environment)
        #expect(program.status == 0, "\(arguments): \(program.errors)")
        return program
    }

    private func fails(
        _ scratch: Scratch, _ arguments: [String], with status: Int32, saying word: String, environment: [String: String] = [:]
    ) throws {
        let before = try scratch.names()
        let program = try Program.run(arguments, in: scratch.path, environment: environment)
        #expect(program.status == status, "\(arguments): \(program.errors)")
        #expect(program.errors.hasPrefix("lucid: ") && program.errors.filter { $0 == "\n" }.count == 1, "\(program.errors)")
        #expect(program.errors.contains(word), "\(arguments): \(program.errors)")
        #expect(try scratch.names() == before, "\(arguments) left something behind")
    }

    /// A line of bash in which $LUCID is the program and $PHOTO the photograph.
    private func shell(_ scratch: Scratch, _ line: String) throws -> Int32 {
        try Shell.run(line, in: scratch.path, environment: ProcessInfo.processInfo.environment.merging(["PHOTO": Self.photo]) { $1 }).status
    }

    private func save(_ picture: Picture, _ scratch: Scratch, _ name: String) throws {
        try Data(PNG.encode(picture)).write(to: URL(filePath: "\(scratch.path)/\(name)"))
    }

    /// Windows of a photograph, each 5 pixels to the right of the one before and 2 below it.
    private func windows(_ count: Int, width: Int, height: Int) throws -> [Picture] {
        let whole = try Picture.read(from: Self.photo)
        guard case .eight(let samples) = whole.samples else { fatalError("the photograph has 8 bits") }
        return (0..<count).map { number in
            var cut: [UInt8] = []
            for y in 0..<height {
                let start = ((60 + 2 * number + y) * whole.width + 120 + 5 * number) * 3
                cut += samples[start..<start + 3 * width]
            }
            return Picture(width: width, height: height, samples: .eight(cut))
        }
    }

    @Test func standardInputAndOutput() throws {
        let scratch = try Scratch()
        let options = Self.dream.joined(separator: " ")
        #expect(try shell(scratch, "\"$LUCID\" deepdream - \(options) -o - <\"$PHOTO\" >a.png && \"$LUCID\" replay - --picture \"$PHOTO\" -o b.png -q <a.png") == 0)
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        #expect(try shell(scratch, "\"$LUCID\" deepdream - \(options) -q <\"$PHOTO\" && test -f stdin_dream.png") == 0)
    }

    // MARK: Films

    @Test func aFilmIsNeverDrawnOver() throws {
        let scratch = try Scratch()
        let film = try FakeFilm(in: scratch, frames: windows(2, width: 64, height: 48))
        try fails(
            scratch, ["deepdream", film.name, "--iterations", "1", "-o", film.name, "--force"], with: 73, saying: "would be lost",
            environment: film.environment)
    }

    @Test func aFilmIsDreamtOn() throws {
        let scratch = try Scratch()
        let film = try FakeFilm(in: scratch, frames: windows(4, width: 64, height: 48))
        let arguments = ["deepdream", film.name, "--iterations", "1", "--octaves", "2", "-o"]
        for threads in ["1", "2"] {
            _ = try run(scratch, arguments + ["a\(threads).gif", "--threads", threads], environment: film.environment)
        }
        #expect(try scratch.bytes("a1.gif") == scratch.bytes("a2.gif"))
        #expect(try !scratch.names().contains { $0.hasSuffix(".frames") })
        // A film that breaks off leaves its frames; mended, the rest is dreamt and the film is the same.
        let broken = try FakeFilm(in: scratch, frames: windows(2, width: 64, height: 48), ending: "echo broken >&2; exit 1")
        let program = try Program.run(arguments + ["b.gif"], in: scratch.path, environment: broken.environment)
        #expect(program.status == 65 && program.errors.contains("broken"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/b.gif.frames").count == 2)
        let whole = try FakeFilm(in: scratch, frames: windows(4, width: 64, height: 48))
        #expect(try run(scratch, arguments + ["b.gif"], environment: whole.environment).text.contains("2 of them were there"))
        #expect(try scratch.bytes("b.gif") == scratch.bytes("a1.gif"))
    }

    @Test func filmsNeedFFmpegBeforeAnythingIsComputed() throws {
        let scratch = try Scratch()
        try Data("film".utf8).write(to: URL(filePath: "\(scratch.path)/film.mp4"))
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/in", withIntermediateDirectories: false)
        try save(try windows(1, width: 64, height: 48)[0], scratch, "in/a.png")
        let none = ["PATH": "/nonexistent"]
        try fails(scratch, ["deepdream", "film.mp4", "-o", "out"], with: 69, saying: "ffmpeg", environment: none)
        try fails(scratch, ["deepdream", "in", "-o", "out.mp4"], with: 69, saying: "ffmpeg", environment: none)
        try fails(scratch, ["deepdream", Self.photo, "--zoom", "1.1", "-o", "z.mp4"], with: 69, saying: "ffmpeg", environment: none)
        try fails(scratch, ["deepdream", Self.photo, "--evolution", "z.mp4"], with: 69, saying: "ffmpeg", environment: none)
    }
}
