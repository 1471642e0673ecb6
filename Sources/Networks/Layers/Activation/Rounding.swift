import Tensors

/// The nearest whole number (of two, the even one) within two bounds. Its gradient passes straight through within them, as if
/// nothing were rounded (Bengio, Léonard and Courville 2013, arXiv:1308.3432).
public struct Rounding: WeightlessLayer {
    private let low: Float
    private let high: Float

    /// Rounds to whole numbers within two bounds, both included.
    public init(_ low: Float, _ high: Float) { (self.low, self.high) = (low, high) }

    public var traits: LayerTraits { [.channelwise, .keepsFeatures] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let input = inputs[0]
        let bounds = ScalarFunction.clip(low, high)
        return LayerResult(bounds(ScalarFunction.round(input, workers: pass.workers), workers: pass.workers)) { gradient in
            [bounds.pullback(gradient, input: input, workers: pass.workers)]
        }
    }
}
