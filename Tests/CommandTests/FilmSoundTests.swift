import Foundation
import Images
import TestSupport
import Testing

/// The sound of a film that is dreamt on, with scripts in the place of ffmpeg.
@Suite struct FilmSoundTests {
    private func dream(
        _ sound: String?, rate: Int = 10, to output: String, _ options: [String] = []
    ) throws -> (program: Program, arguments: String) {
        let scratch = try Scratch()
        let film = try FakeFilm(in: scratch, frames: [noise(width: 64, height: 48)], rate: rate, sound: sound)
        let program = try Program.run(
            ["deepdream", film.name, "--iterations", "1", "--octaves", "1", "-o", output] + options, in: scratch.path,
            environment: film.environment)
        #expect(program.status == 0, "\(program.errors)")
        let arguments = try? scratch.bytes("fakes/arguments")
        return (program, arguments.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    @Test(arguments: [
        ("aac", "a.mp4", "-c:a copy"), ("pcm_s16le", "a.mp4", "-c:a aac"), ("opus", "a.webm", "-c:a copy"), ("aac", "a.webm", "-c:a libopus"),
    ])
    func itGoesWithTheDream(_ sound: String, _ output: String, _ option: String) throws {
        let (program, arguments) = try dream(sound, to: output)
        #expect(arguments.contains("-i pipe:0 -i file:film.mp4 -map 0:v:0 -map 1:a:0") && arguments.contains(option), "\(arguments)")
        #expect(!program.errors.contains("sound"), "\(program.errors)")
    }

    @Test func aSilentFilmStaysSilent() throws {
        let (program, arguments) = try dream(nil, to: "a.mp4")
        #expect(arguments.contains("-an") && !arguments.contains("1:a:0"), "\(arguments)")
        #expect(!program.errors.contains("sound"))
    }

    @Test(arguments: [("a.gif", []), ("frames/", []), ("a.mp4", ["--rate", "5"])])
    func itIsSaidWhereItIsLeftOut(_ output: String, _ options: [String]) throws {
        let (program, arguments) = try dream("aac", to: output, options)
        #expect(!arguments.contains("1:a:0"))
        #expect(program.errors.contains("the sound of film.mp4 is left out: "), "\(program.errors)")
        #expect(options.isEmpty || program.errors.contains("--rate changes its time"))
    }

    /// However quick or slow, the film has its time.
    @Test(arguments: [120, 240])
    func theRateOfAFilmIsNotBounded(_ rate: Int) throws {
        #expect(try dream("aac", rate: rate, to: "a.mp4").arguments.contains("-framerate \(rate).0 "))
    }

    /// 10 frames a second are the film's own.
    @Test func theFilmsOwnRateKeepsIt() throws {
        #expect(try dream("aac", to: "a.mp4", ["--rate", "10"]).arguments.contains("-map 1:a:0"))
    }
}
