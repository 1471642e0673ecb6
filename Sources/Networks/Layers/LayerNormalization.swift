import Tensors

/// Layer normalization over the channels of each position (Ba, Kiros and Hinton 2016, arXiv:1607.06450):
///
///     output = (input − mean) / √(variance + ε) · weight + bias
public struct LayerNormalization: Layer {
    /// ε, which keeps the division finite.
    public let epsilon: Float
    let weights: Parameter  // [channels]
    let biases: Parameter  // [channels]
    private var values: (scales: [Float], shifts: [Float])?

    public init(epsilon: Float, weights: Parameter, biases: Parameter) {
        self.epsilon = epsilon
        self.weights = weights
        self.biases = biases
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels == weights.count else {
            throw ShapeError("expected \(weights.count) channels, got \(input.channels)")
        }
        return input
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let (scales, shifts) = values else {
            preconditionFailure("normalization used before its weights were loaded")
        }
        let input = inputs[0]
        let (output, statistics) = input.layerNormalized(
            scales: scales, shifts: shifts, epsilon: epsilon, workers: pass.workers)
        return Step(output: output) { gradient in
            [gradient.layerNormPullback(input: input, statistics: statistics, scales: scales, workers: pass.workers)]
        }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        copy.values = (try weights.read(), try biases.read())
        return copy
    }

    public var parameterCount: Int { weights.count + biases.count }
}
