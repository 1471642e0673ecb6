import Analysis
import FoundationEssentials
import Images
import ModelStore
import Networks
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a scan of photographs says of a picture's unit: the best photographs, a histogram, and the classes that it answers to.
struct ReportEvidence: Sendable {
    /// The best photographs side by side.
    let strip: EmbeddedPicture
    /// Heights of columns from small values to large ones, 0…1.
    let columns: [Double]
    let rows: [Row]

    /// Photographs of the strip, and pixels of the side of each.
    private static let (best, cell) = (4, 96)
    /// Bins of a scan that make a column.
    private static let binsPerColumn = 16
    private static let mostClasses = 3

    /// Of one unit.
    init(_ scan: ScanFile, _ source: ExemplarSource, _ model: Model, layer: String, channel: Int, workers: Workers) throws(Problem) {
        let name = try model.layer(layer)
        let index = try scan.index(of: name)
        let values = try source.values(scan, name, channel: channel, byMean: false)
        let choice = ExemplarChoice(values.values, digests: values.digests, thumbnails: values.thumbnails, count: Self.best, hasBands: false)
        let unit = try ExemplarUnit(.init(layer: name.node, direction: "\(channel):1"), model, byMean: false)
        var tiles: [Picture] = []
        for chosen in choice.chosen {
            let path = source.paths[chosen.photograph]
            let square = ClassifiedSquare(try Picture.reading(path), model).picture
            let answer = unit(try square.tensor(channels: model.network.inputChannels, name: path), workers: workers)
            tiles.append(ExemplarTile(square, answer.map, unit.axes, crop: unit.usualCrop, threshold: values.threshold, side: Self.cell).picture)
        }
        let sheet = ContactSheet.compose(tiles, columns: Self.best, gap: 1)
        strip = try asProblem { () throws(PictureError) in
            EmbeddedPicture(type: JPEG.mediaType, bytes: try JPEG.encode(sheet, quality: OutputSettings.standardQuality))
        }
        let counts: [Int64] = try scan.row("histogram", of: index, channel: channel)
        columns = Self.columns(counts)
        let positions = Double(max(scan.description.positions[index], 1))
        let positive: [Int64] = try scan.row("positive_positions", of: index, channel: channel)
        let fires: [Int64] = try scan.row("positive_photographs", of: index, channel: channel)
        var rows: [Row] = [
            ("photographs", "\(scan.photographs)"),
            ("above 0", "\(rounded(100 * Double(positive[0]) / positions, 2)) % of positions, \(fires[0]) photographs"),
            ("median, 99 %", "\(short(Float(try scan.quantile(0.5, layer: index, channel: channel)))), \(short(values.threshold ?? 0))"),
            ("best photographs", choice.chosen.map { "\(source.names[$0.photograph]) \(short(values.values[$0.photograph]))" }.joined(separator: ", ")),
        ]
        if let labels = try Self.labels(scan, index, channel) { rows.append(("classes by mean maximum", labels)) }
        self.rows = rows
    }

    /// The classes whose photographs have the largest maxima, on average.
    private static func labels(_ scan: ScanFile, _ layer: Int, _ channel: Int) throws(Problem) -> String? {
        guard let known = scan.description.plan.classes, let counts = scan.description.counts, counts.count == known.names.count else { return nil }
        let sums: [Double] = try scan.column("class_sums", of: layer, channel: channel)  // [classes, 2]
        let means = counts.indices.filter { counts[$0] > 0 }.map { ($0, sums[2 * $0] / Double(counts[$0])) }
        return means.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(mostClasses).map { "\(known.names[$0.0]) \(short(Float($0.1)))" }.joined(separator: ", ")
    }

    /// Columns of positive values, by the logarithm of how many there are, without the empty ones at either end.
    private static func columns(_ counts: [Int64]) -> [Double] {
        let half = ActivationBins.count / 2
        let sums = stride(from: 1, to: half, by: binsPerColumn).map { start in counts[start..<min(start + binsPerColumn, half)].reduce(0, +) }
        guard let first = sums.firstIndex(where: { $0 > 0 }), let last = sums.lastIndex(where: { $0 > 0 }) else { return [] }
        func size(_ count: Int64) -> Double { log(1 + Double(count)) }
        let largest = size(sums.max()!)
        return sums[first...last].map { size($0) / largest }
    }

    /// As it stands under the picture.
    func html(of title: String) -> String {
        let (width, height) = (4, 30)  // of a column, in pixels
        let bars = columns.enumerated().map { place, size in
            let tall = rounded(size * Double(height), 1)
            return "<rect x=\"\(place * width)\" y=\"\(rounded(Double(height) * (1 - size), 1))\" width=\"\(width - 1)\" height=\"\(tall)\"/>"
        }.joined()
        let photographs = "<img loading=\"lazy\" alt=\"the best photographs of \(title)\" src=\"data:\(strip.type);base64,\(Data(strip.bytes).base64EncodedString())\">"
        let chart = columns.isEmpty ? "" : "<svg viewBox=\"0 0 \(max(columns.count, 8) * width) \(height)\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"histogram of values above 0, both axes logarithmic\">\(bars)</svg>"
        return "<div class=\"evidence\">\(photographs)\(chart)</div>"
    }
}

extension ReportEntry {
    /// The layer and the channel of a picture of one.
    private var unit: (plan: String, weights: String, layer: String, channel: Int)? {
        guard !record.isSheet, case .picture(let plan)? = record.pictures.first?.plan, let subject = Subject(plan.objective),
            let layer = subject.layer, let index = subject.index
        else { return nil }
        return (plan.model, plan.weights, layer, index)
    }

    /// Finds out what a scan says of the picture's unit, if it is one of the scan's.
    mutating func add(_ scan: ScanFile, _ source: ExemplarSource, _ session: Session) throws(Problem) {
        guard let unit, unit.weights == scan.description.plan.weightsSHA256 else { return }
        let model = try session.model(ModelRequest(name: unit.plan))
        guard model.weightsSHA256 == unit.weights, let name = try? model.layer(unit.layer), (try? scan.index(of: name)) != nil else { return }
        evidence = try ReportEvidence(scan, source, model, layer: unit.layer, channel: unit.channel, workers: session.workers)
    }
}
