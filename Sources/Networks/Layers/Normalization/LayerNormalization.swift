import Tensors

/// Layer normalization over the channels of each position (Ba, Kiros and Hinton 2016, arXiv:1607.06450):
///
///     output = (input − mean) / √(variance + ε) · weight + bias
public struct LayerNormalization: Layer {
    /// ε, which keeps the division finite.
    public let epsilon: Float
    let weights: Parameter  // [channels]
    let biases: Parameter  // [channels]

    /// - Parameters:
    ///   - epsilon: above 0; PyTorch takes 1e-5, vision transformers 1e-6.
    ///   - weights: `[channels]`, like the biases.
    public init(epsilon: Float, weights: Parameter, biases: Parameter) {
        self.epsilon = epsilon
        self.weights = weights
        self.biases = biases
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try only(inputs, channels: weights.count)
    }

    public var parameters: [Parameter] { [weights, biases] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        Prepared(scales: try preparation.read(weights), shifts: try preparation.read(biases), epsilon: epsilon)
    }

    private struct Prepared: PreparedLayer {
        let scales: [Float]  // [channels]
        let shifts: [Float]  // [channels]
        let epsilon: Float

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let input = inputs[0]
            let (output, statistics) = input.layerNormalized(
                scales: scales, shifts: shifts, epsilon: epsilon, workers: pass.workers)
            return LayerResult(output) { gradient in
                [gradient.layerNormPullback(input: input, statistics: statistics, scales: scales, workers: pass.workers)]
            }
        }
    }
}
