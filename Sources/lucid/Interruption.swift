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

    /// The exit code of an interrupted program: 128 + signal.
    static var failure: Failure { Failure(128 + signal, "interrupted") }

    /// To be called once, before anything is written.
    static func prepare() {
        OutputFile.removeTemporaryFiles()  // its first call prepares it for use in a handler
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            _ = Glibc.signal(number) { number in
                let previous = Interruption.received.exchange(number, ordering: .relaxed)
                guard previous != 0 else { return }
                OutputFile.removeTemporaryFiles()
                _exit(128 + number)
            }
        }
    }
}
