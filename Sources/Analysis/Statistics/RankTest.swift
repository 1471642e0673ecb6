import Foundation

/// The ranks of a unit's values on photographs, from which the test of every class of photographs follows (Mann and Whitney 1947; as a
/// label of units INVERT, Bykov et al. 2023, arXiv:2311.13594).
///
///     let ranks = RankTest(maxima)                   // one value a photograph
///     let sums = ranks.sums(of: classes, count: 10)
///     ranks.separation(rankSum: sums[3].rankSum, count: sums[3].count)?.auc
public struct RankTest: Sendable {
    /// The rank of each value from 1, ties sharing their mean.
    public let ranks: [Double]
    /// Σ (t³ − t) over groups of t equal values.
    private let ties: Double

    /// Sorts once, for the tests of all classes.
    ///
    /// - Parameter values: one for each photograph, none NaN.
    public init(_ values: [Float]) {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var (ranks, ties) = ([Double](repeating: 0, count: values.count), 0.0)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            let count = Double(end - start)
            ties += count * count * count - count
            start = end
        }
        (self.ranks, self.ties) = (ranks, ties)
    }

    /// How well a unit's values tell photographs of a class from the others.
    public struct Separation: Sendable, Equatable {
        /// The chance that a photograph of the class has a larger value than another one; a half for no difference.
        public let auc: Double
        /// The deviations by which that is more than chance.
        public let z: Double
        /// The chance of so much or more without a difference.
        public var p: Double { 0.5 * erfc(z / 2.0.squareRoot()) }
    }

    /// The values of a class together.
    public struct ClassSum: Sendable, Equatable {
        /// R₁, the sum of the ranks of the class's photographs.
        public var rankSum = 0.0
        /// n₁, how many photographs the class has.
        public var count = 0
    }

    /// The ranks of each class's photographs.
    ///
    /// - Parameter classes: of each value; negative without one.
    public func sums(of classes: [Int], count: Int) -> [ClassSum] {
        var sums = [ClassSum](repeating: ClassSum(), count: count)
        for (rank, number) in zip(ranks, classes) where number >= 0 {
            sums[number].rankSum += rank
            sums[number].count += 1
        }
        return sums
    }

    /// AUC = (R₁ − n₁(n₁ + 1)/2) / (n₁n₀), and z by the normal approximation with its correction for ties.
    ///
    /// - Parameters:
    ///   - rankSum: R₁, of the class's photographs.
    ///   - count: n₁.
    /// - Returns: nil where there are none in the class or none beside it.
    public func separation(rankSum: Double, count: Int) -> Separation? {
        let (own, all) = (Double(count), Double(ranks.count))
        let others = all - own
        guard own > 0, others > 0 else { return nil }
        let wins = rankSum - own * (own + 1) / 2
        let variance = own * others / 12 * (all + 1 - ties / (all * (all - 1)))
        return Separation(auc: wins / (own * others), z: variance > 0 ? (wins - own * others / 2) / variance.squareRoot() : 0)
    }
}

/// The chance of any such p in so many tests, by Bonferroni.
public func corrected(p: Double, tests: Int) -> Double { min(1, p * Double(tests)) }
