/// Everything that is wrong with a manifest, line by line, so that it can be said at once.
public struct Diagnostics: Sendable {
    /// One thing that is wrong.
    public struct Diagnostic: Sendable, Equatable {
        /// The line of the manifest, from 1.
        public let line: Int
        /// One line: the mistake, and what to try.
        public let message: String
        /// The exit code that a command of its own would have had.
        public let code: Int32
    }

    /// In the order in which they were found.
    public private(set) var all: [Diagnostic] = []
    private var seen: Set<String> = []
    /// More than a person wants to read; further ones are dropped.
    public static let most = 1000

    /// None.
    public init() {}

    /// Whether nothing is wrong.
    public var isEmpty: Bool { all.isEmpty }

    /// Notes one. The same message about the same line, as several pictures of an entry have it, is noted once.
    public mutating func add(_ line: Int, _ message: String, code: Int32 = 65) {
        guard all.count < Self.most, seen.insert("\(line) \(message)").inserted else { return }
        all.append(Diagnostic(line: line, message: message, code: code == 64 ? 65 : code))
    }

    /// In the order of their lines.
    public var sorted: [Diagnostic] {
        all.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element)
    }

    /// The exit code that all have in common, or else that of a bad file, 65.
    public var code: Int32 { Set(all.map(\.code)).count == 1 ? all[0].code : 65 }
}
