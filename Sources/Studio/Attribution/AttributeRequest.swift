import Analysis
import Files
import Images
import Networks
import Tensors

/// Which part of a photograph a network's answer comes from.
public struct AttributeRequest: DrawingRequest {
    /// The photograph's path; "-" for standard input.
    public var photo = ""
    /// The score that is explained: that of a class by its name or number, "top", "LAYER:CHANNEL", or an expression; nil for "top".
    public var target: String?
    /// A score that is taken from it, in the same form; nil for none.
    public var versus: String?
    /// The way that the map is made.
    public var attribution = AttributionSettings()
    public var model = ModelSettings()
    /// A deep layer whose positions are explained, each by itself, instead of a score; nil for a score.
    public var from: String?
    /// The layer before it whose positions explain them.
    public var to: String?
    /// The index of a sheet of the layer's channels; nil for no pictures beside bars of channels.
    public var icons: String?
    /// Whether parts are hidden in the map's order, and weights shuffled, to see how score and map follow.
    public var checksMap = false
    /// A file for the values before they are added up over channels, `[channels, rows, columns]`; nil for none.
    public var npy: String?
    /// A file for what each channel of the layer adds; nil for none.
    public var csv: String?
    /// The largest photograph that is read.
    public var reading = ReadingSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "attribute"
    public static let makesFigures = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "The photograph: PNG or JPEG; - for standard input.").positional().reading()
        Setting("target", \.target, "what", "A class by its name or number, top for the likeliest, LAYER:CHANNEL, or an expression. (default: top)").called("label")
        Setting("versus", \.versus, "what", "Explain why the target rather than this.")
        AttributionSettings.lifted(\.attribution)
        Setting("from", \.from, "layer", "Explain each position of this layer, rather than a score, by a page to point at.")
        Setting("to", \.to, "layer", "By the positions of this layer, which lies before the one of from.")
        Setting("check", flag: \.checksMap, "Say how far the map can be trusted.")
        Setting("icons", \.icons, "file", "The index of a sheet of the layer's channels, SHEET.json: their pictures beside bars of channels.").reading()
        Setting("npy", \.npy, "path", "Also write the values before they are added up over channels, as a NumPy array [channels, rows, columns]; between layers [rows, columns, rows, columns].").writing()
        Setting("csv", \.csv, "path", "Also write what each channel of the layer adds, with its mean activation and gradient.").writing()
        ModelSettings.lifted(\.model)
        ReadingSettings.lifted(\.reading)
        OutputSettings.lifted(\.output).withoutSteps()
            .stating(default: "PHOTO_attribute_TARGET.png", of: "output")
    }

    public var numerics: NumericSettings { attribution.numerics }

    public func check() throws(Problem) {
        try output.check()
        for (path, name) in [(npy, "npy"), (csv, "csv")] where path == "" || path == "-" {
            throw .usage("\(setting: name) must be a file", setting: name)
        }
        try OutputChecks.refuse(oneFile: [("output", output.output), ("npy", npy), ("csv", csv)])
        guard (from == nil) == (to == nil) else {
            let missing = from == nil ? "from" : "to"
            throw .usage("\(setting: from == nil ? "to" : "from") needs \(setting: missing): the layer \(sentence: from == nil ? "that is explained" : "that it is explained by")", setting: missing)
        }
        if from != nil { return try checkRelation() }
        let method = attribution.usedMethod
        func refuse(_ name: String, _ reason: Message) throws(Problem) { throw .usage("\(setting: "method") \(method.rawValue) \(reason)", setting: name) }
        if !method.isOfLayer {
            if attribution.layer != nil { try refuse("layer", "has no layer: its map lies over pixels") }
            if csv != nil { try refuse("csv", "has no channels of a layer, which \(setting: "csv") lists") }
            if attribution.by == .channel { try refuse("by", "has no channels of a layer; try \(setting: "by") value") }
        }
        for (name, isGiven) in attribution.saidNumbers where isGiven && !AttributionSettings.isUsed(name, by: method) {
            // The check hides parts by the baseline, whatever the method.
            if name != "baseline" || !checksMap { try refuse(name, "makes no use of \(setting: name)") }
        }
        if attribution.recipe.lowPass != nil, !AttributionSettings.isUsed("low-pass", by: method) {
            try refuse("low-pass", "has no waves to leave out: its map is no gradient of pixels")
        }
        if icons != nil, attribution.by != .channel { throw .usage("\(setting: "icons") stand beside bars of channels: add \(setting: "by") channel", setting: "icons") }
        if case .file(let path) = attribution.baseline, isFolder(path), method != .expectedGradients {
            throw .usage("a folder of baselines is for expected-gradients; name one photograph, or use \(setting: "method") expected-gradients", setting: "baseline")
        }
    }

    /// Between layers there is no score, and no path, noise or channel.
    private func checkRelation() throws(Problem) {
        let ofScores: [(name: String, isGiven: Bool)] = [
            ("target", target != nil), ("versus", versus != nil), ("method", attribution.method != nil), ("layer", attribution.layer != nil),
            ("by", attribution.by != nil), ("check", checksMap), ("csv", csv != nil), ("icons", icons != nil),
            ("low-pass", attribution.recipe.lowPass != nil),
        ]
        try Self.refuse("for a score; between layers each position is explained", among: ofScores + attribution.saidNumbers)
        if let path = output.output, path != "-", !path.hasSuffix("/"), !isFolder(path), !path.lowercased().hasSuffix(".html") {
            throw .usage("\(path): between layers a page is written; name it .html", setting: "output")
        }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let model = try session.model(model)
        guard model.network.inputChannels == 3 || model.network.inputChannels == 1 else {
            throw .usage("\(model.name) takes pictures of \(model.network.inputChannels) channels, which no photograph has", setting: "model")
        }
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        photographs.notes = session.notes
        let name = try photographs.adding(photo)
        if from != nil { return try relation(model, name, photographs) }
        let square = ClassifiedSquare(try photographs.picture(name), model).picture
        let picture = try square.tensor(channels: model.network.inputChannels, name: photo)
        let target = try AttributionTarget(target ?? "top", model: model, picture: picture, workers: session.workers, setting: "target")
        var (objective, words, parts) = (target.objective, target.words, [target.part])
        if let versus {
            let other = try AttributionTarget(versus, model: model, picture: picture, workers: session.workers, setting: "versus")
            guard other.objective != objective else { throw .usage("\(setting: "versus") is the target itself", setting: "versus") }
            objective += " - " + (other.classNumber == nil ? "(\(other.objective))" : other.objective)
            words += " rather than \(other.words)"
            parts += ["versus", other.part]
        }
        let method = attribution.usedMethod
        let baselines = method.usesBaseline || checksMap
            ? try attribution.baseline.add(
                to: &photographs, count: attribution.recipe.samples, seed: attribution.recipe.seed, maximumPixels: reading.maxPixels) : nil
        var plan = AttributionPlan(
            model, photo: name, digests: photographs.digests(of: [name]), objective: objective, words: words)
        attribution.write(to: &plan)
        plan.recipe.method = method
        plan.baselinePhotos = baselines
        if case .file(let path) = plan.baseline {
            plan.baseline = .file((path.split(separator: "/").last.map(String.init) ?? path) + (isFolder(path) ? "/" : ""))
        }
        (plan.convolution, plan.profile) = (numerics.convolution, numerics.profile)
        if method.isOfLayer {
            let layer = if let name = attribution.layer { try model.layer(name) } else {
                try model.layer(explaining: target, height: square.height, width: square.width)
            }
            plan.layer = layer.node
            if let icons { plan.icons = try IconSheet(icons, of: layer, in: model, &photographs) }
        }
        plan.pictures = photographs.digests(of: plan.photoNames)
        if let given = attribution.method { parts.append(given.rawValue) }
        if let layer = attribution.layer { parts.append(OutputNames.safe(layer)) }
        if let by = attribution.by, by != .position { parts.append("by_\(by.rawValue)") }
        var names = OutputNames.Parts(model: model.name, layer: plan.layer ?? "pixels", seed: plan.recipe.seed)
        names.details = parts
        let path = OutputNames.path(output.output, names, photo: photo, kind: Self.command)
        var job = try AttributionJob(plan, model: model, photographs, to: path, quality: output.quality(of: path))
        (job.npy, job.csv, job.checksMap) = (npy, csv, checksMap)
        return JobList(label: "\(Self.command) \(words)", jobs: [job], notes: method.warning.map { [Message(stringLiteral: $0)] } ?? [])
    }

    private func relation(_ model: Model, _ name: String, _ photographs: Photographs) throws(Problem) -> JobList {
        let (deep, shallow) = (try model.layer(from!, blaming: "from"), try model.layer(to!, blaming: "to"))
        let words = "\(deep) to \(shallow)"
        var plan = AttributionPlan(model, photo: name, digests: photographs.digests(of: [name]), objective: "", words: words)
        (plan.convolution, plan.profile, plan.limit) = (numerics.convolution, numerics.profile, attribution.limit)
        (plan.from, plan.layer) = (deep.node, shallow.node)
        var names = OutputNames.Parts(model: model.name, layer: shallow.node, seed: 0)
        names.details = [OutputNames.safe(deep.node), "to", OutputNames.safe(shallow.node)]
        let path = OutputNames.path(output.output, names, photo: photo, kind: Self.command)
        let page = path == "-" || path.lowercased().hasSuffix(".html") ? path : OutputNames.path(path, ending: ".html")
        let job = try RelationJob(plan, model: model, photographs, to: page, npy: npy)
        return JobList(label: "\(Self.command) \(words)", jobs: [job])
    }
}
