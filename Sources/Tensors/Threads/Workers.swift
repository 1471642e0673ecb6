/// How many threads a computation may use. Results never depend on it: work is cut by shape alone, and the threads
/// take the pieces in turn.
public struct Workers: Sendable {
    /// Threads, at least 1.
    public let count: Int

    /// - Parameter count: threads; fewer than one are one.
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

/// Elements in one piece of parallel elementwise work: large enough to outweigh a hand-over, fixed so that no result
/// depends on the number of threads.
let elementsInPiece = 16_384

/// Calls `body` with the pieces of 0 ..< count, in any order, on several threads.
func eachPiece(of count: Int, _ workers: Workers, _ body: (Range<Int>) -> Void) {
    workers.forEach((count + elementsInPiece - 1) / elementsInPiece) { piece in
        body(piece * elementsInPiece..<min((piece + 1) * elementsInPiece, count))
    }
}

/// Positions of a map with this many channels that make about one piece; at least one.
func positionsInPiece(_ channels: Int) -> Int { max(1, elementsInPiece / max(channels, 1)) }

/// Calls `body` with ranges of rows of `columns` floats that each make about one piece, in any order, on several threads.
func eachRows(_ rows: Int, of columns: Int, _ workers: Workers, _ body: (Range<Int>) -> Void) {
    let height = positionsInPiece(columns)
    workers.forEach((rows + height - 1) / height) { piece in
        body(piece * height..<min((piece + 1) * height, rows))
    }
}
