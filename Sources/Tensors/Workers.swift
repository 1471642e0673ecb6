/// How many threads a computation may use. Results never depend on it: work is cut by shape alone, and the threads
/// take the pieces in turn.
public struct Workers: Sendable {
    /// Threads, at least 1.
    public let count: Int

    public init(_ count: Int) { self.count = max(1, count) }

    /// One thread, for work inside a task that already has company.
    public static let one = Workers(1)

    /// Calls `body` with 0 ..< `pieces`, each once, in any order, on up to `count` threads, and waits for all.
    ///
    /// The pieces run at the same time: each must write memory of its own.
    public func forEach(_ pieces: Int, _ body: (Int) -> Void) {
        let threads = min(count, pieces)
        guard threads > 1 else {
            for piece in 0..<pieces { body(piece) }
            return
        }
        ThreadTeam.shared.run(pieces, threads: threads, body)
    }
}
