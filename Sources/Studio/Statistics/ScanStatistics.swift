import Analysis
import Files

/// The statistics of the units of a scan.
public struct ScanStatistics: Encodable, Sendable {
    struct Layer: Encodable, Sendable {
        let name: String
        let channels: Int
        /// Channels that were above 0 nowhere.
        let dead: Int
        let duplicates: Int
        /// Directions that matter, if all mattered alike; nil where the scan has no products.
        let participation: Double?
    }

    let model: String
    let weightsSHA256: String
    let version: String
    let scan: String
    let folder: String
    let photographs: Int
    /// The layer by which photographs are alike, and the mean cosine of any two of them.
    let clarityLayer: String
    let clarityOfAll: Double?
    /// Classes with photographs enough; nil where the scan has none.
    let classesTested: Int?
    private(set) var layers: [Layer] = []
    /// In the order that was asked for.
    private(set) var units: [UnitStatistics] = []
    private let hasManyLayers: Bool

    private enum CodingKeys: String, CodingKey {
        case model, version, scan, folder, photographs, layers, units
        case weightsSHA256 = "weights_sha256", clarityLayer = "clarity_layer", clarityOfAll = "clarity_of_all", classesTested = "classes_tested"
    }

    init(_ file: ScanFile, embedding: LayerStatistics.Embedding, _ classes: PhotographClasses?) {
        let plan = file.description.plan
        (model, weightsSHA256, version) = (plan.model, plan.weightsSHA256, Studio.version)
        (scan, folder, photographs) = (FileName.split(file.path).name, plan.folder, file.photographs)
        clarityLayer = embedding.layer
        clarityOfAll = Clarity.meanCosine(count: file.photographs, embedding.vector)
        classesTested = classes?.tested.count
        hasManyLayers = plan.layers.count > 1
    }

    mutating func add(_ own: [UnitStatistics], _ layer: ScanPlan.Layer, _ correlations: UnitCorrelations?) {
        layers.append(
            Layer(
                name: layer.name, channels: layer.channels, dead: own.count(where: \.isDead), duplicates: own.count { $0.duplicate != nil },
                participation: correlations?.participation))
        units += own
    }

    /// What is the same stays in the order of channels.
    mutating func sort(by column: UnitColumn, ascending: Bool) {
        guard column.name != "channel" || ascending else { return }
        if column.name == "channel" { return units.reverse() }
        units = units.enumerated().sorted { first, second in
            let (a, b) = (column.value(first.element), column.value(second.element))
            guard let precedes = UnitColumn.Value.precedes(a, b) else { return first.offset < second.offset }
            // Nothing comes last, whichever way.
            return ascending != column.isStrongestSmall && !a.field.isEmpty && !b.field.isEmpty ? !precedes : precedes
        }.map(\.element)
    }

    /// Why an order by a column is that of the channels; nil where it is not, or where the reason is told already.
    func noteOnOrder(by column: UnitColumn) -> Message? {
        guard !units.isEmpty, units.allSatisfy({ column.value($0).field.isEmpty }) else { return nil }
        let order: Message = "rows are in the order of channels, for no unit has a value of \(sentence: column.name)"
        guard UnitColumn.namesOfClasses.contains(column.name) else { return order }
        let unclassed: Message = "\(order): the scan has no classes; `lucid scan \(setting: "classes")` gives it some"
        let few: Message = "\(order): classes of fewer than \(PhotographClasses.fewest) photographs, or with fewer beside them, are not tested"
        guard let classesTested else { return unclassed }
        return classesTested > 0 ? order : few
    }

    /// A row for each unit.
    var csv: String {
        CSV.line(UnitColumn.all.map(\.name)) + units.map { unit in CSV.line(UnitColumn.all.map { $0.value(unit).field }) }.joined()
    }

    // MARK: For people

    private static let width = 80

    /// A line for each of the first units, and what holds for all.
    ///
    /// - Parameter count: rows.
    public func table(_ count: Int) -> String {
        var table = Table(["unit", "mean", "99 %", "most", "fires", "photos", "AUC"])
        let shown = units.prefix(count)
        for unit in shown {
            let name = layers.count > 1 ? "\(unit.layer):\(unit.channel)" : "\(unit.channel)"
            table.add([
                name, significant(unit.moments.mean), significant(unit.quantiles[2]), significant(unit.maximum), percent(unit.firesPositions),
                percent(unit.firesPhotographs), unit.topClass.map { rounded($0.evidence.separation.auc, 2) } ?? "",
            ])
        }
        let words = ["label"] + shown.map { ($0.remarks + [$0.label].compactMap { $0 }).joined(separator: ", ") }
        var lines = table.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let width = lines.map(\.count).max() ?? 0
        for (line, word) in words.enumerated() where !word.isEmpty {
            let padded = lines[line] + String(repeating: " ", count: width - lines[line].count) + "  " + word.withoutControls
            lines[line] = padded.count > Self.width ? padded.prefix(Self.width - 1) + "…" : padded
        }
        if units.count > count { lines.append("… and \(counted(units.count - count, "unit")) more") }
        return (lines + [Self.legend, summary]).joined(separator: "\n")
    }

    private static let legend = "fires: positions > 0, or > \(LayerStatistics.smoothShare) · p999 where a unit has values below 0"

    /// "2000 photographs, 512 units: 3 dead, 8 as another"
    var summary: String {
        let (dead, duplicates) = (layers.reduce(0) { $0 + $1.dead }, layers.reduce(0) { $0 + $1.duplicates })
        let classes = classesTested.map { ", \($0) \($0 == 1 ? "class" : "classes") tested" } ?? ""
        return "\(counted(photographs, "photograph")), \(counted(units.count, "unit")): \(dead) dead, \(duplicates) as another\(classes)"
    }
}

/// Three digits that count.
func significant(_ value: Double) -> String {
    let size = abs(value)
    return size == 0 ? "0" : size >= 1e5 || size < 1e-3 ? scientific(value) : rounded(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
}

/// "1.2e-05"
private func scientific(_ value: Double) -> String {
    var (mantissa, exponent) = (abs(value), 0)
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(value < 0 ? "-" : "")\(rounded(mantissa, 1))e\(exponent)"
}
