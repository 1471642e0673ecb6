import Tensors

/// The sum of two inputs of one shape, which makes a block residual (He et al. 2015, arXiv:1512.03385), and optionally the
/// rectifier that follows it.
public struct Addition: RectifyingLayer {
    public var rectifies = false
    var receivesMaskedGradient = false

    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard inputs.count == 2 else { throw ShapeError("expected two inputs, got \(inputs.count)") }
        guard inputs[0] == inputs[1] else { throw ShapeError("cannot add \(inputs[1]) to \(inputs[0])") }
        return inputs[0]
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let output = FeatureMap.sum(inputs[0], inputs[1], rectifying: rectifies, workers: pass.workers)
        guard pass.remembers else { return Step(output: output) { _ in [] } }
        let signs = rectifierSigns(of: output, pass)
        return Step(output: output) { gradient in
            let result = pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)
            return [result, result]
        }
    }

    public var variant: String { "\(rectifies) \(receivesMaskedGradient)" }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        Restriction(layer: self, inputs: [channels, channels])
    }
}
