import Models
import Networks
import Studio
import Synchronization
import Tensors
import TestSupport
import Testing
import Visualization

/// Jobs that fail, without a disk that is full.
@Suite struct RunnerTests {
    private struct FailingJob: Job {
        let job: any Job
        let problem: Problem
        let drawn: @Sendable () -> Void

        var model: Model { job.model }
        var plan: Plan { job.plan }
        var outputs: [String] { [] }
        var form: OutputForm { job.form }
        var steps: Int { 1 }
        var memory: Int { 1 }
        var holdsPhotographs: Bool { false }
        var ingredients: [String] { [] }
        func checkOutputs(force: Bool) {}
        func draw(_ context: JobContext) throws(Problem) -> JobResult {
            drawn()
            throw problem
        }
    }

    private func outcome(_ kind: Problem.Kind) throws -> (outcome: JobRunner.Outcome, drawn: Int) {
        let session = Session(workers: Workers(1))
        let job = try jobs("channel", ["--layer", "features.3", "--index", "5", "--size", "32"], session).jobs[0]
        let count = SharedCount()
        var runner = JobRunner(session, SilentReporter())
        (runner.isBatch, runner.failFast) = (true, false)
        let all = [FailingJob](repeating: FailingJob(job: job, problem: Problem(kind, "no"), drawn: { count.add() }), count: 5)
        return (try runner.draw(all, label: ""), count.value)
    }

    private final class SharedCount: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    /// The next picture would fail as well, after all its steps.
    @Test func aBatchStopsWhenTheDiskIsFull() throws {
        #expect(try outcome(.cannotWrite).drawn == 5)
        let (outcome, drawn) = try outcome(.diskFull)
        #expect(drawn == 1)
        let batch = try Batch(text: "renders: []", folder: "x", Session(workers: Workers(1)))
        let problem = #expect(throws: Problem.self) { try batch.conclude(outcome, before: 0, Session(workers: Workers(1))) }
        #expect(problem?.kind == .stopped)
    }

    @Test func aBatchIsClaimedOnce() throws {
        let scratch = try Scratch()
        let text = "renders: [{command: channel, layer: features.3, index: 5, size: 64}]"
        var batch = try Batch(text: text, folder: scratch.path, Session(workers: Workers(1)))
        #expect(try batch.prepare(force: false) == 0)
        let lock = try batch.claim(in: scratch.path)
        #expect(lock != nil)
        let second = try batch.claim(in: scratch.path)
        #expect(second == nil)
        withExtendedLifetime(lock) {}
        let other = try Batch(text: text.replacing("5,", with: "6,"), folder: scratch.path, Session(workers: Workers(1)))
        #expect(try other.claim(in: scratch.path) != nil)
    }
}
