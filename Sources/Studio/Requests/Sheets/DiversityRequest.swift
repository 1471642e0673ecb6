import Visualization

/// Several distinct pictures of one channel: its facets.
public struct DiversityRequest: RenderRequest {
    public var model = ModelSettings()
    /// The layer of the channels.
    public var layer = ""
    /// Channels, several pictures of each.
    public var index = IndexList.all
    /// Pictures of a channel, 2…64.
    public var count = 4
    /// Weight of the likeness, in per cent of the channel's score; nil to try out.
    public var weight: Float?
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "diversity"
    public static let makesFigures = true
    static let climbsUnits = true
    public static let drawsEachIndex = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", required: \.index, "i", "Channels: 5, 0-15, 3,7,9 or all; several pictures of each.")
        Setting("count", \.count, "n", "Pictures of a channel, 2 to 64.", .from(2, to: 64))
        Setting("weight", \.weight, "w", "Weight of the likeness, in per cent of the channel's score. (default: tried out)", .positive)
        common(\.model, \.render, \.output).without("seeds")
    }

    public func check() throws(Problem) {
        try checkCommon()
        if output.output == "-" { throw .usage("diversity writes several files; standard output takes one picture", setting: "output") }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        let indices = try drawing.model.channels(index, of: layer)
        let jobs = try session.workers.map(indices) { index throws(Problem) in try job(index, drawing) }
        return JobList(label: indices.count == 1 ? "\(layer):\(indices[0])" : "\(layer) (\(indices.count) channels)", jobs: jobs)
    }

    private func job(_ index: Int, _ drawing: Drawing) throws(Problem) -> DiversityJob {
        let parts = drawing.signed(drawing.parts(layer: layer, index: index, kind: Self.command))
        let path = drawing.path(parts)
        let unit = render.channel(layer, index, in: drawing.model.network)
        let channel = render.negative ? -unit : unit
        var settings = render
        settings.negative = false  // the pictures are set apart either way
        let planned = { @Sendable [settings, count, output] (objective: Objective) throws(Problem) -> PictureJob in
            let plan = try settings.plan(objective, model: drawing.model, drawing.photographs, count: count)
            return try drawing.job(plan, to: drawing.paths(beside: path, count: count), parts, quality: output.quality(of: path))
        }
        return DiversityJob(layer: layer, channel: channel, weight: weight, job: try planned(channel), sheet: path,
            title: output.sheet.title("\(drawing.model.name) \(layer):\(index)"), isCaptioned: !output.sheet.noCaptions, planned: planned)
    }
}
