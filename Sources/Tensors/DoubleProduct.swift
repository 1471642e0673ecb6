import COpenBLAS

/// Rows of the result that one task computes, so that the sums do not depend on the threads.
private let bandRows = 128

/// `sums += left · rightᵀ` in double precision: the products of every row of `left` with every row of `right`.
///
/// - Parameters:
///   - left: `[m, stride]`, of which the first `columns` of each row count.
///   - right: `[n, stride]`, likewise.
///   - sums: `[m, n]`, row-major.
public func addProducts(
    _ left: ArraySlice<Double>, _ right: ArraySlice<Double>, columns: Int, stride: Int, to sums: inout [Double],
    workers: Workers
) {
    let (m, n) = (left.count / stride, right.count / stride)
    precondition(columns <= stride && sums.count == m * n, "\(sums.count) sums are not \(m) × \(n)")
    guard m > 0, n > 0, columns > 0 else { return }
    blasIsReady
    sums.withUnsafeMutableBufferPointer { sums in
        left.withUnsafeBufferPointer { left in
            right.withUnsafeBufferPointer { right in
                let (sums, left, right) = (sums.baseAddress!, left.baseAddress!, right.baseAddress!)
                workers.forEach((m + bandRows - 1) / bandRows) { band in
                    let first = band * bandRows
                    cblas_dgemm(
                        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(min(bandRows, m - first)), blasint(n),
                        blasint(columns), 1, left + first * stride, blasint(stride), right, blasint(stride), 1,
                        sums + first * n, blasint(n))
                }
            }
        }
    }
}
