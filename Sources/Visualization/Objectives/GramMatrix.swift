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

/// base^power, for base > 0.
func raise(_ base: Double, to power: Double) -> Double { pow(base, power) }

/// Positions whose products are summed together. The pieces are fixed, so that sums do not depend on the threads.
private let block = 8192

/// A·Aᵀ over positions, `[channels, channels]`, row-major.
package func gramMatrix(_ activation: Tensor, workers: Workers = .one) -> [Float] {
    let (channels, area) = (activation.shape.channels, activation.shape.area)
    let size = channels * channels
    let pieces = (area + block - 1) / block
    var parts = Tensor(uninitialized: Shape(pieces, channels, channels))
    parts.withMutableElements { parts in
        activation.withElements { a in
            let (parts, a) = (parts.baseAddress!, a.baseAddress!)
            workers.forEach(pieces) { piece in
                let start = a + piece * block
                let count = min(block, area - piece * block)
                multiply(
                    Matrix(start, rows: channels, columns: count, stride: area),
                    Matrix(start, rows: count, columns: channels, stride: area, transposed: true),
                    into: parts + piece * size, resultStride: channels)
            }
        }
    }
    var gram = [Float](repeating: 0, count: size)
    parts.withElements { parts in
        for piece in 0..<pieces {
            for i in 0..<size { gram[i] += parts[piece * size + i] }
        }
    }
    return gram
}

/// matrix · A, with the matrix `[channels, channels]` and A `[channels, positions]`.
package func product(_ matrix: [Float], with activation: Tensor, workers: Workers = .one) -> Tensor {
    let (channels, area) = (activation.shape.channels, activation.shape.area)
    var result = Tensor(uninitialized: activation.shape)
    result.withMutableElements { result in
        activation.withElements { a in
            matrix.withUnsafeBufferPointer { matrix in
                let (result, a, matrix) = (result.baseAddress!, a.baseAddress!, matrix.baseAddress!)
                workers.forEach((area + block - 1) / block) { piece in
                    let count = min(block, area - piece * block)
                    multiply(
                        Matrix(matrix, rows: channels, columns: channels),
                        Matrix(a + piece * block, rows: channels, columns: count, stride: area),
                        into: result + piece * block, resultStride: area)
                }
            }
        }
    }
    return result
}
