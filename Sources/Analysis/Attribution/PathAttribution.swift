import Networks
import Tensors

extension PictureScore {
    /// Layer conductance (Dhamdhere, Sundararajan and Yan 2018): ∫ ∂f/∂a · da along the straight path from a baseline to the picture, in
    /// equal parts, each with the mean of the gradients at its ends. `[channels, height, width]` of the layer. Its sum is the difference
    /// of the scores of picture and baseline, up to the error of the parts.
    ///
    /// - Parameter layer: one of `layers`.
    /// - Returns: nil if it was ended.
    public func conductance(
        of layer: LayerName, at picture: Tensor, from baseline: Tensor, steps: Int, progress: () -> Bool = { true }
    ) -> Tensor? {
        let way = picture.minus(baseline)
        var last = evidence(at: baseline)
        var sum = TensorSum(last.activations[layer]!.shape)
        for step in 1...steps {
            guard progress() else { return nil }
            var point = baseline
            point.add(way, scaledBy: Float(step) / Float(steps))
            let next = evidence(at: point)
            var gradients = last.gradients[layer]!
            gradients.add(next.gradients[layer]!)
            sum.add(gradients.times(next.activations[layer]!.minus(last.activations[layer]!)), times: 0.5)
            last = next
        }
        return sum.tensor
    }
}

extension LayerScore {
    /// Activation times gradient along the straight path from no activation to the layer's own (Lucid's notebook on attribution):
    /// a · ∫ ∂f/∂a (α a) dα, `[channels, height, width]`. Its sum is the difference of the scores of the two, up to the error of the rule.
    ///
    /// - Parameter steps: points on the path, 2 at least.
    /// - Returns: nil if it was ended.
    public func activationPath(
        to activation: Tensor, steps: Int, rule: PathRule = .gauss, progress: () -> Bool = { true }
    ) -> Tensor? {
        var sum = TensorSum(activation.shape)
        for node in rule.nodes(steps) {
            guard progress() else { return nil }
            var point = activation
            point.scale(by: Float(node.position))
            sum.add(gradient(at: point), times: node.weight)
        }
        return activation.times(sum.tensor)
    }
}
