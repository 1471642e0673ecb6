/// The ranks of a list's values; equal values have the mean of theirs.
public struct Ranks: Sendable {
    private let values: [Double]  // from 1

    /// Ranks from 1 for the smallest value; no value is NaN.
    public init(_ list: [Float]) {
        let order = list.indices.sorted { list[$0] < list[$1] }
        var ranks = [Double](repeating: 0, count: list.count)
        var first = 0
        while first < order.count {
            var end = first + 1
            while end < order.count, list[order[end]] == list[order[first]] { end += 1 }
            for place in first..<end { ranks[order[place]] = Double(first + 1 + end) / 2 }
            first = end
        }
        values = ranks
    }

    /// Spearman's rank correlation with a list of the same length; 0 where one of the two is constant.
    public func correlation(with other: Ranks) -> Double {
        precondition(values.count == other.values.count)
        let mean = Double(values.count + 1) / 2
        var (product, own, others) = (0.0, 0.0, 0.0)
        for (x, y) in zip(values, other.values) {
            product += (x - mean) * (y - mean)
            own += (x - mean) * (x - mean)
            others += (y - mean) * (y - mean)
        }
        return own > 0 && others > 0 ? product / (own * others).squareRoot() : 0
    }
}
