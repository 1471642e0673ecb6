import Tensors

extension Arithmetic.Operation {
    /// a ∘ b
    public func value(_ a: Float, _ b: Float) -> Float {
        func truth(_ holds: Bool) -> Float { holds ? 1 : 0 }
        return switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .maximum: max(a, b)
        case .minimum: min(a, b)
        case .power: ScalarFunction.power(b).value(a)
        case .remainder: a.truncatingRemainder(dividingBy: b)
        case .modulo: a - b * (a / b).rounded(.down)
        case .equal: truth(a == b)
        case .less: truth(a < b)
        case .greater: truth(a > b)
        case .lessOrEqual: truth(a <= b)
        case .greaterOrEqual: truth(a >= b)
        case .and: truth(a != 0 && b != 0)
        case .or: truth(a != 0 || b != 0)
        case .xor: truth((a != 0) != (b != 0))
        }
    }

    /// ∂/∂a and ∂/∂b; at a kink, one of the two sides.
    func derivatives(_ a: Float, _ b: Float) -> (a: Float, b: Float) {
        switch self {
        case .add: (1, 1)
        case .subtract: (1, -1)
        case .multiply: (b, a)
        case .divide: (1 / b, -a / (b * b))
        case .maximum: a >= b ? (1, 0) : (0, 1)
        case .minimum: a <= b ? (1, 0) : (0, 1)
        // aᵇ ln a, where a is not above 0 no derivative by b exists.
        case .power: (ScalarFunction.power(b).derivative(a), a > 0 ? value(a, b) * logarithm(a) : 0)
        case .remainder: (1, -(a / b).rounded(.towardZero))
        case .modulo: (1, -(a / b).rounded(.down))
        case .equal, .less, .greater, .lessOrEqual, .greaterOrEqual, .and, .or, .xor: (0, 0)
        }
    }
}
