import COpenBLAS

/// A matrix inside somebody else's memory: `rows` × `columns` floats, row-major, `stride` floats from row to row.
public struct Matrix {
    /// The first element; whoever makes the matrix keeps the memory alive.
    public let start: UnsafePointer<Float>
    /// Rows, after transposing.
    public let rows: Int
    /// Columns, after transposing.
    public let columns: Int
    /// Floats from one row in memory to the next.
    public let stride: Int
    /// Read the memory as its transpose: `rows` and `columns` are those of the transposed matrix.
    public let transposed: Bool

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
