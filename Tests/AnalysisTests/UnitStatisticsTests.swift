import Analysis
import Foundation
import TestSupport
import Testing

/// Measures of units against scikit-learn and SciPy: scripts/goldens/unit_statistics.py.
@Suite struct UnitStatisticsTests {
    private static let (units, photos, classCount) = (6, 300, 7)
    private let golden: Golden
    /// `[units][photographs]`
    private let values: [[Float]]
    private let classes = (0..<photos).map { $0 < 280 ? $0 % 7 : -1 }

    init() throws {
        golden = try Golden("unit_statistics")
        let all = try golden.values("units")
        values = (0..<Self.units).map { Array(all[$0 * Self.photos..<($0 + 1) * Self.photos]) }
    }

    private func numbers(_ name: String) throws -> [[Double]] { try golden.metadata(name, as: [[Double]].self) }

    @Test func separationsAreScikitLearnsAndSciPys() throws {
        let (auc, p) = (try numbers("auc"), try numbers("p"))
        for (unit, values) in values.enumerated() {
            let ranks = RankTest(values)
            for (number, sum) in ranks.sums(of: classes, count: Self.classCount).enumerated() {
                let found = try #require(ranks.separation(rankSum: sum.rankSum, count: sum.count))
                #expect(sum.count == 40 && abs(found.auc - auc[unit][number]) < 1e-9)
                #expect(abs(found.p - p[unit][number]) < 1e-9 * max(p[unit][number], 1e-6), "\(found.p) \(p[unit][number])")
            }
        }
        #expect(corrected(p: 0.01, tests: 42) == 0.42 && corrected(p: 0.5, tests: 42) == 1)
    }

    @Test func separationsOfNothing() throws {
        let flat = RankTest([2, 2, 2, 2])
        #expect(flat.ranks == [2.5, 2.5, 2.5, 2.5])
        let even = try #require(flat.separation(rankSum: 5, count: 2))
        #expect(even.auc == 0.5 && even.z == 0 && even.p == 0.5)
        #expect(flat.separation(rankSum: 0, count: 0) == nil && flat.separation(rankSum: 10, count: 4) == nil)
        let perfect = RankTest([1, 5, 2, 6])
        #expect(perfect.separation(rankSum: 7, count: 2)?.auc == 1)
    }

    @Test func momentsAreSciPys() throws {
        for (values, wanted) in zip(values, try numbers("moments")) {
            let doubles = values.map(Double.init)
            let found = UnitMoments(sums: (1...4).map { power in doubles.reduce(0) { $0 + pow($1, Double(power)) } }, count: Self.photos)
            #expect(abs(found.mean - wanted[0]) < 1e-12 && abs(found.deviation - wanted[1]) < 1e-12)
            #expect(abs(try #require(found.skewness) - wanted[2]) < 1e-9)
            #expect(abs(try #require(found.excessKurtosis) - wanted[3]) < 1e-9)
        }
        let constant = UnitMoments(sums: [30, 90, 270, 810], count: 10)
        #expect(constant == UnitMoments(sums: [3, 9, 27, 81], count: 1) && constant.deviation == 0 && constant.skewness == nil)
    }

    @Test func correlationsAreNumPys() throws {
        let wanted = try numbers("correlations")
        let (products, sums) = sums(of: values)
        let found = UnitCorrelations(products: products, sums: sums, count: Self.photos)
        for unit in 0..<Self.units {
            let best = try #require(found.nearest[unit])
            let most = wanted[unit].enumerated().filter { $0.offset != unit }.map { abs($0.element) }.max()
            #expect(abs(best.correlation - wanted[unit][best.channel]) < 1e-9 && abs(abs(best.correlation) - most!) < 1e-9)
        }
        #expect(found.duplicates.allSatisfy { $0 == nil })
        // Six units that hardly go together matter about alike.
        #expect((4...6).contains(found.participation))
    }

    /// A unit, the same again with another scale and turned, and one that does not vary.
    @Test func duplicatesAreFound() throws {
        let units = [values[0], values[1], values[0].map { 3 * $0 + 1 }, values[0].map { -$0 }, values[0].map { _ in 2 }]
        let (products, sums) = sums(of: units)
        let found = UnitCorrelations(products: products, sums: sums, count: Self.photos)
        #expect(found.duplicates.map { $0?.channel } == [2, nil, 0, 0, nil])
        #expect(abs(try #require(found.duplicates[3]).correlation + 1) < 1e-9 && found.nearest[4] == nil)
        #expect(found.participation < 2)
    }

    private func sums(of units: [[Float]]) -> (products: [Double], sums: [Double]) {
        (units.flatMap { a in units.map { b in inner(a, b) } }, units.map { $0.reduce(0) { $0 + Double($1) } })
    }

    @Test func clarityIsTheMeanCosine() throws {
        let vectors = (0..<40).map { photo in values.map { $0[photo] } }
        let found = try #require(Clarity(vectors))
        #expect(abs(found.clarity - (try golden.metadata("cosine", as: Double.self))) < 1e-9)
    }

    @Test func polysemanticityIsTheAngleOfTwoGroups() throws {
        // Two groups at right angles, each of one direction.
        let two = try #require(Clarity((0..<10).map { $0 < 4 ? [Float($0 + 1), 0, 0] : [0, 0, Float($0)] }))
        #expect(abs(try #require(two.polysemanticity) - 1) < 1e-12)
        // Pairs within the groups have cosine 1: 6 and 15 of 45.
        #expect(abs(two.clarity - 21.0 / 45) < 1e-12)
        let one = try #require(Clarity((1...10).map { [Float($0), Float($0), 0] }))
        #expect(abs(one.clarity - 1) < 1e-12 && (one.polysemanticity ?? 0) < 1e-12)
        #expect(Clarity([[1, 0]]) == nil && Clarity([[0, 0], [0, 0], [1, 0]]) == nil)
    }

    /// A unit that answers to two classes, and one that answers to a category without one of its classes.
    @Test func formulasAreFound() throws {
        let photographs = PhotographClasses(classes, names: (0..<7).map { "class \($0)" })
        let atoms = (0..<7).map { ClassFormula.Atom(name: "c\($0)", members: [$0]) } + [ClassFormula.Atom(name: "low", members: [0, 1, 2, 3])]
        func formula(_ members: Set<Int>) throws -> ClassFormula {
            let maxima = classes.enumerated().map { members.contains($0.element) ? 2 + values[0][$0.offset] : values[1][$0.offset] / 2 }
            return try #require(ClassFormula(UnitClasses(photographs, maxima: maxima, threshold: 1), photographs, atoms: atoms))
        }
        let (single, either, without, three) = (try formula([5]), try formula([5, 6]), try formula([0, 1, 3]), try formula([2, 4, 6]))
        #expect(single.text == "c5" && single.length == 1 && single.separation.auc == 1)
        #expect(["c5 OR c6", "c6 OR c5"].contains(either.text) && either.separation.auc == 1)
        #expect(without.text == "low AND NOT c2" && without.separation.auc == 1)
        #expect(three.length == 3 && three.separation.auc == 1 && !three.text.contains("("), "\(three.text)")
        let mixed = try formula([0, 1, 3, 5])
        #expect(["(low AND NOT c2) OR c5", "(low OR c5) AND NOT c2", "(c5 OR low) AND NOT c2"].contains(mixed.text), "\(mixed.text)")
    }

    @Test func aClassUnitIsNamed() throws {
        let photographs = PhotographClasses(classes, names: (0..<7).map { "class \($0)" } + ["rare"])
        #expect(photographs.tested == Array(0..<7))
        let unit = classes.enumerated().map { $0.element == 4 ? 2 + Float($0.offset) / 1000 : values[0][$0.offset] }
        let found = UnitClasses(photographs, maxima: unit, threshold: 1.5)
        let best = try #require(found.best)
        #expect(best.number == 4 && best.evidence.separation.auc == 1 && best.evidence.hit == 1 && best.evidence.falseAlarm == 0)
        let (inside, outside) = (best.evidence.selectivity, classes.enumerated().filter { $0.element != 4 }.map { Double(values[0][$0.offset]) })
        let (own, other) = (classes.enumerated().filter { $0.element == 4 }.map { Double(unit[$0.offset]) }.reduce(0, +) / 40, outside.reduce(0, +) / 260)
        #expect(abs(try #require(inside) - (own - other) / (own + other)) < 1e-12)
        // Two classes together.
        let both = try #require(found.evidence(for: [4, 5]))
        #expect(both.count == 80 && both.hit == 0.5 && both.separation.auc > 0.6 && both.separation.auc < 0.9)
    }
}
