/// How units of a layer go together.
public struct UnitCorrelations: Sendable {
    /// A unit's nearest among the others.
    public struct Nearest: Sendable, Equatable {
        /// The other unit's number in the same layer, from 0.
        public let channel: Int
        /// Pearson's correlation.
        public let correlation: Double
    }

    /// Of each unit the other one with the largest |r|; nil of a unit whose values are all the same.
    public let nearest: [Nearest?]
    /// (Σλ)² / Σλ² over the eigenvalues of the covariance: directions that matter, if all mattered alike.
    public let participation: Double
    /// Each unit's first other that |r| is above the bound with.
    public let duplicates: [Nearest?]

    /// From here on |r| makes two units the same.
    public static let duplicateBound = 0.95

    /// - Parameters:
    ///   - products: Σ a·aᵀ, `[channels, channels]`.
    ///   - sums: Σ a.
    ///   - count: of examples.
    public init(products: [Double], sums: [Double], count: Int) {
        let channels = sums.count
        let n = Double(max(count, 1))
        var variances = (0..<channels).map { products[$0 * channels + $0] - sums[$0] * sums[$0] / n }
        // What rounding leaves of a constant's.
        for channel in 0..<channels where variances[channel] <= 1e-12 * products[channel * channels + channel] { variances[channel] = 0 }
        var (nearest, duplicates) = ([Nearest?](repeating: nil, count: channels), [Nearest?](repeating: nil, count: channels))
        var squares = 0.0
        for i in 0..<channels {
            for j in 0..<channels {
                let covariance = products[i * channels + j] - sums[i] * sums[j] / n
                squares += covariance * covariance
                guard i != j, variances[i] > 0, variances[j] > 0 else { continue }
                let r = min(max(covariance / (variances[i] * variances[j]).squareRoot(), -1), 1)
                if abs(r) > abs(nearest[i]?.correlation ?? 0) { nearest[i] = Nearest(channel: j, correlation: r) }
                if abs(r) > Self.duplicateBound, duplicates[i] == nil { duplicates[i] = Nearest(channel: j, correlation: r) }
            }
        }
        let trace = variances.reduce(0, +)
        (self.nearest, self.duplicates) = (nearest, duplicates)
        participation = squares > 0 ? trace * trace / squares : 0
    }
}
