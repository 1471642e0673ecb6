import Tensors

/// A layer that can apply the rectifier after it in the pass that writes its output.
protocol RectifyingLayer: Layer {
    /// The output is rectified.
    var rectifies: Bool { get set }
}

extension RectifyingLayer {
    public func merging(_ next: any Layer) -> (any Layer)? { mergingRectifier(next) }

    /// The layer with the rectifier after it, where `next` is one.
    func mergingRectifier(_ next: any Layer) -> (any Layer)? {
        guard !rectifies, next is ReLU else { return nil }
        var copy = self
        copy.rectifies = true
        return copy
    }
}

/// The rectifier within a layer's output pass, as far as the way back goes.
struct MergedRectifier: Sendable {
    private let isActive: Bool
    private let receivesMaskedGradient: Bool

    init(of layer: some RectifyingLayer, _ preparation: Preparation) {
        isActive = layer.rectifies
        receivesMaskedGradient = preparation.receivesMaskedGradient
    }

    /// The signs of the output that the pullback masks the gradient with; nil where it takes the gradient as it comes.
    func signs(of output: FeatureMap, _ pass: Pass) -> SignMap? {
        let isMasked = pass.rectifier == .plain && pass.poolGradient == .winner && receivesMaskedGradient
        return isActive && !isMasked ? pass.rectifier.signs(of: output, workers: pass.workers) : nil
    }
}
