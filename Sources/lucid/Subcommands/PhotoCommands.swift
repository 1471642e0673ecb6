import ArgumentParser
import Networks
import Visualization

/// `lucid caricature`
struct Caricature: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a photograph as a layer sees it, exaggerated.",
        discussion: """
            The score counts how much of the photograph's activation there is; the photograph itself scores 1.

            Example: lucid caricature photo.jpg --layer features.8
            """)

    @Argument(help: "PNG or JPEG; - for standard input.") var photo: String
    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The power of the cosine, 0 to 16: the higher, the closer to the photograph's own direction.", valueName: "p"))
    var cossimPow: Float = 1
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (0...16).contains(cossimPow) else { throw ValidationError("--cossim-pow must be 0 to 16, not \(cossimPow)") }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        return try drawPhoto(photo, layer, kind: "caricature", model, render, output) {
            .caricature(layer, of: $0, cosinePower: cossimPow, scale: .photo)
        }
    }
}

/// `lucid invert`
struct Invert: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a picture that a layer cannot tell from a photograph: what it still knows of it.",
        discussion: """
            The distance of the layer's answers is climbed down (Mahendran and Vedaldi 2015).

            Example: lucid invert photo.jpg --layer features.8
            """)

    @Argument(help: "PNG or JPEG; - for standard input.") var photo: String
    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        return try drawPhoto(photo, layer, kind: "invert", model, render, output) { -.activationDistance(layer, to: $0) }
    }
}

/// `lucid accentuate`
struct Accentuate: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring out in a photograph what a channel sees in it.",
        discussion: """
            Begins from the photograph and climbs the channel, held back by the distance of a shallower layer's answers, so \
            that it stays the same photograph (feature accentuation, Hamblin 2024). --weight balances the two; 1 gives both \
            gradients the same size at the start.

            Example: lucid accentuate photo.jpg --layer features.10 --index 5
            """)

    @Argument(help: "PNG or JPEG; - for standard input.") var photo: String
    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The channel, from 0.", valueName: "i")) var index: IndexList
    @Option(help: ArgumentHelp("The layer whose answers should stay. (default: one half way to --layer)", valueName: "name"))
    var anchor: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("What staying weighs.", valueName: "w")) var weight: Float = 3
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard weight.isFinite, weight >= 0 else { throw ValidationError("--weight must be at least 0, not \(weight)") }
        guard render.start == nil else { throw ValidationError("accentuate begins from the photograph; --start does not go with it") }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let indices = try Drawing.indices(index, of: layer, in: model)
        guard indices.count == 1 else { throw Failure.usage("accentuate takes one channel, and --index names \(indices.count)") }
        var render = render
        render.start = photo
        let photographs = try render.photographs()
        // The photograph shows through the steps: few, and a picture written in frequencies.
        if render.steps == nil, render.preset == nil { render.steps = 128 }
        let channel = render.negative ? -Objective.channel(layer, indices[0]) : .channel(layer, indices[0])
        render.negative = false  // the photograph stays the same either way
        var objective = channel
        if weight > 0 {
            let place = try anchor ?? anchor(below: layer, in: model)
            let distance = Objective.activationDistance(place, to: photographs.name(of: photo))
            let (rise, pull) = (
                try magnitude(channel, model, render, photographs), try magnitude(distance, model, render, photographs)
            )
            let balance = rise / max(pull, .leastNormalMagnitude)
            objective = channel - weight * balance * distance
        }
        let parts = OutputNames.Parts(
            model: model.name, layer: layer, index: indices[0], seed: render.seed, kind: "accentuate")
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        return try drawing.rendering([.init(objective, parts)], label: "\(layer):\(indices[0])")
    }

    /// The module half way to a layer.
    private func anchor(below layer: String, in model: Model) throws(Failure) -> String {
        let target = try Drawing.layer(layer, in: model)
        let before = model.network.stages.prefix { $0 != target }
        return before.isEmpty ? layer : before[before.count / 2].node
    }

    /// Σ|∂/∂x| near the photograph.
    private func magnitude(
        _ objective: Objective, _ model: Model, _ render: RenderOptions, _ photographs: Photographs
    ) throws(Failure) -> Float {
        var plan = try render.plan(objective, model: model, photographs)
        plan.objective = objective.text
        // A second picture a little noise away, where a distance has a gradient.
        plan.count = 2
        let fixed = try photographs.pictures(of: plan, model: model)
        do {
            let renderer = try Renderer(
                plan, model: model, pictures: fixed, workers: output.running.workers,
                isInterrupted: { Interruption.signal != 0 })
            return renderer.gradientMagnitudes().last!
        } catch {
            throw Failure(error)
        }
    }
}

/// A picture that is held against a photograph.
///
/// - Parameter objective: of the photograph's name.
private func drawPhoto(
    _ photo: String, _ layer: String, kind: String, _ model: Model, _ render: RenderOptions, _ output: OutputOptions,
    objective: (String) -> Objective
) throws(Failure) -> Rendering {
    _ = try Drawing.layer(layer, in: model)
    let photographs = try render.photographs(photo)
    let name = photographs.name(of: photo)
    let parts = OutputNames.Parts(model: model.name, layer: layer, seed: render.seed, kind: kind)
    let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
    return try drawing.rendering([.init(objective(name), parts)], label: "\(layer) of \(name)")
}
