import Networks
import Tensors

extension PictureScore {
    /// Layer conductance (Dhamdhere, Sundararajan and Yan 2018): Σ ∂f/∂a · (a(next) − a) along the straight path from a baseline to
    /// the picture, in equal parts, the gradient at each part's end. `[channels, height, width]` of the layer.
    ///
    /// - Parameter layer: one of `layers`.
    /// - Returns: nil if it was ended.
    public func conductance(
        of layer: LayerName, at picture: Tensor, from baseline: Tensor, steps: Int, progress: () -> Bool = { true }
    ) -> Tensor? {
        let way = picture.minus(baseline)
        var last = evidence(at: baseline).activations[layer]!
        var sum = TensorSum(last.shape)
        for step in 1...steps {
            guard progress() else { return nil }
            var point = baseline
            point.add(way, scaledBy: Float(step) / Float(steps))
            let evidence = evidence(at: point)
            let activation = evidence.activations[layer]!
            sum.add(evidence.gradients[layer]!.times(activation.minus(last)), times: 1)
            last = activation
        }
        return sum.tensor
    }
}
