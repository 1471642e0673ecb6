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

    /// One line, with settings spelled as options.
    var line: String { message.line }

    /// Says it and ends the program.
    func exit() -> Never {
        OutputFile.removeTemporaryFiles()
        if !line.isEmpty { standardError("lucid: \(line)\n") }
        Glibc.exit(exitCode)
    }
}

/// Says something on standard error that people should know.
func say(_ message: Message) { standardError("lucid: \(message.line)\n") }

extension Message {
    /// Characters at most; what is quoted from files may be longer than any screen.
    private static let longest = 500

    /// One line, with settings spelled as options. What comes from files may hold anything: control characters, which would move the
    /// cursor or set the title, are escaped, and a long text is cut in its middle.
    fileprivate var line: String {
        let line = FileName.shown(text { "--\($0)" })
        guard line.count > Self.longest else { return line }
        return "\(line.prefix(Self.longest * 2 / 3)) … \(line.suffix(Self.longest / 3))"
    }
}

/// Writes to standard error, whatever becomes of it.
func standardError(_ text: String) {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
        let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress! + done, bytes.count - done) }
        if count < 0 && errno != EINTR { return }
        done += max(count, 0)
    }
}

/// Writes a line to standard output.
@Sendable func standardOutput(_ text: String) throws(Problem) {
    do {
        try OutputFile.write(Array((text + "\n").utf8), to: "-")
    } catch {
        throw Problem(error)
    }
}
