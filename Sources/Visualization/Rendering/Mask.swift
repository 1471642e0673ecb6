import Tensors

/// Keeps the picture as it was where a mask is black: base + mask · (picture − base).
struct Mask: Sendable {
    private let weights: [Float]  // [height · width]
    private let base: Tensor

    /// - Parameters:
    ///   - mask: `[channels, height, width]`, of which the mean over channels counts.
    ///   - base: `[channels, height, width]`
    init(_ mask: Tensor, over base: Tensor) {
        let area = mask.shape.area
        let channels = mask.shape.channels
        weights = mask.withElements { values in
            (0..<area).map { i in (0..<channels).reduce(Float(0)) { $0 + values[$1 * area + i] } / Float(channels) }
        }
        self.base = base
    }

    func apply(_ picture: Tensor) -> Tensor {
        var result = picture
        result.withMutableElements { result in
            base.withElements { base in
                for i in base.indices { result[i] = base[i] + weights[i % weights.count] * (result[i] - base[i]) }
                // The opacity falls to 0 where the mask is black.
                for i in base.count..<result.count { result[i] *= weights[i % weights.count] }
            }
        }
        return result
    }

    /// The gradient at the picture before the mask.
    func pullback(_ gradient: Tensor) -> Tensor {
        var result = gradient
        result.withMutableElements { result in
            for i in result.indices { result[i] *= weights[i % weights.count] }
        }
        return result
    }
}
