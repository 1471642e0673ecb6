import Manifests

/// Everything that is wrong with a batch, by the manifest's lines, so that it can be said at once.
public struct BatchMistakes: Sendable {
    /// Something wrong, and where.
    public struct Mistake: Sendable, Equatable {
        /// In the manifest, from 1.
        public let line: Int
        /// One line: what, and what to try.
        public let message: Message
        /// The kind of problem that a single command would have had; a wrong value is a file's bad data here.
        public let kind: Problem.Kind
    }

    /// In the order in which they were found, each once.
    public private(set) var all: [Mistake] = []
    private var seen: Set<String> = []
    /// More than a person wants to read.
    private static let most = 1000

    /// Nothing is wrong yet.
    public init() {}

    init(_ diagnostics: Diagnostics) { for mistake in diagnostics.all { add(mistake.line, Message(mistake.message)) } }

    /// Whether nothing is wrong.
    public var isEmpty: Bool { all.isEmpty }

    /// Notes one. A mistake that several pictures of an entry have in common is noted once.
    mutating func add(_ line: Int, _ message: Message, _ kind: Problem.Kind = .badData) {
        guard all.count < Self.most, seen.insert("\(line) \(message)").inserted else { return }
        all.append(Mistake(line: line, message: message, kind: kind == .usage ? .badData : kind))
    }

    /// In the order of their lines.
    public var sorted: [Mistake] { all.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element) }

    /// Their kind if they agree, or else that of a bad file.
    public var kind: Problem.Kind { all.allSatisfy { $0.kind == all[0].kind } ? all[0].kind : .badData }
}
