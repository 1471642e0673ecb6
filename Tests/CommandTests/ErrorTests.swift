import Foundation
import Testing

/// Mistakes: one line that says what, where and what to try, and the right exit code.
@Suite struct ErrorTests {
    private func fails(
        _ arguments: [String], with status: Int32, saying words: [String], in scratch: Scratch,
        environment: [String: String] = [:]
    ) throws {
        let before = try scratch.names()
        let result = try Program.run(arguments, in: scratch.path, environment: environment)
        #expect(result.status == status, "\(arguments): \(result.errors)")
        #expect(result.errors.hasPrefix("lucid: "), "\(result.errors)")
        #expect(result.errors.filter { $0 == "\n" }.count == 1, "more than one line: \(result.errors)")
        for word in words { #expect(result.errors.contains(word), "\(arguments): \(result.errors)") }
        #expect(try scratch.names() == before, "something was left behind")
    }

    @Test func mistypedNamesNameTheNearest() throws {
        let scratch = try Scratch()
        let channel = ["channel", "--index", "5"]
        try fails(channel + ["--layer", "featres.10"], with: 64, saying: ["featres.10", "features.10"], in: scratch)
        try fails(channel + ["--layer", "features.10", "--model", "vgg61"], with: 64, saying: ["vgg16"], in: scratch)
        try fails(channel + ["--layer", "features.10", "--sise", "3"], with: 64, saying: ["--size"], in: scratch)
        try fails(channel + ["--layer", "features.10", "--param", "fff"], with: 64, saying: ["fft"], in: scratch)
        try fails(["chanel"], with: 64, saying: ["chanel"], in: scratch)
    }

    @Test func valuesOutOfRangeNameTheRange() throws {
        let scratch = try Scratch()
        let layer = ["--layer", "features.10"]
        try fails(["channel", "--index", "384"] + layer, with: 64, saying: ["0–383", "384"], in: scratch)
        try fails(["channel", "--index", "5-3"] + layer, with: 64, saying: ["5-3"], in: scratch)
        try fails(["neuron", "--index", "5", "--x", "99"] + layer, with: 64, saying: ["columns 0–12"], in: scratch)
        try fails(["channel", "--index", "5", "--size", "0"] + layer, with: 64, saying: ["size"], in: scratch)
        try fails(["channel", "--index", "5", "--size", "5"] + layer, with: 64, saying: ["too small", "--size"], in: scratch)
        try fails(["channel", "--index", "5", "--size", "100000"] + layer, with: 70, saying: ["GB", "--size"], in: scratch)
        try fails(["channel", "--index", "5", "--threads", "0"] + layer, with: 64, saying: ["--threads"], in: scratch)
        try fails(["channel", "--index", "5", "--learning-rate", "-1"] + layer, with: 64, saying: ["--learning-rate"], in: scratch)
        try fails(["channel", "--index", "5", "--transforms", "jiter(3)"] + layer, with: 64, saying: ["jiter", "jitter(8)"], in: scratch)
        try fails(["render", "channel(features.10,5) + oops"], with: 64, saying: ["column 26"], in: scratch)
    }

    @Test func outputsAreCheckedBeforeComputing() throws {
        let scratch = try Scratch()
        let long = ["channel", "--layer", "features.10", "--index", "5", "--steps", "1000000"]
        try fails(long + ["-o", "/dev/null/a.png"], with: 73, saying: ["/dev/null"], in: scratch)
        try fails(long + ["-o", "a.gif"], with: 64, saying: [".png, .jpg or .tif"], in: scratch)
        try fails(long + ["-o", "/proc/a.png"], with: 73, saying: ["/proc"], in: scratch)
        try fails(["channel", "--layer", "features.10", "--index", "0-3", "--steps", "1000000", "-o", "a.png"], with: 64, saying: ["{index}"], in: scratch)
        try fails(["channel", "--layer", "features.10", "--index", "0-3", "-o", "-"], with: 64, saying: ["--output -"], in: scratch)
    }

    @Test func aFullDiskKeepsTheOldFile() throws {
        let scratch = try Scratch()
        let quick = ["channel", "--layer", "features.3", "--index", "5", "--steps", "1", "--size", "64"]
        try fails(quick + ["-o", "/dev/full"], with: 73, saying: ["/dev/full"], in: scratch)
    }

    @Test func damagedWeightsAreRefused() throws {
        let scratch = try Scratch()
        let weights = try Data(contentsOf: URL(filePath: "\(Program.models)/squeezenet1_1.safetensors"))
        try weights.prefix(100_000).write(to: URL(filePath: "\(scratch.path)/cut.safetensors"))
        try Data("not weights at all".utf8).write(to: URL(filePath: "\(scratch.path)/text.safetensors"))
        let channel = ["channel", "--layer", "features.3", "--index", "5", "--weights"]
        try fails(channel + ["cut.safetensors"], with: 65, saying: ["cut.safetensors", "cut short"], in: scratch)
        try fails(channel + ["text.safetensors"], with: 65, saying: ["text.safetensors"], in: scratch)
        try fails(channel + ["absent.safetensors"], with: 66, saying: ["absent.safetensors"], in: scratch)
        // The right format for another architecture.
        try weights.write(to: URL(filePath: "\(scratch.path)/squeezenet.safetensors"))
        try fails(channel + ["squeezenet.safetensors", "--model", "vgg16"], with: 65, saying: ["features.2.weight", "missing", "try --model squeezenet1_1"], in: scratch)
    }

    @Test func anEmptyModelFolderIsSaid() throws {
        let scratch = try Scratch()
        try fails(["models", "list"], with: 66, saying: ["LUCID_MODELS"], in: scratch, environment: ["LUCID_MODELS": scratch.path])
    }

    @Test func picturesThatAreNone() throws {
        let scratch = try Scratch()
        try Data("hello".utf8).write(to: URL(filePath: "\(scratch.path)/a.png"))
        try fails(["info", "a.png"], with: 65, saying: ["a.png"], in: scratch)
        try fails(["info", "b.png"], with: 66, saying: ["b.png"], in: scratch)
        try fails(["classify", "a.png"], with: 65, saying: ["a.png"], in: scratch)
        try fails(["classify", "a.png", "--model", "vgg16"], with: 64, saying: ["squeezenet1_1"], in: scratch)
    }

    @Test(arguments: [(500_000, 70), (600_000, 70), (2_000_000, 0)] as [(Int, Int32)])
    func aLimitOnAddressSpaceIsSaid(_ kibibytes: Int, _ status: Int32) throws {
        let scratch = try Scratch()
        let line = "ulimit -v \(kibibytes); exec \"$LUCID\" channel --layer features.3 --index 5 --steps 1 --threads 2 >/dev/null"
        let shell = try Shell.run(line, in: scratch.path)
        #expect(shell.status == status, "\(shell.said)")
        if status != 0 {
            #expect(shell.said.hasPrefix("lucid: ") && shell.said.filter { $0 == "\n" }.count == 1, "\(shell.said)")
            #expect(try scratch.names().isEmpty)
        }
    }

    @Test func helpAndVersionSucceed() throws {
        for arguments in [["--help"], ["--version"], ["channel", "--help"], ["help", "render"], []] {
            let result = try Program.run(arguments)
            #expect(result.status == 0)
            #expect(!result.text.isEmpty)
            #expect(result.errors.isEmpty)
        }
    }

    @Test func aClosedPipeEndsQuietly() throws {
        // Begins when nobody reads any more.
        let line = """
            { trap '' PIPE; while echo; do :; done 2>/dev/null; trap - PIPE; exec "$LUCID" layers --json; } | true
            test ${PIPESTATUS[0]} = 141
            """
        let scratch = try Scratch()
        let shell = try Shell.run(line, in: scratch.path)
        #expect(shell.status == 0 && shell.said.isEmpty, "\(shell.said)")
    }

    @Test func aLimitOnTheSizeOfFilesIsSaid() throws {
        let scratch = try Scratch()
        let line = "ulimit -f 8; exec \"$LUCID\" channel --layer features.3 --index 5 --steps 1 -o a.png"
        let shell = try Shell.run(line, in: scratch.path)
        #expect(shell.status == 73 && shell.said.contains("ulimit -f"), "\(shell.said)")
        #expect(try scratch.names().isEmpty)
    }
}
