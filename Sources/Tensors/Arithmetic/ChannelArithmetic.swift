import Kernels

/// Sums, scales and choices of channels.
extension FeatureMap {
    /// values · scales + shifts, a number a channel, and optionally the rectifier after it in the same pass; with no shifts
    /// nothing is rectified.
    public func scaled(by scales: [Float], shiftedBy shifts: [Float]?, rectifying: Bool = false, workers: Workers)
        -> FeatureMap
    {
        precondition(scales.count == shape.channels && (shifts ?? scales).count == shape.channels)
        var result = FeatureMap(uninitialized: shape)
        let channels = shape.channels
        result.withMutableElements { result in
            withElements { source in
                let (result, source) = (result.baseAddress!, source.baseAddress!)
                eachRows(shape.area, of: channels, workers) { rows in
                    let start = rows.lowerBound * channels
                    kernels_normalize(
                        result + start, source + start, rows.count, channels, scales, shifts, rectifying ? 1 : 0)
                }
            }
        }
        return result
    }

    /// The sum of two maps of the same shape, and optionally the rectifier after it in the same pass.
    public static func sum(_ left: FeatureMap, _ right: FeatureMap, rectifying: Bool, workers: Workers) -> FeatureMap {
        precondition(left.shape == right.shape, "\(right.shape) cannot be added to \(left.shape)")
        var result = FeatureMap(uninitialized: left.shape)
        result.withMutableElements { result in
            left.withElements { left in
                right.withElements { right in
                    let (target, one, other) = (result.baseAddress!, left.baseAddress!, right.baseAddress!)
                    eachPiece(of: result.count, workers) { range in
                        let start = range.lowerBound
                        kernels_add(target + start, one + start, other + start, range.count, rectifying ? 1 : 0)
                    }
                }
            }
        }
        return result
    }

    /// Σ over the positions, a number a channel.
    public func channelSums(workers: Workers) -> [Float] { channelProducts(nil, workers: workers) }

    /// Σ over the positions of this map times another one, a number a channel; without another one, of this map alone.
    public func channelProducts(_ other: FeatureMap?, workers: Workers) -> [Float] {
        precondition(other == nil || other!.shape == shape)
        let (area, channels) = (shape.area, shape.channels)
        let height = positionsInPiece(channels)
        let pieces = (area + height - 1) / height
        var parts = FeatureMap(Shape(channels, pieces, 1))
        parts.withMutableElements { parts in
            withElements { left in
                (other ?? self).withElements { right in
                    let (parts, left, right) = (parts.baseAddress!, left.baseAddress!, right.baseAddress!)
                    workers.forEach(pieces) { piece in
                        let first = piece * height
                        kernels_channel_products(
                            parts + piece * channels, left + first * channels,
                            other == nil ? nil : right + first * channels, min(height, area - first), channels)
                    }
                }
            }
        }
        return parts.withElements { parts in
            var sums = [Float](repeating: 0, count: channels)
            for piece in 0..<pieces { for c in 0..<channels { sums[c] += parts[piece * channels + c] } }
            return sums
        }
    }

    /// The named channels, in the order named.
    public func choosing(_ chosen: [Int32], workers: Workers) -> FeatureMap {
        var result = FeatureMap(uninitialized: Shape(chosen.count, shape.height, shape.width))
        let channels = shape.channels
        precondition(chosen.allSatisfy { $0 >= 0 && $0 < channels })
        result.withMutableElements { result in
            withElements { source in
                let (result, source) = (result.baseAddress!, source.baseAddress!)
                eachRows(shape.area, of: chosen.count, workers) { rows in
                    kernels_gather_columns(
                        source + rows.lowerBound * channels, rows.count, channels, chosen, chosen.count,
                        result + rows.lowerBound * chosen.count)
                }
            }
        }
        return result
    }

    /// The adjoint of `choosing`: a map of `channels` channels with these at the named places and zeros elsewhere.
    public func spread(to chosen: [Int32], of channels: Int, workers: Workers) -> FeatureMap {
        precondition(chosen.count == shape.channels && chosen.allSatisfy { $0 >= 0 && $0 < channels })
        let target = Shape(channels, shape.height, shape.width)
        var result = chosen.count == channels ? FeatureMap(uninitialized: target) : FeatureMap(target)
        result.withMutableElements { result in
            withElements { source in
                let (result, source) = (result.baseAddress!, source.baseAddress!)
                eachRows(shape.area, of: channels, workers) { rows in
                    kernels_scatter_columns(
                        source + rows.lowerBound * chosen.count, rows.count, chosen.count, chosen, channels,
                        result + rows.lowerBound * channels)
                }
            }
        }
        return result
    }
}

/// Normalizations over the channels of each position.
extension FeatureMap {
    /// (x − mean) / √(variance + ε) · scales + shifts over the channels of each position, and the mean and 1/√(variance + ε)
    /// of each.
    public func layerNormalized(scales: [Float], shifts: [Float], epsilon: Float, workers: Workers)
        -> (output: FeatureMap, statistics: FeatureMap)
    {
        precondition(scales.count == shape.channels && shifts.count == shape.channels)
        var result = FeatureMap(uninitialized: shape)
        var statistics = FeatureMap(uninitialized: Shape(2, shape.height, shape.width))
        let channels = shape.channels
        result.withMutableElements { result in
            statistics.withMutableElements { statistics in
                withElements { source in
                    let (result, source, statistics) =
                        (result.baseAddress!, source.baseAddress!, statistics.baseAddress!)
                    eachRows(shape.area, of: channels, workers) { rows in
                        let start = rows.lowerBound * channels
                        kernels_layer_norm(
                            result + start, source + start, rows.count, channels, scales, shifts, epsilon,
                            statistics + 2 * rows.lowerBound)
                    }
                }
            }
        }
        return (result, statistics)
    }

    /// From a gradient (self) at the output of `layerNormalized` to one at its input.
    public consuming func layerNormPullback(input: FeatureMap, statistics: FeatureMap, scales: [Float], workers: Workers)
        -> FeatureMap
    {
        var gradient = self
        let (area, channels) = (input.shape.area, input.shape.channels)
        precondition(gradient.shape == input.shape && statistics.shape.area == area)
        gradient.withMutableElements { gradient in
            statistics.withElements { statistics in
                input.withElements { input in
                    let (gradient, input, statistics) =
                        (gradient.baseAddress!, input.baseAddress!, statistics.baseAddress!)
                    eachRows(area, of: channels, workers) { rows in
                        let start = rows.lowerBound * channels
                        kernels_layer_norm_gradient(
                            gradient + start, input + start, rows.count, channels, scales,
                            statistics + 2 * rows.lowerBound)
                    }
                }
            }
        }
        return gradient
    }

    /// x / √(offset + share · Σ x²), the sum over the channels at most `reach` away.
    public func responseNormalized(reach: Int, share: Float, offset: Float, workers: Workers) -> FeatureMap {
        var result = FeatureMap(uninitialized: shape)
        let channels = shape.channels
        result.withMutableElements { result in
            withElements { source in
                let (result, source) = (result.baseAddress!, source.baseAddress!)
                eachRows(shape.area, of: channels, workers) { rows in
                    let start = rows.lowerBound * channels
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * channels) { scratch in
                        kernels_response_norm(
                            result + start, source + start, rows.count, channels, reach, share, offset,
                            scratch.baseAddress!)
                    }
                }
            }
        }
        return result
    }

    /// From a gradient (self) at the output of `responseNormalized` to one at its input.
    public consuming func responseNormPullback(
        input: FeatureMap, reach: Int, share: Float, offset: Float, workers: Workers
    ) -> FeatureMap {
        var gradient = self
        let (area, channels) = (input.shape.area, input.shape.channels)
        precondition(gradient.shape == input.shape)
        gradient.withMutableElements { gradient in
            input.withElements { input in
                let (gradient, input) = (gradient.baseAddress!, input.baseAddress!)
                eachRows(area, of: channels, workers) { rows in
                    let start = rows.lowerBound * channels
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * channels) { scratch in
                        kernels_response_norm_gradient(
                            gradient + start, input + start, rows.count, channels, reach, share, offset,
                            scratch.baseAddress!)
                    }
                }
            }
        }
        return gradient
    }
}

/// exp(x) / Σ exp over each row, in place.
public func softmax(_ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    kernels_softmax(values, rows, columns)
}

/// From a gradient at the output of `softmax` to one at its input, in place.
public func softmaxPullback(
    _ gradient: UnsafeMutablePointer<Float>, probabilities: UnsafePointer<Float>, rows: Int, columns: Int
) {
    kernels_softmax_gradient(gradient, probabilities, rows, columns)
}
