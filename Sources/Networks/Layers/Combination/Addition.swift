import Tensors

/// The sum of two inputs of one shape, which makes a block residual (He et al. 2015, arXiv:1512.03385), and optionally the
/// rectifier that follows it.
public struct Addition: RectifyingLayer {
    /// A rectifier follows and is applied on the way.
    public var rectifies = false

    /// Adds, without a rectifier.
    public init() {}

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, rectifies ? .rectifies : .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard inputs.count == 2 else { throw ShapeError("expected two inputs, got \(inputs.count)") }
        guard inputs[0] == inputs[1] else { throw ShapeError("cannot add \(inputs[1]) to \(inputs[0])") }
        return inputs[0]
    }

    public func prepared(for preparation: Preparation) -> any PreparedLayer {
        Prepared(rectifies: rectifies, rectifier: MergedRectifier(of: self, preparation))
    }

    private struct Prepared: PreparedLayer {
        let rectifies: Bool
        let rectifier: MergedRectifier

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let output = FeatureMap.sum(inputs[0], inputs[1], rectifying: rectifies, workers: pass.workers)
            guard pass.remembers else { return LayerResult(output) { _ in [] } }
            let signs = rectifier.signs(of: output, pass)
            return LayerResult(output) { (gradient: consuming FeatureMap) in
                let result = pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)
                return [result, result]
            }
        }
    }
}
