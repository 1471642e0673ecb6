import Networks
import Visualization

/// A layer's channels on one sheet.
public struct SheetRequest: RenderRequest {
    public var model = ModelSettings()
    /// The layer of the channels.
    public var layer = ""
    /// Channels; nil for all.
    public var index: IndexList?
    /// Pictures in a row; nil for a grid as square as can be.
    public var columns: Int?
    /// A folder that keeps each picture by itself as well; nil for none.
    public var keep: String?
    /// How the pictures are drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "sheet"
    public static let makesFigures = true
    static let climbsUnits = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", \.index, "i", "Channels: 5, 0-15, 3,7,9 or all. (default: all)")
        Setting("columns", \.columns, "n", "Pictures in a row. (default: as square as can be)", .at(least: 1))
        Setting("keep", \.keep, "folder", "Keep each picture by itself in this folder, too.").writing()
        common(\.model, \.render, \.output).without("seeds", "evolution")
    }

    public func check() throws(Problem) {
        try checkCommon()
        if keep == nil {
            try Self.refuse("for pictures of their own, which \(setting: "keep") keeps", among: [
                ("save-at", output.saveAt != nil), ("depth", output.depth != nil),
            ])
        }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        let indices = try drawing.model.channels(index ?? .all, of: layer)
        let folder = keep.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        let jobs = try session.workers.map(indices) { index throws(Problem) in
            let parts = drawing.signed(drawing.parts(layer: layer, index: index))
            let plan = try render.plan(render.channel(layer, index, in: drawing.model.network), model: drawing.model, drawing.photographs)
            var job = try drawing.job(plan, to: folder.map { OutputNames.path($0, parts) }, parts)
            job.captions = ["\(index)"]
            return job
        }
        let path = drawing.path(drawing.signed(drawing.parts(layer: layer, kind: Self.command)))
        return JobList(
            label: "\(layer) (\(counted(jobs.count, "picture")))",
            jobs: [try drawing.sheet(jobs, to: path, title: layer, columns: columns, index: OutputNames.index(of: path), isBrief: keep == nil)])
    }
}

/// One picture a layer, shallow to deep.
public struct ProgressionRequest: RenderRequest {
    public var model = ModelSettings()
    /// Layers, separated by commas; nil for up to twelve, evenly spread.
    public var layers: String?
    /// The channel of each layer; nil for the whole layer's energy.
    public var index: Int?
    /// How the pictures are drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "progression"
    public static let makesFigures = true
    static let climbsUnits = true
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layers", \.layers, "names", "Layers, by commas. (default: up to twelve, evenly spread)")
        Setting("index", \.index, "i", "The channel of each layer, from 0. (default: the whole layer's energy)", .at(least: 0))
        common(\.model, \.render, \.output).without("seeds", "save-at", "evolution", "depth")
    }

    public func check() throws(Problem) {
        try checkCommon()
        if index == nil { try Self.refuse("for channels; name one of each layer with \(setting: "index")", among: [("cosine-power", render.cosinePower != nil)]) }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        let drawing = try drawing(session)
        let names = try layers.map { list throws(Problem) in try layerNames(list) } ?? drawing.model.network.stages(atMost: mostStages)
        var jobs: [PictureJob] = []
        for name in names {
            if let index { _ = try drawing.model.channels(IndexList(index), of: name) } else { _ = try drawing.model.layer(name) }
            let objective = index.map { render.channel(name, $0, in: drawing.model.network) } ?? .layer(name)
            var plan = try render.plan(objective, model: drawing.model, drawing.photographs)
            let enlargement = enlargement(of: name, in: drawing.model.network, plan)
            if enlargement > 1 {
                var smaller = render
                smaller.size = PictureSize(width: plan.width / enlargement, height: plan.height / enlargement)
                plan = try smaller.plan(objective, model: drawing.model, drawing.photographs)
            }
            var job = try drawing.job(plan, to: nil, drawing.parts(layer: name, index: index))
            job.enlargement = enlargement
            job.captions = [(index.map { "\(name):\($0)" } ?? name) + (enlargement > 1 ? " ×\(enlargement)" : "")]
            jobs.append(job)
        }
        let path = drawing.path(drawing.signed(drawing.parts(kind: Self.command)))
        return JobList(
            label: "\(jobs.count) layers", jobs: [try drawing.sheet(jobs, to: path, title: "from shallow to deep", index: OutputNames.index(of: path), isBrief: true)])
    }

    /// A picture has as many receptive fields across, at least, if it is drawn smaller.
    private static let fieldsAcross = 16

    /// A shallow layer sees a few pixels, and its patterns would be too small to be seen: its picture is drawn smaller, and each pixel
    /// is a square of as many on the sheet. 1 where the size is fixed by something else.
    private func enlargement(of layer: String, in network: Network, _ plan: RenderPlan) -> Int {
        guard render.start == nil, render.mask == nil, render.stages == nil, plan.outputSize == nil, output.outputSize == nil, network.onlySize == nil,
            let seen = try? network.summary(height: plan.height, width: plan.width).first(where: { $0.name == layer })
        else { return 1 }
        let least = Self.fieldsAcross * max(seen.receptiveHeight, seen.receptiveWidth)
        return [4, 2].first { min(plan.width, plan.height) / $0 >= least } ?? 1
    }
}

/// A row of aligned pictures from one channel to another.
public struct InterpolateRequest: RenderRequest {
    /// "5,12"
    struct Ends: SettingValue {
        let first: Int
        let last: Int

        static let form = "two different channels such as 5,12"
        var text: String { "\(first),\(last)" }

        init?(text: String) {
            let numbers = text.split(separator: ",").map { Int($0.filter { $0 != " " }) }
            guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first >= 0, last >= 0, first != last else { return nil }
            (self.first, self.last) = (first, last)
        }
    }

    public var model = ModelSettings()
    /// The layer of the two channels.
    public var layer = ""
    var index = Ends(text: "0,1")!
    /// Pictures in the row, 2…32.
    public var count = 6
    /// Weight of the likeness of neighbours, at least 0; nil for the usual one.
    public var alignment: Float?
    /// How the pictures are drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "interpolate"
    public static let makesFigures = true
    static let climbsUnits = true
    /// Where the pictures share their coarse parts.
    private static let sharedAlignment: Float = 0.01
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", required: \.index, "a,b", "The two channels, e.g. 5,12.")
        Setting("count", \.count, "n", "Pictures in the row, 2 to 32.", .from(2, to: 32))
        Setting("alignment", \.alignment, "w", "Weight of the likeness of neighbours. (default: 0, which is enough where all begin from the same noise; 0.01 without the cosine)", Rule("at least 0") { $0.isFinite && $0 >= 0 })
        common(\.model, \.render, \.output).without("seeds")
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var drawing = try drawing(session)
        _ = try drawing.model.channels(IndexList(text: "\(index.first),\(index.last)")!, of: layer)
        let power = render.cosinePower()
        var objective =
            power > 0
            ? Objective.interpolateCosine(
                layer, index.first, index.last, power: power, of: render.part(of: layer, in: drawing.model.network))
            : .channelInterpolate(layer, index.first, layer, index.last)
        if render.negative { objective = -objective }
        drawing.render.negative = false  // neighbours are alike either way
        let alignment = alignment ?? (power > 0 ? 0 : Self.sharedAlignment)
        if alignment > 0 { objective = objective + alignment * .alignment(layer) }
        // Shared detail has one size.
        if power == 0 { drawing.render.stages = drawing.render.stages ?? .list(.none) }
        var plan = try drawing.render.plan(objective, model: drawing.model, drawing.photographs, count: count)
        (plan.aligned, plan.shared) = (power > 0, power == 0)
        let parts = drawing.parts(layer: layer, kind: "\(index.first)-\(index.last)_interpolate" + (render.negative ? "_negative" : ""))
        let path = drawing.path(parts)
        var job = try drawing.job(plan, to: drawing.paths(beside: path, count: count), parts, quality: output.quality(of: path))
        job.captions = (0..<count).map { place in
            place == 0 ? "\(index.first)" : place == count - 1 ? "\(index.last)" : "\(rounded(100 * Double(place) / Double(count - 1), 0)) % of \(index.last)"
        }
        return JobList(
            label: "\(layer):\(index.first)–\(index.last)",
            jobs: [try drawing.sheet([job], to: path, title: "\(layer), channel \(index.first) to \(index.last)", columns: count)])
    }
}
