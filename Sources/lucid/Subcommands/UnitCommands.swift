import ArgumentParser
import Networks
import Visualization

/// `lucid channel`
struct Channel: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what a channel responds to: its mean is climbed.",
        discussion: """
            Example: lucid channel --model vgg16 --layer features.10 --index 5
                     lucid channel --layer features.10 --index 0-15 -o pictures/
                     lucid channel --layer features.10 --index 5 --seeds 0-3
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Channels: 5, 0-15, 3,7,9 or all; a picture each.", valueName: "i")) var index: IndexList
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        return try drawUnits(of: layer, index, model, render, output, kind: nil) { .channel(layer, $0) }
    }
}

/// `lucid neuron`
struct Neuron: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what one unit responds to: a channel at one position.",
        discussion: "Example: lucid neuron --layer features.10 --index 5 --x 7 --y 7")

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Channels: 5, 0-15, 3,7,9 or all; a picture each.", valueName: "i")) var index: IndexList
    @OptionGroup var position: PositionOptions
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        return try drawUnits(of: layer, index, model, render, output, kind: "neuron") {
            .neuron(layer, $0, x: position.x, y: position.y)
        }
    }
}

/// A position in a layer.
struct PositionOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The unit's column in the layer. (default: the middle)", valueName: "column"))
    var x: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("The unit's row in the layer. (default: the middle)", valueName: "row"))
    var y: Int?

    func validate() throws {
        for (name, place) in [("--x", x), ("--y", y)] {
            if let place, place < 0 { throw ValidationError("\(name) counts from 0, so it cannot be \(place)") }
        }
    }
}

/// `lucid layer`
struct LayerEnergy: RenderingCommand {
    static let configuration = CommandConfiguration(
        commandName: "layer",
        abstract: "Draw what excites a whole layer: its mean squared activation is climbed.",
        discussion: "Example: lucid layer --model vgg16 --layer features.21")

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: render.seed)
        let drawing = Drawing(model: model, render: render, output: output, photographs: try render.photographs())
        return try drawing.rendering([.init(.layer(layer), parts)], label: layer)
    }
}

/// `lucid class`
struct ClassUnit: RenderingCommand {
    static let configuration = CommandConfiguration(
        commandName: "class",
        abstract: "Draw what a class looks like to a classifier: its score before the softmax is climbed.",
        discussion: """
            Example: lucid class --label goldfish
                     lucid class --index 1 --steps 1024
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The class's name, or one of its names.", valueName: "name")) var label: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Classes by number: 1, 0-15 or 3,7,9; a picture each.", valueName: "i")) var index: IndexList?
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (label == nil) != (index == nil) else { throw ValidationError("name a class by --label or by --index") }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        guard let names = model.classNames else { throw try ModelOptions.noClasses(of: model) }
        let classes: [Int]
        if let label {
            do {
                classes = [try classIndex(label: label, among: names)]
            } catch {
                throw Failure.usage("\(model.name): \(error)")
            }
        } else {
            switch index!.indices(below: names.count) {
            case .success(let indices): classes = indices
            case .failure(let error):
                throw Failure.usage("\(model.name) has the classes 0–\(names.count - 1); there is no class \(error.index)")
            }
        }
        let subjects = classes.map { index in
            Drawing.Subject(
                .classLogit(index),
                OutputNames.Parts(model: model.name, layer: "class", index: index, seed: render.seed))
        }
        let title = classes.count == 1 ? names[classes[0]] : "\(classes.count) classes"
        let drawing = Drawing(model: model, render: render, output: output, photographs: try render.photographs())
        return try drawing.rendering(subjects, label: title)
    }
}

/// `lucid render`
struct Render: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what an expression of objectives describes.",
        discussion: """
            Numbers weigh functions; functions add, subtract and multiply; higher is better, so a penalty is subtracted. \
            A name that holds a comma or a parenthesis stands in quotation marks. Functions:

            \(functions)

            Transforms for --transforms:

            \(transforms)

            Canvases for --param:

            \(canvases)

            Optimizers for --optimizer:

            \(optimizers)

            Example: lucid render "0.5*channel(features.3,5) + 0.5*channel(features.3,10) - 0.001*total_variation()"
            """)

    private static let functions = entries(Objective.functions.map { ($0.usage, $0.help) })
    private static let transforms = entries(TransformChain.types.map { ($0.usage, $0.help) })
    private static let canvases = entries(ParameterizationName.canvases.map { ($0.name, $0.help) })
    private static let optimizers = entries(OptimizerChoice.rules.map { (OptimizerChoice.usage(of: $0), $0.help) })

    /// Each usage on a line, its help indented below.
    private static func entries(_ list: [(usage: String, help: String)]) -> String {
        list.map { "  \($0.usage)\n      \($0.help)" }.joined(separator: "\n")
    }

    @Argument(help: "The expression. (default: that of --start, with its network)") var expression: String?
    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures that are drawn together, on one sheet, 1 to 64.", valueName: "n")) var count = 1
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (1...64).contains(count) else { throw ValidationError("--count must be 1 to 64, not \(count)") }
        guard expression != nil || render.start != nil else {
            throw ValidationError("give an expression, or --start with a picture that lucid drew")
        }
    }

    func work() throws -> any Work {
        var options = model
        let earlier = expression == nil ? try PictureRecord(ofFile: render.start!).plan : nil
        options.model = options.model ?? earlier?.model
        let model = try options.load(size: render.size?.networkSize, quiet: output.running.quiet)
        var photographs = Photographs(maximumPixels: render.reading.maxPixels)
        var objective = try parsed(expression ?? earlier!.objective, model)
        if let earlier {
            var plan = earlier
            (plan.start, plan.mask) = (nil, nil)
            try photographs.find(plan, model: model, beside: render.start!)
        } else {
            for path in objective.references.sorted() { try photographs.add(path) }
            objective = try parsed(expression!, model, photographs: photographs.names)
        }
        for path in [render.start, render.mask].compactMap({ $0 }) { try photographs.add(path) }
        let parts = OutputNames.Parts(model: model.name, seed: render.seed, kind: "render")
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        if count == 1 { return try drawing.rendering([.init(objective, parts)], label: "render") }
        let plan = try render.plan(objective, model: model, photographs, count: count)
        var job = PictureJob(plan, to: [String?](repeating: nil, count: count))
        try drawing.configure(&job, parts)
        var rendering = Rendering(model: model, jobs: [job], photographs: photographs, label: "render", options: output)
        rendering.sheet = PictureSheet(to: OutputNames.path(output.output, parts))
        return rendering
    }

    private func parsed(_ text: String, _ model: Model, photographs: [String: String] = [:]) throws(Failure) -> Objective {
        do {
            return try Objective(parsing: text, labels: model.classNames, photographs: photographs)
        } catch {
            throw Failure.usage("\(error)\(error.advice)")
        }
    }
}

/// `lucid direction`
struct DirectionCommand: RenderingCommand {
    static let configuration = CommandConfiguration(
        commandName: "direction",
        abstract: "Draw what a direction in a layer's channels looks like: a weighted mix of them.",
        discussion: """
            --cossim-pow sharpens: the projection is multiplied by that power of the cosine, so that the picture excites this \
            direction and little else. --whiten takes the correlations of the channels on a folder of photographs out of the \
            direction first, as activation atlases do (try --cossim-pow 2 with it).

            Example: lucid direction --layer features.10 --channels "5:1,10:-0.5"
                     lucid direction --layer features.10 --vector v.npy --cossim-pow 2
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(help: ArgumentHelp("Channels with their weights, e.g. \"5:1,10:-0.5\".", valueName: "list")) var channels: String?
    @Option(help: ArgumentHelp("A weight for every channel, in NumPy's format (.npy).", valueName: "file")) var vector: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The power of the cosine, 0 to 16.", valueName: "p")) var cossimPow: Float = 0
    @Option(help: ArgumentHelp("Whiten by the layer's activations on a folder of photographs.", valueName: "folder")) var whiten: String?
    @Flag(help: "Climb at one position (--x, --y, by default the middle) instead of everywhere.") var neuron = false
    @OptionGroup var position: PositionOptions
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (channels == nil) != (vector == nil) else { throw ValidationError("give the direction by --channels or by --vector") }
        guard (0...16).contains(cossimPow) else { throw ValidationError("--cossim-pow must be 0 to 16, not \(cossimPow)") }
        guard neuron || position.x == nil && position.y == nil else { throw ValidationError("--x and --y need --neuron") }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let name = try Drawing.layer(layer, in: model)
        let count = model.network.channels(of: name)
        var direction = try direction(count)
        if let whiten {
            let whitening = try Whitening(
                model, name, photos: whiten, maximumPixels: render.reading.maxPixels, workers: output.running.workers)
            direction = try whitening(direction)
        }
        let objective: Objective =
            neuron
            ? .directionNeuron(layer, direction, x: position.x, y: position.y, cosinePower: cossimPow)
            : .direction(layer, direction, cosinePower: cossimPow)
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: render.seed, kind: "direction")
        let drawing = Drawing(model: model, render: render, output: output, photographs: try render.photographs())
        return try drawing.rendering([.init(objective, parts)], label: "\(layer), a direction")
    }

    private func direction(_ count: Int) throws(Failure) -> Direction {
        if let channels {
            var weights: [Int: Float] = [:]
            for word in channels.split(separator: ",") {
                let parts = word.split(separator: ":").map { $0.filter { $0 != " " } }
                guard parts.count == 2, let channel = Int(parts[0]), let weight = Float(parts[1]), weight.isFinite,
                    weights[channel] == nil
                else { throw .usage("--channels: \"\(word)\" is not a channel with its weight such as 5:1") }
                guard (0..<count).contains(channel) else {
                    throw .usage("\(layer) has the channels 0–\(count - 1); there is no channel \(channel)")
                }
                weights[channel] = weight
            }
            let direction = Direction(weights)
            guard !direction.weights.isEmpty else { throw .usage("--channels: a direction of zeros leads nowhere") }
            return direction
        }
        let array: NumPyArray
        do {
            array = try NumPyArray(path: vector!)
        } catch {
            throw Failure(error)
        }
        guard array.values.count == count else {
            throw .badData("\(vector!) holds \(array.values.count) numbers, and \(layer) has \(count) channels")
        }
        let direction = Direction(array.values)
        guard !direction.weights.isEmpty else { throw .badData("\(vector!) holds zeros only, which lead nowhere") }
        return direction
    }
}

/// A picture for each index of a layer.
private func drawUnits(
    of layer: String, _ list: IndexList, _ model: Model, _ render: RenderOptions, _ output: OutputOptions,
    kind: String?, objective: (Int) -> Objective
) throws(Failure) -> Rendering {
    let indices = try Drawing.indices(list, of: layer, in: model)
    let subjects = indices.map { index in
        Drawing.Subject(
            objective(index),
            OutputNames.Parts(model: model.name, layer: layer, index: index, seed: render.seed, kind: kind))
    }
    let label = indices.count == 1 ? "\(layer):\(indices[0])" : "\(layer) (\(indices.count) pictures)"
    let drawing = Drawing(model: model, render: render, output: output, photographs: try render.photographs())
    return try drawing.rendering(subjects, label: label)
}
