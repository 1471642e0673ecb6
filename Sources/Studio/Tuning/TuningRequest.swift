import Files
import Images
import Networks
import Tensors

/// What a layer's channels answer to among gratings, edges, curves, corners, colours and spots.
public struct TuningRequest: DrawingRequest {
    /// The layer whose channels are shown the stimuli; required.
    public var layer = ""
    /// The channels that share the chart.
    public var index = IndexList.all
    /// How the stimuli are shown, and how the answers are computed.
    public var tuning = TuningSettings()
    public var model = ModelSettings()
    /// Path of a table with each channel's label and best stimuli; nil for none.
    public var csv: String?
    /// Path of a table with every channel's answer to every stimulus; nil for none.
    public var curves: String?
    public var output = OutputSettings()

    public init() {}

    public static let command = "tuning"
    public static let makesFigures = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", \.index, "i", "Channels: 5, 0-15, 3,7,9 or all, on one chart.")
        TuningSettings.lifted(\.tuning)
        Setting("csv", \.csv, "path", "Also write a row for each channel: its label, and of each family the best stimulus.").writing()
        Setting("curves", \.curves, "path", "Also write the answer of each channel to each stimulus, as CSV.").writing()
        ModelSettings.lifted(\.model)
        OutputSettings.lifted(\.output).withoutSteps().stating(default: "MODEL_LAYER_INDEX_tuning.png", of: "output")
    }

    public var numerics: NumericSettings { tuning.numerics }

    public func check() throws(Problem) {
        try output.check()
        for (path, name) in [(csv, "csv"), (curves, "curves")] where path == "" || path == "-" {
            throw .usage("\(setting: name) must be a file", setting: name)
        }
        try OutputChecks.refuse(oneFile: [("output", output.output), ("csv", csv), ("curves", curves)])
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let model = try session.model(model)
        let channels = try model.channels(index, of: layer)
        var plan = TuningPlan(model, layer: try model.layer(layer).node, channels: channels)
        tuning.write(to: &plan)
        (plan.convolution, plan.profile) = (numerics.convolution, numerics.profile)
        let index = channels.count == 1 ? channels[0] : nil
        var parts = OutputNames.Parts(model: model.name, layer: layer, index: index, seed: 0, kind: Self.command)
        if index == nil, channels.count < model.network.channels(of: try model.layer(layer)) { parts.label = plan.index }
        let path = OutputNames.path(output.output, parts)
        var job = try TuningJob(plan, model: model, to: path, quality: output.quality(of: path))
        (job.csv, job.curves) = (csv, curves)
        return JobList(label: "tuning of \(plan.subject)", jobs: [job])
    }
}
