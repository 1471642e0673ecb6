import Files
import FoundationEssentials
import Images
import Networks
import Tensors

/// One thing to be made, with the files that it goes to: the one way from a wish to a result. A single command runs one or a few, a
/// batch thousands.
public protocol Job: Sendable {
    /// The network that it is drawn with.
    var model: Model { get }
    /// Everything that the result depends on.
    var plan: Plan { get }
    /// The files that it writes, the most important first.
    var outputs: [String] { get }
    /// Those that keep how pictures came about.
    var evolutions: [String] { get }
    /// The photographs' files that it was made of.
    var inputs: [String] { get }
    /// Everything else that the bytes of the files depend on.
    var form: OutputForm { get }
    /// Steps that it takes.
    var steps: Int { get }
    /// Bytes that drawing takes at most on one thread, about.
    var memory: Int { get }
    /// Its pictures, each drawn on one thread where there are several.
    var pictures: Int { get }
    /// Whether it keeps photographs in memory until it is drawn.
    var holdsPhotographs: Bool { get }
    /// Whether its only file says by its record what it is, so that no status beside it is needed.
    var hasRecord: Bool { get }
    /// Details for people who want to know: the networks and the photographs, where from.
    var ingredients: [String] { get }
    /// Finds out before anything is computed whether the files can be written.
    ///
    /// - Parameter force: files that are there may be overwritten.
    func checkOutputs(force: Bool) throws(Problem)
    /// Whether one of its outputs, which is there, was made from the same plan, so that nothing is lost if it is made again.
    func isOwn(_ path: String) -> Bool
    /// Draws, and writes whole files.
    func draw(_ context: JobContext) throws(Problem) -> JobResult
}

extension Job {
    public var pictures: Int { 1 }
    public var hasRecord: Bool { false }
    public var evolutions: [String] { [] }
    public var inputs: [String] { [] }

    public func isOwn(_ path: String) -> Bool { Record.pictures(ofFile: path).map(\.plan) == [plan] }

    /// SHA-256 of the program's version and everything that the files' bytes depend on.
    public var identity: String { sha256(of: Array("lucid \(version)\n\(json(plan))\n\(json(form))".utf8)) }
}

/// How a plan's results are written: everything that the bytes of files depend on beside the plan.
public struct OutputForm: Sendable, Codable, Equatable {
    /// A JPEG's quality; nil for other formats.
    public var quality: Int?
    /// Bits of a sample, where they are asked for.
    public var depth: Int?
    /// Steps taken, where fewer than planned.
    public var steps: Int?
    /// Steps after which the picture is kept as well.
    public var saveAt: [Int] = []
    /// The ending of the file that keeps how the picture came about.
    public var evolution: String?
    /// The ending of an animation.
    public var format: String?
    /// Which of several pictures have files of their own.
    public var files: [Bool] = []

    /// As the plan has it, in the format's usual form.
    public init() {}
}

/// The surroundings of a job that is drawn.
public struct JobContext: Sendable {
    /// Threads that the job may use.
    public var workers: Workers
    /// Whether the job is to end after the step that it is at. Asked from many threads.
    public var isCancelled: @Sendable () -> Bool
    /// One of many: a picture that is interrupted is not written.
    public var isBatch = false
    /// Files that are there may be overwritten.
    public var force = false
    /// Finished pictures are rated beyond their score.
    public var rates = true
    /// Told of every step. It may be called from many threads.
    public var report: @Sendable (JobEvent) throws(Problem) -> Void

    /// - Parameters:
    ///   - isCancelled: asked after every step, from many threads.
    ///   - report: told of every step, from many threads; an error that it throws ends the job.
    public init(
        workers: Workers, isCancelled: @escaping @Sendable () -> Bool = { false },
        report: @escaping @Sendable (JobEvent) throws(Problem) -> Void = { _ throws(Problem) in }
    ) {
        self.workers = workers
        self.isCancelled = isCancelled
        self.report = report
    }

    /// The same, of which nobody hears but for the steps.
    var silent: JobContext {
        var context = self
        context.report = { [report] event throws(Problem) in if case .step = event { try report(event) } }
        return context
    }

    func step(score: Float?, share: Double? = nil) throws(Problem) { try report(.step(score: score, share: share)) }
    func detail(_ text: String) throws(Problem) { try report(.detail(text)) }
}

/// The events of a run, in their order.
public enum JobEvent: Sendable {
    /// So many steps of all jobs together are to come.
    case began(label: String, steps: Int)
    /// A step was taken; `share` is the share of all work that is done, where steps take different times.
    case step(score: Float?, share: Double?)
    /// Something that people should know before they wait.
    case note(Message)
    /// For people who want to know: plans, memory, times.
    case detail(String)
    /// A job is done, after so many seconds.
    case drawn(any Job, JobResult, seconds: Double)
    /// A job's plan, where nothing is drawn.
    case planned(any Job)
    /// A job failed; the others go on, unless nothing more is to begin after a failure.
    case failed(any Job, Problem)
    /// The last event.
    case ended
}

/// How a job went.
public struct JobResult: Sendable {
    /// The objective on the finished picture; the mean of several.
    public var score: Float
    /// No step had a gradient: the picture is noise.
    public var isDead = false
    /// Not interrupted.
    public var isComplete = true
    /// A lesser file beside the finished ones could not be written, such as a film of how they came about.
    public var failure: Problem?
    /// One line for people each; none where they would hear too much.
    public var lines: [String] = []
    /// For scripts.
    public var values: [any Encodable & Sendable] = []
    /// Something that people should know.
    public var warning: Message?
    /// For the terminal.
    public var preview: Picture?

    /// - Parameter score: the objective on the finished picture; the mean of several.
    public init(score: Float) { self.score = score }
}

/// Hears of jobs.
public protocol Reporter: Sendable {
    /// - Throws: where nobody can be told any more: standard output is closed, or its disk full.
    func report(_ event: JobEvent) throws(Problem)
}

/// Says nothing.
public struct SilentReporter: Reporter {
    /// Tells nobody anything.
    public init() {}
    public func report(_ event: JobEvent) {}
}
