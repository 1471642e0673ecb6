import Networks
import Tensors

/// Several operators that become one layer: biases that follow a convolution, and activation functions that exporters write
/// out.
extension GraphImporter {
    /// Notes on a node beside its layer.
    enum Fact {
        /// A convolution without biases, which may still get them.
        case convolution(Convolution, from: NetworkBuilder.Value)
        /// A linear layer without biases.
        case linear(Linear, from: NetworkBuilder.Value)
        /// A step on the way to an activation function of this node.
        case term(Term, of: Activation)
    }

    /// Expressions in x that exporters write out.
    enum Term: Equatable {
        case sigmoid, hardSigmoid
        /// factor · x
        case scaled(Float)
        /// x + 3, min(max(x + 3, 0), 6), and x times that.
        case plusThree, sixPart, timesSixPart
        /// erf(x/√2), 1 + that, x times that.
        case errorFunction, onePlusErrorFunction, timesErrorFunction
    }

    /// Biases that follow a convolution or a linear layer go into it.
    mutating func biased(
        _ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Value, _ dims: [Int]
    ) throws(WeightsError) -> Activation? {
        let extents = withLeadingOnes(constant.dims, dims.count)
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

    /// A layer of an earlier node's input in place of that node, making a value of known extents.
    private mutating func placed(_ operation: Operation, _ layer: any Layer, from source: NetworkBuilder.Value, like value: Activation)
        throws(WeightsError) -> Activation
    {
        let node = builder.add(
            uniqueName(operation.name), layer, from: [source], channels: value.shape.channels, module: operation.module)
        return Activation(node, dims: value.dims, order: value.order)
    }

    /// x · sigmoid(x) and the like: the last of the operators becomes the whole function of x.
    mutating func activation(_ operation: Operation, _ function: Arithmetic.Operation, _ a: Activation, _ b: Activation)
        throws(WeightsError) -> Activation?
    {
        guard function == .multiply else { return nil }
        for (x, other) in [(a, b), (b, a)] {
            guard case .term(let term, let base) = facts[other.node.index], x.dims == other.dims else { continue }
            if base.node.index == x.node.index {
                switch term {
                case .sigmoid: return try placed(operation, Nonlinearity(.silu), from: base.node, like: x)
                case .hardSigmoid: return try placed(operation, Nonlinearity(.hardSwish), from: base.node, like: x)
                case .sixPart: return noted(.timesSixPart, base, try between(operation, .multiply, a, b, x.dims, ""))
                case .onePlusErrorFunction: return noted(.timesErrorFunction, base, try between(operation, .multiply, a, b, x.dims, ""))
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

    /// The result, noted as an expression in `base`.
    mutating func noted(_ term: Term, _ base: Activation, _ result: Activation) -> Activation {
        facts[result.node.index] = .term(term, of: base)
        return result
    }

    /// Arithmetic with one number: the end of an activation function, or a step on the way to one.
    mutating func scaled(
        _ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Constant,
        constantIsFirst: Bool, _ dims: [Int]
    ) throws(WeightsError) -> Activation? {
        guard constant.count == 1, dims == value.dims, let number = constant.floats.first,
            !(constantIsFirst && (function == .divide || function == .subtract))
        else { return nil }
        let factor = function == .multiply ? number : function == .divide ? 1 / number : nil
        func isClose(_ a: Float, _ b: Float) -> Bool { abs(a - b) < 1e-5 * abs(b) }
        if case .term(let term, let base) = facts[value.node.index], base.dims == dims {
            if term == .timesErrorFunction, factor == 0.5 {
                return try placed(operation, Nonlinearity(.gelu), from: base.node, like: value)
            }
            if term == .timesSixPart, let factor, isClose(factor, 1 / 6) {
                return try placed(operation, Nonlinearity(.hardSwish), from: base.node, like: value)
            }
            if term == .sixPart, let factor, isClose(factor, 1 / 6) {
                return noted(.hardSigmoid, base, try placed(operation, Nonlinearity(.hardSigmoid), from: base.node, like: value))
            }
            if term == .errorFunction, function == .add, number == 1 {
                return noted(.onePlusErrorFunction, base, try plain(operation, function, value, constant))
            }
        }
        if let factor { return noted(.scaled(factor), value, try plain(operation, function, value, constant)) }
        if function == .add, number == 3 { return noted(.plusThree, value, try plain(operation, function, value, constant)) }
        return nil
    }

    private mutating func plain(_ operation: Operation, _ function: Arithmetic.Operation, _ value: Activation, _ constant: Constant)
        throws(WeightsError) -> Activation
    {
        let layer = Arithmetic(
            function, constant: Parameter("constant", shape: [1], values: constant.floats), shape: Shape(1, 1, 1))
        return try add(operation, layer, from: [value], dims: value.dims, order: value.order)
    }
}
