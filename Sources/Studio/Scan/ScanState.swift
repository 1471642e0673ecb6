import Analysis
import Files
import FoundationEssentials
import Networks
import Tensors

/// How far a scan has come, but for its records: what is written down on the way, what a part consists of, and what parts add up from.
struct ScanState {
    let plan: ScanPlan
    /// The part that this is of; parts that have been put together are the whole.
    var shard: Shard
    /// Blocks of the part that are done.
    var blocks = 0
    /// Photographs that could not be read, and what the trouble was.
    var damaged: [Damage] = []
    var totals: [LayerTotals]
    /// Names of all photographs of the folder, as `ScanPhotographs` writes them.
    let names: [UInt8]
    /// Records so far: photographs, then samples of each layer.
    var records: [Int]

    struct Damage: Codable, Equatable {
        let photograph: Int
        let message: String
    }

    init(_ plan: ScanPlan, shard: Shard, names: [UInt8]) {
        (self.plan, self.shard, self.names) = (plan, shard, names)
        totals = plan.layers.map { LayerTotals(Shape($0.channels, $0.height, $0.width), ActivationBins(top: $0.top), keep: plan.keep) }
        records = [Int](repeating: 0, count: 1 + plan.layers.count)
    }

    var isComplete: Bool { blocks == plan.blocks(of: shard).count }

    /// Takes another part in.
    mutating func add(_ other: ScanState) {
        for index in totals.indices { totals[index].add(other.totals[index]) }
        damaged = (damaged + other.damaged).sorted { $0.photograph < $1.photograph }
        blocks += other.blocks
        for index in records.indices { records[index] += other.records[index] }
    }

    // MARK: - As a file

    private struct Description: Codable {
        let plan: ScanPlan
        let part: String
        let blocks: Int
        let damaged: [Damage]
        let counts: [[Int]]
        let records: [Int]
    }

    private static let key = "scan_part"

    var metadata: [String: String] {
        [
            Self.key: json(
                Description(
                    plan: plan, part: shard.text, blocks: blocks, damaged: damaged,
                    counts: totals.map { [$0.positions, $0.latticePositions] }, records: records))
        ]
    }

    var tensors: [SafetensorsTensor] {
        [SafetensorsTensor("names", [names.count], names)] + totals.enumerated().flatMap { $1.tensors(prefix: "\($0)/") }
    }

    /// - Returns: nil for a file that is no part of a scan.
    init?(_ file: SafetensorsFile) throws(Problem) {
        guard let text = file.metadata[Self.key] else { return nil }
        guard let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8)), let shard = Shard(text: description.part),
            description.records.count == 1 + description.plan.layers.count, description.counts.count == description.plan.layers.count,
            description.plan.isSound, description.counts.allSatisfy({ $0.count == 2 }), description.damaged.allSatisfy({ (0..<description.plan.files).contains($0.photograph) })
        else { throw .badData("\(file.file) is a part of a scan that another version of lucid made") }
        let names: [UInt8] = try asProblem { () throws(WeightsError) in try file.values("names") }
        self.init(description.plan, shard: shard, names: names)
        guard names.count(where: { $0 == 0 }) == plan.files else { throw .badData("\(file.file) has \(names.count(where: { $0 == 0 })) names of \(plan.files) photographs") }
        (blocks, damaged, records) = (description.blocks, description.damaged, description.records)
        for (index, counts) in description.counts.enumerated() {
            try asProblem { () throws(WeightsError) in
                try totals[index].restore(from: file, prefix: "\(index)/", positions: counts[0], lattice: counts[1])
            }
        }
    }
}

extension LayerTotals {
    /// Everything but the numbers of positions.
    fileprivate func tensors(prefix: String) -> [SafetensorsTensor] {
        func tensor<Element: SafetensorsElement>(_ name: String, _ values: [Element]) -> SafetensorsTensor {
            SafetensorsTensor(prefix + name, [values.count], values)
        }
        func best(_ name: String, _ best: BestPhotographs) -> [SafetensorsTensor] {
            [tensor(name + "/values", best.values), tensor(name + "/photographs", best.photographs), tensor(name + "/positions", best.positions)]
        }
        return [
            tensor("minima", minima), tensor("maxima", maxima), tensor("positive_positions", positivePositions),
            tensor("positive_photographs", positivePhotographs), tensor("histogram", histogram), tensor("powers", powers.words),
            tensor("products", products.words), tensor("product_sums", productSums.words),
        ] + best("best_by_maximum", bestByMaximum) + best("best_by_mean", bestByMean)
    }

    fileprivate mutating func restore(from file: SafetensorsFile, prefix: String, positions: Int, lattice: Int) throws(WeightsError) {
        func values<Element: SafetensorsElement>(_ name: String, like own: [Element]) throws(WeightsError) -> [Element] {
            let values: [Element] = try file.values(prefix + name)
            guard values.count == own.count else { throw WeightsError(file: file.file, reason: "\(prefix + name) has \(values.count) numbers, not \(own.count)") }
            return values
        }
        func sums(_ name: String, like own: ExactSums) throws(WeightsError) -> ExactSums { ExactSums(words: try values(name, like: own.words)) }
        func best(_ name: String, like own: BestPhotographs) throws(WeightsError) -> BestPhotographs {
            BestPhotographs(
                keep: own.keep, values: try values(name + "/values", like: own.values),
                photographs: try values(name + "/photographs", like: own.photographs), positions: try values(name + "/positions", like: own.positions))
        }
        minima = try values("minima", like: minima)
        maxima = try values("maxima", like: maxima)
        positivePositions = try values("positive_positions", like: positivePositions)
        positivePhotographs = try values("positive_photographs", like: positivePhotographs)
        histogram = try values("histogram", like: histogram)
        powers = try sums("powers", like: powers)
        products = try sums("products", like: products)
        productSums = try sums("product_sums", like: productSums)
        bestByMaximum = try best("best_by_maximum", like: bestByMaximum)
        bestByMean = try best("best_by_mean", like: bestByMean)
        (self.positions, latticePositions) = (positions, lattice)
    }
}
