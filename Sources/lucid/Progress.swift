import Synchronization
import Tensors

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
        /// Of all work, where steps take different times.
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

    /// Steps that nobody counted while they were taken.
    func advance(by steps: Int) { state.withLock { $0.stepsDone += steps } }

    /// Clears the line, for something else to be said; the next step draws it again.
    func clear() { finish() }

    /// Clears the line.
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

/// A duration in seconds.
func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
}

/// "42 s", "3:07" or "1:02:03".
func readable(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    let tail = String(whole % 60 + 100).dropFirst()
    if whole < 3600 { return "\(whole / 60):\(tail)" }
    return "\(whole / 3600):\(String(whole / 60 % 60 + 100).dropFirst()):\(tail)"
}

/// A number with so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let units = Int((abs(value) * scale).rounded())
    let sign = value < 0 && units > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(units)" }
    let whole = units / Int(scale)
    return "\(sign)\(whole).\(String(units % Int(scale) + Int(scale)).dropFirst())"
}
