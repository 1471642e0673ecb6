import Networks
import Tensors
import Visualization

/// The features of a photograph that a channel responds to, brought out in it.
public struct AccentuateRequest: RenderRequest {
    /// The photograph's path; "-" for standard input.
    public var photo = ""
    public var model = ModelSettings()
    /// The layer of the channels that are brought out.
    public var layer = ""
    /// Channels, a picture each.
    public var index = IndexList.all
    /// The layer whose answers should stay; nil for one half way to the layer.
    public var anchor: String?
    /// Weight of staying the same photograph, at least 0.
    public var weight: Float = 1
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "accentuate"
    static let climbsUnits = true
    public static let drawsEachIndex = true
    /// The photograph shows through the steps: few of them.
    private static let standardSteps = 128
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading()
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("index", required: \.index, "i", "Channels: 5, 0-15, 3,7,9 or all; a picture each.")
        Setting("anchor", \.anchor, "name", "The layer whose answers should stay. (default: one half way to the layer)")
        Setting("weight", \.weight, "w", "Weight of staying the same photograph: below 1 more of the channel is brought out, above less.", Rule("at least 0") { $0.isFinite && $0 >= 0 })
        common(\.model, \.render, \.output).without("start", "stages")
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var request = self
        request.render.start = photo
        if render.steps == nil, render.preset == nil { request.render.steps = Self.standardSteps }
        request.render.negative = false  // the photograph stays the same either way
        let drawing = try request.drawing(session)
        try checkAnchor(drawing.model)
        var subjects: [Drawing.Subject] = []
        for index in try drawing.model.channels(index, of: layer) {
            let unit = request.render.channel(layer, index, in: drawing.model.network)
            let channel = render.negative ? -unit : unit
            var parts = drawing.parts(layer: layer, index: index, kind: Self.command, of: photo)
            if render.negative { parts.details.append("negative") }
            subjects.append(Drawing.Subject(objective: try held(channel, drawing, session), parts: parts))
        }
        return try drawing.jobs(subjects, label: "\(layer):\(index.text)")
    }

    /// At a weight of 1 the photograph holds against the channel's first pull where its answers have changed by this share. The
    /// channel pulls harder as it answers, so that they change by more in the end.
    private static let balancedChange: Float = 0.2

    /// The channel's objective, held back by the squared distance D² of a shallower layer's answers: it pulls the harder the
    /// farther they are, so that half the weight lets them go about twice as far.
    ///
    ///     channel − weight · balance / (2 · 0.2 · ‖a₀‖) · D²,   balance = Σ|∂channel/∂x| / Σ|∂D/∂x|,   a₀ the photograph's answers
    private func held(_ channel: Objective, _ drawing: Drawing, _ session: Session) throws(Problem) -> Objective {
        guard weight > 0 else { return channel }
        let anchor = if let anchor { anchor } else { try anchor(below: layer, in: drawing.model) }
        let distance = Objective.activationDistance(anchor, to: drawing.photographs.name(of: photo))
        let (rise, pull) = (try magnitude(channel, drawing, session), try magnitude(distance, drawing, session))
        let length = try self.length(of: anchor, drawing, session)
        let balance = rise / max(pull * 2 * Self.balancedChange * length, .leastNormalMagnitude)
        return channel - weight * balance * (distance * distance)
    }

    /// ‖a₀‖ of a layer's answers to the photograph.
    private func length(of layer: String, _ drawing: Drawing, _ session: Session) throws(Problem) -> Float {
        let energy = Objective.layer(layer)
        let renderer = try renderer(energy, count: 1, drawing, session)
        let (name, plan) = (try drawing.model.layer(layer), renderer.plan)
        let shape = try asProblem { () throws(ShapeError) in
            try drawing.model.network.seenShape(of: name, height: plan.height, width: plan.width)
        }
        let mean = try asProblem { () throws(RenderError) in try renderer.score(of: renderer.pictures()) }
        return (mean * Float(shape.count)).squareRoot()
    }

    /// Refuses an anchor that the layer does not depend on: its answers are then a matter of other layers.
    private func checkAnchor(_ model: Model) throws(Problem) {
        guard let anchor else { return }
        let (held, target) = (try model.layer(anchor), try model.layer(layer))
        let names = model.network.layerNames
        guard let own = names.firstIndex(of: "\(held)"), let last = names.firstIndex(of: "\(target)"), own > last else { return }
        throw .usage("\(setting: "anchor") \(anchor) comes after \(layer); name a layer before it", setting: "anchor")
    }

    /// The module half way to a layer.
    private func anchor(below layer: String, in model: Model) throws(Problem) -> String {
        let target = try model.layer(layer)
        // A target that is no module's end, such as a pool, stands among them by its place.
        let names = model.network.layerNames
        let own = names.firstIndex(of: "\(target)") ?? names.endIndex
        let before = model.network.stages.filter { names.firstIndex(of: "\($0)")! < own }
        return before.isEmpty ? layer : before[before.count / 2].node
    }

    /// Σ|∂/∂x| near the photograph.
    private func magnitude(_ objective: Objective, _ drawing: Drawing, _ session: Session) throws(Problem) -> Float {
        // A second picture a little noise away, where a distance has a gradient.
        try renderer(objective, count: 2, drawing, session).gradientMagnitudes().last!
    }

    /// At the photograph, before any step.
    private func renderer(_ objective: Objective, count: Int, _ drawing: Drawing, _ session: Session) throws(Problem) -> Renderer {
        var plan = try drawing.render.plan(objective, model: drawing.model, drawing.photographs)
        plan.objective = objective.text
        plan.count = count
        let fixed = try drawing.photographs.pictures(of: plan, model: drawing.model)
        return try asProblem { () throws(RenderError) in
            try Renderer(
                plan, model: drawing.model, pictures: fixed, workers: session.workers, isInterrupted: session.isCancelled)
        }
    }
}
