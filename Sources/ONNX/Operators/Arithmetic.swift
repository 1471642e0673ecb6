import Networks
import Tensors

/// Arithmetic, comparisons and logic of two or more values, which are repeated along axes of extent 1 to fit each other.
extension Operator {
    static let arithmetic: [Operator] = [
        binary("Add", .add) { $0 &+ $1 },
        binary("Sub", .subtract) { $0 &- $1 },
        binary("Mul", .multiply) { $0 &* $1 },
        binary("Div", .divide) { $1 == 0 || $0 == .min && $1 == -1 ? 0 : $0 / $1 },
        several("Max", .maximum) { max($0, $1) },
        several("Min", .minimum) { min($0, $1) },
        several("Sum", .add) { $0 &+ $1 },
        Operator("Mean", layer: { importer, operation in
            let sum = try importer.combinedAll(operation, .add, endsInName: false)
            let share = Constant([], .floats([1 / Float(operation.inputs.count)]))
            return try importer.combined(operation, .multiply, sum, .constant(share))
        }),
        Operator(
            "Mod",
            constant: { operation in
                let function = try operation.remainder()
                return try operation.combined(function) { x, y in
                    guard y != 0, !(x == .min && y == -1) else { return 0 }
                    let rest = x % y
                    return function == .modulo && rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
                }
            },
            layer: { importer, operation in
                try importer.combined(operation, try operation.remainder(), try operation.input(0), try operation.input(1))
            }),
        Operator("Pow", constant: { try $0.power() }, layer: { try $0.power($1) }),
        comparison("Equal", .equal) { $0 == $1 },
        comparison("Less", .less) { $0 < $1 },
        comparison("Greater", .greater) { $0 > $1 },
        comparison("LessOrEqual", .lessOrEqual) { $0 <= $1 },
        comparison("GreaterOrEqual", .greaterOrEqual) { $0 >= $1 },
        comparison("And", .and) { $0 != 0 && $1 != 0 },
        comparison("Or", .or) { $0 != 0 || $1 != 0 },
        comparison("Xor", .xor) { ($0 != 0) != ($1 != 0) },
    ]

    /// - Parameter integers: the same of whole numbers, which floats would round.
    private static func binary(
        _ name: String, _ layer: Arithmetic.Operation, _ integers: @escaping @Sendable (Int, Int) -> Int
    ) -> Operator {
        Operator(
            name, constant: { try $0.combined(layer, integers) },
            layer: { try $0.combined($1, layer, try $1.input(0), try $1.input(1)) })
    }

    /// Any number of values.
    private static func several(
        _ name: String, _ layer: Arithmetic.Operation, _ integers: @escaping @Sendable (Int, Int) -> Int
    ) -> Operator {
        Operator(name, constant: { try $0.combined(layer, integers) }, layer: { importer, operation in
            guard case .activation(let result) = try importer.combinedAll(operation, layer, endsInName: true) else {
                throw operation.refuse("one constant")
            }
            return operation.inputs.count > 1
                ? result : try importer.alias(operation, result, dims: result.dims, order: result.order)
        })
    }

    private static func comparison(
        _ name: String, _ layer: Arithmetic.Operation, _ integers: @escaping @Sendable (Int, Int) -> Bool
    ) -> Operator {
        Operator(
            name,
            constant: { operation in
                let truths = try operation.combined(layer) { integers($0, $1) ? 1 : 0 }
                return Constant(truths.dims, .integers(truths.integers))
            },
            layer: { try $0.combined($1, layer, try $1.input(0), try $1.input(1)) })
    }
}

extension Operation {
    /// All inputs combined one after the other, in whole numbers where two are.
    fileprivate func combined(_ function: Arithmetic.Operation, _ integers: (Int, Int) -> Int) throws(WeightsError) -> Constant {
        try combinedPairs { a, b, dims in
            a.isInteger && b.isInteger
                ? Constant(dims, .integers(zip(a.integers, b.integers).map(integers)))
                : Constant(dims, .floats(zip(a.floats, b.floats).map(function.value)))
        }
    }

    /// The function that a Mod asks for.
    fileprivate func remainder() throws(WeightsError) -> Arithmetic.Operation { try integer("fmod", 0) == 0 ? .modulo : .remainder }

    /// All inputs combined one after the other.
    ///
    /// - Parameter combine: gets two constants of the extents `dims`.
    fileprivate func combinedPairs(_ combine: (Constant, Constant, _ dims: [Int]) -> Constant) throws(WeightsError) -> Constant {
        var result = try constant(0)
        for index in 1..<max(inputs.count, 1) {
            let other = try constant(index)
            let dims = try broadcast(result.dims, other.dims)
            guard Constant.fits(dims) else { throw refuse("a constant of \(dims) is too large") }
            result = combine(result.expanded(to: dims), other.expanded(to: dims), dims)
        }
        return result
    }

    fileprivate func power() throws(WeightsError) -> Constant {
        try combinedPairs { base, exponent, dims in
            let results = zip(base.floats, exponent.floats).map { ScalarFunction.power($1).value($0) }
            return Constant(dims, base.isInteger ? .integers(results.map(wholeNumber)) : .floats(results))
        }
    }
}

extension GraphImporter {
    fileprivate mutating func power(_ operation: Operation) throws(WeightsError) -> Activation {
        let (base, exponent) = (try operation.input(0), try operation.input(1))
        guard base.isActivation, !exponent.isActivation, exponent.count == 1,
            let number = try operation.constant(1).floats.first
        else { return try combined(operation, .power, base, exponent) }
        return try elementwise(operation, Nonlinearity(number == 0.5 ? .squareRoot : .power(number)))
    }

    /// All inputs combined one after the other, each node with its number after its name.
    ///
    /// - Parameter endsInName: the last node has the operation's own name.
    fileprivate mutating func combinedAll(
        _ operation: Operation, _ function: Arithmetic.Operation, endsInName: Bool
    ) throws(WeightsError) -> Value {
        var result = try operation.input(0)
        for index in operation.inputs.indices.dropFirst() {
            let suffix = endsInName && index == operation.inputs.count - 1 ? "" : "/\(index)"
            result = .activation(try combined(operation, function, result, try operation.input(index), suffix: suffix))
        }
        return result
    }

    mutating func combined(
        _ operation: Operation, _ function: Arithmetic.Operation, _ left: Value, _ right: Value, suffix: String = ""
    ) throws(WeightsError) -> Activation {
        let dims = try operation.broadcast(left.dims, right.dims)
        switch (left, right) {
        case (.activation(let a), .activation(let b)):
            if let layer = try activation(operation, function, a, b) { return layer }
            return try between(operation, function, a, b, dims, suffix)
        case (.activation(let a), _): return try with(operation, function, a, right, constantIsFirst: false, dims, suffix)
        case (_, .activation(let b)): return try with(operation, function, b, left, constantIsFirst: true, dims, suffix)
        default: throw operation.refuse("two constants")
        }
    }

    /// Two values that depend on the picture.
    ///
    /// - Parameter suffix: what the node's name ends in.
    mutating func between(
        _ operation: Operation, _ function: Arithmetic.Operation, _ left: Activation, _ right: Activation, _ dims: [Int],
        _ suffix: String
    ) throws(WeightsError) -> Activation {
        var (a, b) = (left.withLeadingOnes(to: dims.count), right.withLeadingOnes(to: dims.count))
        let order = a.count >= b.count ? a.order : b.order
        a = try adjusted(operation, a, to: order, dims)
        b = try adjusted(operation, b, to: order, dims)
        let layer: any Layer
        var inputs = [a, b]
        if function == .add, a.dims == b.dims {
            layer = Addition()
        } else if function == .multiply, a.shape == Shape(b.shape.channels, 1, 1), b.shape.area > 1 {
            layer = Multiplication()
        } else if function == .multiply, b.shape == Shape(a.shape.channels, 1, 1), a.shape.area > 1 {
            layer = Multiplication()
            inputs = [b, a]
        } else {
            layer = Arithmetic(function)
        }
        return try add(operation, layer, from: inputs, dims: dims, order: order, suffix: suffix)
    }

    /// The value in this order in memory; expanded to the extents of the result where the layer cannot repeat it.
    private mutating func adjusted(
        _ operation: Operation, _ value: Activation, to order: [Int], _ dims: [Int]
    ) throws(WeightsError) -> Activation {
        isRepeatable(value.dims, order, to: dims)
            ? try arranged(operation, value, to: order) : try expanded(operation, value, to: order, dims)
    }

    /// The value in this order in memory, repeated to the extents of the result.
    mutating func expanded(_ operation: Operation, _ value: Activation, to order: [Int], _ dims: [Int]) throws(WeightsError) -> Activation {
        if value.dims == dims { return try arranged(operation, value, to: order) }
        var map = value.indexMap
        map.expand(to: dims)
        return try moved(operation, value, map, order: order, suffix: "/input")
    }

    /// Whether `Arithmetic` can repeat a value to these extents: its rows, columns and channels are as many, or one.
    private func isRepeatable(_ own: [Int], _ order: [Int], to dims: [Int]) -> Bool {
        let (own, whole) = (Activation.shape(own, order), Activation.shape(dims, order))
        return (own.channels == whole.channels || own.channels == 1) && (own.width == whole.width || own.width == 1)
            && (own.height == whole.height || own.height == 1)
    }

    /// A value and a constant.
    private mutating func with(
        _ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Value, constantIsFirst: Bool,
        _ dims: [Int], _ suffix: String
    ) throws(WeightsError) -> Activation {
        var value = value.withLeadingOnes(to: dims.count)
        if case .constant(let known) = constant {
            if known.isSized { value = try fixed(operation, value) }
            if let fused = try scaled(operation, function, value, known, constantIsFirst: constantIsFirst, dims) { return fused }
        }
        let order = value.order
        if let fused = try biased(operation, function, value, constant, dims) { return fused }
        var extents = withLeadingOnes(constant.dims, dims.count)
        var map = IndexMap(extents)
        if !isRepeatable(extents, order, to: dims) {
            map.expand(to: dims)
            extents = dims
        }
        value = try adjusted(operation, value, to: order, dims)
        map.transpose(order)
        let parameter = try reader.parameter(constant, map: map.isIdentity(count: constant.count) ? nil : map)
        let layer = Arithmetic(
            function, constant: parameter, shape: Activation.shape(extents, order), constantIsFirst: constantIsFirst)
        return try add(operation, layer, from: [value], dims: dims, order: order, suffix: suffix)
    }
}
