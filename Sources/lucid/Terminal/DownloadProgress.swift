import Studio
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The line at the bottom of the terminal while weights are downloaded: how much, of how much, how fast.
///
/// It writes to standard error, and only if that is a terminal.
final class DownloadProgress: Sendable {
    private struct State {
        let start = ContinuousClock.now
        var bytesBefore: Int?
        var lastDrawn: ContinuousClock.Instant?
    }

    private let isShown: Bool
    private let state = Mutex(State())

    private static let interval = Duration.milliseconds(100)

    init(quiet: Bool = false) { isShown = !quiet && isTerminal(STDERR_FILENO) && canRedraw() }

    /// So many bytes of a download are there, of so many; nil once it has ended.
    @Sendable func report(_ label: String, _ progress: (bytes: Int, total: Int?)?) {
        guard isShown else { return }
        let line = state.withLock { state -> String? in
            guard let progress else {
                defer { state = State() }
                return state.lastDrawn.map { _ in "" }
            }
            let now = ContinuousClock.now
            guard progress.bytes > 0, state.lastDrawn.map({ now - $0 >= Self.interval }) ?? true else { return nil }
            state.lastDrawn = now
            let before = state.bytesBefore ?? progress.bytes
            state.bytesBefore = before
            let rate = Double(progress.bytes - before) / max(seconds(now - state.start), 1e-3)
            return Self.text(label, progress.bytes, progress.total, rate: rate)
        }
        if let line { standardError("\r\u{1B}[K\(line.prefix(terminalSize(of: STDERR_FILENO).columns - 1))") }
    }

    /// - Parameter rate: bytes a second.
    private static func text(_ label: String, _ bytes: Int, _ total: Int?, rate: Double) -> String {
        func megabytes(_ bytes: Double) -> String { rounded(bytes / 1e6, 1) }
        let part = total.map { "\(100 * bytes / max($0, 1)) %  \(megabytes(Double(bytes)))/\(megabytes(Double($0))) MB" }
        let left = total.flatMap { rate > 0 ? "  \(readable(Double($0 - bytes) / rate)) left" : nil }
        return "\(label)  \(part ?? "\(megabytes(Double(bytes))) MB")  \(megabytes(rate)) MB/s\(left ?? "")"
    }
}
