import Analysis
import Networks
import Tensors

/// The statistics of a layer's units, from a scan.
struct LayerStatistics {
    let scan: ScanFile
    /// The scan's photographs in classes; nil where it has none.
    let classes: PhotographClasses?
    let categories: [Category]
    /// The last layer's means on each photograph, row by row: what photographs are alike by.
    let embedding: Embedding
    /// Units of all layers that are tested.
    let units: Int

    /// How photographs look to a network in the end.
    struct Embedding {
        let layer: String
        let length: Int
        let means: [Float16]  // [photographs, length]

        func vector(_ photograph: Int) -> [Float] { means[photograph * length..<(photograph + 1) * length].map { Float($0) } }
    }

    /// The best photographs that clarity is of.
    private static let bestPhotographs = 50
    /// Beyond this share of all photographs the best ones are no choice: the clarity of every unit would be that of the scan.
    private static let largestShareOfBest = 0.2
    /// Of the largest quantile: a smooth function such as GELU is above 0 nearly everywhere, and fires above this share.
    static let smoothShare = 0.05
    private static let bars = 32

    /// - Parameters:
    ///   - layer: its place in the scan.
    ///   - effects: of each channel, for and against; none where the layer is not the one that classes are linear in.
    ///   - given: labels by channel.
    func units(
        of layer: Int, channels: [Int], effects: [Int: (UnitStatistics.Effect, UnitStatistics.Effect)], given: [Int: String], workers: Workers
    ) throws(Problem) -> [UnitStatistics] {
        let plan = scan.description.plan.layers[layer]
        let count = plan.channels
        let positions = scan.description.positions[layer]
        let sums: [Double] = try scan.values("power_sums", of: layer)
        let (least, most): ([Float], [Float]) = (try scan.values("minimum", of: layer), try scan.values("maximum", of: layer))
        let positive: [Int64] = try scan.values("positive_positions", of: layer)
        let histogram: [Int64] = try scan.values("histogram", of: layer)
        let bins = scan.bins(of: layer)
        let correlations = try correlations(of: layer)
        let photographs = scan.photographs
        let atoms = atoms
        let tests = units * ((classes?.tested.count ?? 0) + categories.count)
        return try workers.map(channels) { channel throws(Problem) in
            let own = histogram[channel * ActivationBins.count..<(channel + 1) * ActivationBins.count]
            let extremes = Double(least[channel])...Double(most[channel])
            let quantiles = [0.5, 0.9, 0.99, 0.999].map { bins.quantile(own, $0, within: extremes) }
            let maxima: [Float16] = try scan.column("maxima", of: layer, channel: channel)
            let values = maxima.map { Float($0) }
            let threshold = least[channel] < 0 ? max(Self.smoothShare * quantiles[3], 0) : 0
            let fires = threshold == 0 ? Double(positive[channel]) / Double(max(positions, 1)) : 1 - bins.share(own, below: threshold)
            let isDead = most[channel] <= 0
            let best: [Int32] = try scan.row("best_by_maximum/photographs", of: layer, channel: channel)
            let tested = isDead ? nil : classes.map { UnitClasses($0, maxima: values, threshold: quantiles[2]) }
            return UnitStatistics(
                layer: plan.name, channel: channel,
                moments: UnitMoments(sums: (0..<4).map { sums[$0 * count + channel] }, count: positions),
                minimum: extremes.lowerBound, maximum: extremes.upperBound, quantiles: quantiles, threshold: threshold, firesPositions: fires,
                firesPhotographs: Double(values.count { Double($0) > threshold }) / Double(max(photographs, 1)), isDead: isDead,
                deadBound: isDead ? min(3 / Double(max(photographs, 1)), 1) : nil, duplicate: correlations?.duplicates[channel],
                nearest: correlations?.nearest[channel], clarity: isDead || !hasClarity ? nil : clarity(of: best),
                topClass: tested?.best.map { label(classes!.names[$0.number], $0.evidence, tests) },
                category: tested.flatMap { category($0, tests) }, formula: tested.flatMap { ClassFormula($0, classes!, atoms: atoms) }, towards: effects[channel]?.0, against: effects[channel]?.1, given: given[channel],
                histogram: bars(own, bins, extremes))
        }
    }

    /// Directions that matter, if all mattered alike; nil of a layer too wide for its products.
    func correlations(of layer: Int) throws(Problem) -> UnitCorrelations? {
        let plan = scan.description.plan.layers[layer]
        guard plan.channels <= Self.widest else { return nil }
        return UnitCorrelations(
            products: try scan.values("products", of: layer), sums: try scan.values("product_sums", of: layer), count: scan.description.lattice[layer])
    }

    /// Layers with more channels have no products in a scan.
    private static let widest = 2048

    /// Classes and categories that formulas are of.
    private var atoms: [ClassFormula.Atom] {
        guard let classes else { return [] }
        return classes.tested.map { ClassFormula.Atom(name: classes.names[$0], members: CollectionOfOne($0)) }
            + categories.map { ClassFormula.Atom(name: $0.name, members: $0.members) }
    }

    /// The best photographs of a unit that clarity would be of.
    private var bestCount: Int { min(Self.bestPhotographs, scan.description.plan.keep, scan.photographs) }

    private var hasClarity: Bool { Double(bestCount) <= Self.largestShareOfBest * Double(scan.photographs) }

    /// Why clarity is left out; nil where it is not.
    var noteOnClarity: Message? {
        guard !hasClarity else { return nil }
        let note: Message = """
            clarity and poly are left out: the \(bestCount) best photographs are more than a fifth of all \(scan.photographs); \
            scan more photographs, or keep fewer with `lucid scan \(setting: "best")`
            """
        return note
    }

    private func clarity(of best: [Int32]) -> Clarity? {
        Clarity(best.prefix(Self.bestPhotographs).filter { $0 >= 0 }.map { embedding.vector(Int($0)) })
    }

    private func label(_ name: String, _ evidence: ClassEvidence, _ tests: Int) -> UnitStatistics.Label {
        UnitStatistics.Label(name: name, evidence: evidence, p: corrected(p: evidence.separation.p, tests: tests))
    }

    /// The category that is told apart the most surely: a wide one may be so with a lesser AUC than a narrow one.
    private func category(_ unit: UnitClasses, _ tests: Int) -> UnitStatistics.Label? {
        categories.compactMap { category in unit.evidence(for: category.members).map { (category, $0) } }
            .max { ($0.1.separation.z, $1.0.members.count) < ($1.1.separation.z, $0.0.members.count) }
            .map { label($0.0.name, $0.1, tests) }
    }

    /// Positions in equal parts from the least value, or 0, to the largest.
    private func bars(_ counts: ArraySlice<Int64>, _ bins: ActivationBins, _ extremes: ClosedRange<Double>) -> [Int] {
        var bars = [Int](repeating: 0, count: Self.bars)
        let (low, high) = (min(extremes.lowerBound, 0), max(extremes.upperBound, 0))
        guard high > low else { return bars }
        for (bin, count) in counts.enumerated() where count > 0 {
            let bounds = bins.bounds(of: bin)
            let middle = bin == 0 ? 0 : (bounds.lowerBound + bounds.upperBound) / 2
            let place = Int((middle - low) / (high - low) * Double(Self.bars))
            bars[min(max(place, 0), Self.bars - 1)] += Int(count)
        }
        return bars
    }
}
