import Files
import Foundation
import TestSupport
import Testing

@Suite struct ChildProcessTests {
    @Test func outputIsReadToItsEnd() throws {
        let shell = try #require(ChildProcess.find("sh"))
        let process = try ChildProcess(shell, ["-c", "printf 'one two'; read line || printf ' no input'"], .fromOutput)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 3)
        while true {
            let count = buffer.withUnsafeMutableBytes { process.read(into: $0) }
            if count == 0 { break }
            output += buffer[..<count]
        }
        #expect(String(decoding: output, as: UTF8.self) == "one two no input")
        #expect(process.finish().isSuccess)
    }

    @Test func inputIsWrittenHoweverMuchTheChildSays() throws {
        signal(SIGPIPE, SIG_IGN)
        try withFolder { folder in
            let shell = try #require(ChildProcess.find("sh"))
            // More words than a pipe holds, before anything is read.
            let script = "i=0; while [ $i -lt 3000 ]; do echo 'a line of many words to fill a pipe' >&2; i=$((i+1)); done; cat > \"$1\""
            let process = try ChildProcess(shell, ["-c", script, "sh", folder + "/copy"])
            let bytes = [UInt8](repeating: 7, count: 500_000)
            #expect(process.feed(bytes))
            let end = process.finish()
            #expect(end.isSuccess && end.lastLine == "a line of many words to fill a pipe")
            #expect(try contents(of: folder + "/copy") == bytes)
        }
    }

    @Test func aFailureHasItsLastWords() throws {
        let shell = try #require(ChildProcess.find("sh"))
        let end = try ChildProcess(shell, ["-c", "echo first >&2; echo 'second\u{1B}[31m' >&2; exit 3"]).finish()
        #expect(!end.isSuccess && end.lastLine == "second [31m")
        #expect(try ChildProcess(shell, ["-c", "exit 3"]).finish().lastLine == "exit code 3")
        #expect(try ChildProcess(shell, ["-c", "kill -9 $$"]).finish().lastLine == "ended by signal 9")
        #expect(throws: ProcessError.failed(program: "/nowhere", reason: "No such file or directory")) {
            try ChildProcess("/nowhere", [])
        }
        #expect(ChildProcess.find("no-program-of-this-name") == nil)
    }
}
