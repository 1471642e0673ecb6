import Files
import Films
import Images
import ModelStore
import Networks
import Tensors
import Visualization

/// An error as data: a command line makes one line and an exit code of it, a batch finds the line of its manifest, a form
/// marks the field.
public struct Problem: Error, Sendable, Equatable {
    /// The kinds, each with the exit code that a command line gives it.
    public enum Kind: Sendable, Equatable {
        /// A request that makes no sense: EX_USAGE, 64.
        case usage
        /// A file's contents cannot be used: EX_DATAERR, 65.
        case badData
        /// A file is missing or cannot be read: EX_NOINPUT, 66.
        case missing
        /// A download, a program or a processor's instructions are not to be had: EX_UNAVAILABLE, 69.
        case unavailable
        /// The computation failed: EX_SOFTWARE, 70.
        case failed
        /// An output cannot be written: EX_CANTCREAT, 73.
        case cannotWrite
        /// The same, since no space is left: whatever is tried next will fail as well.
        case diskFull
        /// The reader of standard output is gone: the program ends without a message.
        case outputClosed
        /// The user or the system asked for the end.
        case interrupted
        /// Interrupted with work left that the same command will finish.
        case stopped
        /// Some of several pictures failed, or differ: 1.
        case partial
    }

    /// The kind of trouble.
    public let kind: Kind
    /// One line: what, where, what to try.
    public let message: Message
    /// The setting to blame, by its name; nil where none or nobody knows.
    public var setting: String?
    /// The file that was read, as it was named.
    public var file: String?

    /// - Parameters:
    ///   - setting: the one to blame; nil for the first that the message names.
    ///   - file: the file to blame, as it was named.
    public init(_ kind: Kind, _ message: Message, setting: String? = nil, file: String? = nil) {
        self.kind = kind
        self.file = file
        self.message = message
        self.setting = setting ?? message.settings.first
    }

    /// A request that makes no sense.
    public static func usage(_ message: Message, setting: String? = nil) -> Problem { Problem(.usage, message, setting: setting) }
    /// A file's contents cannot be used.
    public static func badData(_ message: Message, setting: String? = nil) -> Problem { Problem(.badData, message, setting: setting) }

    /// The work was ended before it was done.
    public static let interrupted = Problem(.interrupted, "interrupted")

    /// A value that is not one of its setting's.
    public static func value(of setting: String, _ rule: String, _ value: String) -> Problem {
        .usage("\(setting: setting) must be \(sentence: rule), not \(value)", setting: setting)
    }

    /// The same problem, of a file that was read.
    func reading(_ file: String) -> Problem {
        var problem = self
        problem.file = file
        return problem
    }

    /// A file that is there, and that nothing but the user's word may replace: it was not made from the same plan.
    public static func isThere(_ path: String) -> Problem {
        Problem(.cannotWrite, "\(path) is there already, and is not what this would write; choose another name, or overwrite it with \(setting: "force")", setting: "output")
    }
}

/// A sentence that may name settings, which a command line spells `--size` and a form by their labels.
public struct Message: Sendable, Equatable, ExpressibleByStringInterpolation, CustomStringConvertible {
    enum Part: Sendable, Equatable {
        case text(String)
        case setting(String)
    }

    private var parts: [Part]

    /// The text as it is; it names no setting.
    public init(_ text: String) { parts = [.text(text)] }

    public init(stringLiteral text: String) { self.init(text) }

    /// The sentence of a library below, which asks how a setting is spelled.
    init(_ text: (_ spelling: (RenderError.Setting) -> String) -> String) {
        // Settings stand between characters that no sentence has.
        let mark = "\u{0}"
        parts = text { mark + $0.rawValue + mark }.split(separator: mark, omittingEmptySubsequences: false).enumerated().map {
            $0.offset % 2 == 1 ? .setting(String($0.element)) : .text(String($0.element))
        }
    }

    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// Collects the sentence; `\(setting: "size")` names a setting. A text is a quotation, and is shortened where it is long;
    /// `\(sentence: text)` is not.
    public struct StringInterpolation: StringInterpolationProtocol {
        private(set) var parts: [Part] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { parts.append(.text(literal)) }
        /// Adds a value as it describes itself.
        public mutating func appendInterpolation<Value>(_ value: Value) { parts.append(.text("\(value)")) }
        /// Adds a quotation, shortened where it is long.
        public mutating func appendInterpolation(_ text: String) { parts.append(.text(excerpt(of: text))) }
        /// Adds a part of a sentence, whole.
        public mutating func appendInterpolation(sentence text: String) { parts.append(.text(text)) }
        /// Adds another message with its settings.
        public mutating func appendInterpolation(_ message: Message) { parts += message.parts }
        /// Adds a setting, which each caller spells in its own way.
        public mutating func appendInterpolation(setting name: String) { parts.append(.setting(name)) }
        /// An option of a command line that is quoted, which is a shell's wherever the sentence is read.
        public mutating func appendInterpolation(option name: String) { parts.append(.text("--" + name)) }
    }

    /// The settings that it names, in their order.
    public var settings: [String] {
        parts.compactMap { if case .setting(let name) = $0 { name } else { nil } }
    }

    /// The sentence with each setting's name as `spelling` has it.
    public func text(_ spelling: (_ setting: String) -> String) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .setting(let name): spelling(name)
            }
        }.joined()
    }

    /// With bare names.
    public var description: String { text { $0 } }
}

// MARK: - Errors of the libraries below

extension Problem {
    /// A plan that cannot be followed, with the setting to blame.
    public init(_ error: RenderError) {
        let message = Message { error.text(naming: $0) }
        switch error {
        case .objective(_, let error):
            self = .usage(error.isUnknownFunction ? "\(message) (lucid render \(option: "help"))" : message, setting: "expression")
        case .transforms: self = .usage(message, setting: "transforms")
        case .layer(let error): self = error.reason == nil ? .usage(message, setting: "layer") : .badData(message, setting: "layer")
        case .index: self = .usage(message, setting: "index")
        case .size: self = .usage(message, setting: "size")
        case .memory: self.init(.failed, message, setting: "size")
        case .picture: self = .badData(message)
        case .weights(let error): self.init(error)
        case .notFinite: self.init(.failed, message)
        case .interrupted: self = .interrupted
        }
    }

    /// Weights that cannot be read: missing, or bad data.
    public init(_ error: WeightsError) { self.init(error.isMissing ? .missing : .badData, "\(error)", file: error.file) }

    /// A model that is not there or cannot be taken in, with the setting that helps.
    public init(_ error: StoreError) {
        let kind: Kind =
            switch error.kind {
            case .name: .usage
            case .badData: .badData
            case .missing: .missing
            case .unavailable: .unavailable
            case .cannotWrite: .cannotWrite
            case .interrupted: .interrupted
            }
        switch error.hint {
        case nil: self.init(kind, "\(error)")
        case .setting(let name):
            let rest = String("\(error)".dropFirst(name.count))
            self.init(kind, "\(setting: name)\(sentence: rest)")
        case .ownWeights: self.init(kind, "\(error); give your own with \(setting: "weights") FILE")
        case .importName(let example): self.init(kind, "\(error), e.g. \(setting: "as") \(example)")
        case .inputs: self.init(kind, "\(error) with \(setting: "input") NAME=zeros, or a file of numbers or a picture", setting: "input")
        case .weightsOf(let path):
            self.init(kind, "\(error): \(setting: "model") resnet18 \(setting: "weights") \(path)", setting: "model")
        case .model(let name): self.init(kind, "\(error); try \(setting: "model") \(name)")
        }
    }

    /// A file that cannot be read: missing, or bad data.
    public init(_ error: InputError) { self.init(error.isMissing ? .missing : .badData, "\(error)", file: error.file) }

    /// A program that could not be started.
    public init(_ error: ProcessError) { self.init(.unavailable, "\(error)") }

    /// A picture that cannot be read.
    public init(_ error: PictureError) {
        let isTooLarge = if case .tooLarge = error { true } else { false }
        let kind: Kind = [.noInput: .missing, .unavailable: .unavailable][error.kind] ?? .badData
        self.init(kind, isTooLarge ? "\(error) (\(setting: "max-pixels"))" : "\(error)")
    }

    /// A film that cannot be read or written.
    public init(_ error: FilmError) {
        switch error {
        case .name: self = .usage("\(error)")
        case .noProgram: self.init(.unavailable, "\(error)")
        case .exists: self.init(.cannotWrite, "\(error); use \(setting: "force") to overwrite it, or name another folder", setting: "output")
        case .noFrames(let folder): self.init(.missing, "\(error)", file: folder)
        case .damaged: self = .badData("\(error)")
        case .notWritten: self.init(.cannotWrite, "\(error)")
        case .input(let error): self.init(error)
        case .picture(let error): self.init(error)
        case .output(let error): self.init(error)
        case .interrupted: self = .interrupted
        }
    }

    /// A file that cannot be written.
    public init(_ error: OutputError) {
        switch error {
        case .brokenPipe(path: "-"), .brokenPipe(path: "/dev/stdout"): self.init(.outputClosed, "")
        case .diskFull: self.init(.diskFull, "\(error)")
        default: self.init(.cannotWrite, "\(error)")
        }
    }

    /// Kernels that this machine does not have, or that come too late.
    public init(_ error: NumericProfile.Failure) {
        self.init({ if case .decidedOtherwise = error { .usage } else { .unavailable } }(), "\(error)", setting: "reproducible")
    }

    /// Any error of this project's libraries.
    init(any error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as RenderError: self.init(error)
        case let error as WeightsError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as PictureError: self.init(error)
        case let error as OutputError: self.init(error)
        case let error as FilmError: self.init(error)
        case let error as InputError: self.init(error)
        case let error as ProcessError: self.init(error)
        default: self.init(.failed, "\(error)")
        }
    }
}

/// Calls what may throw an error of the libraries below, and throws it as a `Problem`.
func asProblem<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Problem) -> Result {
    do {
        return try body()
    } catch {
        throw Problem(any: error)
    }
}
