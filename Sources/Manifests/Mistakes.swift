/// What is wrong with a manifest, line by line: all of it is said at once.
public struct Mistakes: Sendable {
    public struct Mistake: Sendable, Equatable {
        public let line: Int
        public let message: String
        /// What a command would have exited with.
        public let code: Int32
    }

    public private(set) var all: [Mistake] = []
    private var seen: Set<String> = []
    /// More than a person wants to read.
    public static let most = 1000

    public init() {}

    public var isEmpty: Bool { all.isEmpty }

    /// Notes one. What several pictures of an entry have in common is noted once.
    public mutating func add(_ line: Int, _ message: String, code: Int32 = 65) {
        guard all.count < Self.most, seen.insert("\(line) \(message)").inserted else { return }
        all.append(Mistake(line: line, message: message, code: code == 64 ? 65 : code))
    }

    /// In the order of their lines.
    public var sorted: [Mistake] { all.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }.map(\.element) }

    /// Their code if they agree, or else that of a bad file.
    public var code: Int32 { Set(all.map(\.code)).count == 1 ? all[0].code : 65 }
}
