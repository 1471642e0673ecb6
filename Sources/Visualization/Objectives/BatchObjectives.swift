import Networks
import Tensors

/// Objectives that compare the pictures that are drawn together.
extension Objective {
    /// How alike the pictures are to a layer: with G the Gram matrix of a picture's activation over positions, divided by
    /// its Frobenius norm (at least 1e-10), (1/N) Σ_{i≠j} ⟨G_i, G_j⟩ (tensorflow/lucid, objectives.diversity, with the
    /// opposite sign). Distinct pictures come from a negative weight.
    public static func diversity(_ layer: String) -> Objective {
        Objective(
            text: "diversity(\(quoted(layer)))", measure: "similarity", requests: [layer: .all],
            checks: [.unit(layer: layer), .pictures(atLeast: 2, for: "diversity")]
        ) { batch in
            let activations = batch.samples.map { $0.activations[layer]!.values }
            let grams = activations.map { NormalizedGram($0) }
            let count = Double(batch.samples.count)
            var score = 0.0
            var gradients: [Evaluation.Gradients] = []
            for (index, gram) in grams.enumerated() {
                var others = [Float](repeating: 0, count: gram.matrix.count)
                for (other, matrix) in grams.enumerated() where other != index {
                    for i in others.indices { others[i] += matrix.matrix[i] }
                }
                score += dot(gram.matrix, others) / count
                // Every pair counts twice, once from each side.
                let gradient = gram.pullback(others.map { $0 * Float(2 / count) }, of: activations[index])
                gradients.append(Evaluation.Gradients(layers: [layer: gradient]))
            }
            return Evaluation(score: Float(score), gradients: gradients)
        }
    }

    /// How far neighbours in the row of pictures differ: −Σ_{d=1…4} Σ_i mean((a_i − a_{i+d})²) / decay^d
    /// (tensorflow/lucid, objectives.alignment).
    public static func alignment(_ layer: String, decay: Float = 2) -> Objective {
        Objective(
            text: "alignment(\(quoted(layer))\(decay == 2 ? "" : ",decay=\(plain(decay))"))", measure: "negated difference of neighbours", requests: [layer: .all],
            checks: [.unit(layer: layer), .pictures(atLeast: 2, for: "alignment")]
        ) { batch in
            let activations = batch.samples.map { $0.activations[layer]!.values }
            var gradients = activations.map { Tensor($0.shape) }
            var score = 0.0
            var weight = 1.0
            for distance in 1...4 {
                weight /= Double(decay)
                for first in activations.indices where first + distance < activations.count {
                    var difference = activations[first]
                    difference.add(activations[first + distance], scaledBy: -1)
                    let count = Double(difference.shape.count)
                    score -= weight * inner(difference, difference) / count
                    gradients[first].add(difference, scaledBy: Float(-2 * weight / count))
                    gradients[first + distance].add(difference, scaledBy: Float(2 * weight / count))
                }
            }
            return Evaluation(score: Float(score), gradients: gradients.map { Evaluation.Gradients(layers: [layer: $0]) })
        }
    }

    /// From one channel in the first picture to another in the last: Σ_n (1 − w_n)·mean(a₁[n]) + w_n·mean(a₂[n]) with
    /// w_n = n / (N − 1) (tensorflow/lucid, objectives.channel_interpolate).
    public static func channelInterpolate(_ layer1: String, _ channel1: Int, _ layer2: String, _ channel2: Int) -> Objective {
        let first = ActivationRequest.channels([channel1])
        let second = ActivationRequest.channels([channel2])
        return Objective(
            text: "channel_interpolate(\(quoted(layer1)),\(channel1),\(quoted(layer2)),\(channel2))",
            measure: "sum of mean activations along the row", requests: [layer1: first].merging([layer2: second]) { $0.union($1) },
            checks: [
                .unit(layer: layer1, channel: channel1), .unit(layer: layer2, channel: channel2),
                .pictures(atLeast: 2, for: "channel_interpolate"),
            ]
        ) { batch in
            var sum = Evaluation(score: 0, gradients: [])
            for (index, sample) in batch.samples.enumerated() {
                let share = Float(index) / Float(max(batch.samples.count - 1, 1))
                var gradients = Evaluation.Gradients()
                for (layer, channel, weight) in [(layer1, channel1, 1 - share), (layer2, channel2, share)] {
                    let (score, gradient) = mean(of: channel, in: sample.activations[layer]!)
                    var part = Evaluation.Gradients(layers: [layer: gradient])
                    part.scale(by: weight)
                    gradients.add(part)
                    sum.score += weight * score
                }
                sum.gradients.append(gradients)
            }
            return sum
        }
    }
}

/// The Gram matrix of an activation over positions, G = A·Aᵀ with A `[channels, positions]`, divided by its Frobenius
/// norm.
public struct NormalizedGram: Sendable {
    /// `[channels, channels]`, row-major.
    public let matrix: [Float]
    private let channels: Int
    private let norm: Double

    /// - Parameter activation: a layer's, `[channels, height, width]`. One that is 0 everywhere has a matrix of zeros.
    public init(_ activation: Tensor) {
        channels = activation.shape.channels
        let gram = gramMatrix(activation)
        norm = max(dot(gram, gram).squareRoot(), 1e-10)
        let factor = Float(1 / norm)
        matrix = gram.map { $0 * factor }
    }

    /// The similarity of two activations, 0…1: ⟨G₁, G₂⟩.
    public func similarity(to other: NormalizedGram) -> Float { Float(dot(matrix, other.matrix)) }

    /// From a gradient with respect to the matrix, which must be symmetric, to one at the activation.
    func pullback(_ gradient: [Float], of activation: Tensor) -> Tensor {
        // d(G/‖G‖) leaves out the part along G itself.
        let along = Float(dot(gradient, matrix))
        let factor = Float(2 / norm)
        let inner = zip(gradient, matrix).map { factor * ($0 - along * $1) }
        return product(inner, with: activation)
    }
}

extension Objective.Function {
    static let diversity = Self(
        name: "diversity", usage: "diversity(LAYER)", help: "how alike the pictures drawn together are; weigh it negatively"
    ) { arguments throws(ExpressionError) in .diversity(try arguments.layer()) }
    static let alignment = Self(
        name: "alignment", usage: "alignment(LAYER, decay=2)", help: "how alike neighbouring pictures are, 0 at best"
    ) { arguments throws(ExpressionError) in
        let layer = try arguments.layer()
        return .alignment(layer, decay: try arguments.number(named: "decay", in: 0.01...1000) ?? 2)
    }
    static let channelInterpolate = Self(
        name: "channel_interpolate", usage: "channel_interpolate(LAYER, INDEX, LAYER, INDEX)",
        help: "from one channel in the first picture to another in the last"
    ) { arguments throws(ExpressionError) in
        .channelInterpolate(
            try arguments.layer(), try arguments.integer("a channel"), try arguments.layer(),
            try arguments.integer("a channel"))
    }
}
