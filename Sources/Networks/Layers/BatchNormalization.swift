import Tensors

/// Batch normalization once training is over (Ioffe and Szegedy 2015, arXiv:1502.03167), an affine map of each channel by
/// the statistics that training left:
///
///     output = (input − mean) / √(variance + ε) · weight + bias
///
/// While a network is prepared it moves into the convolution before it, where nothing else looks at that.
public struct BatchNormalization: RectifyingLayer {
    /// Channels of the input and the output.
    public let channels: Int
    /// ε, which keeps the division finite.
    public let epsilon: Float
    public var rectifies = false
    var receivesMaskedGradient = false
    let weights: Parameter  // [channels]
    let biases: Parameter  // [channels]
    let means: Parameter  // [channels]
    let variances: Parameter  // [channels]
    private var chosen: [Int]?
    private var factors: Factors?

    /// output = input · scales + shifts.
    struct Factors: Sendable {
        var scales: [Float]  // [channels]
        var shifts: [Float]  // [channels]
    }

    public init(
        channels: Int, epsilon: Float = 1e-5, weights: Parameter, biases: Parameter, means: Parameter, variances: Parameter
    ) {
        self.channels = channels
        self.epsilon = epsilon
        self.weights = weights
        self.biases = biases
        self.means = means
        self.variances = variances
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        let expected = chosen?.count ?? channels
        guard input.channels == expected else {
            throw ShapeError("expected \(expected) channels, got \(input.channels)")
        }
        return input
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let factors else { preconditionFailure("normalization used before its weights were loaded") }
        let output = inputs[0].scaled(
            by: factors.scales, shiftedBy: factors.shifts, rectifying: rectifies, workers: pass.workers)
        guard pass.remembers else { return Step(output: output) { _ in [] } }
        let signs = rectifierSigns(of: output, pass)
        return Step(output: output) { gradient in
            var result = pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)
            result.scale(by: factors.scales, workers: pass.workers)
            return [result]
        }
    }

    /// Of all channels.
    func readFactors() throws(WeightsError) -> Factors {
        let (weights, biases) = (try weights.read(), try biases.read())
        let (means, variances) = (try means.read(), try variances.read())
        let scales = zip(weights, variances).map { $0 / ($1 + epsilon).squareRoot() }
        return Factors(scales: scales, shifts: channelIndices.map { biases[$0] - means[$0] * scales[$0] })
    }

    private var channelIndices: Range<Int> { 0..<channels }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        let all = try readFactors()
        copy.factors =
            chosen.map { chosen in
                Factors(scales: chosen.map { all.scales[$0] }, shifts: chosen.map { all.shifts[$0] })
            } ?? all
        return copy
    }

    public var variant: String { "\(rectifies) \(receivesMaskedGradient)" }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameterCount: Int { 2 * channels }
}
