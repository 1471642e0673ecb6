import Foundation

/// Colours for a map that lies over a photograph: how much of the colour covers it, and which.
public enum MapColors: Sendable {
    /// From blue over nothing to orange, for values on both sides of 0.
    case signed
    /// From nothing over red to yellow, for values of 0 or more.
    case positive

    /// Blue and orange of the same lightness and about the same strength.
    private static let blue = SIMD3<Float>(0.10, 0.36, 0.95), orange = SIMD3<Float>(1.00, 0.45, 0.00)
    /// The most that a colour covers.
    private static let most: Float = 0.85
    /// Below 1 lets weak values be seen.
    private static let power = 0.75

    /// - Parameter value: as a share of the limit, −1…1; beyond is as the end.
    func cover(_ value: Float) -> (color: SIMD3<Float>, share: Float) {
        let size = min(abs(value), 1)
        let share = Self.most * Float(pow(Double(size), Self.power))
        switch self {
        case .signed: return (value < 0 ? Self.blue : Self.orange, share)
        case .positive: return value > 0 ? (HeatColors.color(of: 0.35 + 0.6 * size), share) : (Self.orange, 0)
        }
    }
}
