import Images
import Networks
import Synchronization
import Tensors

/// Draws what is left of a batch, several pictures at a time.
struct BatchRun {
    /// Those of this shard that are not done.
    let tasks: [BatchTask]
    /// Pictures that were done before.
    let done: Int
    let running: RunOptions
    /// Pictures at a time; nil for as many as pay.
    let jobs: Int?
    /// Bytes to stay within.
    let memory: Int
    let failFast: Bool
    /// What mistakes and failures are said of.
    let manifest: String

    /// What `--json` prints, a line each.
    private struct Event: Encodable {
        var event: String
        var output: String?
        var line: Int?
        var score: Float?
        var isDead: Bool?
        var error: String?
        var code: Int32?
        var seconds: Double?
        /// Of this shard, with what was done before.
        var done: Int?
        var failed: Int?
        var total: Int?
    }

    private struct State {
        var done: Int
        var failures: [(task: BatchTask, failure: Failure)] = []
        var dead: [BatchTask] = []
        /// Nobody can be told any more: standard output is closed, or its disk full.
        var isMute: Failure?
    }

    private var total: Int { done + tasks.count }

    /// - Throws: 1 if a picture failed, 75 or 128 + signal if it was interrupted with work left.
    func run() throws(Failure) {
        let start = ContinuousClock.now
        try say(Event(event: "begin", done: done, total: total))
        let progress = Progress(
            "\(tasks.count) pictures", total: tasks.reduce(0) { $0 + $1.piece.steps }, quiet: running.quiet)
        let state = Mutex(State(done: done))
        for group in groups() {
            guard goesOn(state) else { break }
            let atOnce = atOnce(group)
            Workers(atOnce).forEach(group.count) { number in
                guard goesOn(state) else { return }
                draw(group[number], atOnce > 1 ? .one : workers(for: group[number].piece), progress, state)
            }
        }
        progress.finish()
        try finish(state.withLock { $0 }, seconds(ContinuousClock.now - start))
    }

    /// The tasks of each network together: then one is in memory at a time.
    private func groups() -> [[BatchTask]] {
        var order: [ObjectIdentifier] = []
        var groups: [ObjectIdentifier: [BatchTask]] = [:]
        for task in tasks {
            let network = ObjectIdentifier(task.piece.model.preparedLayers)
            if groups[network] == nil { order.append(network) }
            groups[network, default: []].append(task)
        }
        return order.map { groups[$0]! }
    }

    /// One picture a core, each on one thread, is the fastest: none waits for another. Where so many do not fit into memory, or
    /// there are fewer than cores, one after the other on all cores is.
    private func atOnce(_ group: [BatchTask]) -> Int {
        let most = group.map(\.piece.memory).max() ?? 1
        let fitting = max(1, memory / max(most, 1))
        if let jobs { return min(jobs, fitting, group.count) }
        let cores = running.workers.count
        let count = min(cores, fitting, group.count)
        return 2 * count > cores ? count : 1
    }

    /// For a piece that is drawn by itself: all that there are, if its pictures fit into memory on so many.
    private func workers(for piece: Piece) -> Workers {
        let fitting = max(1, memory / max(piece.memory, 1))
        return piece.pictures > 1 && fitting < running.workers.count ? Workers(fitting) : running.workers
    }

    private func goesOn(_ state: borrowing Mutex<State>) -> Bool {
        Interruption.signal == 0 && state.withLock { $0.isMute == nil && !(failFast && !$0.failures.isEmpty) }
    }

    private func draw(_ task: BatchTask, _ workers: Workers, _ progress: Progress, _ state: borrowing Mutex<State>) {
        let start = ContinuousClock.now
        let outcome: Piece.Outcome
        do throws(Failure) {
            outcome = try task.draw(workers, progress)
        } catch {
            // What was interrupted has not failed.
            if Interruption.signal != 0, error.code > 128 { return }
            state.withLock { $0.failures.append((task, error)) }
            try? say(
                Event(event: "failed", output: task.output, line: task.line, error: error.message, code: error.code, total: total))
            return
        }
        do throws(Failure) {
            let done = state.withLock { state in
                state.done += 1
                if outcome.isDead { state.dead.append(task) }
                return state.done
            }
            let time = seconds(ContinuousClock.now - start)
            if running.json {
                try say(
                    Event(
                        event: "drawn", output: task.output, line: task.line, score: outcome.score,
                        isDead: outcome.isDead ? true : nil, seconds: time, done: done, total: total))
            } else if !running.quiet {
                progress.clear()
                try standardOutput("\(task.output)  score \(rounded(Double(outcome.score), 2))  \(rounded(time, 1)) s")
            }
        } catch {
            state.withLock { $0.isMute = $0.isMute ?? error }
        }
    }

    private func say(_ event: Event) throws(Failure) {
        if running.json { try standardOutput(json(event)) }
    }

    private func finish(_ state: State, _ time: Double) throws(Failure) {
        if let failure = state.isMute { throw failure }
        for (task, failure) in state.failures.sorted(by: { ($0.task.line, $0.task.output) < ($1.task.line, $1.task.output) }) {
            let message = failure.message.filter { !$0.isNewline }
            // Of what it cannot write, a message names the file already.
            let file = message.hasPrefix("\(task.output): ") ? "" : "\(task.output): "
            standardError("lucid: \(manifest):\(task.line): \(file)\(message)\n")
        }
        if !running.quiet {
            for task in state.dead.sorted(by: { $0.output < $1.output }) {
                standardError("lucid: \(manifest):\(task.line): \(task.output) never answered: every gradient was zero, and the picture is noise; try another seed\n")
            }
        }
        let left = total - state.done
        try say(Event(event: "end", seconds: time, done: state.done, failed: state.failures.count, total: total))
        if !running.quiet, !running.json {
            var parts = [total == 1 ? "1 picture" : "\(total) pictures", "\(state.done - done) drawn in \(readable(time))"]
            if done > 0 { parts.append("\(done) done before") }
            if !state.failures.isEmpty { parts.append("\(state.failures.count) failed") }
            try standardOutput(parts.joined(separator: ", "))
        }
        if Interruption.signal != 0, left > 0 {
            throw Interruption.batchFailure("interrupted; \(state.done) of \(total) pictures are done, and the same command goes on")
        }
        if !state.failures.isEmpty {
            throw Failure(1, "\(state.failures.count) of \(total) pictures failed; the same command tries them again")
        }
    }
}
