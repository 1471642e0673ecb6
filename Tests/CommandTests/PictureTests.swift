import Foundation
import Testing

/// Every command that draws, as a program: its streams, signals and exit codes.
@Suite struct PictureTests {
    /// Small and quick, through the whole program.
    private let quick = ["--layer", "features.3", "--size", "64", "--steps", "4"]

    private func draw(_ scratch: Scratch, _ arguments: String...) throws -> Program {
        let all = arguments + quick
        return try Program.run(all, in: scratch.path)
    }

    @Test func aPictureGetsItsDefaultName() throws {
        let scratch = try Scratch()
        let result = try draw(scratch, "channel", "--index", "5")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try scratch.names() == ["squeezenet1_1_features.3_5.png"])
        #expect(result.errors.isEmpty, "nothing but errors goes to a standard error that is no terminal")
    }

    /// The program runs on any x86-64, and climbs as well there.
    @Test func everyInstructionSetDraws() throws {
        let scratch = try Scratch()
        struct Result: Decodable { let score: Float }
        let scores = try ["", "baseline", "avx2"].map { set in
            let program = try Program.run(
                ["channel", "--index", "5", "--json", "-o", "x.png"] + quick, in: scratch.path,
                environment: ["LUCID_INSTRUCTION_SET": set])
            return try JSONDecoder().decode(Result.self, from: program.output).score
        }
        for score in scores { #expect(abs(score - scores[0]) < 0.02 * abs(scores[0]), "\(scores)") }
    }

    @Test func otherPicturesAreNotOverwrittenWithoutForce() throws {
        let scratch = try Scratch()
        let name = "squeezenet1_1_features.3_5.png"
        try Data("mine".utf8).write(to: URL(filePath: "\(scratch.path)/\(name)"))
        let refused = try draw(scratch, "channel", "--index", "5")
        #expect(refused.status == 73 && refused.errors.contains("--force"), "\(refused.errors)")
        #expect(try scratch.bytes(name) == Data("mine".utf8))
        #expect(try draw(scratch, "channel", "--index", "5", "--force").status == 0)
    }

    @Test func infoTellsAndReplayRepeats() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "neuron", "--index", "7", "--tv", "0.001", "--seed", "3", "-o", "a.png").status == 0)
        let info = try Program.run(["info", "a.png"], in: scratch.path)
        #expect(info.text.contains("neuron(features.3,7)"))
        #expect(try Program.run(["info", "a.png", "--json"], in: scratch.path).text.hasPrefix("{"))
        #expect(try Program.run(["replay", "a.png", "-o", "b.png", "--threads", "1"], in: scratch.path).status == 0)
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
    }

    @Test func thePictureGoesToStandardOutput() throws {
        let scratch = try Scratch()
        let piped = try draw(scratch, "channel", "--index", "5", "-o", "-")
        #expect(try draw(scratch, "channel", "--index", "5", "-o", "file.png").status == 0)
        #expect(try piped.output == scratch.bytes("file.png"))
        #expect(try scratch.names() == ["file.png"])
    }

    @Test func jsonIsOneObjectAResult() throws {
        let scratch = try Scratch()
        let result = try draw(scratch, "channel", "--index", "0-2", "--json")
        let lines = result.text.split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["output"] is String)
            #expect(object?["score"] is Double)
        }
    }

    @Test func showPrintsAPreview() throws {
        let scratch = try Scratch()
        let result = try draw(scratch, "channel", "--index", "5", "--show")
        #expect(result.status == 0)
        #expect(result.text.count > 500)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func anInterruptedPictureIsKeptAndSaysSo(signal: Int32) throws {
        let scratch = try Scratch()
        let result = try Program.run(
            ["channel", "--layer", "features.10", "--index", "5", "--steps", "100000", "--save-at", "1", "-o", "a.png"], in: scratch.path,
            interruptWhen: { _ in try scratch.names().contains("a_step1.png") }, signal: signal)
        #expect(result.status == 128 + signal)
        #expect(try scratch.names() == ["a.png", "a_step1.png"])
    }
}
