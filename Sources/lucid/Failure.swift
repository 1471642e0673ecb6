import Files
import Images
import Studio

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension Problem {
    /// The program's exit code, of sysexits.h where it has one.
    var exitCode: Int32 {
        switch kind {
        case .partial: 1
        case .usage: 64
        case .badData: 65
        case .missing: 66
        case .unavailable: 69
        case .failed: 70
        case .cannotWrite, .diskFull: 73
        case .outputClosed: 128 + SIGPIPE
        case .interrupted: 128 + Interruption.signal
        // Schedulers start one again that exits with 75 after their SIGTERM; a full disk stops a batch without a signal.
        case .stopped: [0, SIGTERM].contains(Interruption.signal) ? 75 : 128 + Interruption.signal
        }
    }

    /// One line, with settings spelled as options: a file's name in it may hold anything.
    var line: String { String(message.text { "--\($0)" }.map { $0.isNewline ? " " : $0 }) }

    /// Says it and ends the program.
    func exit() -> Never {
        OutputFile.removeTemporaryFiles()
        if !line.isEmpty { standardError("lucid: \(line)\n") }
        Glibc.exit(exitCode)
    }
}

/// Says something on standard error that people should know.
func say(_ message: Message) { standardError("lucid: \(message.text { "--\($0)" })\n") }

/// Writes to standard error, whatever becomes of it.
func standardError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}

/// Writes a line to standard output.
@Sendable func standardOutput(_ text: String) throws(Problem) {
    do {
        try OutputFile.write(Array((text + "\n").utf8), to: "-")
    } catch {
        throw Problem(error)
    }
}
