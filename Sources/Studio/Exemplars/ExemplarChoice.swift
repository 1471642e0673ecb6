import Analysis

/// Which photographs stand for a unit: the best ones, and some of what it answers otherwise. Top photographs alone make units look
/// cleaner than they are (the interpretability illusion, Bolukbasi et al. 2021).
struct ExemplarChoice {
    /// A photograph that was chosen.
    struct Chosen: Equatable {
        /// Its place among all.
        let photograph: Int
        let band: String
        let rank: Int
        let quantile: Double
    }

    /// The first band.
    static let best = "top"
    /// Bands below it, by the quantile that they lie around.
    private static let bands: [(name: String, quantile: Double)] = [("99.9 %", 0.999), ("99 %", 0.99), ("90 %", 0.9), ("50 %", 0.5), ("lowest", 0)]
    /// Photographs of such a band.
    static let perBand = 3
    /// Cells of thumbnails in which near copies differ at most.
    private static let nearCopy = 4

    let chosen: [Chosen]

    /// - Parameters:
    ///   - values: of all photographs.
    ///   - digests: of their files; equal ones are one photograph.
    ///   - thumbnails: of 8×8 cells; photographs that differ in few count once.
    ///   - count: of the top.
    ///   - hasBands: whether there is more than the top.
    init(_ values: [Float], digests: [[UInt8]], thumbnails: [Int64], count: Int, hasBands: Bool) {
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
            for (name, quantile) in Self.bands {
                let centre = (1 - quantile) * Double(order.count)
                take(Self.perBand, name, order.indices.sorted { (abs(Double($0) + 0.5 - centre), $0) < (abs(Double($1) + 0.5 - centre), $1) })
            }
        }
        self.chosen = chosen
    }
}
