import Tensors

/// Multi-head self-attention over all positions (Vaswani et al. 2017, arXiv:1706.03762), as PyTorch's MultiheadAttention
/// holds its weights: queries Q, keys K and values V are linear in the input, and each head h computes
///
///     softmax(Q_h · K_hᵀ / √width) · V_h
///
/// over its `width` = channels / heads channels; the heads side by side then pass a linear map.
public struct SelfAttention: Layer {
    /// Channels of the input and the output.
    public let channels: Int
    /// Heads, which divide the channels.
    public let heads: Int
    let inputWeights: Parameter  // [3 · channels, channels]: queries, keys, values
    let inputBiases: Parameter  // [3 · channels]
    let outputWeights: Parameter  // [channels, channels]
    let outputBiases: Parameter  // [channels]

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

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try only(inputs, channels: channels)
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (inputs[0].height, inputs[0].width)) }

    /// The two linear maps, and the two products of each head.
    public func multiplyAdds(for inputs: [Shape]) -> Int {
        let positions = inputs[0].area
        return positions * channels * (4 * channels + 2 * positions)
    }

    public var parameters: [Parameter] { [inputWeights, inputBiases, outputWeights, outputBiases] }

    /// 1/√width moves into the queries' weights.
    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let attention = AttentionHeads(channels: channels, heads: heads)
        let (weights, biases) = (attention.scaled(try inputWeights.read()), attention.scaled(try inputBiases.read()))
        func linear(_ weights: [Float], _ biases: [Float]) -> any ConvolutionAlgorithm {
            preparation.convolution.algorithm(
                weights: weights, biases: biases, inputChannels: channels, groups: 1, window: Window(kernel: 1))
        }
        return PreparedAttention(
            heads: attention, inputMap: linear(weights, biases),
            outputMap: linear(try outputWeights.read(), try outputBiases.read()))
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
