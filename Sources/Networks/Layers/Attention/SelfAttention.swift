import Tensors

/// Multi-head self-attention over all positions (Vaswani et al. 2017, arXiv:1706.03762), as PyTorch's MultiheadAttention
/// holds its weights: queries Q, keys K and values V are linear in the input, and each head h computes
///
///     softmax(Q_h · K_hᵀ / √width) · V_h
///
/// over its `width` = channels / heads channels; the heads side by side then pass a linear map.
///
/// It computes the softmax itself, or reads it from `AttentionProbabilities`, so that it can be looked at.
public struct SelfAttention: Layer {
    /// Channels of the input and the output.
    public let channels: Int
    /// Heads, which divide the channels.
    public let heads: Int
    let inputWeights: Parameter  // [3 · channels, channels]: queries, keys, values
    let inputBiases: Parameter  // [3 · channels]
    let outputWeights: Parameter  // [channels, channels]
    let outputBiases: Parameter  // [channels]
    /// The second input is the softmax, `[heads, positions, positions]`.
    public private(set) var readsProbabilities = false

    /// - Parameters:
    ///   - inputWeights: `[3 · channels, channels]`: queries, keys, values.
    ///   - inputBiases: `[3 · channels]`.
    ///   - outputWeights: `[channels, channels]`.
    ///   - outputBiases: `[channels]`.
    public init(
        channels: Int, heads: Int, inputWeights: Parameter, inputBiases: Parameter, outputWeights: Parameter,
        outputBiases: Parameter
    ) {
        precondition(channels % heads == 0, "heads must divide the channels")
        self.channels = channels
        self.heads = heads
        self.inputWeights = inputWeights
        self.inputBiases = inputBiases
        self.outputWeights = outputWeights
        self.outputBiases = outputBiases
    }

    /// The same in two layers: the softmax, and what is made of it.
    public var divided: (probabilities: AttentionProbabilities, mixture: SelfAttention) {
        var mixture = self
        mixture.readsProbabilities = true
        return (AttentionProbabilities(channels: channels, heads: heads, weights: inputWeights, biases: inputBiases), mixture)
    }

    public func absorbing(_ input: any Layer, at place: Int) -> (any Layer)? {
        guard readsProbabilities, place == 1, input is AttentionProbabilities else { return nil }
        var whole = self
        whole.readsProbabilities = false
        return whole
    }

    public var traits: LayerTraits { readsProbabilities ? .seesWholeInput : [] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard readsProbabilities else { return try only(inputs, channels: channels) }
        guard inputs.count == 2 else { throw ShapeError("expected two inputs, got \(inputs.count)") }
        try expect(Shape(heads, inputs[0].area, inputs[0].area), inputs[1])
        return try only([inputs[0]], channels: channels)
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (inputs[0].height, inputs[0].width)) }

    /// The linear maps, and the products of each head.
    public func multiplyAdds(for inputs: [Shape]) -> Int {
        let positions = inputs[0].area
        return positions * channels * (readsProbabilities ? 2 * channels + positions : 4 * channels + 2 * positions)
    }

    public var parameters: [Parameter] { [inputWeights, inputBiases, outputWeights, outputBiases] }

    /// 1/√width moves into the queries' weights.
    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let attention = AttentionHeads(channels: channels, heads: heads)
        let (weights, biases) = (attention.scaled(try preparation.read(inputWeights)), attention.scaled(try preparation.read(inputBiases)))
        let outputMap = preparation.map(
            try preparation.read(outputWeights), try preparation.read(outputBiases), channels: channels)
        guard readsProbabilities else {
            return PreparedAttention(
                heads: attention, inputMap: preparation.map(weights, biases, channels: channels), outputMap: outputMap)
        }
        let values = preparation.map(Array(weights[(2 * channels * channels)...]), Array(biases[(2 * channels)...]), channels: channels)
        return PreparedMixture(channels: channels, heads: heads, valueMap: values, outputMap: outputMap)
    }
}

extension Preparation {
    /// A linear map at every position.
    func map(_ weights: [Float], _ biases: [Float], channels: Int) -> any ConvolutionAlgorithm {
        convolution.algorithm(weights: weights, biases: biases, inputChannels: channels, groups: 1, window: Window(kernel: 1))
    }
}

private struct PreparedAttention: PreparedLayer {
    let heads: AttentionHeads
    let inputMap: any ConvolutionAlgorithm
    let outputMap: any ConvolutionAlgorithm

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (shape, workers) = (inputs[0].shape, pass.workers)
        let projected = Shape(3 * heads.channels, shape.height, shape.width)
        let triples = inputMap.forward(inputs[0], output: projected, rectifying: false, signed: false, workers: workers)
        let (mixed, attention) = heads.attend(triples, workers)
        let output = outputMap.forward(mixed, output: shape, rectifying: false, signed: false, workers: workers)
        return LayerResult(output) { gradient in
            let mixedGradient = outputMap.backward(gradient, inputShape: shape, mask: nil, workers: workers)
            let triplesGradient = heads.pullback(mixedGradient, triples: triples, attention: attention, workers)
            return [inputMap.backward(triplesGradient, inputShape: shape, mask: nil, workers: workers)]
        }
    }
}
