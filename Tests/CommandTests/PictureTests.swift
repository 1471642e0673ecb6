import Foundation
import Testing

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

    @Test func theSameSeedGivesTheSameBytesWhateverTheThreads() throws {
        let scratch = try Scratch()
        for threads in ["1", "2", "3"] {
            let result = try draw(scratch, "channel", "--index", "5", "--threads", threads, "-o", "t\(threads).png")
            #expect(result.status == 0, "\(result.errors)")
        }
        #expect(try scratch.bytes("t1.png") == scratch.bytes("t2.png"))
        #expect(try scratch.bytes("t1.png") == scratch.bytes("t3.png"))
        _ = try draw(scratch, "channel", "--index", "5", "--seed", "1", "-o", "other.png")
        #expect(try scratch.bytes("t1.png") != scratch.bytes("other.png"))
    }

    /// The program runs on any x86-64, and climbs as well there.
    @Test(arguments: ["baseline", "avx2"])
    func everyInstructionSetDraws(_ set: String) throws {
        let scratch = try Scratch()
        struct Result: Decodable { let score: Float }
        let scores = try ["", set].map { set in
            let program = try Program.run(
                ["channel", "--index", "5", "--json", "-o", "x.png"] + quick, in: scratch.path,
                environment: ["LUCID_INSTRUCTION_SET": set])
            return try JSONDecoder().decode(Result.self, from: program.output).score
        }
        #expect(abs(scores[1] - scores[0]) < 0.02 * abs(scores[0]), "\(scores)")
    }

    @Test func aBatchGivesTheSameFilesAsSingleRuns() throws {
        let (batch, single) = (try Scratch(), try Scratch())
        #expect(try draw(batch, "channel", "--index", "0-3").status == 0)
        for index in 0..<4 { #expect(try draw(single, "channel", "--index", "\(index)").status == 0) }
        #expect(try batch.names() == single.names())
        for name in try batch.names() { #expect(try batch.bytes(name) == single.bytes(name), "\(name)") }
    }

    @Test func otherPicturesAreNotOverwrittenWithoutForce() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "channel", "--index", "0,1").status == 0)
        // The same picture again does no harm.
        #expect(try draw(scratch, "channel", "--index", "0,1").status == 0)
        let again = try draw(scratch, "channel", "--index", "0,1", "--l2", "0.1")
        #expect(again.status == 73)
        #expect(again.errors.contains("--force"))
        #expect(try draw(scratch, "channel", "--index", "0,1", "--force").status == 0)
    }

    @Test func infoTellsAndReplayRepeats() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "neuron", "--index", "7", "--tv", "0.001", "--seed", "3", "-o", "a.png").status == 0)
        let info = try Program.run(["info", "a.png"], in: scratch.path)
        #expect(info.text.contains("neuron(features.3,7)"))
        let record = try Program.run(["info", "a.png", "--json"], in: scratch.path).text
        for word in ["time", "date", "path", "threads", scratch.path, "/"] {
            #expect(!record.lowercased().contains(word), "the record says \(word): \(record)")
        }
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

    @Test func aJPEGCarriesItsRecordToo() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "layer", "-o", "a.jpg").status == 0)
        #expect(try scratch.bytes("a.jpg").prefix(2) == Data([0xFF, 0xD8]))
        #expect(try Program.run(["info", "a.jpg"], in: scratch.path).text.contains("layer(features.3)"))
    }

    @Test func picturesOfTheWayThereAreKept() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "channel", "--index", "5", "--save-at", "1,3", "-o", "a.png").status == 0)
        #expect(try scratch.names() == ["a.png", "a_step1.png", "a_step3.png"])
        let info = try Program.run(["info", "a_step3.png"], in: scratch.path).text
        #expect(info.contains("3 of 4"))
        #expect(try Program.run(["replay", "a_step3.png", "-o", "b.png"], in: scratch.path).status == 0)
        #expect(try scratch.bytes("a_step3.png") == scratch.bytes("b.png"))
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

    @Test func aDryRunPrintsThePlanAndDrawsNothing() throws {
        let scratch = try Scratch()
        let result = try draw(scratch, "channel", "--index", "5", "--dry-run")
        #expect(result.text.contains("\"objective\":\"channel_cosine(features.3,5)\""))
        #expect(try scratch.names().isEmpty)
    }

    @Test func showPrintsAPreview() throws {
        let scratch = try Scratch()
        let result = try draw(scratch, "channel", "--index", "5", "--show")
        #expect(result.status == 0)
        #expect(result.text.count > 500)
    }

    @Test func namesExpandAndFoldersTakeTheDefaultName() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "channel", "--index", "5", "-o", "{layer}-{index}-{seed}-{model}.png").status == 0)
        #expect(try scratch.names() == ["features.3-5-0-squeezenet1_1.png"])
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/sub", withIntermediateDirectories: false)
        #expect(try draw(scratch, "channel", "--index", "5", "-o", "sub").status == 0)
        #expect(FileManager.default.fileExists(atPath: "\(scratch.path)/sub/squeezenet1_1_features.3_5.png"))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func anInterruptedPictureIsKeptAndSaysSo(signal: Int32) throws {
        let scratch = try Scratch()
        let result = try Program.run(
            ["channel", "--layer", "features.10", "--index", "5", "--steps", "100000", "--save-at", "1", "-o", "a.png"], in: scratch.path,
            interruptWhen: { _ in try scratch.names().contains("a_step1.png") }, signal: signal)
        #expect(result.status == 128 + signal)
        #expect(try scratch.names() == ["a.png", "a_step1.png"])
        #expect(try Program.run(["info", "a.png"], in: scratch.path).text.contains("incomplete"))
    }

    /// Folders that macOS wrote on a foreign disk have a hidden `._a.png` beside each `a.png`, which is no picture.
    @Test(arguments: [
        ["compare-models", "squeezenet1_1", "squeezenet1_1", "--layers", "features.3", "--grid", "3", "--size", "64", "--photos", "p"],
        ["direction", "--layer", "features.3", "--channels", "5:1", "--whiten", "p", "--steps", "1", "--size", "64"],
        ["channel", "--layer", "features.3", "--index", "5", "--param", "maco", "--spectrum", "p", "--steps", "1", "--size", "64"],
        ["deepdream", "p", "--size", "48", "--iterations", "1", "--octaves", "1", "-o", "dream.gif"],
        ["diff", "p", "p"], ["report", "p"],
    ])
    func hiddenFilesOfAFolderAreNoPictures(_ arguments: [String]) throws {
        let scratch = try Scratch()
        let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
        try FileManager.default.copyItem(atPath: photos.path, toPath: "\(scratch.path)/p")
        if arguments[0] == "report" { #expect(try draw(scratch, "channel", "--index", "5", "-o", "p/drawn.png").status == 0) }
        let plain = try Program.run(arguments + ["--json"], in: scratch.path)
        #expect(plain.status == 0, "\(plain.errors)")
        for name in ["._chelsea.jpg", ".hidden.png", "._b.JPEG"] {
            try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/p/\(name)"))
        }
        let force = ["deepdream", "report"].contains(arguments[0]) ? ["--force"] : []
        let hidden = try Program.run(arguments + force + ["--json"], in: scratch.path)
        #expect(hidden.status == 0, "\(hidden.errors)")
    }

    @Test func everyOptionOfThePictureChangesIt() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "channel", "--index", "5", "-o", "plain.png").status == 0)
        let plain = try scratch.bytes("plain.png")
        for (name, options) in [
            ("seed", ["--seed", "9"]), ("param", ["--param", "pixel"]), ("decay", ["--decay-power", "1.5"]),
            ("colour", ["--no-decorrelate"]), ("transforms", ["--transforms", "none"]), ("optimizer", ["--optimizer", "sgd"]),
            ("rate", ["--learning-rate", "0.2"]), ("schedule", ["--schedule", "cosine"]), ("tv", ["--tv", "0.01"]),
            ("negative", ["--negative"]), ("model", ["--model", "vgg16"]), ("size", ["--size", "80x72"]),
            ("noise", ["--transforms", "noise(0.1) flip crop(60)"]),
        ] {
            let arguments = ["channel", "--index", "5", "-o", "\(name).png"] + quick.filter { name != "size" || !["--size", "64"].contains($0) } + options
            let result = try Program.run(arguments, in: scratch.path)
            #expect(result.status == 0, "\(name): \(result.errors)")
            #expect(try scratch.bytes("\(name).png") != plain, "\(name) does nothing")
        }
    }
}
