import Networks
import Visualization

/// A photograph in the style of other pictures.
public struct StyleRequest: DrawingRequest {
    /// The photograph's path; "-" for standard input.
    public var content = ""
    /// Paths of the pictures whose style is taken, one at least.
    public var styles: [String] = []
    public var model = ModelSettings()
    /// How the style is taken over.
    public var style = StyleSettings()
    /// The largest picture that is read.
    public var reading = ReadingSettings()
    public var output = OutputSettings()

    public init() {}

    public static let command = "style"
    /// Textures need a network with many plain convolutions: this is Gatys' choice.
    private static let standardModel = "vgg16"
    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("content", required: \.content, "content", "The photograph: PNG, JPEG, TIFF, WebP …; - for standard input.").positional().reading()
        Setting("styles", list: \.styles, "styles", "One picture or several whose style is taken.").positional().reading().required()
        ModelSettings.lifted(\.model).without("labels").stating(default: standardModel, of: "model")
        StyleSettings.lifted(\.style)
        ReadingSettings.lifted(\.reading)
        OutputSettings.lifted(\.output).without("output-size").stating(default: "PHOTO_style_STYLE.png", of: "output")
    }

    public var numerics: NumericSettings { style.numerics }

    public func check() throws(Problem) {
        try style.check()
        try output.check()
        if let blend = style.blend, blend.numbers.count != styles.count {
            throw .usage("\(setting: "blend") has \(blend.numbers.count) shares for \(styles.count) styles")
        }
        if !style.mask.isEmpty, style.mask.count != styles.count {
            throw .usage("\(setting: "mask") is given \(style.mask.count) times for \(styles.count) styles; each has its own")
        }
        if ([content] + styles + style.mask + [style.start].compactMap { $0 }).filter({ $0 == "-" }).count > 1 {
            throw .usage("standard input can be read once")
        }
    }

    public func jobs(_ session: Session) throws(Problem) -> JobList {
        var settings = model
        if settings.model == nil, settings.weights == nil { settings.model = Self.standardModel }
        let model = try session.model(settings)
        var parts = OutputNames.Parts(model: model.name, seed: style.seed ?? 0)
        parts.details = styles.map { OutputNames.stem(ofPhoto: $0) } + (style.seed.map { ["seed\($0)"] } ?? [])
        let path = OutputNames.path(output.output, parts, photo: content, kind: Self.command)
        if style.method == .lucid { return try lucidJobs(model, session, parts, path) }
        var files = Photographs(maximumPixels: reading.maxPixels)
        let plan = try style.plan(content: content, styles: styles, model: model, files: &files)
        var job = try PictureJob(plan, model: model, files, to: path, quality: output.quality(of: path))
        job.configure(output, parts)
        return JobList(label: Self.command, jobs: [job])
    }

    /// Lucid's style transfer: a render of a Fourier image with mean differences of activations and of Gram matrices.
    private func lucidJobs(_ model: Model, _ session: Session, _ parts: OutputNames.Parts, _ path: String) throws(Problem) -> JobList {
        let usual = StylePlan.usualLayers(of: model)
        let contents = style.contentLayer.isEmpty ? usual.content.map { LayerShare(name: $0.layer) } : style.contentLayer
        let textures = style.styleLayer.isEmpty ? usual.style.map { LayerShare(name: $0.layer) } : style.styleLayer
        for share in contents + textures { _ = try model.layer(share.name) }
        var photographs = Photographs(maximumPixels: reading.maxPixels)
        let name = try photographs.adding(content)
        var terms: [Objective] = contents.map { share in
            (style.contentWeight ?? 100) * share.share * .activationDifference(share.name, to: name)
        }
        for path in styles {
            let texture = try photographs.adding(path)
            terms += textures.map { (style.styleWeight ?? 1) * $0.share * .activationDifference($0.name, to: texture, as: .gram) }
        }
        let loss = terms.dropFirst().reduce(terms[0]) { $0 + $1 }
        if let start = style.start { try photographs.add(start) }
        var render = RenderSettings()
        render.size = PictureSize.ofResult(try photographs.picture(name), asked: style.size ?? PictureSize(side: 512))
        (render.steps, render.seed, render.start) = (style.steps ?? 512, style.seed ?? 0, style.start)
        (render.optimizer, render.poolGradient, render.numerics) = (style.optimizer, style.poolGradient, style.numerics)
        render.learningRate = style.learningRate ?? (style.optimizer == nil ? 0.05 : nil)
        var output = output
        output.output = FileTemplate.literal(path)
        return try Drawing(model: model, render: render, output: output, photographs: photographs, workers: session.workers)
            .jobs([.init(objective: -loss, parts: parts)], label: Self.command)
    }
}
