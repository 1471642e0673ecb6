import Networks
import Tensors
import TestSupport
import Testing
import Visualization

private func plan(_ change: (inout RenderPlan) -> Void = { _ in }) -> RenderPlan {
    var plan = RenderPlan(
        model: "squeezenet1_1", weights: "", objective: "channel(features.3,5)", width: 64, height: 56, steps: 6)
    change(&plan)
    return plan
}

/// A plan, followed to its end.
private func rendered(_ plan: RenderPlan, pictures: [String: Tensor] = [:], threads: Int = 2) throws -> Renderer {
    var renderer = try Renderer(plan, model: try bundledModel(plan.model), pictures: pictures, workers: Workers(threads))
    while renderer.stepsDone < plan.steps { _ = try renderer.step() }
    return renderer
}

private func pictures(_ plan: RenderPlan, pictures: [String: Tensor] = [:], threads: Int = 2) throws -> [[Float]] {
    try rendered(plan, pictures: pictures, threads: threads).pictures().map(\.elements)
}

/// A picture of the plan's size, well inside 0…1: slopes, under a grain without which maxima would be ambiguous.
private let photo = Tensor(
    Shape(3, 56, 64),
    (0..<3 * 56 * 64).map { i in
        let (x, y) = (Float(i % 64) / 64, Float(i / 64 % 56) / 56)
        return 0.5 + 0.1 * IntegerHash.value("grain", i) + 0.3 * (i < 3584 ? x - y : i < 7168 ? x * y - 0.5 : 0.5 - x)
    })

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
        let record = PictureRecord(version: "1", plan: plan, stepsDone: 3, score: 1.25, picture: 1)
        #expect(!record.complete)
        let again = try PictureRecord(json: record.json)
        #expect(again == record)
        #expect(try pictures(again.plan, pictures: ["photo": photo]) == pictures(plan, pictures: ["photo": photo]))
        #expect(throws: RecordError.self) { try PictureRecord(json: "{}") }
        let sheet = SheetRecord(version: "1", pictures: [record, record])
        #expect(try SheetRecord(json: sheet.json).pictures == sheet.pictures)
    }
}

/// What a plan may ask for beside an objective.
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
        let whole = try PreparedNetwork(model.network, demands: [layer: .all], preprocessing: model.preprocessing)
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
        #expect(try Renderer.estimatedMemory(of: large, model: model) > 20 * Renderer.estimatedMemory(of: small, model: model))
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

extension RenderPlan {
    /// The plan with a change.
    fileprivate func with(_ change: (inout RenderPlan) -> Void) -> RenderPlan {
        var plan = self
        change(&plan)
        return plan
    }
}
