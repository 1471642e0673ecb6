import Synchronization

/// Tells of a batch: a line for each picture, or an object of JSON; and at the end what there is to be said of all.
public final class BatchReporter: Reporter {
    /// One line of a batch's JSON.
    private struct Event: Encodable {
        var event: String
        var output: String?
        var line: Int?
        var score: Float?
        var scoreUnit: String?
        var isDead: Bool?
        var error: String?
        var code: Int32?
        var seconds: Double?
        /// With those that were done before.
        var done: Int?
        var failed: Int?
        var total: Int?
    }

    /// How results are told.
    public enum Form: Sendable {
        /// A line a picture, for people.
        case text
        /// An object a line, for scripts.
        case json
        /// Failures only.
        case silent
    }

    private let form: Form
    /// Pictures that were done before.
    public let before: Int
    /// Pictures in all.
    private let total: Int
    private let done: Mutex<Int>
    private let output: @Sendable (String) throws(Problem) -> Void
    private let note: @Sendable (Message) -> Void
    private let text: @Sendable (Problem) -> (message: String, code: Int32)

    /// - Parameters:
    ///   - before: pictures that were done before.
    ///   - total: with those.
    ///   - output: takes a result's line.
    ///   - note: takes something that people should know.
    ///   - text: a problem as people read it, and a program's exit code for it.
    public init(
        _ form: Form, before: Int, total: Int, output: @escaping @Sendable (String) throws(Problem) -> Void,
        note: @escaping @Sendable (Message) -> Void, text: @escaping @Sendable (Problem) -> (message: String, code: Int32)
    ) {
        (self.form, self.before, self.total) = (form, before, total)
        (self.output, self.note, self.text) = (output, note, text)
        done = Mutex(before)
    }

    public func report(_ event: JobEvent) throws(Problem) {
        switch event {
        case .began: try say(Event(event: "begin", done: before, total: total))
        case .note(let message): if form != .silent { note(message) }
        case .drawn(let job, let result, let seconds):
            let done = done.withLock { done in
                done += 1
                return done
            }
            let line = (job as? BatchTask)?.line
            try say(
                Event(
                    event: "drawn", output: job.outputs[0], line: line, score: result.score, scoreUnit: job.plan.measure, isDead: result.isDead ? true : nil,
                    seconds: seconds, done: done, total: total))
            if form == .text { 
                try output("\(job.outputs[0].withoutControls)  \(job.plan.measure) \(rounded(Double(result.score), 2))  \(rounded(seconds, 1)) s")
             }
        case .failed(let job, let problem):
            let (message, code) = text(problem)
            try say(
                Event(
                    event: "failed", output: job.outputs[0], line: (job as? BatchTask)?.line, error: message, code: code, total: total))
        case .planned(let job):
            guard let task = job as? BatchTask else { return }
            try output(json(Planned(output: task.output, outputs: task.outputs, line: task.line, hash: task.hash)))
        case .step, .detail, .ended: break
        }
    }

    /// A picture that would be drawn.
    private struct Planned: Encodable {
        let output: String
        let outputs: [String]
        let line: Int
        let hash: String
    }

    private func say(_ event: Event) throws(Problem) { if form == .json { try output(json(event)) } }

    /// Tells of a whole run.
    ///
    /// - Parameter time: how long it took, in words and in seconds.
    public func finish(_ outcome: JobRunner.Outcome, seconds time: Double) throws(Problem) {
        let (drawn, failed) = (outcome.done.count, outcome.failures.count)
        try say(Event(event: "end", seconds: time, done: before + drawn, failed: failed, total: total))
        guard form == .text else { return }
        var parts = [counted(total, "picture"), "\(drawn) drawn in \(readable(time))"]
        if before > 0 { parts.append("\(before) done before") }
        if failed > 0 { parts.append("\(failed) failed") }
        try output(parts.joined(separator: ", "))
    }
}
