import Networks
import Tensors
import Visualization

/// A photograph as a layer sees it, exaggerated.
public struct CaricatureRequest: RenderRequest {
    /// The photograph's path; "-" for standard input.
    public var photo = ""
    public var model = ModelSettings()
    /// The layer whose direction is exaggerated.
    public var layer = ""
    /// The power of the cosine, 0…16: the higher, the closer to the photograph's own direction.
    public var cossimPow: Float = 1
    /// How the picture is drawn.
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
        common(\.model, \.render, \.output).without("stages")
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
    /// The photograph's path; "-" for standard input.
    public var photo = ""
    public var model = ModelSettings()
    /// The layer whose activations are matched.
    public var layer = ""
    /// How the picture is drawn.
    public var render = RenderSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "invert"
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("photo", required: \.photo, "photo", "PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading()
        Setting("layer", required: \.layer, "name", "The layer, one of `lucid layers`.")
        common(\.model, \.render, \.output).without("stages")
    }

    public func check() throws(Problem) { try checkCommon() }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var request = self
        // The distance alone counts: the standard look's bound would leave out what a photograph has.
        request.render.preset = render.preset ?? Preset.sharp.name
        var drawing = try request.drawing(session, [photo])
        drawing.words = render.words
        return try drawing.jobs(of: photo, layer, kind: Self.command) { -.activationDistance(layer, to: $0) }
    }
}

extension Drawing {
    /// The parts of the name of a picture that is made of a photograph.
    func parts(layer: String, index: Int? = nil, kind: String, of photo: String) -> OutputNames.Parts {
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
