import Kernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Threads that wait for the next loop by spinning: a step of a small network is two hundred loops of a few dozen
/// microseconds, as long as it takes to wake a sleeping thread. After a while without work they sleep.
///
/// One loop at a time has the team; a caller that finds it taken computes alone.
final class ThreadTeam: Sendable {
    static let shared = ThreadTeam()

    /// Checks for a new loop before a thread goes to sleep, about 50 µs.
    private static let patience = 1500
    /// Checks of the other threads before the thread that waits for them yields the processor.
    private static let politeness = 4000
    /// Enough for the deepest call, OpenBLAS's included.
    private static let stackBytes = 4 << 20

    private let owner = Mutex(())
    private let members = Atomic<Int>(0)  // threads, beside the caller
    private let isComplete = Atomic<Bool>(false)  // the system has refused another thread
    private let round = Atomic<Int>(0)
    private let seats = Atomic<Int>(closed)  // threads that may still join this round
    private let active = Atomic<Int>(0)  // threads that may be running the round's loop
    private let next = Atomic<Int>(0)
    private let sleeping = Atomic<Int>(0)
    private let sleepers: Sleepers
    private let work = Work()

    /// So far below 0 that no thread counts it up.
    private static let closed = Int.min / 2

    /// The loop of this round.
    ///
    /// `@unchecked Sendable`: written by the owner while no thread is active, read by threads that took a seat after that.
    private final class Work: @unchecked Sendable {
        var pieces = 0
        var body: ((Int) -> Void)?
    }

    /// The lock and the condition that idle threads sleep on.
    ///
    /// `@unchecked Sendable`: pthread's own lock and condition, which are made for several threads.
    private final class Sleepers: @unchecked Sendable {
        let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        init() {
            pthread_mutex_init(lock, nil)
            pthread_cond_init(condition, nil)
        }
    }

    private init() { sleepers = Sleepers() }

    /// Calls `body` with 0 ..< `pieces` on `threads` threads, this one included, and waits for all.
    func run(_ pieces: Int, threads: Int, _ body: (Int) -> Void) {
        let ran: Void? = owner.withLockIfAvailable { _ in
            recruit(threads - 1)
            // The body is forgotten before this returns, so it does not outlive the call.
            withoutActuallyEscaping(body) { body in
                work.pieces = pieces
                work.body = body
                next.store(0, ordering: .relaxed)
                seats.store(threads - 1, ordering: .sequentiallyConsistent)
                round.wrappingAdd(1, ordering: .sequentiallyConsistent)
                if sleeping.load(ordering: .sequentiallyConsistent) > 0 {
                    pthread_mutex_lock(sleepers.lock)
                    pthread_cond_broadcast(sleepers.condition)
                    pthread_mutex_unlock(sleepers.lock)
                }
                takePieces(pieces, body)
                seats.store(Self.closed, ordering: .sequentiallyConsistent)
                var looks = 0
                while active.load(ordering: .sequentiallyConsistent) > 0 {
                    looks += 1
                    if looks < Self.politeness { kernels_pause() } else { sched_yield() }
                }
                work.body = nil
            }
        }
        if ran == nil { for piece in 0..<pieces { body(piece) } }
    }

    private func takePieces(_ pieces: Int, _ body: (Int) -> Void) {
        while true {
            let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard piece < pieces else { return }
            body(piece)
        }
    }

    /// Makes sure that there are this many threads; where the system has no more, fewer do the work.
    private func recruit(_ count: Int) {
        while members.load(ordering: .relaxed) < count, !isComplete.load(ordering: .relaxed) {
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(&attributes, Self.stackBytes)
            var thread = pthread_t()
            // Signals are the main thread's: the new thread inherits this mask.
            var all = sigset_t()
            var before = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_SETMASK, &all, &before)
            let status = pthread_create(&thread, &attributes, { _ in ThreadTeam.shared.serve() }, nil)
            pthread_sigmask(SIG_SETMASK, &before, nil)
            pthread_attr_destroy(&attributes)
            guard status == 0 else { return isComplete.store(true, ordering: .relaxed) }
            members.wrappingAdd(1, ordering: .relaxed)
        }
    }

    private func serve() -> UnsafeMutableRawPointer? {
        var seen = 0
        while true {
            seen = waitForRound(after: seen)
            active.wrappingAdd(1, ordering: .sequentiallyConsistent)
            takeSeat()
            active.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        }
    }

    /// Works on the present round if a seat is left. A function of its own, so that nothing of the body is held after it, also in
    /// debug builds, which check that.
    @inline(never)
    private func takeSeat() {
        guard seats.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue >= 0, let body = work.body else { return }
        takePieces(work.pieces, body)
    }

    private func waitForRound(after seen: Int) -> Int {
        for _ in 0..<Self.patience {
            let now = round.load(ordering: .acquiring)
            if now != seen { return now }
            kernels_pause()
        }
        pthread_mutex_lock(sleepers.lock)
        sleeping.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while round.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(sleepers.condition, sleepers.lock) }
        sleeping.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(sleepers.lock)
        return round.load(ordering: .sequentiallyConsistent)
    }
}
