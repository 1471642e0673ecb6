import Networks
import Tensors

/// What an objective may look at: the pictures that are drawn together, and the fixed ones that it names.
public struct Scene: Sendable {
    /// A picture, and what the network answers to it.
    public struct Frame: Sendable {
        /// `[channels, height, width]` in 0…1, before transforms.
        public let image: Tensor
        /// By the names in `Objective.requests`.
        public let activations: [String: Activation]

        public init(image: Tensor, activations: [String: Activation]) {
            self.image = image
            self.activations = activations
        }
    }

    /// The pictures that are drawn, in their order.
    public let frames: [Frame]
    /// Fixed pictures by the names in `Objective.references`; they go through the same transforms as the drawn ones.
    public let references: [String: Frame]

    public init(frames: [Frame], references: [String: Frame] = [:]) {
        self.frames = frames
        self.references = references
    }
}

/// A score with its gradients.
public struct Evaluation: Sendable {
    /// The gradient of the score at one picture.
    public struct Gradients: Sendable {
        /// With respect to each demanded activation, in the shape of `Activation.values`.
        public var layers: [String: Tensor] = [:]
        /// With respect to the picture, beside what comes through the network.
        public var image: Tensor?

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
    /// One for each of the scene's frames.
    public var frames: [Gradients]

    public init(score: Float, frames: [Gradients]) {
        self.score = score
        self.frames = frames
    }

    mutating func add(_ other: Evaluation) {
        score += other.score
        for index in frames.indices { frames[index].add(other.frames[index]) }
    }

    mutating func scale(by factor: Float) {
        score *= factor
        for index in frames.indices { frames[index].scale(by: factor) }
    }
}

/// A score of one picture with its gradients.
struct FrameEvaluation {
    var score: Float
    var gradients: Evaluation.Gradients

    init(score: Float, layers: [String: Tensor] = [:], image: Tensor? = nil) {
        self.score = score
        gradients = Evaluation.Gradients(layers: layers, image: image)
    }
}
