import Foundation

/// A rule that sums a function along a path from 0 to 1: Σ weight · f(position) for ∫ f.
public enum PathRule: String, Sendable, CaseIterable, Codable {
    /// Gauss–Legendre: n points are exact for polynomials up to the degree 2n − 1.
    case gauss
    /// The middle of each of n equal parts.
    case middle
    /// Both ends and n − 2 places between, the ends with half the weight.
    case trapezoid

    /// A point of the path.
    public struct Node: Sendable, Equatable {
        /// 0…1
        public let position: Double
        /// The weights add up to 1.
        public let weight: Double
    }

    /// The points, in ascending order.
    ///
    /// - Parameter count: 2 at least.
    public func nodes(_ count: Int) -> [Node] {
        precondition(count >= 2)
        switch self {
        case .gauss: return Self.gaussLegendre(count)
        case .middle:
            return (0..<count).map { Node(position: (Double($0) + 0.5) / Double(count), weight: 1 / Double(count)) }
        case .trapezoid:
            let parts = Double(count - 1)
            return (0..<count).map { Node(position: Double($0) / parts, weight: ($0 == 0 || $0 == count - 1 ? 0.5 : 1) / parts) }
        }
    }

    /// The zeros t of the Legendre polynomial P_n by Newton's method, with the weights 2 / ((1 − t²) P_n′(t)²), moved from −1…1 to
    /// 0…1.
    private static func gaussLegendre(_ count: Int) -> [Node] {
        let n = Double(count)
        return (0..<count).map { index in
            var t = cos(.pi * (n - Double(index) - 0.25) / (n + 0.5))
            var slope = 0.0
            for _ in 0..<100 {
                var (before, value) = (1.0, t)
                for k in stride(from: 2.0, through: n, by: 1) { (before, value) = (value, ((2 * k - 1) * t * value - (k - 1) * before) / k) }
                slope = n * (t * value - before) / (t * t - 1)
                let change = value / slope
                t -= change
                if abs(change) < 1e-15 { break }
            }
            return Node(position: (1 + t) / 2, weight: 1 / ((1 - t * t) * slope * slope))
        }
    }
}
