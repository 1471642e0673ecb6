import Tensors

/// Batch normalization once training is over (Ioffe and Szegedy 2015, arXiv:1502.03167), an affine map of each channel by
/// the statistics that training left:
///
///     output = (input − mean) / √(variance + ε) · weight + bias
///
/// While a network is prepared it moves into the convolution before it, where nothing else looks at that.
public struct BatchNormalization: RectifyingLayer {
    /// Channels of the input and the output.
    public private(set) var channels: Int
    /// ε, which keeps the division finite.
    public let epsilon: Float
    /// A rectifier follows and is applied on the way.
    public var rectifies = false
    private var weights: Parameter  // [channels]
    private var biases: Parameter  // [channels]
    private var means: Parameter  // [channels]
    private var variances: Parameter  // [channels]

    /// - Parameters: `[channels]` each; the means and variances of training, which stay.
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

    public var traits: LayerTraits {
        [.piecewiseLinear, .keepsFeatures, .mergesIntoPrevious, rectifies ? .rectifies : .linear]
    }

    /// The statistics were measured, not trained.
    public var parameters: [Parameter] { [weights, biases] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs, channels: channels) }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.channels = channels.count
        copy.weights = weights.choosing(channels)
        copy.biases = biases.choosing(channels)
        copy.means = means.choosing(channels)
        copy.variances = variances.choosing(channels)
        return Restriction(layer: copy, inputs: [channels])
    }

    /// The affine map: output = input · scales + shifts, `[channels]` each.
    func factors(_ preparation: Preparation) throws(WeightsError) -> (scales: [Float], shifts: [Float]) {
        let (weights, biases) = (try preparation.read(weights), try preparation.read(biases))
        let (means, variances) = (try preparation.read(means), try preparation.read(variances))
        let scales = zip(weights, variances).map { $0 / ($1 + epsilon).squareRoot() }
        return (scales, scales.indices.map { biases[$0] - means[$0] * scales[$0] })
    }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let (scales, shifts) = try factors(preparation)
        return Prepared(
            scales: scales, shifts: shifts, rectifies: rectifies, rectifier: MergedRectifier(of: self, preparation))
    }

    private struct Prepared: PreparedLayer {
        let scales: [Float]  // [channels]
        let shifts: [Float]  // [channels]
        let rectifies: Bool
        let rectifier: MergedRectifier

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let output = inputs[0].scaled(by: scales, shiftedBy: shifts, rectifying: rectifies, workers: pass.workers)
            guard pass.remembers else { return LayerResult(output) { _ in [] } }
            let signs = rectifier.signs(of: output, pass)
            return LayerResult(output) { (gradient: consuming FeatureMap) in
                var result = pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)
                result.scale(by: scales, workers: pass.workers)
                return [result]
            }
        }
    }
}
