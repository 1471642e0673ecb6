import Kernels

extension Tensor {
    /// Adds another tensor of the same shape, element by element.
    public mutating func add(_ other: Tensor, scaledBy scale: Float = 1) {
        precondition(other.shape == shape, "\(other.shape) cannot be added to \(shape)")
        withMutableElements { target in
            other.withElements { source in
                kernels_add_scaled(target.baseAddress!, source.baseAddress!, target.count, scale)
            }
        }
    }

    /// Multiplies every element.
    public mutating func scale(by factor: Float) {
        withMutableElements { kernels_scale($0.baseAddress!, $0.count, factor) }
    }
}

extension Tensor {
    /// values · scales + shifts, one number of each for every channel.
    public func affine(_ scales: [Float], _ shifts: [Float], workers: Workers) -> Tensor {
        precondition(scales.count == shape.channels && shifts.count == shape.channels)
        var result = Tensor(uninitialized: shape)
        let area = shape.area
        result.withMutableElements { result in
            withElements { values in
                let (result, values) = (result.baseAddress!, values.baseAddress!)
                eachPiece(of: area, workers) { range in
                    for channel in scales.indices {
                        let place = channel * area + range.lowerBound
                        kernels_affine(result + place, values + place, range.count, scales[channel], shifts[channel])
                    }
                }
            }
        }
        return result
    }

    /// sigmoid(matrix · v) at every position of three planes; the matrix is row-major.
    public func colours(_ matrix: [Float], workers: Workers) -> Tensor {
        precondition(shape.channels == 3 && matrix.count == 9)
        var image = Tensor(uninitialized: shape)
        let area = shape.area
        image.withMutableElements { image in
            withElements { values in
                let (image, values) = (image.baseAddress!, values.baseAddress!)
                eachPiece(of: area, workers) { range in
                    kernels_colours(values + range.lowerBound, area, range.count, matrix, image + range.lowerBound)
                }
            }
        }
        return image
    }

    /// The pullback of `colours`: from a gradient (self) at the image to one at the values that the image was made from.
    public func coloursAdjoint(_ matrix: [Float], image: Tensor, workers: Workers) -> Tensor {
        precondition(shape == image.shape && matrix.count == 9)
        var result = Tensor(uninitialized: shape)
        let area = shape.area
        result.withMutableElements { result in
            withElements { gradient in
                image.withElements { image in
                    let (result, gradient, image) = (result.baseAddress!, gradient.baseAddress!, image.baseAddress!)
                    eachPiece(of: area, workers) { range in
                        let first = range.lowerBound
                        kernels_colours_adjoint(gradient + first, image + first, area, range.count, matrix, result + first)
                    }
                }
            }
        }
        return result
    }

    /// Multiplies pair i of every channel, a complex number, by factors[i] · factor.
    public mutating func scalePairs(_ factors: [Float], by factor: Float = 1, workers: Workers) {
        let (channels, count) = (shape.channels, factors.count)
        precondition(shape.area == 2 * count)
        withMutableElements { values in
            let values = values.baseAddress!
            factors.withUnsafeBufferPointer { factors in
                let factors = factors.baseAddress!
                eachPiece(of: count, workers) { range in
                    for channel in 0..<channels {
                        kernels_scale_pairs(
                            values + 2 * (channel * count + range.lowerBound), factors + range.lowerBound, range.count,
                            factor)
                    }
                }
            }
        }
    }
}

/// target[i] += factor · source[i].
@inline(__always)
public func addScaled(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, by factor: Float
) {
    kernels_add_scaled(target, source, count, factor)
}

/// Float from half precision, exactly.
public func floats(fromHalves halves: UnsafeBufferPointer<UInt16>) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { buffer, count in
        if let source = halves.baseAddress { kernels_half_to_float(buffer.baseAddress!, source, halves.count) }
        count = halves.count
    }
}
