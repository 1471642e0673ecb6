import Foundation

/// The answers of a unit along one parameter of its stimuli, the others as in the one that it answers to most.
public struct TuningCurve: Sendable, Equatable {
    /// The parameter's values, ascending.
    public let values: [Double]
    /// The answer at each.
    public let responses: [Double]
    /// What the values turn around in, such as 180 degrees; nil for lengths.
    public let period: Double?
    /// Answers this far apart count as answers to the same in `selectivity`: half of the period where two sides of an edge may
    /// change places.
    public let alike: Double?

    /// - Parameters:
    ///   - values: ascending; of angles equally spaced over the period.
    ///   - period: of angles.
    ///   - alike: nil for the period.
    public init(values: [Double], responses: [Double], period: Double? = nil, alike: Double? = nil) {
        precondition(values.count == responses.count && !values.isEmpty)
        (self.values, self.responses, self.period, self.alike) = (values, responses, period, alike ?? period)
    }

    /// Where the answer is the largest; the first of several.
    public var peak: Int { responses.indices.max { (responses[$0], -$0) < (responses[$1], -$1) }! }

    /// One less the circular variance: |Σ r·exp(2πi·θ/alike)| / Σ r over answers above 0; 1 where only one angle is answered, 0
    /// where all are alike. Nil of lengths, and where nothing is answered.
    public var selectivity: Double? {
        guard let alike else { return nil }
        var (x, y, sum) = (0.0, 0.0, 0.0)
        for (value, response) in zip(values, responses) where response > 0 {
            let angle = 2 * .pi * value / alike
            (x, y, sum) = (x + response * cos(angle), y + response * sin(angle), sum + response)
        }
        return sum > 0 ? (x * x + y * y).squareRoot() / sum : nil
    }

    /// The width of the part around the peak with more than half of its answer, between the values linearly; nil of lengths, where
    /// nothing is answered, and where the answer falls below half on no side.
    public var bandwidth: Double? {
        guard let period, responses[peak] > 0 else { return nil }
        let (count, half) = (values.count, responses[peak] / 2)
        func reach(_ direction: Int) -> Double? {
            for step in 1..<max(count, 2) {
                let here = responses[(peak + direction * step + count * step) % count]
                if here > half { continue }
                let before = responses[(peak + direction * (step - 1) + count * step) % count]
                return Double(step - 1) + (before - half) / (before - here)
            }
            return nil
        }
        guard let left = reach(-1), let right = reach(1) else { return nil }
        return (left + right) * period / Double(count)
    }
}
