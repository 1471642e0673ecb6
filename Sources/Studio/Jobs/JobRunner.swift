import Files
import Networks
import Synchronization
import Tensors

/// Runs jobs: checks them, draws them several at a time, and tells a reporter of everything.
///
///     let job = try ChannelRequest(given: ["layer": ["features.10"], "index": ["5"]]).jobs(session)
///     try JobRunner(session, reporter).run(job)
public struct JobRunner: Sendable {
    /// The networks and threads that the jobs share.
    public let session: Session
    /// Told of every event.
    public let reporter: any Reporter
    /// Files that are there may be overwritten, whoever made them.
    public var force = false
    /// Files and folders that are read, which no output may replace.
    public var inputs: [String] = []
    /// Jobs at a time; nil for as many as pay.
    public var atOnce: Int?
    /// Bytes to stay within.
    public var memory: Int
    /// Nothing new is begun after a failure.
    public var failFast = true
    /// Many jobs: those that are interrupted leave nothing, and none is rated beyond its score.
    public var isBatch = false

    /// - Parameter session: shared by all jobs, so that they share the networks.
    public init(_ session: Session, _ reporter: any Reporter) {
        self.session = session
        self.reporter = reporter
        memory = min(ResourceLimits.memory, addressSpaceLeft() ?? .max)
    }

    /// How a run went.
    public struct Outcome: Sendable {
        /// Jobs that are done.
        public internal(set) var done: [any Job] = []
        /// Jobs that failed, with the reason.
        public internal(set) var failures: [(job: any Job, problem: Problem)] = []
        /// Those that never had a gradient.
        public internal(set) var dead: [any Job] = []
        /// The reporter cannot tell anybody any more.
        var isMute: Problem?
        /// A picture could not be written for want of space, nor will the next.
        var isDiskFull: Bool { failures.contains { $0.problem.kind == .diskFull } }
    }

    /// Checks the outputs of jobs and draws them.
    ///
    /// - Throws: the first problem; one of the kind `interrupted` if the work was cancelled, when all that could be kept is kept.
    public func run(_ jobs: [any Job], label: String) throws(Problem) {
        try check(jobs)
        for model in jobs.models { try model.report(to: reporter) }
        for note in session.notes.take() { try reporter.report(.note(note)) }
        try describe(jobs)
        let outcome = try draw(jobs, label: label)
        if let failure = outcome.failures.first { throw failure.problem }
        if session.isCancelled() { throw .interrupted }
    }

    /// Tells the plans of jobs and draws nothing.
    public func plan(_ jobs: [any Job]) throws(Problem) {
        for job in jobs { try reporter.report(.planned(job)) }
    }

    /// Whether all files of all jobs can be written.
    private func check(_ jobs: [any Job]) throws(Problem) {
        let evolutions = jobs.flatMap(\.evolutions)
        var files = jobs.flatMap(\.outputs)
        for evolution in evolutions { files.remove(at: files.lastIndex(of: evolution)!) }
        let places = Set(files.map(FileName.plain))
        if let lost = evolutions.first(where: { places.contains(FileName.plain($0)) }) {
            throw .usage("\(setting: "evolution") would go to \(lost), where the picture goes; choose another name", setting: "evolution")
        }
        try OutputChecks.refuse(repeated: files, setting: "output")
        try OutputChecks.refuse(repeated: evolutions, setting: "evolution")
        for job in jobs {
            let read = (inputs + job.inputs).flatMap(OutputChecks.files)
            for path in job.outputs { try OutputChecks.check(overwriting: path, inputs: read, force: force, isOwn: job.isOwn) }
        }
        for job in jobs { try job.checkOutputs(force: force) }
    }

    private func describe(_ jobs: [any Job]) throws(Problem) {
        var said: Set<String> = []
        for line in jobs.flatMap(\.ingredients) where said.insert(line).inserted { try reporter.report(.detail(line)) }
        for job in jobs { try reporter.report(.detail("plan \(json(job.plan))")) }
        let threads = session.workers.count
        let count = jobs.reduce(0) { $0 + $1.pictures }
        let pictures = count > 1 ? "\(count) pictures, \(min(count, threads)) at once" : "one picture at once"
        let most = jobs.map(\.memory).max() ?? 0
        try reporter.report(.detail("\(threads) threads, \(pictures), each at most \(rounded(Double(most) / 1e9, 2)) GB of memory"))
    }

    /// Draws jobs that were checked.
    public func draw(_ jobs: [any Job], label: String) throws(Problem) -> Outcome {
        let state = Mutex(Outcome())
        try reporter.report(.began(label: label, steps: jobs.reduce(0) { $0 + $1.steps }))
        for group in jobs.groupedByModel() {
            guard goesOn(state) else { break }
            let count = atOnce(group)
            Workers(count).forEach(group.count) { number in
                guard goesOn(state) else { return }
                draw(group[number], count > 1 ? .one : workers(for: group[number]), isAlone: jobs.count == 1, state)
            }
        }
        try reporter.report(.ended)
        let outcome = state.withLock { $0 }
        if let problem = outcome.isMute { throw problem }
        return outcome
    }

    private func draw(_ job: any Job, _ workers: Workers, isAlone: Bool, _ state: borrowing Mutex<Outcome>) {
        let start = ContinuousClock.now
        let reporter = reporter
        var context = JobContext(workers: workers, isCancelled: session.isCancelled) { [isBatch] event throws(Problem) in
            switch event {
            // The share of one job's work that is done tells nothing of the others'.
            case .step(let score, _) where !isAlone: try reporter.report(.step(score: score, share: nil))
            case .step: try reporter.report(event)
            default: if !isBatch { try reporter.report(event) }
            }
        }
        (context.isBatch, context.force) = (isBatch, force)
        context.rates = !isBatch
        do throws(Problem) {
            let result = try job.draw(context)
            state.withLock { outcome in
                outcome.done.append(job)
                if result.isDead { outcome.dead.append(job) }
            }
            defer { if let failure = result.failure { fail(job, failure, state) } }
            do {
                try reporter.report(.drawn(job, result, seconds: seconds(ContinuousClock.now - start)))
            } catch {
                state.withLock { $0.isMute = $0.isMute ?? error }
            }
        } catch {
            // A job that was interrupted has not failed.
            if session.isCancelled(), error.kind == .interrupted { return }
            fail(job, error, state)
        }
    }

    private func fail(_ job: any Job, _ problem: Problem, _ state: borrowing Mutex<Outcome>) {
        state.withLock { $0.failures.append((job, problem)) }
        try? reporter.report(.failed(job, problem))
    }

    private func goesOn(_ state: borrowing Mutex<Outcome>) -> Bool {
        !session.isCancelled() && state.withLock { $0.isMute == nil && !(failFast && !$0.failures.isEmpty) && !$0.isDiskFull }
    }

    /// One picture a core, each on one thread, is the fastest: none waits for another. Where so many do not fit into memory, or
    /// there are fewer than cores, one after the other on all cores is.
    private func atOnce(_ jobs: [any Job]) -> Int {
        let fitting = max(1, memory / max(jobs.map(\.memory).max() ?? 1, 1))
        if let atOnce { return min(atOnce, fitting, jobs.count) }
        let cores = session.workers.count
        let count = min(cores, fitting, jobs.count)
        return 2 * count > cores ? count : 1
    }

    /// For a job that is drawn by itself: all threads, if its pictures fit into memory on so many.
    private func workers(for job: any Job) -> Workers {
        let fitting = max(1, memory / max(job.memory, 1))
        return job.pictures > 1 && fitting < session.workers.count ? Workers(fitting) : session.workers
    }
}

extension [any Job] {
    /// The networks of these jobs, each once.
    public var models: [Model] { groupedByModel().map { $0[0].model } }

    /// The jobs of each network together: then one is in memory at a time.
    fileprivate func groupedByModel() -> [[any Job]] {
        var order: [ObjectIdentifier] = []
        var groups: [ObjectIdentifier: [any Job]] = [:]
        for job in self {
            let network = ObjectIdentifier(job.model.preparedLayers)
            if groups[network] == nil { order.append(network) }
            groups[network, default: []].append(job)
        }
        return order.map { groups[$0]! }
    }
}
