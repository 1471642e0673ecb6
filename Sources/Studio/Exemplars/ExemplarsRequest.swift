import Files
import Images
import ModelStore
import Networks
import Visualization

/// The photographs that a unit answers to most, and those that it answers to less.
public struct ExemplarsRequest: DrawingRequest {
    /// Path of a scan that lists the photographs, and whose values rank them for a channel; nil where `photos` is listed instead.
    public var scan: String?
    /// Where the photographs lie; nil, with a scan only, looks for its folder here and beside the scan.
    public var photos: String?
    /// The layer of `index` or `vector`; nil for an objective, which names its own.
    public var layer: String?
    /// The units, with one sheet for each channel; nil where `vector` or `objective` names the unit.
    public var index: IndexList?
    /// Path of a .npy file with a direction in the layer's channels; nil for the other two ways.
    public var vector: String?
    /// An expression whose value ranks the photographs, larger first; nil for units of a layer.
    public var objective: String?
    /// Photographs in the top band, 1…100; the bands below have three each at most.
    public var count = 9
    /// How a layer's positions become one value a photograph; an objective needs `max`, its value being one already.
    public var by = Measure.max
    /// Whether the bands below the best photographs are left out.
    public var top = false
    /// The part of each photograph that is shown; nil for field, mask or whole, whichever suits the unit's receptive field.
    public var crop: ExemplarCrop?
    /// The side of a photograph on the sheet in pixels, 16…512.
    public var cell = 112
    /// Path of a finished picture of the unit, or of a folder to search for one; nil shows none. Excludes `draws`.
    public var beside: String?
    /// Whether the unit's picture is drawn anew to stand beside the photographs.
    public var draws = false
    /// Optimization steps of that picture, for `draws` only; nil for 256.
    public var steps: Int?
    /// A table with a row for each photograph, its path with {index} where there are several units; nil for none.
    public var csv: String?
    public var model = ModelSettings()
    /// How large a photograph may be to be read.
    public var reading = ReadingSettings()
    public var numerics = NumericSettings()
    public var output = OutputSettings()

    /// A photograph's value from those of its positions.
    public enum Measure: String, NamedChoice {
        /// The largest value at any position.
        case max
        /// The mean over positions.
        case mean
    }

    public init() {}

    public static let command = "exemplars"
    public static let drawsEachIndex = true
    public static let makesFigures = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("scan", \.scan, "file", "A scan of the photographs, by `lucid scan`.").reading()
        Setting("photos", \.photos, "folder", "The folder of photographs; with a scan, where they are now.").reading(.readsFolder)
        Setting("layer", \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", \.index, "i", "Channels: 5, 0-15, 3,7,9 or all; a sheet each.")
        Setting("vector", \.vector, "file", "A weight for each channel of the layer (.npy).").reading()
        Setting("objective", \.objective, "expression", "Any expression that `lucid render` takes; more is better.").called("expression")
        Setting("count", \.count, "n", "The best photographs, 1 to 100.", .from(1, to: 100))
        Setting("by", \.by, "name", "A photograph's value: the max of its positions, or their mean.")
        Setting("top", flag: \.top, "Only the best; none around the quantiles 99.9, 99, 90, 50 % and of the lowest.")
        Setting("crop", \.crop, "part", "What is shown: field (what the best position sees), mask (dimmed below the unit's 99 % quantile) or whole. (default: field where that is smaller than the photograph, else mask)")
        Setting("cell", \.cell, "n", "Pixels of a picture's side, 16 to 512.", .from(16, to: 512))
        Setting("beside", \.beside, "path", "Show a picture of the unit beside them; a file, or a folder that holds one that lucid drew.").reading()
        Setting("draw", flag: \.draws, "Draw the unit's picture beside them.")
        Setting("steps", \.steps, "n", "Steps of the drawn picture. (default: \(standardSteps))", .from(1, to: 10_000_000))
        Setting("csv", \.csv, "path", "Also write a line for each photograph; {index} expands.").writing()
        ModelSettings.lifted(\.model)
        ReadingSettings.lifted(\.reading)
        NumericSettings.settings.filter { $0.name == "reproducible" }.map { $0.lifted(\.numerics) }
        OutputSettings.lifted(\.output).withoutSteps().stating(default: "MODEL_LAYER_INDEX_exemplars.png", of: "output")
    }

    private static let standardSteps = 256

    public func check() throws(Problem) {
        try output.check()
        guard scan != nil || photos != nil else { throw .usage("name a scan with \(setting: "scan"), or a folder with \(setting: "photos")", setting: "photos") }
        let units = [index != nil, vector != nil, objective != nil].count { $0 }
        guard units == 1 else { throw .usage("name the unit by \(setting: "index"), \(setting: "vector") or \(setting: "objective")", setting: "index") }
        guard (objective == nil) == (layer != nil) else {
            throw objective == nil
                ? .usage("\(setting: "layer") is missing", setting: "layer")
                : .usage("\(setting: "objective") names its layers itself", setting: "layer")
        }
        if beside != nil, draws { throw .usage("\(setting: "beside") shows a picture that is there, \(setting: "draw") draws one: give one of them", setting: "draw") }
        if steps != nil, !draws { throw .usage("\(setting: "steps") is for \(setting: "draw")", setting: "steps") }
        if objective != nil, by == .mean || crop == .field || crop == .mask {
            throw .usage("an expression has no positions: leave \(setting: by == .mean ? "by" : "crop") out", setting: by == .mean ? "by" : "crop")
        }
        if csv == "" || csv == "-" { throw .usage("\(setting: "csv") must be a file", setting: "csv") }
        try OutputChecks.refuse(oneFile: [("output", output.output), ("csv", csv)])
    }

    /// A unit with the words for it, and its part of a file's name.
    private struct Subject {
        let unit: ExemplarsPlan.Unit
        let words: String
        var channel: Int?
        /// The objective that its picture is drawn by.
        let objective: Objective
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let model = try session.model(model)
        guard [1, 3].contains(model.network.inputChannels) else {
            throw .usage("\(model.name) takes pictures of \(model.network.inputChannels) channels, which no photograph has", setting: "model")
        }
        let source = try ExemplarSource(scan: scan, photos: photos, maximumPixels: reading.maxPixels)
        try source.scan?.check(model)
        let subjects = try subjects(model)
        if csv != nil, subjects.count > 1, csv?.contains("{index}") != true {
            throw .usage("\(setting: "csv") takes one unit, and \(setting: "index") names \(subjects.count); put {index} into it", setting: "csv")
        }
        if output.output == "-", subjects.count > 1 { throw .usage("\(setting: "output") - takes one sheet, and this would draw \(subjects.count)", setting: "output") }
        var list = JobList(label: subjects.count == 1 ? subjects[0].words : "\(layer ?? ""), \(subjects.count) channels", jobs: [])
        for subject in subjects {
            if session.isCancelled() { throw .interrupted }
            let (job, notes) = try job(subject, source, model, session)
            list.jobs.append(job)
            list.notes += notes.filter { !list.notes.contains($0) }
        }
        return list
    }

    private func subjects(_ model: Model) throws(Problem) -> [Subject] {
        if let objective {
            let parsed: Objective
            do { parsed = try Objective(parsing: objective, labels: model.classNames, otherNames: model.otherClassNames) } catch {
                throw .usage("\(setting: "objective"): \(error)", setting: "objective")
            }
            return [Subject(unit: .init(expression: parsed.text), words: parsed.text, objective: parsed)]
        }
        let name = layer!
        let node = try model.layer(name)
        if let vector {
            let array = try asProblem { () throws(WeightsError) in try NumPyArray(path: vector) }
            let channels = model.network.channels(of: node)
            guard array.values.count == channels else {
                throw .badData("\(vector) holds \(array.values.count) numbers, and \(name) has \(channels) channels", setting: "vector")
            }
            let direction = Direction(array.values)
            guard !direction.weights.isEmpty else { throw .badData("\(vector) holds zeros only, which lead nowhere", setting: "vector") }
            return [Subject(unit: .init(layer: node.node, direction: direction.text), words: "\(name), a direction", objective: .direction(name, direction))]
        }
        return try model.channels(index!, of: name).map { channel in
            Subject(
                unit: .init(layer: node.node, direction: "\(channel):1"), words: "\(name):\(channel)", channel: channel,
                objective: RenderSettings().channel(name, channel, in: model.network))
        }
    }

    private func job(_ subject: Subject, _ source: ExemplarSource, _ model: Model, _ session: Session) throws(Problem) -> (ExemplarsJob, [Message]) {
        let unit = try ExemplarUnit(subject.unit, model, byMean: by == .mean)
        let found: ExemplarSource.Values
        if let scan = source.scan, let channel = subject.channel, let layer {
            found = try source.values(scan, try model.layer(layer), channel: channel, byMean: by == .mean)
        } else {
            found = try source.values(unit, session) {}
        }
        let choice = ExemplarChoice(found.values, digests: found.digests, thumbnails: found.thumbnails, count: count, hasBands: !top)
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        var labels: (classes: [Int32], names: [String])?
        if let scan = source.scan, let known = scan.description.plan.classes { labels = (try scan.values("photographs/classes"), known.names) }
        var exemplars: [ExemplarsPlan.Exemplar] = []
        for chosen in choice.chosen {
            let photograph = found.photographs[chosen.photograph]
            let name = try photographs.adding(source.paths[photograph])
            let digest = found.digests[chosen.photograph].map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            guard photographs.digests(of: [name])[name] == digest else {
                throw .badData("\(source.paths[photograph]) has changed since the scan", setting: "scan")
            }
            let label = labels.flatMap { labels in
                let number = Int(labels.classes[photograph])
                return labels.names.indices.contains(number) ? labels.names[number] : nil
            }
            exemplars.append(.init(photo: name, band: chosen.band, rank: chosen.rank, quantile: chosen.quantile, label: label))
        }
        var plan = ExemplarsPlan(
            model: model.name, weights: model.weightsSHA256, preprocessing: model.hasItsOwnPreprocessing ? nil : model.preprocessing,
            profile: numerics.profile, unit: subject.unit, words: subject.words, byMean: by == .mean, crop: crop ?? unit.usualCrop,
            threshold: found.threshold, cell: cell, photographs: found.photographs.count, exemplars: exemplars, pictures: [:])
        if let beside { plan.beside = try photographs.adding(try picture(of: subject, in: beside, model)) }
        plan.pictures = photographs.digests
        if draws { plan.drawing = try drawing(subject, model) }
        let parts = OutputNames.Parts(
            model: model.name, layer: layer, index: subject.channel, seed: 0,
            kind: subject.channel == nil ? "\(Self.command)_\(OutputNames.short(subject.unit.expression ?? subject.unit.direction ?? ""))" : Self.command)
        let path = OutputNames.path(output.output, parts)
        var job = try ExemplarsJob(plan, model: model, photographs, to: path, quality: output.quality(of: path))
        job.csv = csv.map { OutputNames.path($0, parts) }
        return (job, found.notes)
    }

    private func drawing(_ subject: Subject, _ model: Model) throws(Problem) -> RenderPlan {
        var render = RenderSettings()
        render.steps = steps ?? Self.standardSteps
        return try render.plan(subject.objective, model: model, try render.photographs())
    }

    /// The file itself, or the picture of a folder that lucid drew of the unit.
    private func picture(of subject: Subject, in path: String, _ model: Model) throws(Problem) -> String {
        guard isFolder(path) else { return path }
        for file in try asProblem({ () throws(InputError) in try Picture.paths(in: path) }) {
            let records = Record.pictures(ofFile: file)
            guard records.count == 1, case .picture(let plan) = records[0].plan, plan.weights == model.weightsSHA256 else { continue }
            if plan.objective == subject.objective.text { return file }
            guard let drawn = Studio.Subject(plan.objective), let channel = subject.channel, drawn.index == channel, let name = drawn.layer else { continue }
            if (try? model.layer(name))?.node == subject.unit.layer { return file }
        }
        throw Problem(.missing, "\(path) holds no picture that lucid drew of \(subject.words); \(setting: "draw") draws one", setting: "beside")
    }
}
