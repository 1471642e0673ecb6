import ArgumentParser
import Networks
import Visualization

/// `lucid channel`
struct Channel: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what a channel responds to: its mean is climbed.",
        discussion: """
            Example: lucid channel --model vgg16 --layer features.10 --index 5
                     lucid channel --layer features.10 --index 0-15 -o pictures/
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(help: ArgumentHelp("Channels: 5, 0-15, 3,7,9 or all; a picture each.", valueName: "i")) var index: IndexList
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let model = try model.load(size: render.size?.networkSize)
        try drawUnits(of: layer, index, model, render, output, command: "channel") { .channel(layer, $0) }
    }
}

/// `lucid neuron`
struct Neuron: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what one unit responds to: a channel at one position.",
        discussion: "Example: lucid neuron --layer features.10 --index 5 --x 7 --y 7")

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(help: ArgumentHelp("Channels: 5, 0-15, 3,7,9 or all; a picture each.", valueName: "i")) var index: IndexList
    @Option(help: ArgumentHelp("The unit's column in the layer. (default: the middle)", valueName: "column")) var x: Int?
    @Option(help: ArgumentHelp("The unit's row in the layer. (default: the middle)", valueName: "row")) var y: Int?
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard x ?? 0 >= 0, y ?? 0 >= 0 else { throw ValidationError("--x and --y count from 0") }
    }

    func run() throws {
        let model = try model.load(size: render.size?.networkSize)
        try drawUnits(of: layer, index, model, render, output, command: "neuron") { .neuron(layer, $0, x: x, y: y) }
    }
}

/// `lucid layer`
struct LayerEnergy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layer",
        abstract: "Draw what excites a whole layer: its mean squared activation is climbed.",
        discussion: "Example: lucid layer --model vgg16 --layer features.21")

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let model = try model.load(size: render.size?.networkSize)
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: render.seed)
        let plan = try render.plan(.layer(layer), model: model)
        let job = PictureJob(plan, to: OutputNames.path(output.output, parts), saveAt: output.saveAt?.steps ?? [])
        try Rendering(model: model, jobs: [job], label: layer, options: output).run()
    }
}

/// `lucid render`
struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what an expression of objectives describes.",
        discussion: """
            Functions: \(Objective.usage).
            They add, subtract and take weights; higher is better, so a penalty is subtracted.

            Example: lucid render "0.5*channel(features.3,5) + 0.5*channel(features.3,10) - 0.001*total_variation()"
            """)

    @Argument(help: "The expression.") var expression: String
    @OptionGroup(title: "Network") var model: ModelOptions
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() throws {
        let model = try model.load(size: render.size?.networkSize)
        let objective: Objective
        do {
            objective = try Objective(parsing: expression)
        } catch {
            throw Failure.usage("\(error)")
        }
        let parts = OutputNames.Parts(model: model.name, seed: render.seed, kind: "render")
        let plan = try render.plan(objective, model: model)
        let job = PictureJob(plan, to: OutputNames.path(output.output, parts), saveAt: output.saveAt?.steps ?? [])
        try Rendering(model: model, jobs: [job], label: "render", options: output).run()
    }
}

/// A picture for each index of a layer.
private func drawUnits(
    of layer: String, _ list: IndexList, _ model: Model, _ render: RenderOptions, _ output: OutputOptions,
    command: String, objective: (Int) -> Objective
) throws(Failure) {
    let indices = try indices(list, of: layer, in: model)
    var jobs: [PictureJob] = []
    for index in indices {
        let parts = OutputNames.Parts(
            model: model.name, layer: layer, index: index, seed: render.seed,
            kind: command == "channel" ? nil : command)
        jobs.append(
            PictureJob(
                try render.plan(objective(index), model: model), to: OutputNames.path(output.output, parts),
                saveAt: output.saveAt?.steps ?? []))
    }
    if output.output == "-", jobs.count > 1 { throw .usage("-o - takes one picture; --index names \(jobs.count)") }
    let label = indices.count == 1 ? "\(layer):\(indices[0])" : "\(layer) (\(indices.count) pictures)"
    try Rendering(model: model, jobs: jobs, label: label, options: output).run()
}

/// The channels that `--index` names.
private func indices(_ list: IndexList, of layer: String, in model: Model) throws(Failure) -> [Int] {
    let name: LayerName
    do {
        name = try model.network.layer(named: layer)
    } catch {
        throw .usage("\(model.name): \(error); `lucid layers --model \(model.name)` shows all")
    }
    let channels = model.network.channels(of: name)
    switch list.indices(below: channels) {
    case .success(let indices): return indices
    case .failure(let error):
        throw .usage("\(layer) of \(model.name) has the channels 0–\(channels - 1); there is no channel \(error.index)")
    }
}
