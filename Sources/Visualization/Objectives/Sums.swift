import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Σ a·b in double precision.
func inner(_ a: Tensor, _ b: Tensor) -> Double {
    precondition(a.shape == b.shape, "\(a.shape) does not meet \(b.shape)")
    return a.withElements { a in b.withElements { b in dot(a, b) } }
}

/// √Σ a²
func norm(_ a: Tensor) -> Double { inner(a, a).squareRoot() }

/// Σ a·b of two lists.
func dot(_ a: [Float], _ b: [Float]) -> Double {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { b in dot(a, b) } }
}

private func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double {
    var sum = 0.0
    for i in 0..<a.count { sum += Double(a[i]) * Double(b[i]) }
    return sum
}

/// base to a power, for base > 0.
func raise(_ base: Double, to power: Double) -> Double { pow(base, power) }

/// A·Aᵀ over positions, `[channels, channels]`, row-major.
func gramMatrix(_ activation: Tensor) -> [Float] {
    let (channels, area) = (activation.shape.channels, activation.shape.area)
    return [Float](unsafeUninitializedCapacity: channels * channels) { gram, count in
        activation.withElements { a in
            multiply(
                Matrix(a.baseAddress!, rows: channels, columns: area),
                Matrix(a.baseAddress!, rows: area, columns: channels, transposed: true), into: gram.baseAddress!,
                resultStride: channels)
        }
        count = channels * channels
    }
}

/// matrix · A, with the matrix `[channels, channels]` and A `[channels, positions]`.
func product(_ matrix: [Float], with activation: Tensor) -> Tensor {
    let (channels, area) = (activation.shape.channels, activation.shape.area)
    var result = Tensor(uninitialized: activation.shape)
    result.withMutableElements { result in
        activation.withElements { a in
            matrix.withUnsafeBufferPointer { matrix in
                multiply(
                    Matrix(matrix.baseAddress!, rows: channels, columns: channels),
                    Matrix(a.baseAddress!, rows: channels, columns: area), into: result.baseAddress!, resultStride: area)
            }
        }
    }
    return result
}
