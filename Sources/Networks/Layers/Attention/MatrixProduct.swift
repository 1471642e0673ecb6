import Tensors

/// Products of matrices that lie in two inputs, a pair after the other: attention's scores and mixtures. The matrices may
/// be read where they lie, as long as one of their two axes runs through adjacent values.
public struct MatrixProduct: WeightlessLayer {
    /// Where the matrices of one input lie.
    public struct Operand: Sendable {
        /// The input's shape.
        public let shape: Shape
        /// The first value of each matrix, one for every product.
        public let offsets: [Int]
        /// Values from row to row, or from column to column where `isTransposed`.
        public let stride: Int
        /// Columns, not rows, are contiguous.
        public let isTransposed: Bool

        /// - Parameters:
        ///   - shape: the whole input's.
        ///   - offsets: in values from the input's start, one for every product.
        ///   - stride: in values.
        public init(shape: Shape, offsets: [Int], stride: Int, isTransposed: Bool) {
            self.shape = shape
            self.offsets = offsets
            self.stride = stride
            self.isTransposed = isTransposed
        }

        /// Whether two products share a matrix, whose gradient is then a sum.
        var isShared: Bool { Set(offsets).count < offsets.count }
    }

    let left: Operand  // rows × depth
    let right: Operand  // depth × columns
    let rows: Int
    let depth: Int
    let columns: Int
    private let output: Shape

    /// - Parameter output: of all products one after the other, each row-major.
    public init(_ left: Operand, _ right: Operand, rows: Int, depth: Int, columns: Int, output: Shape) {
        precondition(left.offsets.count == right.offsets.count && output.count == left.offsets.count * rows * columns)
        self.left = left
        self.right = right
        self.rows = rows
        self.depth = depth
        self.columns = columns
        self.output = output
    }

    public var traits: LayerTraits { .seesWholeInput }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard inputs.count == 2 else { throw ShapeError("expected two inputs, got \(inputs.count)") }
        try expect(left.shape, inputs[0])
        try expect(right.shape, inputs[1])
        return output
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (a, b) = (inputs[0], inputs[1])
        var result = FeatureMap(uninitialized: output)
        result.withMutableElements { result in
            a.withElements { a in
                b.withElements { b in
                    let (result, a, b) = (result.baseAddress!, a.baseAddress!, b.baseAddress!)
                    pass.workers.forEach(left.offsets.count) { index in
                        multiply(
                            matrix(a, left, index, rows, depth), matrix(b, right, index, depth, columns),
                            into: result + index * rows * columns, resultStride: columns)
                    }
                }
            }
        }
        return LayerResult(result) { gradient in
            // left: gradient · rightᵀ, rows × depth; right: leftᵀ · gradient, depth × columns.
            [
                pulled(to: left, rows, depth, pass) { index, target, transposed in
                    gradient.withElements { gradient in
                        b.withElements { b in
                            let outer = Matrix(gradient.baseAddress! + index * rows * columns, rows: rows, columns: columns)
                            let other = matrix(b.baseAddress!, right, index, depth, columns)
                            transposed
                                ? multiply(other, outer.transpose, into: target, resultStride: left.stride, accumulating: true)
                                : multiply(outer, other.transpose, into: target, resultStride: left.stride, accumulating: true)
                        }
                    }
                },
                pulled(to: right, depth, columns, pass) { index, target, transposed in
                    gradient.withElements { gradient in
                        a.withElements { a in
                            let outer = Matrix(gradient.baseAddress! + index * rows * columns, rows: rows, columns: columns)
                            let other = matrix(a.baseAddress!, left, index, rows, depth)
                            transposed
                                ? multiply(outer.transpose, other, into: target, resultStride: right.stride, accumulating: true)
                                : multiply(other.transpose, outer, into: target, resultStride: right.stride, accumulating: true)
                        }
                    }
                },
            ]
        }
    }

    private func matrix(_ start: UnsafePointer<Float>, _ operand: Operand, _ index: Int, _ rows: Int, _ columns: Int) -> Matrix {
        Matrix(
            start + operand.offsets[index], rows: rows, columns: columns, stride: operand.stride,
            transposed: operand.isTransposed)
    }

    private func pulled(
        to operand: Operand, _ rows: Int, _ columns: Int, _ pass: Pass,
        _ product: (_ index: Int, _ target: UnsafeMutablePointer<Float>, _ transposed: Bool) -> Void
    ) -> FeatureMap {
        var result = FeatureMap(operand.shape)
        result.withMutableElements { result in
            let result = result.baseAddress!
            (operand.isShared ? Workers.one : pass.workers).forEach(operand.offsets.count) { index in
                product(index, result + operand.offsets[index], operand.isTransposed)
            }
        }
        return result
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public func multiplyAdds(for inputs: [Shape]) -> Int { left.offsets.count * rows * depth * columns }
}
