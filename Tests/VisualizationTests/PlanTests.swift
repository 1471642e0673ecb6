import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// Plans that cannot be followed say why.
@Suite struct PlanTests {
    private func reason(_ change: (inout RenderPlan) -> Void) throws -> String {
        let model = try bundledModel("squeezenet1_1")
        do {
            try Renderer.check(plan(change), model: model, memory: 8_000_000_000)
            return "accepted"
        } catch {
            return error.text { "--\($0.rawValue)" }
        }
    }

    @Test func plansThatCannotBeFollowedSayWhy() throws {
        #expect(try reason { _ in } == "accepted")
        #expect(try reason { $0.objective = "channel(features.3,128)" }.contains("0–127"))
        #expect(try reason { $0.objective = "layer(featur.3)" }.contains("features.3"))
        #expect(try reason { $0.objective = "layer(" }.contains("column"))
        #expect(try reason { $0.transforms = "shake(3)" }.contains("shake"))
        #expect(try reason { ($0.width, $0.transforms) = (2, "none") }.contains("--size"))
        #expect(try reason { $0.transforms = "scale(0.001...0.002)" }.contains("no size fits"))
        #expect(try reason { $0.transforms = "rotate(1000)" }.contains("360"))
        #expect(try reason { $0.width = 0 }.contains("nothing to draw"))
        #expect(try reason { ($0.width, $0.height) = (100_000, 100_000) }.contains("GB"))
        #expect(try reason { $0.objective = "neuron(features.3,0,x=500)" }.contains("column 500"))
        #expect(try reason { $0.objective = "direction_neuron(features.3,0:1,y=500)" }.contains("row 500"))
        #expect(try reason { $0.objective = "direction(features.3,0:1,128:1)" }.contains("0–127"))
        #expect(try reason { $0.objective = "channel_interpolate(features.3,1,features.4,999)"; $0.count = 2 }.contains("999"))
        #expect(try reason { $0.objective = "class_logit(1000)" }.contains("0–999"))
        #expect(try reason { $0.objective = "class_logit(goldfish)" } == "accepted")
        #expect(try reason { $0.objective = "class_logit(goldfsh)" }.contains("goldfish"))
        #expect(try reason { $0.objective = "diversity(features.3)" }.contains("--count"))
        #expect(try reason { $0.objective = "alignment(features.3)" }.contains("--count"))
        #expect(try reason { $0.objective = "picture(1,layer(features.3))" }.contains("no picture 1"))
        #expect(try reason { $0.objective = "picture(1,diversity(features.3))"; $0.count = 2 }.contains("diversity within picture"))
        #expect(try reason { $0.objective = "picture(0,picture(1,layer(features.3)))"; $0.count = 2 }.contains("within picture"))
        #expect(try reason { $0.objective = "picture(1,picture(0,layer(features.3)))"; $0.count = 2 } == "accepted")
        #expect(try reason { $0.objective = "mean_alpha()" }.contains("--alpha"))
        #expect(try reason { $0.alpha = true }.contains("backdrop"))
        #expect(try reason { $0.transforms = "backdrop" }.contains("--alpha"))
        #expect(try reason { ($0.alpha, $0.transforms) = (true, "backdrop backdrop") }.contains("backdrop"))
        #expect(try reason { ($0.alpha, $0.transforms) = (true, "jitter(3) backdrop") } == "accepted")
        #expect(try reason { $0.transforms = "random_crop(0.05...0.05)" }.contains("size"))
    }

    @Test func aPhotographsCaricatureScoresOne() throws {
        for power in [0, 1, 16] {
            let itself = plan { ($0.objective, $0.start) = ("caricature(features.3,photo,pow=\(power),scale=photo)", "photo") }
            let renderer = try Renderer(itself, model: try bundledModel("squeezenet1_1"), pictures: ["photo": photo], workers: .one)
            #expect(abs(try renderer.score(of: [photo]) - 1) < 1e-4)
        }
    }

    @Test func fittingACanvasCanBeInterrupted() throws {
        let fitted = plan { ($0.parameterization, $0.start) = (.cppn, "photo") }
        var asked = 0
        #expect {
            try Renderer(fitted, model: try bundledModel("squeezenet1_1"), pictures: ["photo": photo], workers: .one) {
                asked += 1
                return asked == 3
            }
        } throws: { error in
            if case RenderError.interrupted = error { true } else { false }
        }
        #expect(asked == 3)
    }

    @Test func whatIsWrittenTakesMemoryToo() throws {
        let model = try bundledModel("squeezenet1_1")
        let small = plan { $0.parameterization = .cppn }
        let large = small.with { $0.outputSize = Network.Size(height: 4000, width: 4000) }
        let needed = try Renderer.estimatedMemory(of: large, model: model)
        #expect(try needed > 4 * Renderer.estimatedMemory(of: small, model: model))
        // No layer's values are there for the whole picture at once.
        #expect(needed < 2 << 30)
        #expect(throws: RenderError.self) { try Renderer.check(large, model: model, memory: 1 << 30) }
    }

    @Test func picturesMustBeThereAndFit() throws {
        let asking = plan { ($0.objective, $0.mask, $0.start) = ("caricature(features.3,photo)", "mask", "start") }
        let model = try bundledModel("squeezenet1_1")
        #expect(try Renderer.pictures(of: asking, model: model) == ["mask", "photo", "start"])
        func reason(_ pictures: [String: Tensor]) -> String {
            do {
                _ = try Renderer(asking, model: model, pictures: pictures, workers: .one)
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        #expect(reason(["photo": photo, "mask": photo, "start": photo]) == "accepted")
        #expect(reason(["photo": photo, "start": photo]).contains("mask"))
        #expect(reason(["photo": photo, "mask": Tensor(Shape(1, 56, 64)), "start": photo]).contains("mask"))
        #expect(reason(["photo": Tensor(Shape(3, 64, 56)), "mask": photo, "start": photo]).contains("photo"))
    }
}
