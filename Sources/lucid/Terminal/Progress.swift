import Studio
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The line at the bottom of the terminal while pictures are drawn: how far, how fast, how long, how good.
///
/// It writes to standard error, and only if that is a terminal.
final class Progress: Sendable {
    private struct State {
        var stepsDone = 0
        /// The share of all work that is done, where steps take different times.
        var share: Double?
        var lastDrawn: ContinuousClock.Instant?
        /// Nil where what is counted has none.
        var lastScore: Float?
    }

    private let total: Int
    private let label: String
    private let unit: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Seconds between two refreshes.
    private static let interval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - label: what is drawn.
    ///   - total: steps of all pictures together.
    ///   - unit: what they are called.
    init(_ label: String, total: Int, unit: String = "steps", quiet: Bool) {
        self.unit = unit
        self.label = label
        self.total = total
        isShown = !quiet && isTerminal(STDERR_FILENO)
    }

    /// One more step of any picture.
    ///
    /// - Parameter share: of all work that is done now, where steps take different times; nil where all take the same.
    func step(score: Float? = nil, share: Double? = nil) {
        guard isShown else { return }
        let line = state.withLock { state -> String? in
            state.stepsDone += 1
            state.lastScore = score
            state.share = share
            let now = ContinuousClock.now
            if let last = state.lastDrawn, now - last < Self.interval, state.stepsDone < total { return nil }
            state.lastDrawn = now
            return text(state, elapsed: seconds(now - start))
        }
        if let line { standardError("\r\u{1B}[K" + line) }
    }

    /// Clears the line, for something else to be said; the next step draws it again.
    func finish() {
        if isShown { standardError("\r\u{1B}[K") }
    }

    private func text(_ state: State, elapsed: Double) -> String {
        let width = 24
        let share = state.share ?? Double(state.stepsDone) / Double(max(total, 1))
        let filled = Int(Double(width) * min(max(share, 0), 1))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        let rate = Double(state.stepsDone) / max(elapsed, 1e-9)
        let left = share > 0 ? elapsed * (1 - share) / share : 0
        let score = state.lastScore.map { "  score \(rounded(Double($0), 2))" } ?? ""
        return "\(label) \(bar) \(state.stepsDone)/\(total)  \(rounded(rate, 1)) \(unit)/s  \(readable(left)) left\(score)"
    }
}

/// Whether a stream is a person's terminal.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// Columns of the terminal on standard output, 80 if unknown.
func terminalColumns() -> Int {
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
}
