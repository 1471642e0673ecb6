import Networks
import Tensors

/// Matrix products, with weights and between two values.
extension Operator {
    static let products: [Operator] = [
        Operator("Gemm", layer: { try $0.gemm($1) }),
        Operator("MatMul", constant: { try $0.matrixProduct() }, layer: { try $0.matrixProduct($1) }),
        Operator("Einsum", layer: { try $0.einsum($1) }),
    ]
}

extension Operation {
    /// Multiplications of constants that take a minute or so.
    private static let mostMultiplications = 1 << 36

    /// The last two axes multiplied, over all others; a vector is a matrix of one row on the left, of one column on the right.
    fileprivate func matrixProduct() throws(WeightsError) -> Constant {
        let (left, right) = (try constant(0), try constant(1))
        let (a, b) = (left.dims.count == 1 ? [1] + left.dims : left.dims, right.dims.count == 1 ? right.dims + [1] : right.dims)
        guard a.count >= 2, b.count >= 2, let depth = a.last, depth == b[b.count - 2], depth > 0, let columns = b.last else {
            throw refuse("\(left.dims) times \(right.dims)")
        }
        let rows = a[a.count - 2]
        let batch = try broadcast(Array(a.dropLast(2)), Array(b.dropLast(2)))
        let dims = batch + (left.dims.count == 1 ? [] : [rows]) + (right.dims.count == 1 ? [] : [columns])
        guard Constant.fits(dims), Constant.fits(batch), dims.reduce(depth, *) < Self.mostMultiplications else {
            throw refuse("a constant of \(dims) is too large")
        }
        let x = left.reshaped(a).expanded(to: batch + [rows, depth]).floats
        let y = right.reshaped(b).expanded(to: batch + [depth, columns]).floats
        var results = [Float](repeating: 0, count: batch.reduce(rows * columns, *))
        for row in 0..<results.count / max(columns, 1) {
            let matrix = row / rows * depth * columns
            for k in 0..<depth {
                let factor = x[row * depth + k]
                for column in 0..<columns { results[row * columns + column] += factor * y[matrix + k * columns + column] }
            }
        }
        return Constant(dims, .floats(results))
    }
}

extension GraphImporter {
    /// alpha · A · B + beta · C
    fileprivate mutating func gemm(_ operation: Operation) throws(WeightsError) -> Activation {
        var input = try operation.activation(0)
        guard input.dims.count == 2 else { throw operation.refuse("expected two axes, got \(input.dims)") }
        if try operation.integer("transA", 0) == 1 {
            input = Activation(input.node, dims: input.dims.reversed(), order: input.order.map { 1 - $0 })
        }
        let isTransposed = try operation.integer("transB", 0) == 1
        let (alpha, beta) = (operation.number("alpha", 1), operation.number("beta", 1))
        let weights = try operation.input(1)
        guard weights.dims.count == 2 else { throw operation.refuse("weights of \(weights.dims)") }
        if case .activation(let right) = weights {
            let other = isTransposed ? Activation(right.node, dims: right.dims.reversed(), order: right.order.map { 1 - $0 }) : right
            let shift = operation.optionalInput(2)
            var result = Value.activation(try product(operation, input, other, suffix: alpha == 1 && shift == nil ? "" : "/product"))
            result = try scaled(operation, result, by: alpha, suffix: shift == nil ? "" : "/scaled")
            if let shift { result = .activation(try combined(operation, .add, result, try scaled(operation, shift, by: beta, suffix: "/shift"))) }
            guard case .activation(let sum) = result else { preconditionFailure("a product of two values is one") }
            return sum
        }
        let outputs = weights.dims[isTransposed ? 0 : 1]
        if let shift = operation.optionalInput(2),
            shift.isActivation || shift.count != 1 && (shift.count != outputs || shift.dims.last != outputs)
        {
            // Not one number for each column.
            let product = try linear(operation, input, weights, isTransposed: isTransposed, scale: alpha, suffix: "/product")
            return try combined(operation, .add, .activation(product), try scaled(operation, shift, by: beta, suffix: "/shift"))
        }
        let biases = try biases(operation, operation.optionalInput(2), count: outputs, scale: beta)
        return try linear(operation, input, weights, isTransposed: isTransposed, scale: alpha, biases: biases)
    }

    private mutating func scaled(_ operation: Operation, _ value: Value, by factor: Float, suffix: String) throws(WeightsError) -> Value {
        if factor == 1 { return value }
        if value.isActivation {
            let factor = Value.constant(Constant([], .floats([factor])))
            return .activation(try combined(operation, .multiply, value, factor, suffix: suffix))
        }
        return .constant(Constant(value.dims, .floats(try reader.constant(of: value).floats.map { $0 * factor })))
    }

    fileprivate mutating func matrixProduct(_ operation: Operation) throws(WeightsError) -> Activation {
        let (left, right) = (try operation.input(0), try operation.input(1))
        guard !left.dims.isEmpty, !right.dims.isEmpty else { throw operation.refuse("\(left.dims) times \(right.dims)") }
        switch (left, right) {
        case (.activation(let a), .activation(let b)): return try product(operation, a, b)
        case (.activation(let a), _):
            if right.dims.count == 1 {
                // A vector is a matrix of one column, whose axis goes.
                let column = try operation.constant(1).reshaped(right.dims + [1])
                let product = try linear(operation, a, .constant(column), isTransposed: false, suffix: "/column")
                return try reshaped(operation, product, to: product.dims.dropLast())
            }
            // A stack of matrices of weights is one where only one is in it.
            guard right.dims.dropLast(2).allSatisfy({ $0 == 1 }) else { return try product(operation, a, with: right, isFirst: false) }
            return try linear(operation, a, right, isTransposed: false)
        case (_, .activation(let b)) where left.dims.count == 1:
            let row = try operation.constant(0).reshaped([1] + left.dims)
            guard b.dims.count >= 2 else { throw operation.refuse("\(left.dims) times \(b.dims)") }
            var inner = operation.named("/row")
            inner.inputs[0] = .constant(row)
            let product = try matrixProduct(inner)
            return try reshaped(operation, product, to: product.dims.dropLast(2) + product.dims.suffix(1))
        case (_, .activation(let b)) where left.dims.count > 2:
            return try product(operation, b, with: left, isFirst: true)
        case (_, .activation(let b)):
            // W · B is linear along the axis before the last.
            let rank = b.dims.count
            guard rank >= 2, left.dims.count == 2, left.dims[1] == b.dims[rank - 2] else {
                throw operation.refuse("\(left.dims) times \(b.dims)")
            }
            let order = b.order(endingWith: rank - 2)
            var dims = b.dims
            dims[rank - 2] = left.dims[0]
            let layer = Linear(inputs: left.dims[1], outputs: left.dims[0], weights: try reader.parameter(left), biases: nil)
            return try add(operation, layer, from: b, through: try layers(bringing: b, to: order), dims: dims, order: order)
        default: throw operation.refuse("two constants")
        }
    }

    /// A linear map of the last axis.
    private mutating func linear(
        _ operation: Operation, _ input: Activation, _ weights: Value, isTransposed: Bool, scale: Float = 1,
        biases: Parameter? = nil, suffix: String = ""
    ) throws(WeightsError) -> Activation {
        let (inputs, outputs) = isTransposed
            ? (weights.dims[1], weights.dims[0]) : (weights.dims[weights.dims.count - 2], weights.dims[weights.dims.count - 1])
        guard let last = input.dims.indices.last, input.dims[last] == inputs, outputs > 0 else {
            throw operation.refuse("weights of \(weights.dims) for \(input.dims)")
        }
        var map: IndexMap?
        if !isTransposed {
            map = IndexMap([inputs, outputs])
            map?.transpose([1, 0])
        }
        let layer = Linear(
            inputs: inputs, outputs: outputs,
            weights: try reader.parameter(weights, shape: [outputs, inputs], map: map, scale: scale), biases: biases)
        let order = input.order(endingWith: last)
        let source = try arranged(operation, input, to: order)
        var dims = input.dims
        dims[last] = outputs
        let result = try add(operation, layer, from: [source], dims: dims, order: order, suffix: suffix)
        if biases == nil { facts[result.node.index] = .linear(layer, from: source.node) }
        return result
    }

    /// "bij,bkj->bik" and the like: a product of matrices over common axes, which may stand in any order.
    fileprivate mutating func einsum(_ operation: Operation) throws(WeightsError) -> Activation {
        let equation = operation.text("equation", "").filter { $0 != " " }
        func refuse() -> WeightsError {
            operation.refuse("the equation \(shown(equation)) is not supported; it is not a product of matrices")
        }
        let sides = equation.split(separator: "-", maxSplits: 1).map(String.init)
        let terms = (sides.first ?? "").split(separator: ",").map(Array.init)
        guard sides.count == 2, sides[1].hasPrefix(">"), terms.count == 2, operation.inputs.count == 2 else { throw refuse() }
        let (left, right, result) = (terms[0], terms[1], Array(sides[1].dropFirst()))
        for letters in [left, right, result] {
            guard letters.allSatisfy(\.isLetter), Set(letters).count == letters.count else { throw refuse() }
        }
        let batch = result.filter { left.contains($0) && right.contains($0) }
        let rows = result.filter { !right.contains($0) }
        let columns = result.filter { !left.contains($0) }
        let summed = left.filter { right.contains($0) && !result.contains($0) }
        guard rows.count == 1, columns.count == 1, summed.count == 1, left.count == batch.count + 2, right.count == batch.count + 2 else {
            throw refuse()
        }
        /// The value with its axes in the order of these letters; nothing moves.
        func read(_ value: Activation, _ letters: [Character], as wanted: [Character]) throws(WeightsError) -> Activation {
            guard value.dims.count == letters.count else { throw refuse() }
            let places = wanted.map { letters.firstIndex(of: $0)! }
            return Activation(
                value.node, dims: places.map { value.dims[$0] }, order: value.order.map { places.firstIndex(of: $0)! })
        }
        /// The same of weights, whose values move.
        func weights(_ index: Int, _ letters: [Character], as wanted: [Character]) throws(WeightsError) -> Value {
            let constant = try operation.constant(index)
            guard constant.dims.count == letters.count else { throw refuse() }
            var map = IndexMap(constant.dims)
            map.transpose(wanted.map { letters.firstIndex(of: $0)! })
            return .constant(constant.moved(map))
        }
        let (leftOrder, rightOrder) = (batch + rows + summed, batch + summed + columns)
        let found: Activation
        switch (try operation.input(0), try operation.input(1)) {
        case (.activation(let a), .activation(let b)):
            found = try product(operation, try read(a, left, as: leftOrder), try read(b, right, as: rightOrder))
        case (.activation(let a), _):
            found = try product(
                operation, try read(a, left, as: leftOrder), with: try weights(1, right, as: rightOrder), isFirst: false)
        case (_, .activation(let b)):
            found = try product(operation, try read(b, right, as: rightOrder), with: try weights(0, left, as: leftOrder), isFirst: true)
        default: throw operation.refuse("two constants")
        }
        return try read(found, batch + rows + columns, as: result)
    }

    /// The product with a stack of matrices of weights.
    private mutating func product(_ operation: Operation, _ value: Activation, with weights: Value, isFirst: Bool)
        throws(WeightsError) -> Activation
    {
        let order = Array(weights.dims.indices)
        let held = Activation(value.node, dims: weights.dims, order: order)
        return try product(
            operation, isFirst ? held : value, isFirst ? value : held,
            held: HeldOperand(parameter: try reader.parameter(weights), isFirst: isFirst))
    }

    /// A constant that is one of the two operands of a product.
    private struct HeldOperand {
        let parameter: Parameter
        let isFirst: Bool
    }

    /// The product of the last two axes, over all others.
    private mutating func product(
        _ operation: Operation, _ left: Activation, _ right: Activation, held: HeldOperand? = nil, suffix: String = ""
    ) throws(WeightsError) -> Activation {
        var (a, b) = (left, right)
        if held == nil, a.dims.count == 1 || b.dims.count == 1 {
            // A vector is a matrix of one row on the left, of one column on the right, whose axis goes.
            let matrix = try product(
                operation, a.dims.count == 1 ? a.withLeadingOnes(to: 2) : a, b.dims.count == 1 ? b.withLastOne : b, suffix: "/matrix")
            var dims = matrix.dims
            if b.dims.count == 1 { dims.removeLast() }
            if a.dims.count == 1 { dims.remove(at: dims.count - (b.dims.count == 1 ? 1 : 2)) }
            return try reshaped(operation, matrix, to: dims)
        }
        guard a.dims.count >= 2, b.dims.count >= 2 else { throw operation.refuse("\(a.dims) times \(b.dims)") }
        let (rows, depth) = (a.dims[a.dims.count - 2], a.dims[a.dims.count - 1])
        let columns = b.dims[b.dims.count - 1]
        guard b.dims[b.dims.count - 2] == depth else { throw operation.refuse("\(a.dims) times \(b.dims)") }
        let batch = try operation.broadcast(Array(a.dims.dropLast(2)), Array(b.dims.dropLast(2)))
        guard batch.reduce(1, *) < 1 << 24 else { throw operation.refuse("too many products: \(batch)") }
        if held?.isFirst != true, !isReadable(a) { a = try arranged(operation, a, to: Array(a.dims.indices)) }
        if held?.isFirst != false, !isReadable(b) { b = try arranged(operation, b, to: Array(b.dims.indices)) }
        let dims = batch + [rows, columns]
        let order = Array(dims.indices)
        let layer = MatrixProduct(
            operand(a, batch), operand(b, batch), rows: rows, depth: depth, columns: columns, output: Activation.shape(dims, order))
        if let held {
            let (place, shape) = held.isFirst ? (0, a.shape) : (1, b.shape)
            let layer = HeldInput(layer, place: place, held.parameter, shape: shape)
            return try add(operation, layer, from: [held.isFirst ? b : a], dims: dims, order: order)
        }
        return try add(operation, layer, from: [a, b], dims: dims, order: order, suffix: suffix)
    }

    /// One of the last two axes runs through adjacent values, with the other no closer than that one is long.
    private func isReadable(_ value: Activation) -> Bool {
        let (strides, rank) = (value.strides, value.dims.count)
        let (rows, columns) = (strides[rank - 2], strides[rank - 1])
        return columns == 1 && rows >= value.dims[rank - 1] || rows == 1 && columns >= value.dims[rank - 2]
    }

    private func operand(_ value: Activation, _ batch: [Int]) -> MatrixProduct.Operand {
        let (strides, rank) = (value.strides, value.dims.count)
        var offsets = IndexMap(Array(value.dims.dropLast(2)), strides: Array(strides.dropLast(2)))
        offsets.expand(to: batch)
        let isTransposed = !(strides[rank - 1] == 1 && strides[rank - 2] >= value.dims[rank - 1])
        return MatrixProduct.Operand(
            shape: value.shape, offsets: offsets.places().map { Int($0) },
            stride: max(strides[isTransposed ? rank - 1 : rank - 2], 1), isTransposed: isTransposed)
    }
}
