import Networks
import Tensors
import Visualization

/// A photograph as a layer sees it, exaggerated.
public struct CaricatureRequest: RenderRequest {
    public var photo = ""
    public var model = ModelSettings()
    public var layer = ""
    public var cossimPow: Float = 1
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "caricature"
    /// Smaller steps than other pictures, and more of them in their place: larger ones burn the colours out.
    private static let standard: (steps: Int, learningRate: Float) = (256, 0.02)
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading()
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        Setting("cossim-pow", \.cossimPow, "p", "The power of the cosine, 0 to 16: the higher, the closer to the photograph's own direction.", .from(0, to: 16))
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var request = self
        if render.preset == nil, render.param ?? .fft == .fft, render.optimizer == nil {
            request.render.steps = render.steps ?? Self.standard.steps
            request.render.learningRate = render.learningRate ?? Self.standard.learningRate
        }
        return try request.drawing(session, [photo]).jobs(of: photo, layer, kind: Self.command) {
            .caricature(layer, of: $0, cosinePower: cossimPow, scale: .photo)
        }
    }
}

/// A picture that a layer cannot tell from a photograph.
public struct InvertRequest: RenderRequest {
    public var photo = ""
    public var model = ModelSettings()
    public var layer = ""
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "invert"
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading()
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var request = self
        // The distance alone counts: the standard look's bound would leave out what a photograph has.
        request.render.preset = render.preset ?? Preset.sharp.name
        return try request.drawing(session, [photo]).jobs(of: photo, layer, kind: Self.command) { -.activationDistance(layer, to: $0) }
    }
}

extension Drawing {
    /// The parts of the name of a picture that is made of a photograph.
    fileprivate func parts(layer: String, index: Int? = nil, kind: String, of photo: String) -> OutputNames.Parts {
        var parts = parts(layer: layer, index: index, kind: kind)
        parts.details.insert(OutputNames.stem(ofPhoto: photo), at: 0)
        return parts
    }

    /// A picture that is held against a photograph.
    ///
    /// - Parameter objective: given the photograph's name.
    fileprivate func jobs(
        of photo: String, _ layer: String, kind: String, objective: (String) -> Objective
    ) throws(Problem) -> JobList {
        _ = try model.layer(layer)
        let name = photographs.name(of: photo)
        return try jobs([Subject(objective: objective(name), parts: parts(layer: layer, kind: kind, of: photo))], label: "\(layer) of \(name)")
    }
}

/// The features of a photograph that a channel responds to, brought out in it.
public struct AccentuateRequest: RenderRequest {
    public var photo = ""
    public var model = ModelSettings()
    public var layer = ""
    public var index = IndexList.all
    public var anchor: String?
    public var weight: Float = 3
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
        Setting("weight", \.weight, "w", "Weight of staying the same photograph.", Rule("at least 0") { $0.isFinite && $0 >= 0 })
        common(\.model, \.render, \.output)
    }

    public func check() throws(Problem) {
        try checkCommon()
        if render.start != nil { throw .usage("accentuate begins from the photograph; \(setting: "start") does not go with it") }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var request = self
        request.render.start = photo
        if render.steps == nil, render.preset == nil { request.render.steps = Self.standardSteps }
        request.render.negative = false  // the photograph stays the same either way
        let drawing = try request.drawing(session)
        try checkAnchor(drawing.model)
        var subjects: [Drawing.Subject] = []
        for index in try drawing.model.channels(index, of: layer) {
            let unit = request.render.channel(layer, index)
            let channel = render.negative ? -unit : unit
            var parts = drawing.parts(layer: layer, index: index, kind: Self.command, of: photo)
            if render.negative { parts.details.append("negative") }
            subjects.append(Drawing.Subject(objective: try held(channel, drawing, session), parts: parts))
        }
        return try drawing.jobs(subjects, label: "\(layer):\(index.text)")
    }

    /// The channel's objective, held back by the distance of a shallower layer's answers.
    private func held(_ channel: Objective, _ drawing: Drawing, _ session: Session) throws(Problem) -> Objective {
        guard weight > 0 else { return channel }
        let anchor = if let anchor { anchor } else { try anchor(below: layer, in: drawing.model) }
        let distance = Objective.activationDistance(anchor, to: drawing.photographs.name(of: photo))
        let (rise, pull) = (try magnitude(channel, drawing, session), try magnitude(distance, drawing, session))
        let balance = rise / max(pull, .leastNormalMagnitude)
        return channel - weight * balance * distance
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
        let before = model.network.stages.prefix { $0 != target }
        return before.isEmpty ? layer : before[before.count / 2].node
    }

    /// Σ|∂/∂x| near the photograph.
    private func magnitude(_ objective: Objective, _ drawing: Drawing, _ session: Session) throws(Problem) -> Float {
        var plan = try drawing.render.plan(objective, model: drawing.model, drawing.photographs)
        plan.objective = objective.text
        // A second picture a little noise away, where a distance has a gradient.
        plan.count = 2
        let fixed = try drawing.photographs.pictures(of: plan, model: drawing.model)
        let renderer = try asProblem { () throws(RenderError) in
            try Renderer(
                plan, model: drawing.model, pictures: fixed, workers: session.workers, isInterrupted: session.isCancelled)
        }
        return renderer.gradientMagnitudes().last!
    }
}
