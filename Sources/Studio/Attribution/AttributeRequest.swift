import Analysis
import Files
import Images
import Networks
import Tensors

/// Which part of a photograph a network's answer comes from.
public struct AttributeRequest: DrawingRequest {
    public var photo = ""
    public var target = "top"
    public var versus: String?
    public var attribution = AttributionSettings()
    public var model = ModelSettings()
    public var checksMap = false
    public var npy: String?
    public var csv: String?
    public var reading = ReadingSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "attribute"
    public static let makesFigures = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "The photograph: PNG or JPEG; - for standard input.").positional().reading()
        Setting("target", \.target, "what", "The class, by its name or number; top for the likeliest, or LAYER:CHANNEL, or an expression such as \"neuron(features.10,5)\".").called("label")
        Setting("versus", \.versus, "what", "Explain why the target rather than this; their scores' difference.")
        AttributionSettings.lifted(\.attribution)
        Setting("check", flag: \.checksMap, "Also hide and show pixels in the map's order; says how the score follows.")
        Setting("npy", \.npy, "path", "Also write the values as a NumPy array; [channels, rows, columns], before they are added up over channels.").writing()
        Setting("csv", \.csv, "path", "Also write what each channel of the layer adds.").writing()
        ModelSettings.lifted(\.model)
        ReadingSettings.lifted(\.reading)
        OutputSettings.lifted(\.output).without("output-size", "save-at", "evolution", "depth")
            .stating(default: "PHOTO_attribute_TARGET.png", of: "output")
    }

    public var numerics: NumericSettings { attribution.numerics }

    public func check() throws(Problem) {
        try output.check()
        let method = attribution.method ?? attribution.recipe.method
        if attribution.layer != nil, !method.isOfLayer {
            throw .usage("\(setting: "method") \(method.rawValue) has no layer: its map lies over pixels", setting: "layer")
        }
        if csv != nil, !method.isOfLayer {
            throw .usage("\(setting: "csv") lists the channels of a layer, and \(method.rawValue) has none", setting: "csv")
        }
        for (path, name) in [(npy, "npy"), (csv, "csv")] where path == "" || path == "-" {
            throw .usage("\(setting: name) must be a file", setting: name)
        }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let model = try session.model(model)
        guard model.network.inputChannels == 3 || model.network.inputChannels == 1 else {
            throw .usage("\(model.name) takes pictures of \(model.network.inputChannels) channels, which no photograph has", setting: "model")
        }
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        let name = try photographs.adding(photo)
        let square = ClassifiedSquare(try photographs.picture(name), model).picture
        let picture = try square.tensor(channels: model.network.inputChannels, name: photo)
        let target = try AttributionTarget(target, model: model, picture: picture, workers: session.workers, setting: "target")
        var (objective, words, parts) = (target.objective, target.words, [target.part])
        if let versus {
            let other = try AttributionTarget(versus, model: model, picture: picture, workers: session.workers, setting: "versus")
            guard other.objective != objective else { throw .usage("\(setting: "versus") is the target itself", setting: "versus") }
            objective += " - " + (other.classNumber == nil ? "(\(other.objective))" : other.objective)
            words += " rather than \(other.words)"
            parts += ["versus", other.part]
        }
        let method = attribution.method ?? attribution.recipe.method
        var plan = AttributionPlan(
            model, photo: name, digests: photographs.digests(of: [name]), objective: objective, words: words)
        attribution.write(to: &plan)
        plan.recipe.method = method
        (plan.convolution, plan.profile) = (numerics.convolution, numerics.profile)
        if method.isOfLayer {
            let layer = if let name = attribution.layer { try model.layer(name) } else {
                try model.layer(explaining: target, height: square.height, width: square.width)
            }
            plan.layer = layer.node
        }
        if let given = attribution.method { parts.append(given.rawValue) }
        if let layer = attribution.layer { parts.append(OutputNames.safe(layer)) }
        var names = OutputNames.Parts(model: model.name, layer: plan.layer ?? "pixels", seed: plan.recipe.seed)
        names.details = parts
        let path = OutputNames.path(output.output, names, photo: photo, kind: Self.command)
        var job = try AttributionJob(plan, model: model, photographs, to: path, quality: output.quality(of: path))
        (job.npy, job.csv, job.checksMap) = (npy, csv, checksMap)
        return JobList(label: "\(Self.command) \(words)", jobs: [job], notes: method.warning.map { [Message(stringLiteral: $0)] } ?? [])
    }
}
