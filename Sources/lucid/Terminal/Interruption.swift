import Files
import Images
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ctrl-C, Ctrl-\\, SIGTERM and SIGHUP: the first asks the renders to stop after their step, or ends a program that only waits for
/// input; the second ends it at once.
enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// The signal that came, or 0.
    static var signal: Int32 { received.load(ordering: .sequentiallyConsistent) }

    private static let handled = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    /// To be called once, before anything is written.
    static func prepare() {
        leaveWithoutDestructors()
        InputFile.onTerminalInput.withLock { $0 = { say("reading standard input; Ctrl-D ends it") } }
        Remark.listener.withLock { $0 = { say("\($0)") } }
        InputFile.onWait.withLock { $0 = { if signal != 0 { leave(signal) } } }
        OutputFile.removeTemporaryFiles()  // its first call prepares it for use in a handler
        // Writes fail instead, and that is said.
        for number in [SIGPIPE, SIGXFSZ] { _ = Glibc.signal(number, SIG_IGN) }
        // A parent may have blocked them: many do in their worker threads, whose children inherit it.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in handled { sigaddset(&signals, number) }
        sigprocmask(SIG_UNBLOCK, &signals, nil)
        _ = InputFile.isWaiting  // its first use is not in a handler
        for number in handled {
            let previous = Glibc.signal(number) { number in
                let previous = Interruption.received.exchange(number, ordering: .sequentiallyConsistent)
                guard previous != 0 || InputFile.isWaiting else { return }
                Interruption.leave(number)
            }
            // nohup and background jobs of scripts ignore signals on purpose.
            if unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                _ = Glibc.signal(number, SIG_IGN)
            }
        }
    }

    /// Ends the program at once, for this signal.
    private static func leave(_ number: Int32) {
        OutputFile.removeTemporaryFiles()
        _exit(128 + number)
    }

    /// Ends the program after its own output is flushed, before the destructors of libraries: OpenBLAS's waits for its threads, which
    /// may ask for memory for ever where there is none.
    private static func leaveWithoutDestructors() {
        #if canImport(Glibc)
            on_exit({ status, _ in
                fflush(nil)
                _exit(status)
            }, nil)
        #endif
    }
}
