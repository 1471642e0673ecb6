import Images
import ModelStore
import Networks
import Visualization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What ends the program: an exit code of sysexits.h and one line that says what, where and what to try.
struct Failure: Error {
    let code: Int32
    let message: String

    init(_ code: Int32, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A command that makes no sense.
    static func usage(_ message: String) -> Failure { Failure(64, message) }
    /// A file whose contents cannot be used.
    static func badData(_ message: String) -> Failure { Failure(65, message) }

    func exit() -> Never {
        OutputFile.removeTemporaryFiles()
        // A file's name in it may hold anything, but an error is one line.
        let line = String(message.map { $0.isNewline ? " " : $0 })
        if !line.isEmpty { standardError("lucid: \(line)\n") }
        Glibc.exit(code)
    }
}

extension RenderError {
    /// With settings as the options that set them.
    var message: String {
        let text = text { "--\($0.rawValue)" }
        if case .objective(_, let error) = self { return text + error.advice }
        return text
    }
}

extension ExpressionError {
    /// The command that shows all functions.
    var advice: String { isUnknownFunction ? " (lucid render --help)" : "" }
}

extension Failure {
    init(_ error: RenderError) {
        switch error {
        case .objective, .transforms, .layer, .index, .size, .memory: self = .usage(error.message)
        case .picture: self = .badData(error.message)
        case .weights(let error): self.init(error)
        case .notFinite: self.init(70, error.message)
        case .interrupted: self = Interruption.failure
        }
    }

    init(_ error: WeightsError) { self.init(error.isMissing ? 66 : 65, "\(error)") }

    init(_ error: StoreError) {
        switch error.kind {
        case .name: self = .usage("\(error)")
        case .badData: self = .badData("\(error)")
        case .missing: self.init(66, "\(error)")
        case .unavailable: self.init(69, "\(error)")
        case .cannotWrite: self.init(73, "\(error)")
        case .interrupted: self.init(128 + Interruption.signal, "\(error)")
        }
    }

    init(_ error: PictureError) { self.init(error.kind == .noInput ? 66 : 65, "\(error)") }

    init(_ error: OutputError) {
        switch error {
        // Who reads standard output has seen enough, as head has: an end without a word, as of a program that SIGPIPE ends.
        case .brokenPipe(path: "-"), .brokenPipe(path: "/dev/stdout"): self.init(128 + SIGPIPE, "")
        default: self.init(73, "\(error)")
        }
    }
}

/// Writes to standard error, whatever becomes of it.
func standardError(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
}

/// Writes a line to standard output.
func standardOutput(_ text: String) throws(Failure) {
    do {
        try OutputFile.write(Array((text + "\n").utf8), to: "-")
    } catch {
        throw Failure(error)
    }
}
