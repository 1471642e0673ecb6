import Analysis
import Tensors
import TestSupport
import Testing

/// The parts of a scan that know no files.
@Suite struct ScanPartsTests {
    /// Sums are the same in any order, and right to the last bit but one of a double.
    @Test func sumsAreExact() {
        var generator = RandomGenerator(seed: 1)
        let values = (0..<1000).map { _ in Double(generator.normalPair().0) * (generator.uniform() < 0.1 ? 1e9 : 1e-3) } + [0x1p-64, -0x1p-70, 0, -1e11]
        func sum(_ values: [Double]) -> ExactSums {
            var sums = ExactSums(count: 2)
            for value in values { sums.add(value, to: 1) }
            return sums
        }
        let whole = sum(values)
        #expect(sum(values.reversed()) == whole && sum(values.shuffled(using: &generator)) == whole)
        var parts = sum(Array(values[..<300]))
        parts.add(sum(Array(values[300...])))
        #expect(parts == whole && ExactSums(words: whole.words) == whole)
        #expect(whole.value(0) == 0 && sum([0.1]).value(1, times: 3) == 0.8)
        #expect(sum([-0.1, 0.25]).value(1) == 0.25 - 0.1)
        let reference = values.sorted { abs($0) < abs($1) }.reduce(0, +)
        #expect(abs(whole.value(1) - reference) < 1e-4)
    }

    /// Every value lies within the bounds of its bin, and the bins follow each other.
    @Test func valuesLieInTheirBins() {
        let bins = ActivationBins(top: 3)
        #expect(bins.bin(of: 0) == 0 && bins.bin(of: -0.0) == 0 && bins.bin(of: 0x1p-14) == 0 && bins.bin(of: -0x1p-14) == 0)
        #expect(bins.bin(of: 0x1p-13) == 1 && bins.bin(of: -0x1p-13) == 513)
        #expect(bins.bin(of: 1e9) == 511 && bins.bin(of: -1e9) == 1023 && bins.bin(of: .infinity) == 511)
        var generator = RandomGenerator(seed: 2)
        for _ in 0..<2000 {
            let value = generator.normalPair().0
            let bounds = bins.bounds(of: bins.bin(of: value))
            #expect(bounds.contains(Double(value)), "\(value)")
        }
        for k in 1..<511 { #expect(bins.bounds(of: k).upperBound == bins.bounds(of: k + 1).lowerBound) }
        #expect(bins.bounds(of: 511).upperBound < 8 && bins.bounds(of: 511).upperBound > 7.8)
    }

    /// Quantiles of a histogram are those of the sorted values, within one per cent of the range.
    @Test(arguments: [(false, 0), (true, 1)] as [(Bool, UInt64)]) func quantilesFollowTheValues(_ isRectified: Bool, _ seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        let values = generator.normal(count: 40_000, standardDeviation: 2).map { isRectified ? max($0, 0) : $0 }
        let sorted = values.sorted()
        let bins = ActivationBins(holding: 3)
        var counts = [Int64](repeating: 0, count: ActivationBins.count)
        for value in values { counts[bins.bin(of: value)] += 1 }
        let range = Double(sorted.last! - sorted[0])
        for share in [0.01, 0.3, 0.5, 0.9, 0.99, 0.999, 1] {
            let own = bins.quantile(counts, share, within: Double(sorted[0])...Double(sorted.last!))
            #expect(abs(own - Double(sorted[min(Int(share * 40_000), 39_999)])) <= 0.01 * range, "\(share)")
        }
        #expect(abs(bins.share(counts, below: 2) - Double(sorted.count { $0 < 2 }) / 40_000) < 0.01)
    }

    /// The best of parts are the best of all, whatever the order; of equal values the smaller number comes first.
    @Test func theBestOfPartsAreTheBest() {
        var generator = RandomGenerator(seed: 3)
        let values = (0..<60).map { _ in [Float(generator.integer(below: 20)), Float(generator.uniform())] }
        func best(_ photographs: [Int]) -> BestPhotographs {
            var best = BestPhotographs(channels: 2, keep: 7)
            for photograph in photographs { best.add(values[photograph], at: [Int32(photograph), 0], photograph: photograph) }
            return best
        }
        let whole = best(Array(0..<60))
        for channel in 0..<2 {
            let order = (0..<60).sorted { (-values[$0][channel], $0) < (-values[$1][channel], $1) }.prefix(7).map { Int32($0) }
            #expect(Array(whole.photographs[channel * 7..<channel * 7 + 7]) == order)
        }
        var merged = best((0..<60).filter { $0 % 3 == 1 })
        merged.add(best((0..<60).filter { $0 % 3 == 0 }))
        merged.add(best((0..<60).filter { $0 % 3 == 2 }))
        #expect(merged == whole)
        #expect(best([3]).photographs == [3, -1, -1, -1, -1, -1, -1, 3, -1, -1, -1, -1, -1, -1])
    }

    @Test func positionsAreSpreadEvenly() {
        for (height, width) in [(1, 1), (13, 13), (16, 16), (17, 16), (111, 111), (1, 197), (2, 1000)] {
            let lattice = ScanPositions.lattice(height: height, width: width)
            #expect(lattice.count <= 256 && !lattice.isEmpty && lattice == Set(lattice).sorted() && lattice.last! < height * width)
            if height * width <= 256 { #expect(lattice.count == height * width) }
        }
        #expect((0..<7).map { ScanPositions.samples(of: $0, among: 7, total: 30) }.reduce(0, +) == 30)
        var counts = [Int](repeating: 0, count: 50)
        for photograph in 0..<400 {
            let positions = ScanPositions.random(5, of: 50, photograph: photograph, layer: 1, seed: 0)
            #expect(Set(positions).count == 5 && positions == positions.sorted())
            for position in positions { counts[position] += 1 }
        }
        // 40 each on average, deviation 6.
        #expect(counts.allSatisfy { (15...65).contains($0) }, "\(counts)")
        #expect(ScanPositions.random(9, of: 4, photograph: 0, layer: 0, seed: 0) == [0, 1, 2, 3])
    }

    /// One photograph's summary holds what the loops of its definition give; what is not finite is refused.
    @Test func aSummaryIsThatOfTheValues() throws {
        var generator = RandomGenerator(seed: 4)
        let shape = Shape(3, 9, 31)
        let values = generator.normal(count: shape.count, standardDeviation: 1)
        let bins = ActivationBins(top: 2)
        var histogram = [UInt32](repeating: 0, count: 3 * ActivationBins.count)
        let summary = try #require(
            PhotographSummary(Tensor(shape, values), bins, lattice: [3, 40], samples: [1, 278], histogram: &histogram))
        for channel in 0..<3 {
            let plane = Array(values[channel * 279..<(channel + 1) * 279])
            #expect(summary.maxima[channel] == plane.max() && summary.minima[channel] == plane.min())
            #expect(plane[Int(summary.places[channel])] == plane.max())
            #expect(Int(summary.positives[channel]) == plane.count { $0 > 0 })
            for power in 1...4 {
                let sum = plane.reduce(0.0) { total, value in
                    total + (1...power).reduce(1.0) { product, _ in product * Double(value) / 4 }
                }
                #expect(abs(summary.powers[(power - 1) * 3 + channel] - sum) < 1e-5 * max(1, abs(sum)), "power \(power)")
            }
            #expect(summary.lattice[channel * 2] == plane[3] && summary.lattice[channel * 2 + 1] == plane[40])
            #expect(summary.samples[channel] == Float16(plane[1]) && summary.samples[3 + channel] == Float16(plane[278]))
            #expect(histogram[channel * 1024..<(channel + 1) * 1024].reduce(0, +) == 279)
        }
        for odd in [Float.nan, .infinity, 1e6] {
            var broken = values
            broken[300] = odd
            var counts = histogram
            #expect(PhotographSummary(Tensor(shape, broken), bins, lattice: [], samples: [], histogram: &counts) == nil, "\(odd)")
        }
    }

    @Test func bandsAreFifths() {
        let values = (0..<23).map { Float($0 * 7 % 23) }
        let bands = QuantileBands.choose(values, keep: 3, channel: 1, seed: 0)
        for (band, members) in bands.enumerated() {
            let ranks = members.map { Int(values[Int($0)]) }
            #expect(ranks.count == 3 && ranks == ranks.sorted(by: >))
            #expect(ranks.allSatisfy { (23 * band / 5..<23 * (band + 1) / 5).contains($0) }, "\(ranks)")
        }
        #expect(QuantileBands.choose([1, 2], keep: 3, channel: 0, seed: 0).map(\.count) == [0, 0, 1, 0, 1])
    }
}
