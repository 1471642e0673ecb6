import Networks
import Tensors
import TestSupport
import Testing
import Visualization

@Suite struct RendererTests {
    private func plan(_ change: (inout RenderPlan) -> Void = { _ in }) -> RenderPlan {
        var plan = RenderPlan(
            model: "squeezenet1_1", weights: "", objective: "channel(features.3,5)", width: 64, height: 56, steps: 6)
        change(&plan)
        return plan
    }

    private func picture(_ plan: RenderPlan, threads: Int = 2) throws -> [Float] {
        var renderer = try Renderer(plan, model: try bundledModel(plan.model), workers: Workers(threads))
        while renderer.stepsDone < plan.steps { _ = try renderer.step() }
        return renderer.image().elements
    }

    @Test(arguments: ["squeezenet1_1", "vgg16"])
    func theBitsDoNotDependOnTheThreads(_ model: String) throws {
        let plan = plan {
            $0.model = model
            $0.objective = "channel(features.7,5) - 0.001*total_variation()"
            $0.steps = 3
        }
        let one = try picture(plan, threads: 1)
        #expect(try picture(plan, threads: 2) == one)
        #expect(try picture(plan, threads: 3) == one)
    }

    @Test func theScoreClimbs() throws {
        var renderer = try Renderer(plan { $0.steps = 40 }, model: try bundledModel("squeezenet1_1"), workers: Workers(2))
        let before = try renderer.score(of: renderer.image())
        while renderer.stepsDone < 40 { _ = try renderer.step() }
        #expect(try renderer.score(of: renderer.image()) > 3 * abs(before))
    }

    @Test(arguments: ["squeezenet1_1", "vgg16"])
    func plainAndFastConvolutionsDrawTheSamePicture(_ model: String) throws {
        let pictures = try [ConvolutionChoice.auto, .plain].map { choice in
            try picture(plan {
                $0.model = model
                $0.steps = 16
                $0.convolution = choice
                $0.objective = "channel(features.10,5)"
            })
        }
        let squares = zip(pictures[0], pictures[1]).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        #expect(255 * (squares / Double(pictures[0].count)).squareRoot() < 2)
    }

    /// Climbing amplifies rounding, so that long runs part ways; they arrive equally high. Over seeds, since each arrives
    /// where chance takes it.
    @Test func plainAndFastConvolutionsClimbEquallyHigh() throws {
        let heights = try [ConvolutionChoice.auto, .plain].map { choice in
            try (0..<6).reduce(Float(0)) { sum, seed in
                var renderer = try Renderer(
                    plan {
                        $0.steps = 256
                        $0.seed = UInt64(seed)
                        $0.convolution = choice
                        $0.objective = "channel(features.6,5)"
                    }, model: try bundledModel("squeezenet1_1"), workers: Workers(2))
                while renderer.stepsDone < 256 { _ = try renderer.step() }
                return sum + (try renderer.score(of: renderer.image()))
            }
        }
        #expect(abs(heights[0] - heights[1]) < 0.02 * heights[1], "\(heights)")
    }

    @Test func aScoreThatIsNoNumberEndsTheRender() throws {
        let plan = plan {
            $0.optimizer = .sgd
            $0.learningRate = 1e38
            $0.objective = "1e30*layer(features.3)"
        }
        var thrown: RenderError?
        do {
            _ = try picture(plan)
        } catch {
            thrown = error as? RenderError
        }
        guard case .notFinite = thrown else {
            Issue.record("\(String(describing: thrown))")
            return
        }
    }

    @Test func plansThatCannotBeFollowedSayWhy() throws {
        let model = try bundledModel("squeezenet1_1")
        func reason(_ change: (inout RenderPlan) -> Void) -> String {
            do {
                try Renderer.check(plan(change), model: model, memory: 8_000_000_000)
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        #expect(reason { _ in } == "accepted")
        #expect(reason { $0.objective = "channel(features.3,128)" }.contains("0–127"))
        #expect(reason { $0.objective = "layer(featur.3)" }.contains("features.3"))
        #expect(reason { $0.objective = "layer(" }.contains("column"))
        #expect(reason { $0.transforms = "shake(3)" }.contains("shake"))
        #expect(reason { ($0.width, $0.transforms) = (2, "none") }.contains("--size"))
        #expect(reason { $0.transforms = "scale(0.001...0.002)" }.contains("no size fits"))
        #expect(reason { $0.transforms = "rotate(1000)" }.contains("360"))
        #expect(reason { $0.width = 0 }.contains("nothing to draw"))
        #expect(reason { ($0.width, $0.height) = (100_000, 100_000) }.contains("GB"))
        #expect(reason { $0.objective = "neuron(features.3,0,x=500)" }.contains("column 500"))
    }

    @Test func theRecordReadsBack() throws {
        let record = PictureRecord(version: "1", plan: plan(), stepsDone: 3, score: 1.25)
        #expect(!record.complete)
        #expect(try PictureRecord(json: record.json) == record)
        #expect(throws: RecordError.self) { try PictureRecord(json: "{}") }
    }
}
