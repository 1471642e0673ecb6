import Networks
import Tensors

/// Literals, extents, and shape arithmetic that is never done on a picture's values.
extension Operator {
    static let constants: [Operator] = [
        Operator("Constant", .literal { try $0.literal() }),
        Operator("Shape", .literal { .constant(try $0.extents()) }),
        Operator("Size", .literal { operation in
            let value = try operation.input(0)
            return .constant(Constant([], .integers([value.count]), isSized: value.isActivation))
        }),
        Operator("ConstantOfShape", constant: { try $0.filled() }),
        Operator("Range", constant: { try $0.range() }),
        Operator("Where", constant: { try $0.chosenByCondition() }, layer: { try $0.selection($1) }),
        Operator("Trilu", constant: { try $0.triangle(try $0.constant(0)) }, layer: { try $0.triangle($1) }),
        Operator("NonZero", constant: { operation in
            let value = try operation.constant(0)
            let strides = rowMajorStrides(value.dims)
            let places = value.floats.enumerated().filter { $0.element != 0 }.map(\.offset)
            let rows = value.dims.indices.map { axis in places.map { $0 / strides[axis] % value.dims[axis] } }
            return Constant([value.dims.count, places.count], .integers(rows.flatMap { $0 }))
        }),
    ]
}

extension Operation {
    /// Literals of more values stay in the file, as weights do.
    private static let mostLiteralValues = 1024

    fileprivate func literal() throws(WeightsError) -> Value {
        for (name, attribute) in attributes {
            switch name {
            case "value":
                guard let tensor = try tensor(name) else { continue }
                return tensor.count > Self.mostLiteralValues ? .stored(tensor) : .constant(try tensors.constant(tensor))
            case "value_float": return .constant(Constant([], .floats([attribute.f])))
            case "value_int": return .constant(Constant([], .integers([Int(attribute.i)])))
            case "value_floats": return .constant(Constant([attribute.floats.count], .floats(attribute.floats)))
            case "value_ints": return .constant(Constant(integers: attribute.ints.map { Int($0) }))
            default: continue
            }
        }
        throw refuse("this kind of constant is not supported")
    }

    /// The extents of a value, from the axis `start` to the one before `end`.
    fileprivate func extents() throws(WeightsError) -> Constant {
        let value = try input(0)
        let rank = value.dims.count
        func bound(_ name: String, _ standard: Int) throws(WeightsError) -> Int {
            let place = try integer(name, standard)
            return min(max(place < 0 ? place + rank : place, 0), rank)
        }
        let (start, end) = (try bound("start", 0), try bound("end", rank))
        return Constant(integers: Array(value.dims[start..<max(start, end)]), isSized: value.isActivation)
    }

    /// One number everywhere in a constant of given extents.
    fileprivate func filled() throws(WeightsError) -> Constant {
        let dims = try constant(0).integers
        guard dims.allSatisfy({ $0 >= 0 && $0 < Constant.mostValues }), Constant.fits(dims) else { throw refuse("the shape \(dims)") }
        let fill = try tensor("value").map { tensor throws(WeightsError) in try tensors.constant(tensor) } ?? Constant([], .floats([0]))
        guard fill.count == 1 else { throw refuse("a value of \(fill.count) numbers") }
        return fill.reshaped(dims.map { _ in 1 }).expanded(to: dims)
    }

    /// start, start + delta, … below the limit
    fileprivate func range() throws(WeightsError) -> Constant {
        let (start, limit, delta) = (try constant(0), try constant(1), try constant(2))
        guard start.count == 1, limit.count == 1, delta.count == 1, delta.floats[0] != 0 else { throw refuse("three numbers are expected") }
        let span = (Double(limit.floats[0]) - Double(start.floats[0])) / Double(delta.floats[0])
        guard span.isFinite, span < Double(Constant.mostValues) else { throw refuse("a range of \(span) numbers") }
        let count = span > 0 ? Int(span.rounded(.up)) : 0
        if start.isInteger { return Constant(integers: (0..<count).map { start.integers[0] &+ $0 &* delta.integers[0] }) }
        return Constant([count], .floats((0..<count).map { start.floats[0] + Float($0) * delta.floats[0] }))
    }

    /// The second input where the first is not 0, else the third.
    fileprivate func chosenByCondition() throws(WeightsError) -> Constant {
        let (condition, a, b) = (try constant(0), try constant(1), try constant(2))
        let dims = try broadcast(try broadcast(condition.dims, a.dims), b.dims)
        guard Constant.fits(dims) else { throw refuse("a constant of \(dims) is too large") }
        let (test, left, right) = (condition.expanded(to: dims).integers, a.expanded(to: dims), b.expanded(to: dims))
        func chosen<Number>(_ x: [Number], _ y: [Number]) -> [Number] { test.indices.map { test[$0] != 0 ? x[$0] : y[$0] } }
        if a.isInteger, b.isInteger { return Constant(dims, .integers(chosen(left.integers, right.integers))) }
        return Constant(dims, .floats(chosen(left.floats, right.floats)))
    }

    /// The numbers of a stack of matrices on one side of a diagonal, and 0 beyond it.
    fileprivate func triangle(_ value: Constant) throws(WeightsError) -> Constant {
        let rank = value.dims.count
        guard rank >= 2 else { throw refuse("no matrix in \(value.dims)") }
        let isUpper = try integer("upper", 1) == 1
        let diagonal = try optionalConstant(1)?.integers.first ?? 0
        let (rows, columns) = (value.dims[rank - 2], value.dims[rank - 1])
        func kept<Number: ExpressibleByIntegerLiteral>(_ numbers: [Number]) -> [Number] {
            numbers.enumerated().map { place, number in
                let offset = place % columns - place / columns % rows
                return (isUpper ? offset >= diagonal : offset <= diagonal) ? number : 0
            }
        }
        switch value.values {
        case .integers(let numbers): return Constant(value.dims, .integers(kept(numbers)))
        case .floats(let numbers): return Constant(value.dims, .floats(kept(numbers)))
        }
    }
}

extension GraphImporter {
    fileprivate mutating func selection(_ operation: Operation) throws(WeightsError) -> Activation {
        let inputs = [try operation.input(0), try operation.input(1), try operation.input(2)]
        return try selection(operation, inputs)
    }

    /// Where a condition holds the second of these values, else the third.
    private mutating func selection(_ operation: Operation, _ operands: [Value]) throws(WeightsError) -> Activation {
        var dims: [Int] = []
        for operand in operands { dims = try operation.broadcast(dims, operand.dims) }
        let activations = operands.compactMap { if case .activation(let value) = $0 { value } else { nil } }
        guard let largest = activations.max(by: { $0.count < $1.count }) else { throw operation.refuse("three constants") }
        let order = largest.withLeadingOnes(to: dims.count).order
        var (inputs, layers): ([Activation], [Selection.Operand]) = ([], [])
        for operand in operands {
            if case .activation(let value) = operand {
                inputs.append(try expanded(operation, value.withLeadingOnes(to: dims.count), to: order, dims))
                layers.append(.input)
                continue
            }
            let constant = try reader.constant(of: operand)
            if constant.isSized, let first = inputs.first { inputs[0] = try fixed(operation, first) }
            if constant.count == 1 {
                layers.append(.constant(Parameter("constant", shape: [1], values: constant.floats)))
            } else {
                guard Constant.fits(dims) else { throw operation.refuse("a constant of \(dims) is too large") }
                var map = IndexMap(withLeadingOnes(constant.dims, dims.count))
                map.expand(to: dims)
                map.transpose(order)
                layers.append(.constant(try reader.parameter(.constant(constant), map: map)))
            }
        }
        return try add(operation, Selection(where: layers[0], layers[1], else: layers[2]), from: inputs, dims: dims, order: order)
    }

    fileprivate mutating func triangle(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard Constant.fits(value.dims) else { throw operation.refuse("a value of \(value.dims) is too large") }
        let ones = Constant([], .integers([1])).expanded(to: value.dims.map { _ in 1 }).expanded(to: value.dims)
        let mask = try operation.triangle(ones)
        return try selection(operation, [.constant(mask), .activation(value), .constant(Constant([], .floats([0])))])
    }
}
