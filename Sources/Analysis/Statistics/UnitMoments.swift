/// The first four moments of a unit's values.
public struct UnitMoments: Sendable, Equatable {
    /// Σa / n; 0 without values.
    public let mean: Double
    /// The standard deviation of the population, with n and not n − 1 below; 0 for a constant.
    public let deviation: Double
    /// Nil of a constant.
    public let skewness: Double?
    /// 0 of a normal distribution; nil of a constant.
    public let excessKurtosis: Double?

    /// What rounding leaves of the variance of a constant, as a share of its mean square.
    private static let rounding = 1e-12

    /// - Parameters:
    ///   - sums: Σa, Σa², Σa³, Σa⁴.
    ///   - count: of values.
    public init(sums: [Double], count: Int) {
        guard count > 0 else {
            (mean, deviation, skewness, excessKurtosis) = (0, 0, nil, nil)
            return
        }
        let (a, b, c, d) = (sums[0] / Double(count), sums[1] / Double(count), sums[2] / Double(count), sums[3] / Double(count))
        mean = a
        let second = b - a * a
        guard second > Self.rounding * b else {
            (deviation, skewness, excessKurtosis) = (0, nil, nil)
            return
        }
        let third = c - 3 * a * b + 2 * a * a * a
        let fourth = d - 4 * a * c + 6 * a * a * b - 3 * a * a * a * a
        deviation = second.squareRoot()
        skewness = third / (second * second.squareRoot())
        excessKurtosis = fourth / (second * second) - 3
    }
}
