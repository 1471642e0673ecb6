import Networks
import Tensors

/// Everything that an objective sees in one step: the pictures that are drawn together, and the fixed ones that it names.
public struct Batch: Sendable {
    /// A picture with the network's activations for it.
    public struct Sample: Sendable {
        /// `[channels, height, width]` in 0…1, before transforms.
        public let image: Tensor
        /// By the names in `Objective.requests`.
        public let activations: [String: Activation]
        /// The step of the render, from 0; nil for a finished picture.
        public var step: Int?
        /// The directions of the classes that the objective is about, `[features]` (`Network.ClassifierHead`).
        package var classDirections: [Int: [Double]] = [:]

        /// - Parameter activations: by the names in `Objective.requests`.
        public init(image: Tensor, activations: [String: Activation], step: Int? = nil) {
            self.image = image
            self.activations = activations
            self.step = step
        }
    }

    /// The pictures that are drawn, in their order.
    public let samples: [Sample]
    /// Fixed pictures by the names in `Objective.references`; they go through the same transforms as the drawn ones.
    public let references: [String: Sample]

    /// - Parameter references: fixed pictures, by the names in `Objective.references`.
    public init(samples: [Sample], references: [String: Sample] = [:]) {
        self.samples = samples
        self.references = references
    }
}

/// A score with its gradients at every picture of a batch.
public struct Evaluation: Sendable {
    /// The gradients of the score at one picture.
    public struct Gradients: Sendable {
        /// With respect to each demanded activation, in the shape of `Activation.values`.
        public var layers: [String: Tensor] = [:]
        /// With respect to the picture itself, without what comes back through the network.
        public var image: Tensor?

        /// No gradient, where nothing is said.
        public init(layers: [String: Tensor] = [:], image: Tensor? = nil) {
            self.layers = layers
            self.image = image
        }

        mutating func add(_ other: Gradients) {
            for (layer, gradient) in other.layers {
                if layers[layer] == nil { layers[layer] = gradient } else { layers[layer]!.add(gradient) }
            }
            if let gradient = other.image {
                if image == nil { image = gradient } else { image!.add(gradient) }
            }
        }

        mutating func scale(by factor: Float) {
            for layer in layers.keys { layers[layer]!.scale(by: factor) }
            image?.scale(by: factor)
        }
    }

    /// Higher is better.
    public var score: Float
    /// One for each of the batch's samples.
    public var gradients: [Gradients]

    /// - Parameter gradients: one for each of the batch's samples.
    public init(score: Float, gradients: [Gradients]) {
        self.score = score
        self.gradients = gradients
    }

    mutating func add(_ other: Evaluation) {
        score += other.score
        for index in gradients.indices { gradients[index].add(other.gradients[index]) }
    }

    mutating func scale(by factor: Float) {
        score *= factor
        for index in gradients.indices { gradients[index].scale(by: factor) }
    }
}

/// A score of one picture with its gradients.
struct SampleEvaluation {
    var score: Float
    var gradients: Evaluation.Gradients

    init(score: Float, layers: [String: Tensor] = [:], image: Tensor? = nil) {
        self.score = score
        gradients = Evaluation.Gradients(layers: layers, image: image)
    }
}
