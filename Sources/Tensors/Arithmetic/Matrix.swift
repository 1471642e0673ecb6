import COpenBLAS

/// A matrix in memory that it does not own: `rows` × `columns` floats, row-major, `stride` floats from row to row.
public struct Matrix {
    /// The first element; the caller keeps the memory alive.
    public let start: UnsafePointer<Float>
    /// Rows, after transposing.
    public let rows: Int
    /// Columns, after transposing.
    public let columns: Int
    /// Floats from one row in memory to the next.
    public let stride: Int
    /// Read the memory as its transpose: `rows` and `columns` are those of the transposed matrix.
    public let transposed: Bool

    /// - Parameters:
    ///   - rows: after transposing, like the columns.
    ///   - stride: floats from one row in memory to the next; nil where the rows lie without gaps.
    public init(_ start: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil, transposed: Bool = false) {
        self.start = start
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? (transposed ? rows : columns)
        self.transposed = transposed
    }

    /// The same memory read with rows and columns exchanged.
    public var transpose: Matrix {
        Matrix(start, rows: columns, columns: rows, stride: stride, transposed: !transposed)
    }
}

/// OpenBLAS's bits change with its own thread count, so it always computes with one thread; our tasks supply the rest.
let blasIsReady: Void = {
    if !NumericProfile.isPinned { BLASCore.choose() }
    openblas_set_num_threads(1)
}()

/// `result = left · right`, or `result += left · right` with `accumulating`: the one call of sgemm.
///
/// - Parameters:
///   - result: `left.rows` × `right.columns`, row-major, `resultStride` floats from row to row.
public func multiply(
    _ left: Matrix, _ right: Matrix, into result: UnsafeMutablePointer<Float>, resultStride: Int,
    accumulating: Bool = false
) {
    precondition(left.columns == right.rows, "\(left.columns) columns do not meet \(right.rows) rows")
    _ = blasIsReady
    cblas_sgemm(
        CblasRowMajor, left.transposed ? CblasTrans : CblasNoTrans, right.transposed ? CblasTrans : CblasNoTrans,
        blasint(left.rows), blasint(right.columns), blasint(left.columns), 1, left.start, blasint(left.stride),
        right.start, blasint(right.stride), accumulating ? 1 : 0, result, blasint(resultStride))
}

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
