import Networks
import Tensors

/// Functions of each element.
extension Operator {
    static let functions: [Operator] = [
        Operator(
            "Relu", constant: { try $0.constant(0).mapped(ScalarFunction.clip(0, .infinity)) }, layer: { try $0.elementwise($1, ReLU()) }),
        Operator("PRelu", layer: { try $0.parametricReLU($1) }),
        Operator(
            "Clip",
            constant: { operation in
                let (low, high) = try operation.clipBounds()
                return try operation.constant(0).mapped(ScalarFunction.clip(low, high))
            },
            layer: { try $0.clip($1) }),
        function("LeakyRelu") { Nonlinearity(.leakyReLU(slope: $0.number("alpha", 0.01))) },
        function("Elu") { Nonlinearity(.elu(scale: $0.number("alpha", 1), gain: 1)) },
        function("Selu") { Nonlinearity(.elu(scale: $0.number("alpha", 1.673_263_2), gain: $0.number("gamma", 1.050_701))) },
        function("Gelu") { $0.text("approximate", "none") == "tanh" ? Nonlinearity(.geluTanh) : Nonlinearity(.gelu) },
        function("Swish") { operation throws(WeightsError) in
            guard operation.number("alpha", 1) == 1 else { throw operation.refuse("alpha other than 1") }
            return Nonlinearity(.silu)
        },
        function("HardSwish") { _ in Nonlinearity(.hardSwish) },
        Operator(
            "Sigmoid",
            constant: { try $0.constant(0).mapped(ActivationFunction.sigmoid) },
            layer: { importer, operation in
                let result = try importer.elementwise(operation, Nonlinearity(.sigmoid))
                return importer.noted(.sigmoid, try operation.activation(0), result)
            }),
        Operator(
            "HardSigmoid",
            constant: { operation in try operation.constant(0).mapped(operation.hardSigmoid().function) },
            layer: { importer, operation in
                let result = try importer.elementwise(operation, operation.hardSigmoid())
                return operation.isSixthHardSigmoid ? importer.noted(.hardSigmoid, try operation.activation(0), result) : result
            }),
        Operator("Erf", constant: { try $0.constant(0).mapped(ScalarFunction.erf) }, layer: { try $0.errorFunction($1) }),
        function("Tanh", .tanh), function("Sqrt", .squareRoot), function("Exp", .exp), function("Log", .log),
        function("Neg", .negative), function("Abs", .absolute), function("Reciprocal", .reciprocal),
        function("Softplus", .softplus), function("Softsign", .softsign), function("Sin", .sine), function("Cos", .cosine),
        function("Mish", .mish), function("Tan", .tangent), function("Asin", .arcSine), function("Acos", .arcCosine),
        function("Atan", .arcTangent), function("Sinh", .hyperbolicSine), function("Cosh", .hyperbolicCosine),
        function("Asinh", .areaSine), function("Acosh", .areaCosine), function("Atanh", .areaTangent),
        function("Celu") { Nonlinearity(.celu(scale: $0.number("alpha", 1))) },
        function("Shrink") { Nonlinearity(.shrink(threshold: $0.number("lambd", 0.5), bias: $0.number("bias", 0))) },
        function("ThresholdedRelu") { Nonlinearity(.thresholdedReLU($0.number("alpha", 1))) },
        // Steps, whose gradient is 0 everywhere.
        function("Floor", .floor), function("Ceil", .ceiling), function("Round", .round), function("Sign", .sign), function("Not", .isZero),
    ]

    private static func function(_ name: String, _ function: ScalarFunction) -> Operator {
        self.function(name) { _ in Nonlinearity(function) }
    }

    /// - Parameter layer: the function with its parameters, which serves for constants as well.
    private static func function(
        _ name: String, _ layer: @escaping @Sendable (Operation) throws(WeightsError) -> Nonlinearity
    ) -> Operator {
        Operator(
            name,
            constant: { operation in try operation.constant(0).mapped(try layer(operation).function) },
            layer: { importer, operation in try importer.elementwise(operation, try layer(operation)) })
    }
}

extension Operation {
    /// Attributes in old operator sets, inputs in newer ones.
    fileprivate func clipBounds() throws(WeightsError) -> (low: Float, high: Float) {
        func bound(_ attribute: String, _ index: Int, _ standard: Float) throws(WeightsError) -> Float {
            if attributes[attribute] != nil { return number(attribute, standard) }
            return try optionalConstant(index)?.floats.first ?? standard
        }
        return (try bound("min", 1, -.infinity), try bound("max", 2, .infinity))
    }

    private var hardSigmoidParameters: (slope: Float, shift: Float) { (number("alpha", 0.2), number("beta", 0.5)) }

    /// Whether it is x / 6 + ½ between 0 and 1, which has a vectorised loop.
    fileprivate var isSixthHardSigmoid: Bool {
        let (slope, shift) = hardSigmoidParameters
        return abs(slope - 1 / 6) < 1e-6 && shift == 0.5
    }

    fileprivate func hardSigmoid() -> Nonlinearity {
        let (slope, shift) = hardSigmoidParameters
        return isSixthHardSigmoid ? Nonlinearity(.hardSigmoid) : Nonlinearity(.hardSigmoid(slope: slope, shift: shift))
    }
}

extension GraphImporter {
    mutating func elementwise(_ operation: Operation, _ layer: any Layer) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        return try add(operation, layer, from: [value], dims: value.dims, order: value.order)
    }

    fileprivate mutating func parametricReLU(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let slopes = try operation.input(1)
        let extents = slopes.dims.count <= value.dims.count ? withLeadingOnes(slopes.dims, value.dims.count) : []
        // One for each channel, or for all; others, too, fit as broadcasting has them.
        guard !slopes.isActivation, let axis = value.dims.count >= 2 ? 1 : value.dims.indices.last, !extents.isEmpty,
            extents.indices.allSatisfy({ extents[$0] == 1 || $0 == axis && extents[$0] == value.dims[axis] })
                || slopes.dims == [value.dims[axis]] && value.dims.last != value.dims[axis]
        else {
            func bounded(_ low: Float, _ high: Float, _ suffix: String) throws(WeightsError) -> Value {
                .activation(
                    try add(operation, Nonlinearity(.clip(low, high)), from: [value], dims: value.dims, order: value.order, suffix: suffix))
            }
            let (above, below) = (try bounded(0, .infinity, "/above"), try bounded(-.infinity, 0, "/below"))
            let sloped = try combined(operation, .multiply, below, slopes, suffix: "/sloped")
            return try combined(operation, .add, above, .activation(sloped))
        }
        let layer = ParametricReLU(slopes: try reader.parameter(slopes, shape: [slopes.count]))
        let source = try arranged(operation, value, to: value.order(endingWith: axis))
        return try add(operation, layer, from: [source], dims: value.dims, order: source.order)
    }

    fileprivate mutating func clip(_ operation: Operation) throws(WeightsError) -> Activation {
        let (low, high) = try operation.clipBounds()
        if low == 0, high == .infinity { return try elementwise(operation, ReLU()) }
        guard low == 0, high == 6 else { return try elementwise(operation, Nonlinearity(.clip(low, high))) }
        let result = try elementwise(operation, ReLU6())
        if case .term(.plusThree, let base) = facts[try operation.activation(0).node.index] { return noted(.sixPart, base, result) }
        return result
    }

    fileprivate mutating func errorFunction(_ operation: Operation) throws(WeightsError) -> Activation {
        let result = try elementwise(operation, Nonlinearity(.erf))
        if case .term(.scaled(let factor), let base) = facts[try operation.activation(0).node.index], abs(factor - 0.707_106_8) < 1e-5 {
            return noted(.errorFunction, base, result)
        }
        return result
    }
}
