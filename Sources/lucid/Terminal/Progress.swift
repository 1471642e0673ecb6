import FoundationEssentials
import Studio
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The line at the bottom of the terminal while pictures are drawn: how far, how fast, how long, how good.
///
/// It writes to standard error, and only if that is a terminal: a line that is drawn again and again, never wider than the
/// terminal, or on one that cannot (TERM is "dumb" or not set) a line now and then.
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

    private let redraws = canRedraw()

    /// From one refresh to the next.
    private var interval: Duration { redraws ? .milliseconds(100) : .seconds(10) }

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
            if let last = state.lastDrawn, now - last < interval, state.stepsDone < total { return nil }
            // On a terminal that cannot redraw, short work needs no line.
            if !redraws, state.lastDrawn == nil, now - start < interval { return nil }
            state.lastDrawn = now
            return text(state, elapsed: seconds(now - start))
        }
        if let line { standardError(redraws ? "\r\u{1B}[K" + line : line + "\n") }
    }

    /// Clears the line, for something else to be said; the next step draws it again.
    func finish() {
        if isShown, redraws { standardError("\r\u{1B}[K") }
    }

    private func text(_ state: State, elapsed: Double) -> String {
        let share = state.share ?? Double(state.stepsDone) / Double(max(total, 1))
        let rate = Double(state.stepsDone) / max(elapsed, 1e-9)
        let left = share > 0 ? elapsed * (1 - share) / share : 0
        let line = ProgressLine(
            label: label, share: share, count: "\(state.stepsDone)/\(total)", left: "\(readable(left)) left",
            rate: "\(rounded(rate, 1)) \(unit)/s", score: state.lastScore.map { "objective \(rounded(Double($0), 2))" })
        return line.text(columns: terminalSize(of: STDERR_FILENO).columns - 1, hasBar: redraws)
    }
}

/// The parts of a line of progress, which give way where a terminal is narrow.
struct ProgressLine {
    var label: String
    /// The part of the work that is done, 0…1.
    var share: Double
    var count: String
    var left: String
    var rate: String
    var score: String?

    /// Cells of the bar at most and at least.
    private static let bar = (longest: 24, shortest: 8)

    /// The line in so many columns at most: the bar is shortened first, then the score and the rate go, then the bar,
    /// and last the label is cut.
    func text(columns: Int, hasBar: Bool = true) -> String {
        func line(_ parts: [String?], bar cells: Int?) -> String {
            let filled = cells.map { Int(Double($0) * min(max(share, 0), 1)) } ?? 0
            let bar = cells.map { String(repeating: "█", count: filled) + String(repeating: "░", count: $0 - filled) }
            return ([bar].compactMap { $0 } + parts.compactMap { $0 }).joined(separator: "  ")
        }
        let candidates: [[String?]] = [[count, rate, left, score], [count, rate, left], [count, left]]
        for parts in candidates {
            let rest = label.count + 1 + line(parts, bar: nil).count
            if hasBar {
                let cells = min(Self.bar.longest, columns - rest - 2)
                if cells >= Self.bar.shortest { return "\(label) \(line(parts, bar: cells))" }
            } else if rest <= columns {
                return "\(label) \(line(parts, bar: nil))"
            }
        }
        let short = line([count, left], bar: nil)
        let room = columns - short.count - 1
        if room >= 4 { return (label.count <= room ? label : label.prefix(room - 1) + "…") + " " + short }
        return String(short.prefix(max(columns, 0)))
    }
}

/// Whether a stream is a person's terminal.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// Whether the terminal can draw a line over again.
func canRedraw() -> Bool {
    guard let name = ProcessInfo.processInfo.environment["TERM"] else { return false }
    return !name.isEmpty && name != "dumb"
}

/// The extents of the terminal on a stream, 80×24 if unknown.
func terminalSize(of descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
}
