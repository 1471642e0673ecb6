import Analysis

/// Which photographs stand for a unit: the best ones, and some of what it answers otherwise. Top photographs alone make units look
/// cleaner than they are (the interpretability illusion, Bolukbasi et al. 2021).
package struct ExemplarChoice {
    /// A photograph that was chosen.
    package struct Chosen: Equatable {
        /// Its place among all.
        package let photograph: Int
        package let band: String
        package let rank: Int
        /// The share of photographs below it.
        package let quantile: Double
    }

    /// The first band.
    static let best = "top"
    /// Bands below it, by the quantile that they lie around: one of so many photographs lies above it.
    private static let bands: [(name: String, oneOf: Int)] = [("99.9 %", 1000), ("99 %", 100), ("90 %", 10), ("50 %", 2), ("lowest", 1)]
    /// Photographs of such a band. No quantile with fewer above it has a band.
    static let perBand = 3
    /// A band's photographs are off by this share of those above its quantile at most.
    private static let tolerance = 0.25
    /// Cells of thumbnails in which near copies differ at most.
    private static let nearCopy = 4

    /// Band after band, within each the best first.
    package let chosen: [Chosen]

    /// - Parameters:
    ///   - values: of all photographs.
    ///   - digests: of their files; equal ones are one photograph.
    ///   - thumbnails: of 8×8 cells; photographs that differ in few count once.
    ///   - count: of the top.
    ///   - hasBands: whether there is more than the top. A band whose photographs are shown already is left out.
    package init(_ values: [Float], digests: [[UInt8]], thumbnails: [Int64], count: Int, hasBands: Bool) {
        let order = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
        var chosen: [Chosen] = []
        func isFree(_ photograph: Int) -> Bool {
            chosen.allSatisfy { other in
                other.photograph != photograph && digests[other.photograph] != digests[photograph]
                    && (thumbnails[other.photograph] ^ thumbnails[photograph]).nonzeroBitCount > Self.nearCopy
            }
        }
        func take(_ most: Int, _ band: String, _ ranks: some Sequence<Int>) {
            var taken: [Chosen] = []
            for rank in ranks where taken.count < most {
                guard isFree(order[rank]) else { continue }
                let entry = Chosen(photograph: order[rank], band: band, rank: rank, quantile: 1 - (Double(rank) + 0.5) / Double(order.count))
                taken.append(entry)
                chosen.append(entry)
            }
            chosen.removeLast(taken.count)
            chosen += taken.sorted { $0.rank < $1.rank }
        }
        take(count, Self.best, order.indices)
        if hasBands {
            for (name, oneOf) in Self.bands where oneOf == 1 || order.count >= Self.perBand * oneOf {
                let above = Double(order.count) / Double(oneOf)
                func distance(_ rank: Int) -> Double { abs(Double(rank) + 0.5 - above) }
                let most = max(Double(Self.perBand) / 2, Self.tolerance * above)
                take(Self.perBand, name, order.indices.filter { distance($0) <= most }.sorted { (distance($0), $0) < (distance($1), $1) })
            }
        }
        self.chosen = chosen
    }
}
