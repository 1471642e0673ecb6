import Networks
import Tensors

/// A score to climb: higher is better, always; a penalty is a negative weight.
///
///     0.5 * .channel("features.3", 5) - 0.1 * .totalVariation()
public struct Objective: Sendable {
    /// As the expression language spells it.
    public let text: String
    /// What must be known of which layers, by any name that the network knows.
    public let demands: [String: Demand]

    /// The one size of the picture at which a network can answer; nil where any will do that is large enough.
    public func onlySize(in network: Network) -> Network.Size? {
        demands.keys.sorted().lazy.compactMap { name in (try? network.layer(named: name)).flatMap { network.onlySize(for: $0) } }.first
    }
    /// Extents that make sense only once the network is known: channels, positions.
    let checks: [LayerCheck]
    /// The score and its gradients.
    package let evaluate: @Sendable (Scene) -> Evaluation

    init(
        text: String, demands: [String: Demand] = [:], checks: [LayerCheck] = [],
        evaluate: @escaping @Sendable (Scene) -> Evaluation
    ) {
        self.text = text
        self.demands = demands
        self.checks = checks
        self.evaluate = evaluate
    }
}

/// A channel or position that an objective names, to be held against the layer's shape.
struct LayerCheck: Sendable {
    let layer: String
    var channel: Int?
    var x: Int?
    var y: Int?
}

/// What an objective may look at: the picture, and what the network answers to it.
public struct Scene {
    /// `[3, height, width]` in 0…1, before transforms.
    public let image: Tensor
    /// By the names in `Objective.demands`.
    public let activations: [String: Activation]

    public init(image: Tensor, activations: [String: Activation]) {
        self.image = image
        self.activations = activations
    }
}

/// A score with its gradients.
public struct Evaluation: Sendable {
    /// Higher is better.
    public var score: Float
    /// With respect to each demanded activation.
    public var layers: [String: Tensor] = [:]
    /// With respect to the picture, beside what comes through the network.
    public var image: Tensor?

    public init(score: Float, layers: [String: Tensor] = [:], image: Tensor? = nil) {
        self.score = score
        self.layers = layers
        self.image = image
    }

    mutating func add(_ other: Evaluation) {
        score += other.score
        for (layer, gradient) in other.layers {
            if layers[layer] == nil { layers[layer] = gradient } else { layers[layer]!.add(gradient) }
        }
        if let gradient = other.image {
            if image == nil { image = gradient } else { image!.add(gradient) }
        }
    }

    mutating func scale(by factor: Float) {
        score *= factor
        for layer in layers.keys { layers[layer]!.scale(by: factor) }
        image?.scale(by: factor)
    }
}

extension Objective {
    /// Both scores together.
    public static func + (left: Objective, right: Objective) -> Objective {
        combine(left, right, text: "\(left.text) + \(right.text)", sign: 1)
    }

    /// The first score without the second.
    public static func - (left: Objective, right: Objective) -> Objective {
        let subtrahend = right.text.contains(" + ") || right.text.contains(" - ") ? "(\(right.text))" : right.text
        return combine(left, right, text: "\(left.text) - \(subtrahend)", sign: -1)
    }

    /// A score with a weight.
    public static func * (factor: Float, objective: Objective) -> Objective {
        let isSum = objective.text.contains(" + ") || objective.text.contains(" - ")
        let operand = isSum ? "(\(objective.text))" : objective.text
        return Objective(
            text: factor == -1 ? "-\(operand)" : "\(plain(factor))*\(operand)", demands: objective.demands,
            checks: objective.checks
        ) { scene in
            var evaluation = objective.evaluate(scene)
            evaluation.scale(by: factor)
            return evaluation
        }
    }

    /// What lowers the score.
    public static prefix func - (objective: Objective) -> Objective { -1 * objective }

    private static func combine(_ left: Objective, _ right: Objective, text: String, sign: Float) -> Objective {
        Objective(
            text: text, demands: left.demands.merging(right.demands) { $0.union($1) },
            checks: left.checks + right.checks
        ) { scene in
            var sum = left.evaluate(scene)
            var term = right.evaluate(scene)
            if sign != 1 { term.scale(by: sign) }
            sum.add(term)
            return sum
        }
    }
}
