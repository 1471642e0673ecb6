import Tensors

/// Local response normalization (Krizhevsky, Sutskever and Hinton 2012):
///
///     output[c] = input[c] / (offset + alpha / size · Σ input[c']²)^exponent, the sum over `size` channels around c
public struct LocalResponseNormalization: WeightlessLayer {
    /// Channels in a neighbourhood; of an even number the odd one follows c.
    public let size: Int
    /// PyTorch's alpha, which it divides by the size.
    public let alpha: Float
    /// k in the paper.
    public let offset: Float
    /// β in the paper. At ½ it is a root, which has a vectorised loop.
    public let exponent: Float

    /// - Parameters:
    ///   - size: channels in a neighbourhood, at least 1.
    ///   - alpha: PyTorch's, which is divided by the size.
    public init(size: Int, alpha: Float, offset: Float, exponent: Float = 0.5) {
        precondition(size > 0)
        self.exponent = exponent
        self.size = size
        self.alpha = alpha
        self.offset = offset
    }

    public var traits: LayerTraits { .keepsFeatures }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let input = inputs[0]
        guard exponent == 0.5, size % 2 == 1 else { return general(input, pass) }
        let (reach, share, offset) = (size / 2, alpha / Float(size), offset)
        let output = input.responseNormalized(reach: reach, share: share, offset: offset, workers: pass.workers)
        return LayerResult(output) { gradient in
            [
                gradient.responseNormPullback(
                    input: input, reach: reach, share: share, offset: offset, workers: pass.workers)
            ]
        }
    }

    /// Any exponent and size.
    private func general(_ input: FeatureMap, _ pass: Pass) -> LayerResult {
        let (shape, channels, share) = (input.shape, input.shape.channels, alpha / Float(size))
        let (before, after) = ((size - 1) / 2, size / 2)
        var sums = FeatureMap(uninitialized: shape)  // offset + share · Σ input²
        sums.withMutableElements { sums in
            input.withElements { input in
                pass.workers.forEach(shape.area) { position in
                    let start = position * channels
                    for c in 0..<channels {
                        var sum: Float = 0
                        for other in max(c - before, 0)...min(c + after, channels - 1) {
                            sum += input[start + other] * input[start + other]
                        }
                        sums[start + c] = offset + share * sum
                    }
                }
            }
        }
        let neighbourhoods = sums
        var output = input
        output.withMutableElements { output in
            neighbourhoods.withElements { sums in
                pass.workers.forEach(shape.area) { position in
                    for i in position * channels..<(position + 1) * channels { output[i] *= power(sums[i], -exponent) }
                }
            }
        }
        return LayerResult(output) { [exponent] gradient in
            // ∂/∂x[c] = g[c] s[c]^−β − 2 β share x[c] Σ g[k] x[k] s[k]^(−β−1) over the k whose neighbourhood has c
            var result = FeatureMap(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    input.withElements { input in
                        neighbourhoods.withElements { sums in
                            pass.workers.forEach(shape.area) { position in
                                let start = position * channels
                                let parts = (start..<start + channels).map {
                                    gradient[$0] * input[$0] * power(sums[$0], -exponent - 1)
                                }
                                for c in 0..<channels {
                                    var sum: Float = 0
                                    for other in max(c - after, 0)...min(c + before, channels - 1) { sum += parts[other] }
                                    let i = start + c
                                    result[i] = gradient[i] * power(sums[i], -exponent)
                                        - 2 * exponent * share * input[i] * sum
                                }
                            }
                        }
                    }
                }
            }
            return [result]
        }
    }
}
