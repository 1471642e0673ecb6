import Files
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

extension Failure {
    init(_ error: RenderError) {
        switch error {
        case .objective, .transforms, .layer, .index, .size, .memory: self = .usage("\(error)")
        case .picture: self = .badData("\(error)")
        case .weights(let error): self.init(error)
        case .notFinite: self.init(70, "\(error)")
        case .interrupted: self = Interruption.failure
        }
    }

    init(_ error: WeightsError) { self.init(error.isMissing ? 66 : 65, "\(error)") }

    init(_ error: StoreError) {
        let message =
            switch error.hint {
            case nil: "\(error)"
            case .setting: "--\(error)"
            case .ownWeights: "\(error); give your own with --weights FILE"
            case .importName(let example): "\(error), e.g. --as \(example)"
            case .model(let name): "\(error); try --model \(name)"
            }
        switch error.kind {
        case .name: self = .usage(message)
        case .badData: self = .badData(message)
        case .missing: self.init(66, message)
        case .unavailable: self.init(69, message)
        case .cannotWrite: self.init(73, message)
        case .interrupted: self.init(128 + Interruption.signal, message)
        }
    }

    init(_ error: InputError) { self.init(error.isMissing ? 66 : 65, "\(error)") }

    init(_ error: ProcessError) { self.init(69, "\(error)") }

    init(_ error: PictureError) {
        let option = if case .tooLarge = error { " (--max-pixels)" } else { "" }
        self.init(error.kind == .noInput ? 66 : 65, "\(error)\(option)")
    }

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
