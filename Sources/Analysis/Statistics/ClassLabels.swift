/// What a unit's values on photographs say of the photographs' classes.
public struct ClassEvidence: Sendable {
    /// The test of the class's photographs against all others.
    public let separation: RankTest.Separation
    /// Photographs of the class.
    public let count: Int
    /// The share of the class's photographs whose maximum is above the unit's threshold, 0…1.
    public let hit: Double
    /// The share of all other photographs whose maximum is above that threshold, 0…1.
    public let falseAlarm: Double
    /// (μ₁ − μ₀)/(μ₁ + μ₀) of the mean value in the class and outside; nil where their sum is not above 0.
    public let selectivity: Double?
}

/// The photographs of a scan in classes, for every unit alike.
public struct PhotographClasses: Sendable {
    /// The class of each photograph; negative without one.
    public let classes: [Int]
    /// Names by the classes' numbers, those without a photograph included.
    public let names: [String]
    /// Photographs of each class.
    public let counts: [Int]

    /// Fewer photographs tell nothing of a class.
    public static let fewest = 10

    /// - Parameters:
    ///   - classes: for each photograph a place in `names`; negative without a class.
    ///   - names: by number.
    public init(_ classes: [Int], names: [String]) {
        (self.classes, self.names) = (classes, names)
        var counts = [Int](repeating: 0, count: names.count)
        for number in classes where number >= 0 { counts[number] += 1 }
        self.counts = counts
    }

    /// Whether a set of classes has photographs enough, in it and beside it.
    public func isTested(_ members: some Sequence<Int>) -> Bool {
        let count = members.reduce(0) { $0 + counts[$1] }
        return count >= Self.fewest && classes.count - count >= Self.fewest
    }

    /// The classes that are tested.
    public var tested: [Int] { names.indices.filter { isTested(CollectionOfOne($0)) } }
}

/// A unit's values on photographs in classes.
public struct UnitClasses: Sendable {
    private let photographs: PhotographClasses
    private let ranks: RankTest
    private let sums: [RankTest.ClassSum]
    /// Of each class: those above the threshold, and the sum of values.
    private let hits: [Int]
    private let values: [Double]
    private let allHits: Int
    private let allValues: Double

    /// - Parameters:
    ///   - maxima: the unit's largest value on each photograph.
    ///   - threshold: above it the unit fires.
    public init(_ photographs: PhotographClasses, maxima: [Float], threshold: Double) {
        self.photographs = photographs
        ranks = RankTest(maxima)
        let count = photographs.names.count
        sums = ranks.sums(of: photographs.classes, count: count)
        var (hits, values) = ([Int](repeating: 0, count: count), [Double](repeating: 0, count: count))
        for (value, number) in zip(maxima, photographs.classes) where number >= 0 {
            if Double(value) > threshold { hits[number] += 1 }
            values[number] += Double(value)
        }
        (self.hits, self.values) = (hits, values)
        allHits = maxima.count { Double($0) > threshold }
        allValues = maxima.reduce(0) { $0 + Double($1) }
    }

    /// The test of a set of classes against all other photographs; nil where it has all of them, or none.
    public func evidence(for members: some Sequence<Int>) -> ClassEvidence? {
        var (sum, own, value) = (RankTest.ClassSum(), 0, 0.0)
        for number in members {
            sum.rankSum += sums[number].rankSum
            sum.count += sums[number].count
            own += hits[number]
            value += values[number]
        }
        guard let separation = ranks.separation(rankSum: sum.rankSum, count: sum.count) else { return nil }
        let others = Double(ranks.ranks.count - sum.count)
        let (inside, outside) = (value / Double(sum.count), (allValues - value) / others)
        return ClassEvidence(
            separation: separation, count: sum.count, hit: Double(own) / Double(sum.count), falseAlarm: Double(allHits - own) / others,
            selectivity: inside + outside > 0 ? (inside - outside) / (inside + outside) : nil)
    }

    /// How well the photographs of a set of classes are told from all others.
    func separation(of members: ClassSet) -> RankTest.Separation? {
        var sum = RankTest.ClassSum()
        for number in members {
            sum.rankSum += sums[number].rankSum
            sum.count += sums[number].count
        }
        return ranks.separation(rankSum: sum.rankSum, count: sum.count)
    }

    /// The class that the unit tells from the others best, of those with photographs enough; the first of several.
    public var best: (number: Int, evidence: ClassEvidence)? {
        photographs.tested.compactMap { number in evidence(for: CollectionOfOne(number)).map { (number, $0) } }
            .max { ($0.1.separation.auc, -$0.0) < ($1.1.separation.auc, -$1.0) }
    }
}
