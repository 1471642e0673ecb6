import Networks
import Tensors

/// Numbers as whole steps of a scale, and back. Of weights this is arithmetic; values that depend on the picture are rounded, and
/// their gradient passes straight through.
extension Operator {
    static let quantization: [Operator] = [
        Operator("QuantizeLinear", layer: { try $0.quantized($1) }),
        Operator("DequantizeLinear", layer: { try $0.dequantized($1) }),
    ]
}

extension Operation {
    /// The scale or the zero point, of one number or of one for each index of an axis of a value of `rank` axes.
    fileprivate func steps(_ index: Int, rank: Int) throws(WeightsError) -> Constant? {
        guard let constant = try optionalConstant(index) else { return nil }
        if constant.count == 1 { return constant.reshaped([]) }
        guard constant.dims.count == 1 else { throw refuse("blocks of steps are not supported") }
        let axis = try axis(default: 1, of: rank)
        return constant.reshaped((0..<rank).map { $0 == axis ? constant.count : 1 })
    }
}

extension GraphImporter {
    /// round(x / scale) + zero, held within the type
    fileprivate mutating func quantized(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard let scale = try operation.steps(1, rank: value.dims.count) else { throw operation.refuse("the scale is missing") }
        let zero = try operation.steps(2, rank: value.dims.count)
        let shift = zero?.floats.first ?? 0
        guard zero?.floats.allSatisfy({ $0 == shift }) != false else { throw operation.refuse("several zero points") }
        let (low, high): (Float, Float)
        switch zero?.type ?? .uint8 {
        case .int8: (low, high) = (-128, 127)
        case .int16: (low, high) = (-32_768, 32_767)
        case .uint16: (low, high) = (0, 65_535)
        default: (low, high) = (0, 255)
        }
        note(ONNXModel.straightThrough)
        let scaled = try combined(operation, .divide, .activation(value), .constant(scale), suffix: "/scale")
        let rounding = Rounding(low - shift, high - shift)
        let rounded = try add(
            operation, rounding, from: [scaled], dims: scaled.dims, order: scaled.order, suffix: shift == 0 ? "" : "/round")
        return shift == 0
            ? rounded : try combined(operation, .add, .activation(rounded), .constant(Constant([], .floats([shift]))))
    }

    /// (q − zero) · scale
    fileprivate mutating func dequantized(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard let scale = try operation.steps(1, rank: value.dims.count) else { throw operation.refuse("the scale is missing") }
        var shifted = value
        if let zero = try operation.steps(2, rank: value.dims.count), zero.floats.contains(where: { $0 != 0 }) {
            shifted = try combined(
                operation, .subtract, .activation(value), .constant(Constant(zero.dims, .floats(zero.floats))), suffix: "/zero")
        }
        return try combined(operation, .multiply, .activation(shifted), .constant(Constant(scale.dims, .floats(scale.floats))))
    }
}
