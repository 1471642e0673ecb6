import Networks
import Tensors
import TestSupport
import Testing
import Visualization

private struct Names: Decodable {
    let x: String
    let content: String
    let style: String
}

/// Made by scripts/goldens/style_losses.py.
private let golden = Result { try Golden("style_losses") }

/// A picture of the golden's: 0.5 + 0.5 · value.
private func picture(_ name: String, _ height: Int, _ width: Int) -> Tensor {
    let count = 3 * height * width
    return Tensor(Shape(3, height, width), IntegerHash.values(name, count).map { 0.5 + 0.5 * $0 })
}

/// At the golden's sampled places, relative to the largest value of the whole.
private func error(_ values: [Float], _ name: String) throws -> Float {
    let expected = try golden.get().values(name)
    if values.count == expected.count { return relativeError(values, expected) }
    let sampled = expected.indices.map { values[IntegerHash.position(name, $0, of: values.count)] }
    return relativeError(sampled, expected, scale: try golden.get().values("\(name)/absmax")[0])
}

@Suite struct StyleLossTests {
    private let model: Model
    private let names: Names
    private let layers: [String: LayerName]
    private let network: PreparedNetwork

    init() throws {
        let model = try bundledModel("squeezenet1_1")
        self.model = model
        names = try golden.get().metadata("pictures", as: Names.self)
        var layers: [String: LayerName] = [:]
        for name in ["features.1", "features.3", "features.4", "features.6"] { layers[name] = try model.network.layer(named: name) }
        self.layers = layers
        network = try PreparedNetwork(
            model.network, requests: Dictionary(uniqueKeysWithValues: layers.values.map { ($0, .all) }),
            preprocessing: model.preprocessing)
    }

    private func answer(_ picture: Tensor, _ layer: String) -> Tensor {
        let trace = network.forward(picture, Pass(workers: Workers(2)), remembering: false)
        return trace[layers[layer]!].values
    }

    /// The gradient at x of what has this gradient at the layer.
    private func pulledBack(_ gradient: Tensor, _ layer: String) -> [Float] {
        let trace = network.forward(picture(names.x, 40, 48), Pass(workers: Workers(2)))
        return trace.backward(from: [layers[layer]!: gradient]).elements
    }

    @Test(arguments: ["features.1", "features.3", "features.6"])
    func gramMatricesAndTheStyleLossAreTorchs(_ layer: String) throws {
        let values = answer(picture(names.x, 40, 48), layer)
        #expect(try error(StyleLosses.gramMatrix(values, workers: .one), "gram/\(layer)") < 1e-5)
        let target = StyleLosses.gramMatrix(answer(picture(names.style, 36, 44), layer), workers: .one)
        let loss = StyleLosses.style(values, target: target, workers: Workers(2))
        #expect(try error([loss.value], "style/\(layer)/loss") < 1e-4)
        #expect(try error(pulledBack(loss.gradient, layer), "style/\(layer)/gradient") < 1e-4)
    }

    @Test func theContentLossIsTorchs() throws {
        let loss = StyleLosses.content(
            answer(picture(names.x, 40, 48), "features.4"), target: answer(picture(names.content, 40, 48), "features.4"))
        #expect(try error([loss.value], "content/loss") < 1e-4)
        #expect(try error(pulledBack(loss.gradient, "features.4"), "content/gradient") < 1e-4)
    }

    @Test func theTotalVariationIsTorchs() throws {
        let loss = StyleLosses.totalVariation(picture(names.x, 40, 48))
        #expect(try error([loss.value], "variation/loss") < 1e-5)
        #expect(try error(loss.gradient.elements, "variation/gradient") < 1e-5)
    }

    @Test func aMaskedStyleLossHasItsDerivative() {
        let values = IntegerHash.tensor("style-values", Shape(4, 9, 7))
        let direction = IntegerHash.tensor("style-direction", Shape(4, 9, 7))
        let mask = Tensor(Shape(1, 9, 7), IntegerHash.values("style-mask", 63).map { 0.5 + 0.5 * $0 })
        let target = StyleLosses.gramMatrix(IntegerHash.tensor("style-target", Shape(4, 5, 5)), workers: .one)
        func loss(_ step: Float) -> Double {
            var moved = values
            moved.add(direction, scaledBy: step)
            return Double(StyleLosses.style(moved, target: target, mask: mask, workers: .one).value)
        }
        let gradient = StyleLosses.style(values, target: target, mask: mask, workers: .one).gradient
        let slope = inner(gradient.elements, direction.elements)
        let difference = (loss(1e-2) - loss(-1e-2)) / 2e-2
        #expect(abs(slope - difference) < 1e-3 * abs(slope) + 1e-4, "\(slope) and \(difference)")
    }
}

@Suite struct StyleTransferTests {
    private static let size = (width: 72, height: 64)
    private static let photo = picture("photo", 64, 72)
    private static let texture = picture("texture", 80, 70)

    private func plan(_ change: (inout StylePlan) -> Void = { _ in }) -> StylePlan {
        var plan = StylePlan(
            model: "squeezenet1_1", weights: "", content: "photo", styles: [.init(picture: "texture")],
            contentLayers: [.init("features.6")], styleLayers: [.init("features.1"), .init("features.4", 0.5)],
            stages: [.init(width: Self.size.width, height: Self.size.height, steps: 12)])
        change(&plan)
        return plan
    }

    private func finished(_ plan: StylePlan, _ others: [String: Tensor] = [:], threads: Int = 2) throws -> StyleTransfer {
        let pictures = ["photo": Self.photo, "texture": Self.texture].merging(others) { $1 }
        var transfer = try StyleTransfer(
            plan, model: try bundledModel("squeezenet1_1"), pictures: pictures, workers: Workers(threads))
        while transfer.stepsDone < transfer.steps { _ = try transfer.step() }
        return transfer
    }

    @Test(arguments: [OptimizerChoice.adam, OptimizerChoice(LimitedMemoryBFGS.self)])
    func theLossFalls(_ optimizer: OptimizerChoice) throws {
        let transfer = try finished(
            plan {
                $0.optimizer = optimizer
                if optimizer.rule.comparesGradients { $0.learningRate = 1 }
            })
        let before = transfer.losses(of: transfer.extremes.content)
        let after = transfer.losses(of: transfer.picture())
        #expect(before.content < 1e-9)
        #expect(after.style < 0.7 * before.style, "from \(before.style) to \(after.style)")
        #expect(transfer.total(after) < 0.8 * transfer.total(before))
    }

    @Test func theBitsDoNotDependOnTheThreads() throws {
        let plan = plan {
            $0.beginning = .noise
            $0.stages = [.init(width: 40, height: 36, steps: 2), .init(width: 72, height: 64, steps: 2)]
        }
        let one = try finished(plan, threads: 1)
        let two = try finished(plan, threads: 3)
        #expect(one.picture().elements == two.picture().elements)
        #expect(one.workDone == 1)
        var other = plan
        other.seed = 1
        #expect(try finished(other).picture().elements != one.picture().elements)
    }

    @Test func whereNoStyleIsWantedThePhotographStays() throws {
        let black = Tensor(Shape(3, 10, 10))
        let transfer = try finished(plan { $0.styles[0].mask = "mask" }, ["mask": black])
        #expect(relativeError(transfer.picture().elements, Self.photo.elements) < 1e-6)
        var half = black
        half.withMutableElements { values in for i in values.indices where i % 10 >= 5 { values[i] = 1 } }
        let result = try finished(plan { $0.styles[0].mask = "mask" }, ["mask": half]).picture()
        #expect(abs(result[0, 30, 5] - Self.photo[0, 30, 5]) < 1e-6)
        #expect(zip(result.elements, Self.photo.elements).contains { abs($0 - $1) > 0.01 })
    }

    @Test func aStyleOfNoShareChangesNothing() throws {
        let other = picture("other texture", 64, 64)
        let alone = try finished(plan { $0.styles[0].weight = 1 })
        let blended = try finished(
            plan { $0.styles = [.init(picture: "texture", weight: 1), .init(picture: "other", weight: 0)] }, ["other": other])
        #expect(alone.picture().elements == blended.picture().elements)
    }

    @Test func theColoursCanBeThePhotographs() throws {
        let result = try finished(plan { $0.keepColors = true }).picture()
        // R − B of the photograph, but where a channel was clipped.
        let area = Self.photo.shape.area
        let (drawn, own) = (result.elements, Self.photo.elements)
        let kept = (0..<area).filter { i in
            guard (0..<3).allSatisfy({ drawn[$0 * area + i] > 0 && drawn[$0 * area + i] < 1 }) else { return false }
            return abs((drawn[i] - drawn[2 * area + i]) - (own[i] - own[2 * area + i])) < 1e-4
        }
        let unclipped = (0..<area).filter { i in (0..<3).allSatisfy { drawn[$0 * area + i] > 0 && drawn[$0 * area + i] < 1 } }
        #expect(kept.count == unclipped.count && kept.count > area / 4)
        #expect(drawn != own)
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let model = try bundledModel("squeezenet1_1")
        #expect(throws: RenderError.self) { try StyleTransfer.check(plan { $0.styleLayers = [.init("nothing")] }, model: model) }
        #expect(throws: RenderError.self) {
            try StyleTransfer.check(plan { $0.stages[0] = .init(width: 8, height: 8, steps: 1) }, model: model)
        }
        #expect(throws: RenderError.self) { try StyleTransfer.check(plan(), model: model, memory: 1 << 20) }
        #expect(throws: RenderError.self) { try StyleTransfer.check(plan { $0.styleScale = 100 }, model: model, memory: 1 << 30) }
        try StyleTransfer.check(plan(), model: model, memory: 1 << 30)
    }
}
