import Analysis
import Images
import Networks
import Tensors

/// Whether a map depends on what the network has learnt (Adebayo et al. 2018): the weights of one layer after another, from the end to the
/// beginning, change places at random and stay so, and the map is made again for the same target.
///
/// Values are compared with their signs: where a pixel matters at all is decided by the edges of the photograph and by pools as much as by
/// weights, so that sizes stay alike by half whatever a network has learnt.
struct RandomisationCheck: Encodable, Sendable {
    /// How alike the map is once this layer's weights, and those of all behind it, are random.
    struct Row: Encodable, Sendable {
        let layer: String
        /// Spearman's rank correlation of the values with their signs.
        let spearman: Double
        /// The same of their sizes.
        let sizes: Double
        /// The structural similarity of the maps, by their sizes up to the 99th percentile.
        let ssim: Double
    }

    let rows: [Row]
    let median: Double
    /// The map is another when the weights are.
    let dependsOnWeights: Bool

    /// A map whose median correlation is less depends on the weights.
    private static let bound = 0.3
    /// Layers after which the map is made again.
    private static let most = 24

    /// At most so many layers, evenly spread, the last among them.
    static func some(of layers: [Network.WeightedLayer]) -> [Network.WeightedLayer] {
        guard layers.count > most else { return layers }
        return (1...most).map { layers[layers.count * $0 / most - 1] }
    }

    /// A map, and the values behind it whose signs matter.
    typealias Compared = (map: Tensor, values: Tensor)

    /// - Parameter again: makes the map with shuffled weights; nil if it was ended.
    /// - Returns: nil if it was ended.
    init?(
        _ original: Compared, layers: [Network.WeightedLayer], seed: UInt64, again: (WeightShuffle) throws(Problem) -> Compared?
    ) throws(Problem) {
        let sizes = Self.sizes(original.map)
        let (signedRanks, sizeRanks) = (Ranks(Self.finite(original.values)), Ranks(sizes))
        let (width, height) = (original.map.shape.width, original.map.shape.height)
        var rows: [Row] = []
        for layer in layers {
            guard let changed = try again(WeightShuffle(layer.parameters, seed: seed)) else { return nil }
            let others = Self.sizes(changed.map)
            rows.append(
                Row(
                    layer: layer.layer.node,
                    spearman: signedRanks.correlation(with: Ranks(Self.finite(changed.values))),
                    sizes: sizeRanks.correlation(with: Ranks(others)),
                    ssim: StructuralSimilarity.mean(sizes, others, width: width, height: height)))
        }
        self.rows = rows
        let ordered = rows.map { abs($0.spearman) }.sorted()
        median = ordered.isEmpty ? 0 : (ordered[(ordered.count - 1) / 2] + ordered[ordered.count / 2]) / 2
        dependsOnWeights = median < Self.bound
    }

    private static func finite(_ values: Tensor) -> [Float] { values.elements.map { $0.isFinite ? $0 : 0 } }

    /// The sizes of a map's values up to the 99th percentile, as shares of it; 0 where a map is not finite.
    private static func sizes(_ map: Tensor) -> [Float] {
        let sizes = map.elements.map { $0.isFinite ? abs($0) : 0 }
        let ordered = sizes.sorted()
        let limit = ordered[Int(Double(ordered.count - 1) * 0.99)]
        let most = limit > 0 ? limit : ordered.last!
        return most > 0 ? sizes.map { min($0 / most, 1) } : sizes
    }

    /// A row a layer and a verdict, for people.
    var lines: [String] {
        var table = Table(["weights shuffled from", "rank correlation", "of sizes", "SSIM"])
        for row in rows { table.add([row.layer, rounded(row.spearman, 2), rounded(row.sizes, 2), rounded(row.ssim, 2)]) }
        return table.text.split(separator: "\n").map(String.init) + [
            "median rank correlation \(rounded(median, 2)): the map "
                + (dependsOnWeights ? "depends on the weights" : "hardly depends on the weights, and explains little")
        ]
    }
}

/// How far a map can be trusted.
struct AttributionCheck: Encodable, Sendable {
    let deletion: DeletionCheck?
    let randomisation: RandomisationCheck

    var lines: [String] {
        [deletion?.line ?? "the baseline scores no less than the photograph: what is hidden cannot lower the score"] + randomisation.lines
    }
}
