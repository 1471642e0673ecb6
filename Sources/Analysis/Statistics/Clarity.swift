/// How much alike photographs are by a network's own last layer (as SemanticLens does by CLIP, Dreyer et al. 2025, arXiv:2501.05398).
public struct Clarity: Sendable {
    /// The mean cosine of every two.
    public let clarity: Double
    /// One less the cosine of the middles of the two groups that they fall into best; nil of fewer than four.
    public let polysemanticity: Double?

    /// - Parameter vectors: of each photograph, of one length; those of zeros are left out.
    /// - Returns: nil of fewer than two.
    public init?(_ vectors: [[Float]]) {
        let units = vectors.compactMap(Self.unit)
        guard units.count > 1 else { return nil }
        clarity = Self.meanCosine(units)
        polysemanticity = units.count < 4 ? nil : Self.middles(units).map { 1 - Self.meanCosine($0) }
    }

    /// The mean cosine of every two of n vectors of unit length: (‖mean‖² − 1/n)·n/(n − 1).
    static func meanCosine(_ units: [[Double]]) -> Double {
        let n = Double(units.count)
        let mean = Self.mean(units)
        return (Self.product(mean, mean) - 1 / n) * n / (n - 1)
    }

    /// The mean cosine of every two of many vectors, each asked for once; nil of fewer than two that are not zero.
    public static func meanCosine(count: Int, _ vector: (Int) -> [Float]) -> Double? {
        var (sum, found) = ([Double](), 0)
        for index in 0..<count {
            guard let unit = Self.unit(vector(index)) else { continue }
            if sum.isEmpty { sum = unit } else { for i in sum.indices { sum[i] += unit[i] } }
            found += 1
        }
        guard found > 1 else { return nil }
        let n = Double(found)
        return (product(sum, sum) - n) / (n * (n - 1))
    }

    private static func unit(_ vector: [Float]) -> [Double]? {
        let values = vector.map(Double.init)
        return unit(values)
    }

    private static func unit(_ values: [Double]) -> [Double]? {
        let length = product(values, values).squareRoot()
        return length > 0 && length.isFinite ? values.map { $0 / length } : nil
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }

    private static func mean(_ vectors: [[Double]]) -> [Double] {
        var sum = [Double](repeating: 0, count: vectors[0].count)
        for vector in vectors { for i in sum.indices { sum[i] += vector[i] } }
        return sum.map { $0 / Double(vectors.count) }
    }

    /// Rounds of k-means; a few are enough for 50 photographs.
    private static let rounds = 50

    /// The middles of two groups, of unit length: k-means from the two vectors that are the least alike.
    ///
    /// - Returns: nil where all vectors are the same.
    private static func middles(_ units: [[Double]]) -> [[Double]]? {
        var (first, second, least) = (0, 1, Double.infinity)
        for i in units.indices {
            for j in units.indices where j > i {
                let cosine = product(units[i], units[j])
                if cosine < least { (first, second, least) = (i, j, cosine) }
            }
        }
        var middles = [units[first], units[second]]
        var groups: [Bool] = []
        for _ in 0..<rounds {
            let next = units.map { product($0, middles[1]) > product($0, middles[0]) }
            if next == groups { break }
            groups = next
            for group in [false, true] {
                let members = zip(units, groups).filter { $0.1 == group }.map(\.0)
                guard !members.isEmpty, let middle = unit(mean(members)) else { return nil }
                middles[group ? 1 : 0] = middle
            }
        }
        return middles
    }
}
