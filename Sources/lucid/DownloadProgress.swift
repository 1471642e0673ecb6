#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The line at the bottom of the terminal while weights are downloaded: how much, of how much, how fast.
///
/// It writes to standard error, and only if that is a terminal.
final class DownloadProgress {
    private let label: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private var bytesBefore: Int?
    private var lastDrawn: ContinuousClock.Instant?

    private static let interval = Duration.milliseconds(100)

    /// - Parameter label: what is downloaded.
    init(_ label: String, quiet: Bool = false) {
        self.label = label
        isShown = !quiet && isTerminal(STDERR_FILENO)
    }

    /// So many bytes are there, of so many; false once the user wants it to end.
    func step(bytes: Int, total: Int?) -> Bool {
        guard Interruption.signal == 0 else { return false }
        let now = ContinuousClock.now
        guard isShown, bytes > 0, lastDrawn.map({ now - $0 >= Self.interval }) ?? true else { return true }
        lastDrawn = now
        let before = bytesBefore ?? bytes
        bytesBefore = before
        let rate = Double(bytes - before) / max(seconds(now - start), 1e-3)
        func megabytes(_ bytes: Double) -> String { rounded(bytes / 1e6, 1) }
        let part = total.map { "\(100 * bytes / max($0, 1)) %  \(megabytes(Double(bytes)))/\(megabytes(Double($0))) MB" }
        let left = total.flatMap { rate > 0 ? "  \(readable(Double($0 - bytes) / rate)) left" : nil }
        standardError("\r\u{1B}[K\(label)  \(part ?? "\(megabytes(Double(bytes))) MB")  \(megabytes(rate)) MB/s\(left ?? "")")
        return true
    }

    /// Clears the line.
    func finish() {
        if lastDrawn != nil { standardError("\r\u{1B}[K") }
        lastDrawn = nil
    }
}
