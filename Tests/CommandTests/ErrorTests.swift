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

    /// StudioTests hold the many mistakes that settings can have: here are those that the parser finds, and one of each exit code.
    @Test func everyKindHasItsExitCode() throws {
        let scratch = try Scratch()
        try Data("hello".utf8).write(to: URL(filePath: "\(scratch.path)/a.png"))
        let channel = ["channel", "--index", "5", "--layer"]
        try fails(channel + ["featres.10"], with: 64, saying: ["featres.10", "features.10"], in: scratch)
        try fails(channel + ["features.10", "--threads", "0"], with: 64, saying: ["--threads"], in: scratch)
        // A value may begin with a minus.
        try fails(channel + ["features.10", "--size", "-5"], with: 64, saying: ["--size", "WIDTHxHEIGHT"], in: scratch)
        try fails(["layers", "--labels", "labels.txt"], with: 64, saying: ["--labels"], in: scratch)
        try fails(["compare", "a.png"], with: 64, saying: ["two"], in: scratch)
        try fails(["info", "a.png"], with: 65, saying: ["a.png"], in: scratch)
        try fails(["info", "b.png"], with: 66, saying: ["b.png"], in: scratch)
        try fails(channel + ["features.10", "--size", "100000"], with: 70, saying: ["GB", "--size"], in: scratch)
        try fails(channel + ["features.10", "--steps", "1000000", "-o", "/dev/null/a.png"], with: 73, saying: ["/dev/null"], in: scratch)
        // The program's own setting of an output that is a stream.
        try fails(channel + ["features.10", "-o", "-", "--json"], with: 64, saying: ["--json"], in: scratch)
    }

    @Test func aFullDiskKeepsTheOldFile() throws {
        let scratch = try Scratch()
        let quick = ["channel", "--layer", "features.3", "--index", "5", "--steps", "1", "--size", "64"]
        try fails(quick + ["-o", "/dev/full"], with: 73, saying: ["/dev/full"], in: scratch)
    }

    @Test func anEmptyModelFolderIsSaid() throws {
        let scratch = try Scratch()
        try fails(["models", "list"], with: 66, saying: ["LUCID_MODELS"], in: scratch, environment: ["LUCID_MODELS": scratch.path])
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
