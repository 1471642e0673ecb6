import Files
import Images
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ctrl-C, SIGTERM and SIGHUP: the first asks the renders to stop after their step, the second ends the program at once.
enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// The signal that came, or 0.
    static var signal: Int32 { received.load(ordering: .relaxed) }

    /// To be called once, before anything is written.
    static func prepare() {
        OutputFile.removeTemporaryFiles()  // its first call prepares it for use in a handler
        // Writes fail instead, and that is said.
        for number in [SIGPIPE, SIGXFSZ] { _ = Glibc.signal(number, SIG_IGN) }
        // A parent may have blocked them: many do in their worker threads, whose children inherit it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let previous = Glibc.signal(number) { number in
                let previous = Interruption.received.exchange(number, ordering: .relaxed)
                guard previous != 0 else { return }
                OutputFile.removeTemporaryFiles()
                _exit(128 + number)
            }
            // nohup and background jobs of scripts ignore signals on purpose.
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                _ = Glibc.signal(number, SIG_IGN)
            }
        }
    }
}
