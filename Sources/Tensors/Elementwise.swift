import Kernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

func sineOf(_ angle: Double) -> Double { sin(angle) }
func cosineOf(_ angle: Double) -> Double { cos(angle) }

/// Elements in one piece of parallel elementwise work: large enough to outweigh a hand-over, fixed so that no result
/// depends on the number of threads.
let elementsInPiece = 16_384

/// Calls `body` with the pieces of 0 ..< count, in any order, on several threads.
func eachPiece(of count: Int, _ workers: Workers, _ body: (Range<Int>) -> Void) {
    workers.forEach((count + elementsInPiece - 1) / elementsInPiece) { piece in
        body(piece * elementsInPiece..<min((piece + 1) * elementsInPiece, count))
    }
}

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
        withMutableElements { target in
            kernels_scale(target.baseAddress!, target.count, factor)
        }
    }
}

extension Tensor {
    /// Every channel · its scale + its shift.
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

    /// From a gradient (self) at the image that `colours` made to one at what it was made of.
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

    /// Pair i of every channel (a complex number) · factors[i] · factor.
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

/// "baseline", "avx2" or "avx512": the build of the inner loops that this processor runs.
public var instructionSet: String { String(cString: kernels_instruction_set()) }

/// The moments of Adam's running averages and the rate of one step.
public struct AdamStep {
    /// Decay of the mean.
    public var beta1: Float
    /// Decay of the variance.
    public var beta2: Float
    /// learning rate / (1 − β₁ᵗ)
    public var rate: Float
    /// 1 / √(1 − β₂ᵗ)
    public var varianceCorrection: Float
    /// Keeps the division finite.
    public var epsilon: Float

    public init(beta1: Float, beta2: Float, rate: Float, varianceCorrection: Float, epsilon: Float) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.rate = rate
        self.varianceCorrection = varianceCorrection
        self.epsilon = epsilon
    }

    /// parameters += rate · m / (√v · correction + ε), after m and v have taken in the gradient (Kingma and Ba 2015).
    public func climb(
        _ parameters: inout Tensor, mean: inout Tensor, variance: inout Tensor, along gradient: Tensor,
        workers: Workers
    ) {
        let count = parameters.shape.count
        precondition(mean.shape.count == count && variance.shape.count == count && gradient.shape.count == count)
        parameters.withMutableElements { parameters in
            mean.withMutableElements { mean in
                variance.withMutableElements { variance in
                    gradient.withElements { gradient in
                        workers.forEach((count + elementsInPiece - 1) / elementsInPiece) { piece in
                            let start = piece * elementsInPiece
                            kernels_adam(
                                parameters.baseAddress! + start, mean.baseAddress! + start,
                                variance.baseAddress! + start, gradient.baseAddress! + start,
                                min(elementsInPiece, count - start), beta1, beta2, rate, varianceCorrection, epsilon)
                        }
                    }
                }
            }
        }
    }
}

/// ln x, for the few places outside inner loops that need it.
public func logarithm(_ x: Float) -> Float { log(x) }

/// eˣ, for the few places outside inner loops that need it.
public func exponential(_ x: Float) -> Float { exp(x) }
