import Networks
import Tensors

/// Arithmetic and functions of each element.
extension GraphImporter {
    // MARK: Two operands

    mutating func arithmetic(_ operation: Operation) throws(WeightsError) -> Activation {
        let function: Arithmetic.Operation =
            switch operation.type {
            case "Sub": .subtract
            case "Mul": .multiply
            case "Div": .divide
            case "Max": .maximum
            case "Min": .minimum
            default: .add
            }
        guard ["Max", "Min", "Sum", "Mean"].contains(operation.type) else {
            return try combined(operation, function, try operation.input(0), try operation.input(1))
        }
        var result = try operation.input(0)
        for index in 1..<max(operation.inputs.count, 1) {
            let isLast = index == operation.inputs.count - 1 && operation.type != "Mean"
            result = .activation(try combined(operation, function, result, try operation.input(index), suffix: isLast ? "" : "/\(index)"))
        }
        guard case .activation(let sum) = result else { throw operation.refuse("one constant") }
        if operation.type == "Mean" {
            let share = Constant([], .floats([1 / Float(operation.inputs.count)]))
            return try combined(operation, .multiply, result, .constant(share))
        }
        return operation.inputs.count > 1 ? sum : try alias(operation, sum, dims: sum.dims, order: sum.order)
    }

    private mutating func combined(
        _ operation: Operation, _ function: Arithmetic.Operation, _ left: Value, _ right: Value, suffix: String = ""
    ) throws(WeightsError) -> Activation {
        let dims = try broadcast(operation, left.dims, right.dims)
        switch (left, right) {
        case (.activation(let a), .activation(let b)):
            if let layer = try activation(operation, function, a, b) { return layer }
            return try between(operation, function, a, b, dims, suffix)
        case (.activation(let a), _): return try with(operation, function, a, right, constantIsFirst: false, dims, suffix)
        case (_, .activation(let b)): return try with(operation, function, b, left, constantIsFirst: true, dims, suffix)
        default: throw operation.refuse("two constants")
        }
    }

    private mutating func between(
        _ operation: Operation, _ function: Arithmetic.Operation, _ left: Activation, _ right: Activation, _ dims: [Int],
        _ suffix: String
    ) throws(WeightsError) -> Activation {
        func raised(_ value: Activation) -> Activation {
            let added = dims.count - value.dims.count
            return Activation(value.node, dims: padded(value.dims, dims.count), order: Array(0..<added) + value.order.map { $0 + added })
        }
        var (a, b) = (raised(left), raised(right))
        let order = a.count >= b.count ? a.order : b.order
        // Values of one order and such extents that rows, columns and channels are the same or one.
        func fits(_ value: Activation) -> Bool {
            let (own, whole) = (Activation.shape(value.dims, order), Activation.shape(dims, order))
            return (own.channels == whole.channels || own.channels == 1) && (own.width == whole.width || own.width == 1)
                && (own.height == whole.height || own.height == 1)
        }
        func adjusted(_ value: Activation) throws(WeightsError) -> Activation {
            if fits(value) { return try arranged(operation, value, to: order) }
            var movement = Movement(value.dims, strides: value.strides)
            movement.expand(to: dims)
            return try moved(operation, value, movement, order: order, suffix: "/input")
        }
        a = try adjusted(a)
        b = try adjusted(b)
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

    private mutating func with(
        _ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Value, constantIsFirst: Bool,
        _ dims: [Int], _ suffix: String
    ) throws(WeightsError) -> Activation {
        var value = value
        let added = dims.count - value.dims.count
        if added > 0 {
            value = Activation(value.node, dims: padded(value.dims, dims.count), order: Array(0..<added) + value.order.map { $0 + added })
        }
        if case .constant(let known) = constant {
            if known.isSized { value = try fixed(operation, value) }
            if let fused = try scaled(operation, function, value, known, constantIsFirst: constantIsFirst, dims) { return fused }
        }
        let order = value.order
        if let fused = try biased(operation, function, value, constant, dims) { return fused }
        var extents = padded(constant.dims, dims.count)
        var movement = Movement(extents)
        let whole = Activation.shape(dims, order)
        func fits(_ dims: [Int]) -> Bool {
            let own = Activation.shape(dims, order)
            return (own.channels == whole.channels || own.channels == 1) && (own.width == whole.width || own.width == 1)
                && (own.height == whole.height || own.height == 1)
        }
        if !fits(extents) {
            movement.expand(to: dims)
            extents = dims
        }
        if !fits(value.dims) {
            var expanded = Movement(value.dims, strides: value.strides)
            expanded.expand(to: dims)
            value = try moved(operation, value, expanded, order: order, suffix: "/input")
        }
        movement.transpose(order)
        let shape = Activation.shape(extents, order)
        let parameter = try reader.parameter(constant, movement: movement.isIdentity(count: constant.dims.reduce(1, *)) ? nil : movement)
        let layer = Arithmetic(function, constant: parameter, shape: shape, constantIsFirst: constantIsFirst)
        return try add(operation, layer, from: [value], dims: dims, order: order, suffix: suffix)
    }

    /// Biases that follow a convolution or a linear layer go into it.
    private mutating func biased(
        _ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Value, _ dims: [Int]
    ) throws(WeightsError) -> Activation? {
        let extents = padded(constant.dims, dims.count)
        guard function == .add, dims == value.dims, let last = value.order.last, dims[last] > 1,
            extents.indices.allSatisfy({ extents[$0] == ($0 == last ? dims[last] : 1) })
        else { return nil }
        let biases = try reader.parameter(constant, shape: [dims[last]])
        switch facts[value.node.index] {
        case .convolution(let layer, let source):
            return try placed(operation, layer.adding(biases: biases), from: source, like: value)
        case .linear(let layer, let source):
            return try placed(operation, layer.adding(biases: biases), from: source, like: value)
        default: return nil
        }
    }

    /// A layer of an earlier node's input that makes a value of known extents.
    private mutating func placed(_ operation: Operation, _ layer: any Layer, from source: NetworkBuilder.Value, like value: Activation)
        throws(WeightsError) -> Activation
    {
        let node = builder.add(
            uniqueNodeName(operation), layer, from: [source], channels: value.shape.channels, module: operation.module)
        return Activation(node, dims: value.dims, order: value.order)
    }

    // MARK: Activation functions that exporters write out

    /// x · sigmoid(x) and its kin: the last of the operators becomes the whole function, of x itself.
    private mutating func activation(_ operation: Operation, _ function: Arithmetic.Operation, _ a: Activation, _ b: Activation)
        throws(WeightsError) -> Activation?
    {
        guard function == .multiply else { return nil }
        for (x, other) in [(a, b), (b, a)] {
            guard case .term(let term, let base) = facts[other.node.index], x.dims == other.dims else { continue }
            if base.node.index == x.node.index {
                switch term {
                case .sigmoid: return try placed(operation, Nonlinearity(.silu), from: base.node, like: x)
                case .hardSigmoid: return try placed(operation, Nonlinearity(.hardSwish), from: base.node, like: x)
                case .sixPart: return try noted(.timesSixPart, base, try between(operation, .multiply, a, b, x.dims, ""))
                case .onePlusErrorFunction: return try noted(.timesErrorFunction, base, try between(operation, .multiply, a, b, x.dims, ""))
                default: break
                }
            }
            // ½x · (1 + erf(x/√2))
            if term == .onePlusErrorFunction, case .term(.scaled(let factor), let same) = facts[x.node.index], factor == 0.5,
                same.node.index == base.node.index
            {
                return try placed(operation, Nonlinearity(.gelu), from: base.node, like: x)
            }
        }
        return nil
    }

    private mutating func noted(_ term: Term, _ base: Activation, _ result: Activation) throws(WeightsError) -> Activation {
        facts[result.node.index] = .term(term, of: base)
        return result
    }

    /// Arithmetic with one number: the end of an activation function, or a step on the way to one.
    private mutating func scaled(
        _ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Constant,
        constantIsFirst: Bool, _ dims: [Int]
    ) throws(WeightsError) -> Activation? {
        guard constant.count == 1, dims == value.dims, let number = constant.floats.first,
            !(constantIsFirst && (function == .divide || function == .subtract))
        else { return nil }
        let factor = function == .multiply ? number : function == .divide ? 1 / number : nil
        func isClose(_ a: Float, _ b: Float) -> Bool { abs(a - b) < 1e-5 * abs(b) }
        if case .term(let term, let base) = facts[value.node.index], base.dims == dims {
            if term == .timesErrorFunction, factor == 0.5 { return try placed(operation, Nonlinearity(.gelu), from: base.node, like: value) }
            if term == .timesSixPart, let factor, isClose(factor, 1 / 6) {
                return try placed(operation, Nonlinearity(.hardSwish), from: base.node, like: value)
            }
            if term == .sixPart, let factor, isClose(factor, 1 / 6) {
                return try noted(.hardSigmoid, base, try placed(operation, Nonlinearity(.hardSigmoid), from: base.node, like: value))
            }
            if term == .errorFunction, function == .add, number == 1 {
                return try noted(.onePlusErrorFunction, base, try plain(operation, function, value, constant))
            }
        }
        if let factor { return try noted(.scaled(factor), value, try plain(operation, function, value, constant)) }
        if function == .add, number == 3 { return try noted(.plusThree, value, try plain(operation, function, value, constant)) }
        return nil
    }

    private mutating func plain(_ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Constant)
        throws(WeightsError) -> Activation
    {
        let layer = Arithmetic(
            function, constant: Parameter("constant", shape: [1], values: constant.floats), shape: Shape(1, 1, 1))
        return try add(operation, layer, from: [value], dims: value.dims, order: value.order)
    }

    // MARK: One operand

    /// A function of each element.
    mutating func elementwise(_ operation: Operation, _ layer: any Layer) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        return try add(operation, layer, from: [value], dims: value.dims, order: value.order)
    }

    mutating func identity(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        if operation.type == "Cast" {
            let type = try operation.integer("to", 1)
            guard [1, 10, 11, 16].contains(type) else { throw operation.refuse("a value of the picture as whole numbers is not supported") }
        }
        return try alias(operation, value, dims: value.dims, order: value.order)
    }

    mutating func function(_ operation: Operation) throws(WeightsError) -> Activation {
        func result(_ function: ScalarFunction) throws(WeightsError) -> Activation { try elementwise(operation, Nonlinearity(function)) }
        let alpha = { (standard: Float) in operation.number("alpha", standard) }
        switch operation.type {
        case "LeakyRelu": return try result(.leakyReLU(slope: alpha(0.01)))
        case "Elu": return try result(.elu(scale: alpha(1), gain: 1))
        case "Selu": return try result(.elu(scale: alpha(1.673_263_2), gain: operation.number("gamma", 1.050_701)))
        case "Sigmoid":
            return try noted(.sigmoid, try operation.activation(0), try elementwise(operation, Nonlinearity(.sigmoid)))
        case "HardSigmoid":
            let (slope, shift) = (alpha(0.2), operation.number("beta", 0.5))
            guard abs(slope - 1 / 6) < 1e-6, shift == 0.5 else { return try result(.hardSigmoid(slope: slope, shift: shift)) }
            return try noted(.hardSigmoid, try operation.activation(0), try elementwise(operation, Nonlinearity(.hardSigmoid)))
        case "HardSwish": return try elementwise(operation, Nonlinearity(.hardSwish))
        case "Gelu":
            return operation.text("approximate", "none") == "tanh" ? try result(.geluTanh) : try elementwise(operation, Nonlinearity(.gelu))
        case "Swish":
            guard alpha(1) == 1 else { throw operation.refuse("alpha other than 1") }
            return try elementwise(operation, Nonlinearity(.silu))
        case "Tanh": return try result(.tanh)
        case "Erf":
            let value = try operation.activation(0)
            let erf = try result(.erf)
            if case .term(.scaled(let factor), let base) = facts[value.node.index], abs(factor - 0.707_106_8) < 1e-5 {
                return try noted(.errorFunction, base, erf)
            }
            return erf
        case "Sqrt": return try result(.squareRoot)
        case "Exp": return try result(.exp)
        case "Log": return try result(.log)
        case "Neg": return try result(.negative)
        case "Abs": return try result(.absolute)
        case "Reciprocal": return try result(.reciprocal)
        case "Softplus": return try result(.softplus)
        case "Softsign": return try result(.softsign)
        case "Sin": return try result(.sine)
        case "Cos": return try result(.cosine)
        default: throw operation.refuse("this operator is not supported")
        }
    }

    mutating func power(_ operation: Operation) throws(WeightsError) -> Activation {
        guard let exponent = try operation.constant(1), exponent.count == 1, let number = exponent.floats.first else {
            throw operation.refuse("only powers with one constant exponent are supported")
        }
        return try elementwise(operation, Nonlinearity(number == 0.5 ? .squareRoot : .power(number)))
    }

    mutating func parametricReLU(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let slopes = try operation.input(1)
        let extents = slopes.dims.count <= value.dims.count ? padded(slopes.dims, value.dims.count) : []
        guard !slopes.isActivation, let axis = value.dims.count >= 2 ? 1 : value.dims.indices.last, !extents.isEmpty,
            extents.indices.allSatisfy({ extents[$0] == 1 || $0 == axis && extents[$0] == value.dims[axis] })
                || slopes.dims == [value.dims[axis]]
        else { throw operation.refuse("slopes of \(slopes.dims) for \(value.dims)") }
        let layer = ParametricReLU(slopes: try reader.parameter(slopes, shape: [slopes.dims.reduce(1, *)]))
        let source = try arranged(operation, value, to: value.order(endingWith: axis))
        return try add(operation, layer, from: [source], dims: value.dims, order: source.order)
    }

    mutating func clip(_ operation: Operation) throws(WeightsError) -> Activation {
        func bound(_ attribute: String, _ index: Int, _ standard: Float) throws(WeightsError) -> Float {
            if operation.attributes[attribute] != nil { return operation.number(attribute, standard) }
            return try operation.constant(index)?.floats.first ?? standard
        }
        let (low, high) = (try bound("min", 1, -.infinity), try bound("max", 2, .infinity))
        let value = try operation.activation(0)
        if low == 0, high == .infinity { return try elementwise(operation, ReLU()) }
        guard low == 0, high == 6 else { return try elementwise(operation, Nonlinearity(.clip(low, high))) }
        let result = try elementwise(operation, ReLU6())
        if case .term(.plusThree, let base) = facts[value.node.index] { return try noted(.sixPart, base, result) }
        return result
    }
}

extension Movement {
    /// Whether every value stays where it is.
    func isIdentity(count: Int) -> Bool {
        self.count == count && count < 1 << 26 && places().enumerated().allSatisfy { Int32($0) == $1 }
    }
}
