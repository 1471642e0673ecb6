import Analysis
import Files
import FoundationEssentials
import ModelStore
import Networks
import Tensors
import Visualization

/// What a scan says of each unit: how it is distributed, how often it fires, what it is like, and what it tells apart.
public struct StatisticsRequest: SettingGroup {
    /// Path of the scan that is read; required.
    public var scan = ""
    /// Names of layers with commas between them, as the scan or the network has them; nil for all of the scan.
    public var layers: String?
    /// The channels of each layer that get a row.
    public var index = IndexList.all
    /// A name in `UnitColumn.all`; the strongest number first, words up, and equal units stay in the order of channels.
    public var sort = "channel"
    /// Whether the column's usual order is reversed; empty fields stay last.
    public var ascending = false
    /// Rows of the printed table, at least 1; files are not cut.
    public var count = 20
    /// Path of a table with all units; nil for none.
    public var csv: String?
    /// Path of a page with all units that can be sorted and searched; nil for none.
    public var html: String?
    /// Heading of that page; nil for the network and the folder of photographs.
    public var title: String?
    /// Path of a .csv file with people's names for units, by channel and perhaps layer; nil for none.
    public var labels: String?
    /// The network whose classifier says which classes units speak for; its nil name means the scan's network.
    public var model = ModelSettings()
    /// Whether files that are there may be replaced; a page of the same weights always may.
    public var force = false

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("scan", required: \.scan, "file", "A scan, by `lucid scan`.").reading()
        Setting("layer", \.layers, "names", "Layers of the scan, by commas. (default: all)").called("layers")
        Setting("index", \.index, "i", "Channels: 5, 0-15, 3,7,9 or all.")
        Setting("sort", \.sort, "column", "The order: a column of the CSV file, such as auc or fires_photos; the strongest first, words from A.")
        Setting("ascending", flag: \.ascending, "Sort the other way round.")
        Setting("count", \.count, "n", "Rows that are printed; the files have all.", .at(least: 1))
        Setting("csv", \.csv, "path", "Write a row for each unit.").writing()
        Setting("html", \.html, "path", "Write a page with a row for each unit, to sort and search.").writing()
        Setting("title", \.title, "text", "The page's heading. (default: the network and the photographs' folder)")
        Setting("labels", \.labels, "file", "Your own labels: a .csv with channel and label, and perhaps layer, in its first line.").reading()
        ModelSettings.lifted(\.model).without("labels").stating(default: "the scan's", of: "model")
        Setting("force", flag: \.force, "Overwrite files that are there already.")
    }

    public func check() throws(Problem) {
        guard UnitColumn.all.contains(where: { $0.name == sort }) else {
            throw .usage("\(setting: "sort") must be \(sentence: listed(UnitColumn.all.map(\.name))), not \"\(sort)\"", setting: "sort")
        }
        for (path, name) in [(csv, "csv"), (html, "html")] where path == "" || path == "-" {
            throw .usage("\(setting: name) must be a file", setting: name)
        }
        try Self.refuse("for the page that \(setting: "html") writes", among: [("title", title != nil && html == nil)])
        try OutputChecks.refuse(oneFile: [("csv", csv), ("html", html)])
    }

    /// Reads the scan, and writes the files.
    ///
    /// - Throws: a problem for what is no scan, for layers and channels that it does not have, and for files that cannot be written.
    public func run(_ session: Session, _ reporter: any Reporter) throws(Problem) -> ScanStatistics {
        let file = try ScanFile(scan)
        let plan = file.description.plan
        let chosen = try chosen(among: plan.layers)
        try checkFiles(file)
        let channels = try chosen.map { layer throws(Problem) in (layer: layer, channels: try self.channels(of: plan.layers[layer])) }
        let photographs = try classes(of: file)
        let embedding = LayerStatistics.Embedding(
            layer: plan.layers.last!.name, length: plan.layers.last!.channels, means: try file.values("means", of: plan.layers.count - 1))
        let statistics = LayerStatistics(
            scan: file, classes: photographs, categories: photographs.map { Category.found(among: Self.imageNetNumbers($0.names), $0) } ?? [],
            embedding: embedding, units: channels.reduce(0) { $0 + $1.channels.count })
        let given = try labels.map { path throws(Problem) in try UnitLabels(path) }
        try reporter.report(.began(label: "statistics", steps: channels.count))
        var found = ScanStatistics(file, embedding: embedding, photographs)
        for (layer, channels) in channels {
            if session.isCancelled() { throw .interrupted }
            let own = given?.labels(of: plan.layers[layer]) ?? [:]
            let effects = try effects(of: plan.layers[layer], file, session, reporter)
            let units = try statistics.units(of: layer, channels: channels, effects: effects, given: own, workers: session.workers)
            found.add(units, plan.layers[layer], try statistics.correlations(of: layer))
            try reporter.report(.step(score: nil, share: nil))
        }
        try reporter.report(.ended)
        let column = UnitColumn.all.first { $0.name == sort }!
        found.sort(by: column, ascending: ascending)
        if let note = statistics.noteOnClarity { try reporter.report(.note(note)) }
        if let note = found.noteOnOrder(by: column) { try reporter.report(.note(note)) }
        try asProblem { () throws(OutputError) in
            if let csv { try OutputFile.write(Array(found.csv.utf8), to: csv) }
            if let html { try OutputFile.write(Array(StatisticsPage(found, title: title).html.utf8), to: html) }
        }
        return found
    }

    private func chosen(among layers: [ScanPlan.Layer]) throws(Problem) -> [Int] {
        guard let list = self.layers else { return Array(layers.indices) }
        return try layerNames(list, setting: "layer").map { name throws(Problem) in
            guard let index = layers.firstIndex(where: { $0.name == name || $0.node == name }) else {
                throw .usage("\(scan) has no layer \(name), but \(layers.map(\.name).joined(separator: ", "))", setting: "layer")
            }
            return index
        }
    }

    private func channels(of layer: ScanPlan.Layer) throws(Problem) -> [Int] {
        do { return try index.indices(below: layer.channels) } catch {
            throw .usage("\(layer.name) has the channels 0–\(layer.channels - 1); there is no channel \(error.index)", setting: "index")
        }
    }

    private func classes(of file: ScanFile) throws(Problem) -> PhotographClasses? {
        guard let names = file.description.plan.classes?.names else { return nil }
        let numbers: [Int32] = try file.values("photographs/classes")
        return PhotographClasses(numbers.map(Int.init), names: names)
    }

    /// ImageNet's number of each class, where it has one.
    private static func imageNetNumbers(_ names: [String]) -> [Int?] {
        guard let known = try? Session.graph(ModelRequest(name: nil)), let labels = known.classNames else { return names.map { _ in nil } }
        if names == labels { return Array(names.indices) }
        return names.map { try? classIndex(label: $0, among: labels, others: known.otherClassNames) }
    }

    /// What each channel of a layer adds to the classes' scores, where those are linear in it.
    private func effects(
        of layer: ScanPlan.Layer, _ file: ScanFile, _ session: Session, _ reporter: any Reporter
    ) throws(Problem) -> [Int: (UnitStatistics.Effect, UnitStatistics.Effect)] {
        var settings = model
        let isAsked = settings.model != nil || settings.weights != nil
        if settings.model == nil { settings.model = file.description.plan.model }
        do {
            let model = try session.model(settings)
            try file.check(model)
            guard let head = model.network.classifierHead, head.features.node == layer.node, let names = model.classNames else { return [:] }
            let rows = try asProblem { () throws(WeightsError) in try head.directions(of: Array(names.indices)) }
            return Dictionary(uniqueKeysWithValues: (0..<layer.channels).map { channel in
                let weights = names.indices.map { rows[$0]![channel] }
                let (high, low) = (weights.indices.max { weights[$0] < weights[$1] }!, weights.indices.min { weights[$0] < weights[$1] }!)
                func effect(_ number: Int) -> UnitStatistics.Effect { UnitStatistics.Effect(name: names[number], weight: weights[number]) }
                return (channel, (effect(high), effect(low)))
            })
        } catch {
            if isAsked { throw error }
            try reporter.report(.note("the classes that units speak for are left out: \(error.message)"))
            return [:]
        }
    }

    private func checkFiles(_ file: ScanFile) throws(Problem) {
        let inputs = [scan, labels, model.weights].compactMap { $0 }
        for (path, name) in [(csv, "csv"), (html, "html")] {
            guard let path else { continue }
            try OutputChecks.check(overwriting: path, inputs: inputs, force: force, setting: name) { StatisticsPage.isOwn($0, of: file) }
            try OutputChecks.check(path)
        }
    }
}

/// People's own labels of units.
struct UnitLabels {
    private let rows: [(layer: String?, channel: Int, label: String)]

    /// - Throws: bad data where the first line does not name the columns, or a channel is no number.
    init(_ path: String) throws(Problem) {
        let lines = try asProblem { () throws(InputError) in try InputFile.lines(of: path) }.filter { !$0.isEmpty }.map(CSV.fields)
        guard let head = lines.first, let channel = head.firstIndex(of: "channel"), let label = head.firstIndex(of: "label") else {
            throw .badData("\(path): its first line must name the columns channel and label, and perhaps layer", setting: "labels")
        }
        let layer = head.firstIndex(of: "layer")
        var rows: [(layer: String?, channel: Int, label: String)] = []
        for (number, fields) in lines.enumerated().dropFirst() {
            guard fields.count == head.count, let index = Int(fields[channel]) else {
                throw .badData("\(path): line \(number + 1) does not have a channel's number and \(head.count) fields", setting: "labels")
            }
            rows.append((layer.map { fields[$0] }, index, fields[label]))
        }
        self.rows = rows
    }

    func labels(of layer: ScanPlan.Layer) -> [Int: String] {
        Dictionary(rows.filter { $0.layer == nil || $0.layer == layer.name || $0.layer == layer.node }.map { ($0.channel, $0.label) }) { first, _ in first }
    }
}
