import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import Visualization

@Suite struct RendererTests {
    @Test(arguments: ["squeezenet1_1", "vgg16"])
    func theBitsDoNotDependOnTheThreads(_ model: String) throws {
        let plan = plan {
            $0.model = model
            $0.objective = "channel(features.7,5) - 0.001*total_variation()"
            $0.steps = 3
        }
        let one = try pictures(plan, threads: 1)
        for threads in [2, 3, 5] { #expect(try pictures(plan, threads: threads) == one, "\(threads) threads") }
    }

    @Test(arguments: ParameterizationName.allCases)
    func theBitsOfABatchDoNotDependOnTheThreads(_ canvas: ParameterizationName) throws {
        let plan = plan {
            $0.parameterization = canvas
            $0.objective = "channel(features.3,5) - 0.1*diversity(features.3) + caricature(features.3,photo,pow=1)"
            $0.transforms = "random_crop(0.6...0.4) noise(0.02) blur(0.5...1) flip resize(40)"
            $0.steps = 2
            $0.count = 3
            $0.crops = 2
            $0.shared = true
        }
        let one = try pictures(plan, pictures: ["photo": photo], threads: 1)
        #expect(one.count == 3)
        if canvas != .cppn { #expect(one[0] != one[1]) }
        for threads in [2, 3, 5] {
            #expect(try pictures(plan, pictures: ["photo": photo], threads: threads) == one, "\(threads) threads")
        }
    }

    @Test(arguments: ParameterizationName.allCases)
    func theScoreRises(_ canvas: ParameterizationName) throws {
        let plan = plan {
            $0.steps = 40
            $0.parameterization = canvas
            if canvas == .cppn { $0.learningRate = 0.005 }
            if canvas == .maco { ($0.optimizer, $0.learningRate) = (OptimizerChoice(NesterovAdam.self), 1) }
        }
        var renderer = try Renderer(plan, model: try bundledModel("squeezenet1_1"), workers: Workers(2))
        let before = try renderer.score(of: renderer.pictures())
        while renderer.stepsDone < 40 { _ = try renderer.step() }
        let after = try renderer.score(of: renderer.pictures())
        #expect(after > before + (canvas == .cppn ? 0 : 1), "from \(before) to \(after)")
        if canvas == .fft { #expect(after > 3 * abs(before)) }
    }

    @Test(arguments: OptimizerChoice.rules.map(OptimizerChoice.init))
    func everyOptimizerRaisesTheScore(_ choice: OptimizerChoice) throws {
        let plan = plan {
            ($0.optimizer, $0.learningRate) = (choice, choice.defaultLearningRate)
            ($0.steps, $0.transforms) = (20, "none")
        }
        let before = try rendered(plan.with { $0.steps = 0 })
        let after = try rendered(plan)
        #expect(try after.score(of: after.pictures()) > before.score(of: before.pictures()), "\(choice)")
    }

    @Test(arguments: ["squeezenet1_1", "vgg16"])
    func plainAndFastConvolutionsDrawTheSamePicture(_ model: String) throws {
        let drawn = try [ConvolutionChoice.auto, .plain].map { choice in
            try pictures(plan {
                $0.model = model
                $0.steps = 16
                $0.convolution = choice
                $0.objective = "channel(features.10,5)"
            })[0]
        }
        let squares = zip(drawn[0], drawn[1]).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        #expect(255 * (squares / Double(drawn[0].count)).squareRoot() < 2)
    }

    /// Climbing amplifies rounding, so that long runs part ways; they arrive equally high. Over seeds, since each arrives
    /// where chance takes it.
    @Test func plainAndFastConvolutionsClimbEquallyHigh() throws {
        let heights = try [ConvolutionChoice.auto, .plain].map { choice in
            try (0..<6).reduce(Float(0)) { sum, seed in
                let renderer = try rendered(plan {
                    $0.steps = 256
                    $0.seed = UInt64(seed)
                    $0.convolution = choice
                    $0.objective = "channel(features.6,5)"
                })
                return sum + (try renderer.score(of: renderer.pictures()))
            }
        }
        #expect(abs(heights[0] - heights[1]) < 0.02 * heights[1], "\(heights)")
    }

    /// A small step along the gradient raises the score by the gradient's square times the rate: the whole way from the
    /// objective through network and colours back to the parameters.
    @Test(arguments: [
        ("channel(features.3,5)", 1), ("channel(features.3,5) - 0.01*l2(0.5) + neuron(features.3,7,x=2,y=3)", 1),
        ("channel(features.3,5)*layer(features.2)", 1), ("layer(features.3) - 50*diversity(features.3)", 2),
        ("alignment(features.3) + channel_interpolate(features.3,5,features.4,7)", 3), ("1e-13*caricature(features.3,photo,pow=1)", 1),
        ("caricature(features.3,photo,pow=2,scale=photo)", 1),
        ("picture(1,direction(features.3,5:1,7:-0.5,pow=1)) - input_diff(photo)", 2), ("class_logit(7)", 1),
    ])
    func aSmallStepRaisesTheScoreByTheGradientsSquare(_ objective: String, _ count: Int) throws {
        func moved(rate: Float) throws -> (length: Double, rise: Double) {
            let plan = plan {
                ($0.objective, $0.count) = (objective, count)
                ($0.parameterization, $0.decorrelate, $0.transforms) = (.pixel, false, "none")
                ($0.optimizer, $0.learningRate, $0.schedule) = (OptimizerChoice("sgd(0)")!, rate, .constant)
                ($0.rectifier, $0.steps, $0.start) = (.plain, 1, "photo")
            }
            let fixed = ["photo": photo]
            let (before, after) = (try rendered(plan.with { $0.steps = 0 }, pictures: fixed), try rendered(plan, pictures: fixed))
            let colour = ColourMap(decorrelated: false)
            var squares = 0.0
            for (old, new) in zip(before.pictures(), after.pictures()) {
                var difference = colour.inverse(new, workers: .one)
                difference.add(colour.inverse(old, workers: .one), scaledBy: -1)
                squares += inner(difference.elements, difference.elements)
            }
            return (squares.squareRoot(), Double(try after.score(of: after.pictures()) - before.score(of: before.pictures())))
        }
        let slope = try moved(rate: 1e-2).length / 1e-2
        let rate = 0.05 / slope
        let (length, rise) = try moved(rate: Float(rate))
        #expect(abs(rise - length * length / rate) < 0.05 * rise, "\(objective): rose by \(rise), not \(length * length / rate)")
    }

    @Test func aScoreThatIsNoNumberEndsTheRender() throws {
        let plan = plan {
            $0.optimizer = OptimizerChoice(StochasticGradient.self)
            $0.learningRate = 1e38
            $0.objective = "1e30*layer(features.3)"
        }
        var thrown: RenderError?
        do {
            _ = try rendered(plan)
        } catch {
            thrown = error as? RenderError
        }
        guard case .notFinite = thrown else {
            Issue.record("\(String(describing: thrown))")
            return
        }
    }

    @Test func theRecordReadsBackAndDrawsTheSame() throws {
        let plan = plan {
            $0.optimizer = OptimizerChoice("rmsprop(0.999)")!
            $0.schedule = Schedule("warmup(2) cosine")!
            $0.spectrum = MagnitudeSpectrum(rings: [3, 2, 1])
            ($0.parameterization, $0.count, $0.crops, $0.untilConverged, $0.clipGradient) = (.maco, 2, 2, 0.01, 3)
            ($0.poolGradient, $0.normalizeGradient, $0.start, $0.pictures) = (.average, true, "photo", ["photo": "00ff"])
        }
        let again = try JSONDecoder().decode(RenderPlan.self, from: JSONEncoder().encode(plan))
        #expect(again == plan)
        #expect(try pictures(again, pictures: ["photo": photo]) == pictures(plan, pictures: ["photo": photo]))
    }
}
