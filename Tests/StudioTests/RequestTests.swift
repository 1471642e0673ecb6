import Foundation
import Studio
import Testing
import Visualization

/// Requests and the jobs that they plan; nothing is drawn.
@Suite struct RequestTests {
    private func plan(_ job: any Job) throws -> RenderPlan {
        guard case .picture(let plan) = job.plan else { throw Problem.usage("no picture") }
        return plan
    }

    @Test func aChannelEachIsAJobEach() throws {
        let list = try jobs("channel", ["--layer", "features.3", "--index", "5,7-8", "--size", "64", "--output", "x/"])
        #expect(try list.jobs.map { try plan($0).objective } == [5, 7, 8].map { "channel_cosine(features.3,\($0))" })
        #expect(list.jobs.map(\.outputs) == [5, 7, 8].map { ["x/squeezenet1_1_features.3_\($0).png"] })
    }

    @Test func seedsGoOnOneSheetUnlessTheirNamesTellThemApart() throws {
        let words = ["--layer", "features.3", "--index", "5", "--seeds", "0-2", "--size", "64"]
        let sheet = try jobs("channel", words)
        #expect(sheet.jobs.map(\.outputs) == [["squeezenet1_1_features.3_5_seeds0-2.png"]])
        let files = try jobs("channel", words + ["--output", "{seed}.png"])
        #expect(files.jobs.map(\.outputs) == [["0.png"], ["1.png"], ["2.png"]])
        #expect(try files.jobs.map { try plan($0).seed } == [0, 1, 2])
    }

    @Test func diversityAndAccentuateTakeSeveralChannels() throws {
        let list = try jobs("diversity", ["--layer", "features.3", "--index", "5,6", "--count", "2", "--size", "64"])
        #expect(list.jobs.map { $0.outputs[0] } == [5, 6].map { "squeezenet1_1_features.3_\($0)_diversity.png" })
    }

    /// The same request always has the same identity; anything that changes the bytes changes it.
    @Test func aJobsIdentityIsItsPlan() throws {
        let words = ["--layer", "features.3", "--index", "5", "--size", "64", "--output", "a.png"]
        func identity(_ more: [String]) throws -> String { try jobs("channel", words + more).jobs[0].identity }
        let own = try identity([])
        #expect(try identity([]) == own && identity(["--output", "elsewhere/b.png"]) == own)
        for change in [["--seed", "1"], ["--steps", "3"], ["--save-at", "2"], ["--output", "a.jpg"], ["--evolution", "way.gif"], ["--tv", "0.1"]] {
            #expect(try identity(change) != own, "\(change)")
        }
    }

    @Test func aPresetStandsBelowWhatIsSaid() throws {
        let plain = try plan(jobs("channel", ["--layer", "features.3", "--index", "5", "--preset", "lucent"]).jobs[0])
        #expect(plain.width == 128 && plain.learningRate == 0.05 && plain.rectifier == .plain && plain.schedule == .constant)
        let said = try plan(jobs("channel", ["--layer", "features.3", "--index", "5", "--preset", "lucent", "--size", "96", "--optimizer", "sgd"]).jobs[0])
        #expect(said.width == 96 && said.learningRate == OptimizerChoice("sgd")!.defaultLearningRate)
    }

    @Test(arguments: [
        ("channel", ["--layer", "features.99", "--index", "5"], "layer"), ("channel", ["--layer", "features.3", "--index", "999"], "index"),
        ("channel", ["--layer", "features.3", "--index", "5", "--transforms", "jiter(3)"], "transforms"),
        ("channel", ["--layer", "features.10", "--index", "5", "--size", "5"], "size"),
        ("channel", ["--layer", "features.3", "--index", "5", "--model", "vgg61"], "model"),
        ("render", ["chanel(features.3,5)"], "expression"), ("direction", ["--layer", "features.3", "--channels", "5:x"], "channels"),
    ])
    func aProblemBlamesItsSetting(_ command: String, _ words: [String], _ setting: String) {
        let problem = #expect(throws: Problem.self) { try jobs(command, words) }
        #expect(problem?.setting == setting && problem?.kind == .usage, "\(String(describing: problem))")
    }
}
