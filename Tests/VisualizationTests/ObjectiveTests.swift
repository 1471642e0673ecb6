import Networks
import Tensors
import TestSupport
import Testing
import Visualization

/// A case of scripts/goldens/objectives.py: an expression, and the batch that it looks at.
struct ObjectiveCase: Decodable {
    let text: String
    let samples: Int
    let alpha: Bool?
    /// The gradient is not the score's derivative, on purpose.
    let detached: Bool?

    private enum CodingKeys: String, CodingKey {
        case text, alpha, detached
        case samples = "frames"
    }

    init(text: String, samples: Int, alpha: Bool?, detached: Bool?) {
        (self.text, self.samples, self.alpha, self.detached) = (text, samples, alpha, detached)
    }

    static let shapes = ["a": Shape(4, 5, 6), "b": Shape(3, 4, 5), "logits": Shape(7, 2, 3)]

    static func all() throws -> [String: ObjectiveCase] {
        try Golden("objectives").metadata("cases", as: [String: ObjectiveCase].self)
    }

    private static func activations(_ a: Tensor) -> [String: Activation] { ["a": Activation(values: a, channels: nil)] }

    private static var references: [String: Batch.Sample] {
        var image = IntegerHash.tensor("photo", Shape(3, 6, 7))
        let photo = Batch.Sample(image: image, activations: activations(IntegerHash.tensor("photo-a", shapes["a"]!)))
        image.scale(by: 0.9)
        var near = IntegerHash.tensor("a-0", shapes["a"]!)
        near.add(IntegerHash.tensor("near-a", shapes["a"]!), scaledBy: 0.25)
        let small = IntegerHash.tensor("small-a", Shape(4, 3, 3))
        let large = IntegerHash.tensor("large-a", Shape(4, 8, 7))
        return [
            "photo": photo, "near": Batch.Sample(image: image, activations: activations(near)),
            "small": Batch.Sample(image: image, activations: activations(small)),
            "large": Batch.Sample(image: image, activations: activations(large)),
        ]
    }

    /// The batch, with everything moved by random numbers times a distance.
    func batch(moved distance: Float = 0, demanding requests: [String: ActivationRequest] = [:]) -> Batch {
        func tensor(_ name: String, _ shape: Shape) -> Tensor {
            var tensor = IntegerHash.tensor(name, shape)
            if distance != 0 { tensor.add(IntegerHash.tensor("moved \(name)", shape), scaledBy: distance) }
            return tensor
        }
        let samples = (0..<self.samples).map { index in
            Batch.Sample(
                image: tensor("image-\(index)", Shape(alpha == true ? 4 : 3, 6, 7)),
                activations: Dictionary(
                    uniqueKeysWithValues: Self.shapes.map { name, shape in
                        (name, Self.part(tensor("\(name)-\(index)", shape), requests[name]))
                    }))
        }
        return Batch(samples: samples, references: Self.references)
    }

    /// No more of a layer than is demanded: its channels, and the rectangle of its positions.
    private static func part(_ whole: Tensor, _ request: ActivationRequest?) -> Activation {
        guard let request else { return Activation(values: whole, channels: nil) }
        let shape = whole.shape
        let channels = request.channels?.sorted()
        let picked = (channels ?? Array(0..<shape.channels)).flatMap {
            whole.elements[$0 * shape.area..<($0 + 1) * shape.area]
        }
        var values = Tensor(Shape(picked.count / shape.area, shape.height, shape.width), picked)
        var place = Activation.Place(height: shape.height, width: shape.width)
        if let positions = request.positions {
            let rows = positions.map { $0.row(height: shape.height) }
            let columns = positions.map { $0.column(width: shape.width) }
            place = .init(top: rows.min()!, left: columns.min()!, height: shape.height, width: shape.width)
            values = values.cropped(
                top: place.top, left: place.left, height: rows.max()! - place.top + 1, width: columns.max()! - place.left + 1)
        }
        return Activation(values: values, channels: channels, place: place)
    }
}

/// Objectives against PyTorch: scripts/goldens/objectives.py.
@Suite struct ObjectiveTests {
    @Test func everyScoreAndGradientAgrees() throws {
        let golden = try Golden("objectives")
        for (name, item) in try ObjectiveCase.all() {
            let evaluation = try Objective(parsing: item.text).evaluate(item.batch())
            let score = relativeError([evaluation.score], try golden.values("\(name)/score"))
            #expect(score < 1e-6, "\(name): score \(score)")
            #expect(evaluation.gradients.count == item.samples)
            for (index, sample) in evaluation.gradients.enumerated() {
                for what in ["image", "a", "b", "logits"] {
                    let gradient = what == "image" ? sample.image : sample.layers[what]
                    let key = "\(name)/\(what).\(index)"
                    if golden.names.contains(key) {
                        let error = relativeError(gradient?.elements ?? [], try golden.values(key))
                        #expect(error < 2e-6, "\(key): \(error)")
                    } else {
                        #expect(gradient?.elements.allSatisfy { $0 == 0 } ?? true, "\(key) should be nothing")
                    }
                }
            }
        }
    }

    @Test func everyFunctionHasACase() throws {
        let texts = try ["objectives", "standard_look"].flatMap { name in
            try Golden(name).metadata("cases", as: [String: ObjectiveCase].self).values.map(\.text)
        }
        for function in Objective.functions {
            #expect(texts.contains { $0.contains("\(function.name)(") }, "\(function.name)")
        }
    }

    /// ⟨gradient, direction⟩ is the slope of the score along a direction in which everything moves.
    @Test func theSlopeIsTheGradient() throws {
        for (name, item) in try ObjectiveCase.all() where item.detached != true {
            let objective = try Objective(parsing: item.text)
            let distance: Float = 1e-3
            func score(_ distance: Float) -> Double { Double(objective.evaluate(item.batch(moved: distance)).score) }
            let measured = (score(distance) - score(-distance)) / (2 * Double(distance))
            var (predicted, squares) = (0.0, 0.0)
            for (index, sample) in objective.evaluate(item.batch()).gradients.enumerated() {
                for (what, gradient) in sample.layers.merging(["image": sample.image].compactMapValues { $0 }, uniquingKeysWith: { $1 }) {
                    predicted += inner(gradient.elements, IntegerHash.values("moved \(what)-\(index)", gradient.shape.count))
                    squares += inner(gradient.elements, gradient.elements)
                }
            }
            // The step crosses one kink in fifty; rounding of the score is the rest.
            let tolerance = 1e-2 * squares.squareRoot() + 2e-7 * abs(score(0)) / Double(distance)
            #expect(abs(predicted - measured) < tolerance, "\(name): \(predicted), measured \(measured)")
        }
    }

    /// The renderer computes no more of a layer than is demanded.
    @Test func whatIsNotDemandedDoesNotMatter() throws {
        for (name, item) in try ObjectiveCase.all() {
            let objective = try Objective(parsing: item.text)
            let part = objective.evaluate(item.batch(demanding: objective.requests))
            #expect(part.score == objective.evaluate(item.batch()).score, "\(name)")
            for sample in part.gradients {
                #expect(sample.layers.keys.allSatisfy { objective.requests[$0] != nil }, "\(name)")
            }
        }
    }

    @Test func theyAddScaleAndSubtract() throws {
        let item = ObjectiveCase(text: "", samples: 1, alpha: nil, detached: nil)
        let (a, b) = (Objective.channel("a", 0), Objective.channel("a", 1))
        let sum = (0.5 * a - 2 * (b + .totalVariation())).evaluate(item.batch())
        let variation = Objective.totalVariation().evaluate(item.batch())
        let expected = 0.5 * a.evaluate(item.batch()).score - 2 * (b.evaluate(item.batch()).score + variation.score)
        #expect(abs(sum.score - expected) < 1e-4)
        let gradient = sum.gradients[0].layers["a"]!.elements
        #expect(gradient[0] == 0.5 / 30)
        #expect(gradient[30] == -2 / Float(30))
        #expect(relativeError(sum.gradients[0].image!.elements, variation.gradients[0].image!.elements.map { -2 * $0 }) == 0)
    }

    @Test func whereNothingDiffersNoGradientIsInfinite() throws {
        let still = Tensor(Shape(4, 5, 6), repeating: 0)
        let sample = Batch.Sample(
            image: Tensor(Shape(3, 6, 7), repeating: 0.5),
            activations: ["a": Activation(values: still, channels: nil), "b": Activation(values: still, channels: nil)])
        let batch = Batch(samples: [sample, sample], references: ["photo": sample, "near": sample, "small": sample, "large": sample])
        for (name, item) in try ObjectiveCase.all()
        where item.alpha != true && item.samples <= 2 && !item.text.contains("logit") {
            let evaluation = try Objective(parsing: item.text).evaluate(batch)
            #expect(evaluation.score.isFinite, "\(name)")
            for sample in evaluation.gradients {
                for gradient in Array(sample.layers.values) + [sample.image].compactMap({ $0 }) {
                    #expect(gradient.elements.allSatisfy { $0.isFinite }, "\(name)")
                }
            }
        }
    }
}
