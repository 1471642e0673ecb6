import Analysis
import Files
import FoundationEssentials
import Images
import ModelStore
import Networks
import Tensors
import Visualization

/// The layers and channels of two networks, matched by their answers to photographs.
public struct ComparisonRequest: SettingGroup {
    /// The network A: a name, an .onnx file, or "NAME=FILE".
    public var a = ""
    /// The network B, likewise.
    public var b = ""
    /// The folder of photographs.
    public var photos = ""
    /// Layers of A, separated by commas; nil for up to twelve, evenly spread.
    public var layers: String?
    /// Layers of B; nil for A's where both have them, else up to twelve.
    public var layersB: String?
    /// Positions on a side that a layer is averaged to, 1…64.
    public var grid = 7
    /// The middle of the photographs in pixels; nil for the size that each network was trained on.
    public var size: PictureSize?
    /// Whether each channel gets a match of its own (the Hungarian method).
    public var oneToOne = false
    /// The largest photograph that is read.
    public var reading = ReadingSettings()
    /// A file for the heat map; nil for none.
    public var output: String?
    /// A file for the matches of all channels, as JSON; nil for none.
    public var pairs: String?
    /// Pairs that are drawn, those that match best, 1…32; nil for none.
    public var draw: Int?
    /// The file for the drawn pairs; nil for "A_B_pairs.png".
    public var sheet: String?
    /// Pixels on a side of the drawn pairs; nil for the usual size.
    public var drawSize: Int?
    /// Steps of the drawn pairs; nil for the usual ones.
    public var steps: Int?
    /// Seed of the drawn pairs; nil for 0.
    public var seed: UInt64?
    /// Whether files that are there are overwritten.
    public var force = false

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("a", required: \.a, "a", "A network; a name, an .onnx file, or NAME=FILE with weights of your own.").positional()
        Setting("b", required: \.b, "b", "The other network.").positional()
        Setting("photos", required: \.photos, "folder", "The folder of photographs; hundreds are better than tens.").reading(.readsFolder)
        Setting("layers", \.layers, "names", "Layers of A, by commas. (default: up to twelve, evenly spread)")
        Setting("layers-b", \.layersB, "names", "Layers of B. (default: A's if both have the same layers, else up to twelve, evenly spread)")
        Setting("grid", \.grid, "n", "Positions on a side that a layer is averaged to; 1 to 64, of which 1 is the mean over positions.", .from(1, to: 64))
        Setting("size", \.size, "n", "Pixels of the photographs' middle; a side or WIDTHxHEIGHT. (default: the size that each network was trained on)")
        Setting("one-to-one", flag: \.oneToOne, "Give each channel a match of its own; so that the correlations sum up to the most (the Hungarian method).")
        ReadingSettings.lifted(\.reading)
        Setting("output", \.output, "file", "Draw the layers' similarities as a heat map.").writing()
        Setting("pairs", \.pairs, "file", "Write the matches of all channels as JSON.").writing()
        Setting("draw", \.draw, "n", "Draw the pairs of channels that match best; A above B, 1 to 32 of them.", .from(1, to: 32))
        Setting("sheet", \.sheet, "file", "The file for the drawn pairs. (default: A_B_pairs.png)").writing()
        Setting("draw-size", \.drawSize, "n", "Pixels on a side of the drawn pairs. (default: as lucid channel)", .from(1, to: 4096))
        Setting("steps", \.steps, "n", "Steps of the drawn pairs. (default: \(standardSteps))", .from(0, to: 10_000_000))
        Setting("seed", \.seed, "n", "Seed of the drawn pairs. (default: 0)")
        Setting("force", flag: \.force, "Overwrite files that are there already.")
    }

    private static let standardSteps = 256

    public func check() throws(Problem) {
        if draw == nil {
            try Self.refuse("for \(setting: "draw")", among: [
                ("sheet", sheet != nil), ("draw-size", drawSize != nil), ("steps", steps != nil), ("seed", seed != nil),
            ])
        }
        for path in [output, sheet].compactMap({ $0 }) { try OutputChecks.checkName(figure: path) }
        if [output, pairs, sheet].contains("-") {
            throw .usage("compare-models prints its table on standard output; name files", setting: "output")
        }
    }

    /// Compares, and tells the reporter of what was found.
    ///
    /// - Parameter progress: told of each photograph, and of how many there are.
    /// - Returns: the table for people and the numbers for scripts, and then files that were written.
    public func run(_ session: Session, _ reporter: any Reporter) throws(Problem) -> ComparisonResult {
        let folder = try PictureFolder(photos, maximumPixels: reading.maxPixels)
        let paths = folder.paths
        let (modelA, modelB) = (try load(a, session), try load(b, session))
        let first = try ComparedNetwork(modelA, of: a, layers: names(layers, in: modelA), size: size)
        let alike = layersB == nil && modelA.network.layerNames == modelB.network.layerNames
        let second = try ComparedNetwork(modelB, of: b, layers: alike ? first.names : names(layersB, "layers-b", in: modelB), size: size)
        let sheet = draw == nil ? nil : self.sheet ?? "\(stem(modelA))_\(stem(modelB))_pairs.png"
        let plans = try plans(first, second, photographs: paths)
        try checkFiles(sheet: sheet, plans, names: first.names, photographs: paths)
        let needed = LayerSimilarity.memory(channels: first.channels, and: second.channels)
        guard needed < ResourceLimits.memory else {
            throw .usage("comparing these layers takes \(rounded(Double(needed) / 1e9, 1)) GB of memory; name fewer with \(setting: "layers") and \(setting: "layers-b")")
        }
        for model in [modelA, modelB] { try model.report(to: reporter, canChange: false) }
        try reporter.report(.began(label: "\(first.label) and \(second.label)", steps: paths.count))
        let comparison = try ModelComparison(
            first, second, photographs: folder, grid: grid, oneToOne: oneToOne, session: session, notes: session.notes
        ) { try? reporter.report(.step(score: nil, share: nil)) }
        try reporter.report(.ended)
        for note in session.notes.take() { try reporter.report(.note(note)) }
        let most = (first.channels + second.channels).max()!
        if comparison.examples <= most {
            try reporter.report(.note("\(comparison.examples) examples of up to \(most) channels make similarities too high; add photographs to \(photos)"))
        }
        return try write(comparison, plans, to: sheet, session, reporter)
    }

    private func write(
        _ comparison: ModelComparison, _ plans: Plans, to sheet: String?, _ session: Session, _ reporter: any Reporter
    ) throws(Problem) -> ComparisonResult {
        let report = comparison.report(oneToOne: oneToOne)
        if let output { try comparison.heatMap.write(chart: plans.heatMap, to: output) }
        if let pairs { try Studio.write(json: report.matches, to: pairs) }
        if let draw, let sheet {
            var render = RenderSettings()
            (render.size, render.steps, render.seed) = (drawSize.map { PictureSize(side: $0) }, steps ?? Self.standardSteps, seed)
            let drawings = PairDrawings(comparison: comparison, count: draw, render: render, session: session, reporter: reporter)
            guard let picture = try drawings.sheet() else {
                throw .usage("no channel of \(a) fires with one of \(b): there are no pairs to draw", setting: "draw")
            }
            try picture.write(chart: plans.sheet, to: sheet)
        }
        return ComparisonResult(table: comparison.table, values: report, files: [output, sheet].compactMap { $0 })
    }

    private func load(_ argument: String, _ session: Session) throws(Problem) -> Model {
        try ComparedNetwork.load(argument, size: size, session)
    }

    private func names(_ list: String?, _ setting: String = "layers", in model: Model) throws(Problem) -> [String] {
        let names = try list.map { list throws(Problem) in try layerNames(list, setting: setting) } ?? model.network.stages(atMost: mostStages)
        guard !names.isEmpty else {
            throw .usage("name the layers of \(model.name) with \(setting: "layers") and \(setting: "layers-b")")
        }
        return names
    }

    private func stem(_ model: Model) -> String {
        OutputNames.path(OutputNames.path(nil, OutputNames.Parts(model: model.name, seed: 0)), ending: "")
    }

    /// Everything that the heat map and the sheet of pairs depend on.
    private struct Plans {
        let heatMap: ChartPlan
        let sheet: ChartPlan
    }

    private func plans(_ first: ComparedNetwork, _ second: ComparedNetwork, photographs: [String]) throws(Problem) -> Plans {
        let heatMap = try ChartPlan(
            "compare-models",
            [
                ("a", first.label), ("b", second.label), ("layers", first.names.joined(separator: ",")),
                ("layers-b", second.names.joined(separator: ",")), ("grid", "\(grid)"), ("size", size?.text),
                ("one-to-one", oneToOne ? "yes" : nil),
            ], files: photographs, networks: ["A": first.model.weightsSHA256, "B": second.model.weightsSHA256])
        var sheet = heatMap
        for (name, number) in [("draw", draw), ("draw-size", drawSize), ("steps", steps), ("seed", seed.map { Int(clamping: $0) })] {
            sheet.settings[name] = number.map { "\($0)" }
        }
        return Plans(heatMap: heatMap, sheet: sheet)
    }

    /// Before anything is computed.
    private func checkFiles(sheet: String?, _ plans: Plans, names: [String], photographs: [String]) throws(Problem) {
        let networks = [a, b].map { argument in argument.split(separator: "=", maxSplits: 1).last.map(String.init) ?? argument }
        let inputs = photographs + networks
        var taken: Set<String> = []
        func check(_ path: String?, _ isOwn: (String) -> Bool) throws(Problem) {
            guard let path else { return }
            guard taken.insert(FileName.plain(path)).inserted else { throw .usage("two files would go to \(path)", setting: "output") }
            try OutputChecks.check(overwriting: path, inputs: inputs, force: force, isOwn: isOwn)
            try OutputChecks.check(path)
        }
        try check(output, plans.heatMap.isOwn)
        // Matches say nothing of their making but for the heat map that was written with them.
        let isAgain = output.map { isFile($0) && plans.heatMap.isOwn($0) } ?? false
        try check(pairs) { isAgain && Self.isOfLayers(names, pairs: $0) }
        try check(sheet, plans.sheet.isOwn)
    }

    /// Whether a file holds matches of these layers.
    private static func isOfLayers(_ names: [String], pairs path: String) -> Bool {
        struct Match: Decodable { let layerA, layerB: String }
        guard let bytes = try? StandardInput.bytes(of: path), let all = try? JSONDecoder().decode([Match].self, from: Data(bytes)) else {
            return false
        }
        return all.map(\.layerA) == names
    }
}

/// Two networks' likeness.
public struct ComparisonResult: Sendable {
    /// A line for each layer.
    public let table: String
    /// All numbers.
    public let values: any Encodable & Sendable
    /// The pictures that were drawn.
    public let files: [String]
}
