import Networks
import Visualization

/// How many distinct facets a channel shows among pictures from several seeds, or among pictures that are there.
public struct FacetsRequest: RenderRequest {
    /// Pictures to look at; none to draw some.
    public var pictures: [String] = []
    public var model = ModelSettings()
    /// The layer in which pictures are compared, and whose channels are drawn.
    public var layer = ""
    /// The channels that are drawn; nil where pictures are given.
    public var index: IndexList?
    /// How alike the pictures of a facet are, 0…1.
    public var threshold = 0.8
    /// How the pictures are drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "facets"
    public static let makesFigures = true
    static let climbsUnits = true
    public static let drawsEachIndex = true
    /// Where no seeds are named.
    private static let standardSeeds: [UInt64] = Array(0...8)
    private static let counts = 2...256

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("pictures", list: \.pictures, "pictures", "Pictures to look at instead of drawing some.").positional().reading()
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", \.index, "i", "The channels that are drawn: 5, 0-15, 3,7,9 or all.")
        Setting("threshold", \.threshold, "s", "How alike the pictures of a facet are, 0 to 1.", .from(0, to: 1))
        common(\.model, \.render, \.output)
            .withoutSteps().without("seed", "title", "no-captions")
    }

    public func check() throws(Problem) {
        try checkCommon()
        if output.output == "-" { throw .usage("facets writes a chart and a JSON file; standard output takes one picture", setting: "output") }
        let most = Self.counts.upperBound
        guard pictures.isEmpty else {
            guard Self.counts.contains(pictures.count) else { throw .usage("name 2 to \(most) pictures, not \(pictures.count)", setting: "pictures") }
            try Self.refuse("for drawing, and these pictures are there already", among: [
                ("index", index != nil), ("seeds", render.seeds != nil),
            ])
            return
        }
        guard index != nil else { throw .usage("name the channel to draw with \(setting: "index"), or pictures to look at") }
        if let seeds = render.seeds?.seeds, !Self.counts.contains(seeds.count) {
            throw .value(of: "seeds", "2 to \(most) seeds", "\(seeds.count)")
        }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let model = try session.model(model, size: render.size)
        guard pictures.isEmpty else { return JobList(label: layer, jobs: [try looking(model, session)]) }
        let drawing = Drawing(
            model: model, render: render, output: output, photographs: try render.photographs(), workers: session.workers)
        let indices = try model.channels(index!, of: layer)
        var jobs: [FacetsJob] = []
        for index in indices { jobs.append(try job(index, drawing)) }
        let seeds = jobs[0].jobs.count
        return JobList(label: indices.count == 1 ? "\(layer):\(indices[0]) (\(seeds) seeds)" : "\(layer) (\(indices.count) channels)", jobs: jobs)
    }

    /// A picture of a channel for each seed.
    private func job(_ index: Int, _ drawing: Drawing) throws(Problem) -> FacetsJob {
        var parts = drawing.signed(drawing.parts(layer: layer, index: index, kind: Self.command))
        parts.seed = 0
        if let seeds = render.seeds { parts.details.append("seeds\(seeds.text)") }
        let jobs = try drawing.workers.map(render.seeds?.seeds ?? Self.standardSeeds) { [parts] seed throws(Problem) in
            let plan = try render.plan(render.channel(layer, index, in: drawing.model.network), model: drawing.model, drawing.photographs, seed: seed)
            return try drawing.job(plan, to: nil, parts)
        }
        return facets(drawing.model, channel: index, jobs, parts)
    }

    /// Pictures that are there.
    private func looking(_ model: Model, _ session: Session) throws(Problem) -> FacetsJob {
        let plan = try render.plan(.layer(layer), model: model, render.photographs())
        var usual = try RenderSettings().plan(.layer(layer), model: model, Photographs())
        usual.profile = plan.profile  // the likeness is computed under it as well
        guard plan == usual else {
            throw .usage("the pictures are there already: \(setting: "steps"), \(setting: "size") and others that say how to draw do not go with them")
        }
        _ = try model.layer(layer)
        var files = Photographs(maximumPixels: render.reading.maxPixels)
        for path in pictures { try files.add(path) }
        return facets(model, channel: nil, [], digests: files.digests, OutputNames.Parts(model: model.name, layer: layer, seed: 0, kind: Self.command))
    }

    private func facets(_ model: Model, channel: Int?, _ jobs: [PictureJob], digests: [String: String]? = nil, _ parts: OutputNames.Parts) -> FacetsJob {
        let chart = OutputNames.path(output.output, parts)
        return FacetsJob(
            model: model, layer: layer, channel: channel, threshold: threshold, jobs: jobs, given: pictures, digests: digests, chart: chart,
            quality: output.quality(of: chart), maximumPixels: render.reading.maxPixels)
    }
}
