import Tensors

/// Local response normalization (Krizhevsky, Sutskever and Hinton 2012) with the exponent ½:
///
///     output[c] = input[c] / √(offset + alpha / size · Σ input[c']²), the sum over `size` channels around c
public struct LocalResponseNormalization: Layer {
    /// Channels in a neighbourhood, odd.
    public let size: Int
    /// PyTorch's alpha, which it divides by the size.
    public let alpha: Float
    /// k in the paper.
    public let offset: Float

    public init(size: Int, alpha: Float, offset: Float) {
        precondition(size % 2 == 1)
        self.size = size
        self.alpha = alpha
        self.offset = offset
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let input = inputs[0]
        let (reach, share, offset) = (size / 2, alpha / Float(size), offset)
        let output = input.responseNormalized(reach: reach, share: share, offset: offset, workers: pass.workers)
        return Step(output: output) { gradient in
            [
                gradient.responseNormPullback(
                    input: input, reach: reach, share: share, offset: offset, workers: pass.workers)
            ]
        }
    }
}
