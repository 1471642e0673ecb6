import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// Settings of a plan beside its objective.
@Suite struct RenderOptionTests {
    /// Without transforms all draws are alike, and their mean is each of them.
    @Test func cropsAreAveraged() throws {
        let one = try pictures(plan { $0.transforms = "none" })
        #expect(try pictures(plan { ($0.transforms, $0.crops) = ("none", 2) }) == one)
        #expect(try pictures(plan { $0.crops = 2 }) != pictures(plan()))
    }

    @Test(arguments: [ParameterizationName.fft, .pixel, .laplacian], [1, 3])
    func aPictureToStartFrom(_ canvas: ParameterizationName, _ count: Int) throws {
        let start = try pictures(plan {
            ($0.parameterization, $0.start, $0.count, $0.steps) = (canvas, "photo", count, 0)
        }, pictures: ["photo": photo])
        #expect(relativeError(start[0], photo.elements, scale: 1) < 1e-3)
        for other in start.dropFirst() {
            #expect(other != start[0])
            #expect(relativeError(other, photo.elements, scale: 1) < 0.1)
        }
    }

    /// MaCo keeps the phases that it starts with: the picture's structure, with another contrast.
    @Test func macoStartsFromAPicture() throws {
        let canvas = FourierImage(height: 56, width: 64)
        var generator = RandomGenerator(seed: 0)
        var values = canvas.values(from: canvas.initial(using: &generator), workers: .one).output
        values.scale(by: 50)
        let natural = ColourMap()(values, workers: .one).output
        let start = try pictures(
            plan { ($0.parameterization, $0.start, $0.steps) = (.maco, "natural", 0) }, pictures: ["natural": natural])[0]
        func correlation(_ a: [Float], _ b: [Float]) -> Double {
            func centred(_ x: [Float]) -> [Float] {
                let mean = x.reduce(0, +) / Float(x.count)
                return x.map { $0 - mean }
            }
            let (a, b) = (centred(a), centred(b))
            return inner(a, b) / (inner(a, a) * inner(b, b)).squareRoot()
        }
        #expect(correlation(start, natural.elements) > 0.6)
    }

    @Test(arguments: [nil, "photo"] as [String?])
    func aMaskKeepsBlackPartsAsTheyWere(_ start: String?) throws {
        let mask = Tensor(Shape(3, 56, 64), (0..<3 * 56 * 64).map { $0 % 64 < 20 ? 0 : $0 % 64 < 40 ? 0.5 : 1 })
        let fixed = start == nil ? ["mask": mask] : ["mask": mask, "photo": photo]
        let drawn = try pictures(plan { ($0.mask, $0.start) = ("mask", start) }, pictures: fixed)[0]
        let free = try pictures(plan { $0.start = start }, pictures: fixed)[0]
        let base = start == nil ? [Float](repeating: 0.5, count: drawn.count) : photo.elements
        #expect(drawn.indices.allSatisfy { $0 % 64 >= 20 || drawn[$0] == base[$0] })
        #expect(drawn.indices.contains { $0 % 64 >= 40 && abs(drawn[$0] - base[$0]) > 0.02 })
        #expect(drawn != free)
    }

    @Test func anOpacityIsTheFourthChannel() throws {
        let opaque = plan {
            $0.alpha = true
            $0.objective = "channel(features.3,5)*(1 - mean_alpha()) - 0.1*blur_alpha_each_step()"
            $0.transforms = "backdrop \(TransformChain.standard.text)"
            $0.steps = 20
        }
        let renderer = try rendered(opaque)
        let picture = renderer.pictures()[0]
        #expect(picture.shape == Shape(4, 56, 64))
        #expect(try renderer.score(of: [picture]).isFinite)
        #expect(try renderer.rank(on: picture) == nil)
        let alpha = picture.elements.suffix(56 * 64)
        #expect(alpha.allSatisfy { (0...1).contains($0) })
        #expect(Set(alpha).count > 1000)
        // Fixed pictures are opaque, and have no opacity to be compared.
        let fixed = try rendered(opaque.with {
            ($0.start, $0.steps) = ("photo", 3)
            $0.objective = "caricature(features.3,photo) - input_diff(photo) - activation_distance(features.3,photo)"
        }, pictures: ["photo": photo])
        #expect(fixed.pictures()[0].shape == Shape(4, 56, 64))
        let start = try pictures(opaque.with { ($0.start, $0.steps) = ("photo", 0) }, pictures: ["photo": photo])[0]
        #expect(relativeError(Array(start.prefix(photo.shape.count)), photo.elements, scale: 1) < 1e-3)
        #expect(start.suffix(56 * 64).allSatisfy { abs($0 - 0.9) < 1e-3 })
    }

    /// A fixed picture goes through the very draw that the pictures go through: what is drawn from it differs by nothing.
    @Test func fixedPicturesAreTransformedAlike() throws {
        let plan = plan {
            $0.objective = "activation_distance(features.3,photo)"
            ($0.start, $0.parameterization, $0.crops) = ("photo", .pixel, 3)
            $0.transforms = "noise(0.1) colour_jitter(0.3) \(TransformChain.standard.text) random_crop(0.5...0.9, uniform)"
        }
        var renderer = try Renderer(plan, model: try bundledModel(plan.model), pictures: ["photo": photo], workers: Workers(2))
        let near = try renderer.step()
        var noise = try Renderer(
            plan.with { $0.start = nil }, model: try bundledModel(plan.model), pictures: ["photo": photo], workers: Workers(2))
        #expect(near < 1e-3 * (try noise.step()))
    }

    @Test func lessDiversePicturesAreMoreAlike() throws {
        func likeness(_ objective: String) throws -> Float {
            let drawn = try rendered(plan { ($0.objective, $0.count, $0.steps) = (objective, 2, 40) }).pictures()
            let judge = try rendered(plan { ($0.objective, $0.count, $0.steps) = ("diversity(features.3)", 2, 0) })
            return try judge.score(of: drawn)
        }
        let (alike, apart) = (try likeness("layer(features.3)"), try likeness("layer(features.3) - 1000*diversity(features.3)"))
        #expect(apart < alike - 0.05, "\(alike), \(apart)")
    }

    @Test func aRenderEndsWhereItConverges() throws {
        func steps(_ tolerance: Float?) throws -> (steps: Int, converged: Bool) {
            let plan = plan {
                ($0.objective, $0.untilConverged, $0.steps) = ("-l2(0.5)", tolerance, 150)
                ($0.width, $0.height, $0.transforms, $0.parameterization) = (12, 12, "none", .pixel)
                ($0.optimizer, $0.learningRate) = (OptimizerChoice(StochasticGradient.self), 1e-4)
            }
            var renderer = try Renderer(plan, model: try bundledModel(plan.model), workers: Workers(2))
            while renderer.stepsDone < plan.steps, !renderer.hasConverged { _ = try renderer.step() }
            return (renderer.stepsDone, renderer.hasConverged)
        }
        #expect(try steps(0.5) == (100, true))
        #expect(try steps(1e-9) == (150, false))
        #expect(try steps(nil) == (150, false))
    }

    /// Contrast alone does not count: where every step makes the same picture stronger, its structure is at rest as soon as there
    /// are two pictures 50 steps apart.
    @Test func aRenderEndsWhereItsShapesAreStill() throws {
        func steps(_ share: Float, rate: Float) throws -> Int {
            let plan = plan {
                ($0.objective, $0.untilStill, $0.steps) = ("channel(features.3,5)", share, 80)
                ($0.width, $0.height, $0.transforms, $0.parameterization) = (32, 32, "none", .pixel)
                ($0.optimizer, $0.learningRate, $0.schedule) = (OptimizerChoice(StochasticGradient.self), rate, .constant)
            }
            var renderer = try Renderer(plan, model: try bundledModel(plan.model), workers: Workers(2))
            while renderer.stepsDone < plan.steps, !renderer.hasConverged { _ = try renderer.step() }
            return renderer.stepsDone
        }
        #expect(try steps(1e-4, rate: 1e-7) == 51)
        #expect(try steps(1e-4, rate: 1) == 80)
    }

    /// The pixels' own step, before the sigmoid.
    private func move(_ change: (inout RenderPlan) -> Void) throws -> [Float] {
        let one = plan {
            ($0.parameterization, $0.decorrelate, $0.steps, $0.schedule) = (.pixel, false, 1, .constant)
            ($0.optimizer, $0.learningRate) = (OptimizerChoice("sgd(0)")!, 1)
            $0.objective = "1000*channel(features.3,5)"
            change(&$0)
        }
        let colour = ColourMap(decorrelated: false)
        var difference = colour.inverse(try rendered(one).pictures()[0], workers: .one)
        difference.add(colour.inverse(try rendered(one.with { $0.steps = 0 }).pictures()[0], workers: .one), scaledBy: -1)
        return difference.elements
    }

    @Test func gradientsAreClippedAndNormalized() throws {
        let free = try move { $0.learningRate = 0.1 }
        let length = inner(free, free).squareRoot() / 0.1
        #expect(length > 2)
        let clipped = try move { $0.clipGradient = 1 }
        #expect(abs(inner(clipped, clipped).squareRoot() - 1) < 1e-3)
        let loose = try move { ($0.clipGradient, $0.learningRate) = (Float(2 * length), 0.1) }
        #expect(loose == free)
        // The sigmoid's slope is a quarter at mid grey.
        let normal = try move { ($0.normalizeGradient, $0.learningRate) = (true, 0.1) }
        let mean = (inner(normal, normal) / Double(normal.count)).squareRoot()
        #expect(abs(mean - 0.1 / 4) < 1e-3)
    }

    @Test func poolsMaySendTheirGradientToAll() throws {
        #expect(try pictures(plan { $0.poolGradient = .average }) != pictures(plan()))
    }

    @Test func patternsAreDrawnAtAnySize() throws {
        let renderer = try rendered(plan { ($0.parameterization, $0.learningRate) = (.cppn, 0.005) })
        let large = renderer.pictures(size: (height: 111, width: 127))[0]
        #expect(large.shape == Shape(3, 111, 127))
        // Every other pixel of it is the small picture's.
        let small = renderer.pictures()[0]
        for (y, x) in [(0, 0), (10, 20), (55, 63)] { #expect(abs(large[1, 2 * y, 2 * x] - small[1, y, x]) < 1e-5) }
    }

    @Test func macoIsShownWhereItMattered() throws {
        let renderer = try rendered(plan { ($0.parameterization, $0.count) = (.maco, 2) })
        #expect(renderer.pictures().map(\.shape.channels) == [3, 3])
        for shown in renderer.shown() {
            #expect(shown.shape == Shape(4, 56, 64))
            let opacity = shown.elements.suffix(56 * 64)
            // A fifth is above the percentile.
            #expect(abs(Double(opacity.count { $0 == 1 }) / (56 * 64) - 0.2) < 0.01)
        }
    }

    @Test func ranksAreThoseOfTheWholeLayer() throws {
        let model = try bundledModel("squeezenet1_1")
        let layer = try model.network.layer(named: "features.3")
        let whole = try PreparedNetwork(model.network, requests: [layer: .all], preprocessing: model.preprocessing)
        let trace = whole.forward(photo, Pass(workers: Workers(2)), remembering: false)
        let values = trace[layer].values
        func check(_ objective: String, _ answer: (Int) -> Float) throws {
            let answers = (0..<values.shape.channels).map(answer)
            let rank = try rendered(plan { ($0.objective, $0.steps) = (objective, 0) }).rank(on: photo)
            #expect(rank?.place == 1 + answers.count { $0 > answers[5] }, "\(objective)")
            #expect(rank?.channels == 128)
            #expect(rank?.strongest == answers.indices.max { answers[$0] < answers[$1] })
        }
        let area = values.shape.area
        try check("channel(features.3,5)") { values.elements[$0 * area..<($0 + 1) * area].reduce(0, +) }
        try check("neuron(features.3,5,x=2,y=3)") { values[$0, 3, 2] }
        try check("channel(features.3,5) - 0.1*total_variation()") { values.elements[$0 * area..<($0 + 1) * area].reduce(0, +) }
        for other in ["layer(features.3)", "channel(features.3,5) + channel(features.3,6)", "l2()"] {
            #expect(try rendered(plan { ($0.objective, $0.steps) = (other, 0) }).rank(on: photo) == nil)
        }
    }

    @Test func aUnitThatCannotAnswerIsFoundOut() throws {
        let architecture = Architecture.named("squeezenet1_1")!
        var checkpoint = try UntrainedCheckpoint(architecture)
        for i in 0..<27 { checkpoint.tensors["features.0.weight"]!.values[5 * 27 + i] = 0 }
        checkpoint.tensors["features.0.bias"]!.values[5] = -1
        let network = try architecture.network(weights: checkpoint)
        let model = Model(
            name: "dead", weightsSHA256: "", network: network,
            preprocessing: Preprocessing(range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]), classNames: nil)
        for channel in [4, 5] {
            var renderer = try Renderer(
                plan { $0.objective = "channel(features.1,\(channel))" }, model: model, workers: Workers(2))
            #expect(!renderer.isAlive)
            for _ in 0..<3 { _ = try renderer.step() }
            #expect(renderer.isAlive == (channel != 5))
        }
    }

    @Test func magnitudesOfGradientsScale() throws {
        func magnitudes(_ objective: String) throws -> [Float] {
            let renderer = try rendered(plan { ($0.objective, $0.count, $0.steps) = (objective, 2, 0) })
            let first = renderer.gradientMagnitudes()
            #expect(renderer.gradientMagnitudes(at: renderer.pictures()) == first)
            #expect(renderer.gradientMagnitudes(at: [photo, photo])[0] != first[0])
            return first
        }
        let (one, two) = (try magnitudes("channel(features.3,5)"), try magnitudes("-2*channel(features.3,5)"))
        #expect(one.count == 2)
        #expect(zip(one, two).allSatisfy { $0 > 0 && abs($1 - 2 * $0) < 1e-5 * $1 })
    }

    @Test func scoresUnderTransformsLeaveTheRenderAlone() throws {
        var renderer = try Renderer(plan(), model: try bundledModel("squeezenet1_1"), workers: Workers(2))
        var scores: [Float] = []
        while renderer.stepsDone < 6 {
            _ = try renderer.step()
            scores.append(renderer.scoreWithTransforms(of: renderer.pictures()))
        }
        #expect(try renderer.pictures().map(\.elements) == pictures(plan()))
        #expect(scores[5] > scores[0])
        #expect(renderer.scoreWithTransforms(of: renderer.pictures()) == scores[5])
    }
}
