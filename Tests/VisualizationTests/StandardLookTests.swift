import FoundationEssentials
import Networks
import Tensors
import TestSupport
import Testing
import Visualization

private let workers = Workers(2)

/// The parts of the standard look: scripts/goldens/standard_look.py, exact identities, and what a render of several sizes does.
@Suite struct StandardLookTests {
    // MARK: Objectives

    private struct Case: Decodable {
        let text: String
        let frames: Int
    }

    /// The golden's frames after the first steps, where the cosine counts.
    private func batch(_ frames: Int, moved distance: Float = 0) -> Batch {
        let shape = Shape(4, 5, 6)
        return Batch(
            samples: (0..<frames).map { index in
                var a = IntegerHash.tensor("a-\(index)", shape)
                a.add(Tensor(shape, repeating: 0.5))
                a.add(IntegerHash.tensor("moved a-\(index)", shape), scaledBy: distance)
                let activation = Activation(values: a, channels: nil)
                var sample = Batch.Sample(
                    image: Tensor(Shape(3, 2, 2)), activations: ["a": activation, Objective.classFeaturesLayer: activation], step: 99)
                for index in [3, 5] { sample.classDirections[index] = IntegerHash.values("class-\(index)", 4).map(Double.init) }
                return sample
            })
    }

    @Test func scoresAndGradientsAgree() throws {
        let golden = try Golden("standard_look")
        for (name, item) in try golden.metadata("cases", as: [String: Case].self) {
            let evaluation = try Objective(parsing: item.text).evaluate(batch(item.frames))
            #expect(relativeError([evaluation.score], try golden.values("\(name)/score")) < 1e-6, "\(name)")
            #expect(evaluation.gradients.count == item.frames)
            for (index, sample) in evaluation.gradients.enumerated() {
                let gradient = try #require(sample.layers["a"] ?? sample.layers[Objective.classFeaturesLayer])
                #expect(relativeError(gradient.elements, try golden.values("\(name)/a.\(index)")) < 2e-6, "\(name)/\(index)")
            }
        }
    }

    /// ⟨gradient, direction⟩ is the slope of the score along a direction.
    @Test func theSlopeIsTheGradient() throws {
        for (name, item) in try Golden("standard_look").metadata("cases", as: [String: Case].self) {
            let objective = try Objective(parsing: item.text)
            let distance: Float = 1e-2
            let measured =
                Double(objective.evaluate(batch(item.frames, moved: distance)).score
                    - objective.evaluate(batch(item.frames, moved: -distance)).score) / (2 * Double(distance))
            var predicted = 0.0
            for (index, sample) in objective.evaluate(batch(item.frames)).gradients.enumerated() {
                for gradient in sample.layers.values {
                    predicted += inner(gradient.elements, IntegerHash.values("moved a-\(index)", gradient.shape.count))
                }
            }
            #expect(abs(predicted - measured) < 2e-4, "\(name): \(predicted), measured \(measured)")
        }
    }

    @Test func firstStepsAndFinishedPicturesCountTheMean() throws {
        let (cosine, mean) = (Objective.channelCosine("a", 2), Objective.channel("a", 2))
        var sample = batch(1).samples[0]
        let plain = mean.evaluate(Batch(samples: [sample])).score
        for step in [0, RenderPlan.redirectedSteps - 1, nil] as [Int?] {
            sample.step = step
            #expect(abs(cosine.evaluate(Batch(samples: [sample])).score - plain) < 1e-6, "\(String(describing: step))")
        }
        sample.step = RenderPlan.redirectedSteps
        #expect(abs(cosine.evaluate(Batch(samples: [sample])).score - plain) > 0.01)
    }

    /// A class's direction, with its bias, is the bundled network's own score less the mean of all: before the rectifier and the
    /// pool that follow, at every position.
    @Test func theClassifierHeadIsFound() throws {
        let model = try bundledModel("squeezenet1_1")
        let head = try #require(model.network.classifierHead)
        #expect(head.features.description == "features.12.cat")
        let directions = try head.directions(of: [0, 130])
        #expect(directions[130]?.count == 512)
        var sum = [Double](repeating: 0, count: 512)
        for direction in try head.directions(of: Array(0..<1000)).values { for (index, value) in direction.enumerated() { sum[index] += value } }
        #expect(sum.allSatisfy { abs($0) < 1e-9 })
        #expect(try bundledModel("vgg16").network.classifierHead == nil)
    }

    // MARK: The bound

    @Test(arguments: [(8, 8), (7, 9), (12, 10)])
    func theBoundIsNumPys(_ height: Int, _ width: Int) throws {
        let golden = try Golden("standard_look")
        let name = "bound-\(height)x\(width)"
        let image = FourierImage(channels: 2, height: height, width: width, bound: [0.05, 1])
        let parameters = IntegerHash.tensor(name, Shape(2, height, 2 * ((width + width % 2) / 2 + 1)))
        let values = image.values(from: parameters, workers: workers)
        #expect(relativeError(values.output.elements, try golden.values("\(name)/values")) < 2e-6)
        let gradient = values.pullback(IntegerHash.tensor("bound-gradient-\(height)x\(width)", Shape(2, height, width)))
        #expect(relativeError(gradient.elements, try golden.values("\(name)/parameter_gradient")) < 1e-5)
        // Some rings are bounded and some are not, or the test would hold nothing.
        #expect((1..<14).contains(Int(try golden.values("\(name)/bounded")[0])))
    }

    @Test func aPictureWithinItsBoundIsUnchanged() {
        let parameters = IntegerHash.tensor("within", Shape(3, 9, 12))
        let (free, bounded) = (FourierImage(height: 9, width: 10), FourierImage(height: 9, width: 10, bound: [1e3, 1e3, .infinity]))
        #expect(free.values(from: parameters, workers: workers).output.elements == bounded.values(from: parameters, workers: workers).output.elements)
    }

    // MARK: Stages

    /// A larger canvas takes a picture over as it is: where its pixels lie on the smaller one's, it has the same values. (With odd
    /// extents, where no frequency is dropped; an odd width is one column wider within.)
    @Test(arguments: [nil, [0.1, 0.2, 0.3]] as [[Float]?])
    func enlargingKeepsThePicture(_ bound: [Float]?) throws {
        let small = FourierImage(height: 9, width: 11, bound: bound)
        let large = FourierImage(height: 18, width: 24)
        var generator = RandomGenerator(seed: 3)
        var parameters = small.initial(using: &generator)
        parameters.scale(by: 100)
        // The last column within, which the larger canvas drops.
        parameters.withMutableElements { for index in $0.indices where index % 14 >= 12 { $0[index] = 0 } }
        let own = try #require(large.parameters(from: parameters, of: small, workers: workers))
        let (before, after) = (small.values(from: parameters, workers: workers).output, large.values(from: own, workers: workers).output)
        func elements(_ picture: Tensor, every step: Int) -> [Float] {
            (0..<9).flatMap { y in (0..<11).map { x in picture.elements[y * step * picture.shape.width + x * step] } }
        }
        #expect(relativeError(elements(after, every: 2), elements(before, every: 1)) < 1e-5)
    }

    @Test(arguments: ["none", "128:96 224:64", "112x84:160:0.05 224x168:120"])
    func listsAreReadAgain(_ text: String) throws {
        #expect(try #require(StageList(text)).description == text)
        #expect(StageList("128:96,224:64") == StageList("128:96  224:64"))
    }

    @Test(arguments: ["", "128", "128:", ":5", "0:5", "128:0", "128:96:0", "128:96:-1", "128:96:x", "axb:5", "1x2x3:5", "9999999:1", "128:96;224:64"])
    func otherListsAreRefused(_ text: String) { #expect(StageList(text) == nil) }

    private var staged: RenderPlan {
        plan {
            $0.objective = "channel_cosine(features.3,5)"
            ($0.steps, $0.stages, $0.spectrumBound) = (20, StageList("48x40:12")!, SpectrumLimits(luma: 0.1, chroma: 0.1))
            $0.penalties = [.init(objective: "total_variation()", share: 0.05)]
        }
    }

    @Test func stagesGiveTheSameBytesForAnyThreads() throws {
        let one = try pictures(staged, threads: 1)
        #expect(try one == pictures(staged, threads: 3))
        #expect(one[0].count == 3 * 56 * 64)
        #expect(try one != pictures(staged.with { $0.stages = .none }))
        #expect(try one != pictures(staged.with { $0.spectrumBound = nil }))
        #expect(try one != pictures(staged.with { $0.penalties = [] }))
    }

    /// A picture from on the way has the size of the whole.
    @Test func thePictureSoFarHasThePlansSize() throws {
        var renderer = try Renderer(staged, model: try bundledModel("squeezenet1_1"), workers: workers)
        for _ in 0..<5 { _ = try renderer.step() }
        let soFar = renderer.pictures()
        #expect(soFar[0].shape == Shape(3, 56, 64))
        #expect(try renderer.score(of: soFar).isFinite)
        // Asking changes nothing.
        while renderer.stepsDone < staged.steps { _ = try renderer.step() }
        #expect(try renderer.pictures().map(\.elements) == pictures(staged))
    }

    @Test func stagesThatCannotBeAreRefused() throws {
        let model = try bundledModel("squeezenet1_1")
        for change: (inout RenderPlan) -> Void in [
            { $0.parameterization = .init("pixel")! }, { $0.steps = 11 }, { $0.stages = StageList("2:5")! }, { ($0.shared, $0.count) = (true, 2) },
            { $0.mask = "photo" },
        ] {
            #expect(throws: RenderError.self) { try Renderer.check(staged.with(change), model: model) }
        }
        _ = try Renderer.check(staged, model: model)
    }

    @Test func penaltiesAreAboutThePictureAlone() throws {
        let model = try bundledModel("squeezenet1_1")
        for text in ["channel(features.3,1)", "mean_alpha()", "nothing()"] {
            #expect(throws: RenderError.self) {
                try Renderer.check(staged.with { $0.penalties = [.init(objective: text, share: 1)] }, model: model)
            }
        }
    }

    @Test func alignedPicturesBeginAlike() throws {
        func first(_ aligned: Bool) throws -> [[Float]] {
            let plan = plan { ($0.count, $0.aligned, $0.steps) = (3, aligned, 0) }
            return try pictures(plan)
        }
        let (apart, together) = (try first(false), try first(true))
        #expect(apart[0] != apart[1] && apart[1] != apart[2])
        #expect(together[0] == apart[0] && together[1] == together[0] && together[2] == together[0])
    }

    @Test func plansKeepTheirParts() throws {
        let plan = staged.with { ($0.aligned, $0.spectrum) = (true, .photographs) }
        let text = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(RenderPlan.self, from: text) == plan)
        #expect(String(decoding: text, as: UTF8.self).contains("\"spectrum\":\"photographs\""))
    }
}
