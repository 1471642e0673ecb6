import ArgumentParser
import Networks
import Visualization

/// `lucid sheet`
struct Sheet: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a layer's channels on one contact sheet, with a JSON index beside it.",
        discussion: """
            Example: lucid sheet --layer features.3 --size 96 --steps 128
                     lucid sheet --layer features.10 --index 0-63 --keep pictures/
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Channels: 5, 0-15, 3,7,9 or all. (default: all)", valueName: "i")) var index: IndexList?
    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures in a row. (default: as square as can be)", valueName: "n")) var columns: Int?
    @Option(help: ArgumentHelp("Keep each picture by itself in this folder, too.", valueName: "folder")) var keep: String?
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let columns, columns < 1 { throw ValidationError("--columns must be at least 1, not \(columns)") }
        guard render.seeds == nil, output.evolution == nil else {
            throw ValidationError("a sheet draws one picture a channel; --seeds and --evolution are for `lucid channel`")
        }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let indices = try Drawing.indices(index ?? IndexList(argument: "all")!, of: layer, in: model)
        let photographs = try render.photographs()
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        var jobs: [PictureJob] = []
        for index in indices {
            let parts = OutputNames.Parts(model: model.name, layer: layer, index: index, seed: render.seed)
            let folder = keep.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
            jobs.append(
                try drawing.job(
                    try render.plan(.channel(layer, index), model: model, photographs),
                    to: folder.map { OutputNames.path($0, parts) }, parts))
        }
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: render.seed, kind: "sheet")
        let path = OutputNames.path(output.output, parts)
        var rendering = Rendering(
            model: model, jobs: jobs, photographs: photographs, label: "\(layer) (\(jobs.count) pictures)", options: output)
        rendering.isBrief = keep == nil
        rendering.sheet = PictureSheet(
            to: path, columns: columns, index: path == "-" ? nil : OutputNames.path(path, ending: ".json"))
        return rendering
    }
}

/// `lucid progression`
struct Progression: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw one picture a layer, shallow to deep, on one sheet: how what a network sees grows.",
        discussion: """
            Example: lucid progression --model vgg16
                     lucid progression --layers features.3,features.8,features.10 --index 5
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("Layers, by commas. (default: up to twelve, evenly spread)", valueName: "names")) var layers: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The channel of each layer. (default: the whole layer's energy)", valueName: "i")) var index: Int?
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        if let index, index < 0 { throw ValidationError("--index counts from 0, so it cannot be \(index)") }
        guard render.seeds == nil, output.evolution == nil else {
            throw ValidationError("a progression draws one picture a layer; --seeds and --evolution are for `lucid channel`")
        }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        var names = layers.map(Drawing.names) ?? []
        if names.isEmpty { names = model.network.stages(atMost: Drawing.stages) }
        let photographs = try render.photographs()
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        var jobs: [PictureJob] = []
        for name in names {
            let layer = try Drawing.layer(name, in: model)
            if let index, index >= model.network.channels(of: layer) {
                throw Failure.usage("\(name) has the channels 0–\(model.network.channels(of: layer) - 1); there is no channel \(index)")
            }
            let parts = OutputNames.Parts(model: model.name, layer: name, index: index, seed: render.seed)
            var job = try drawing.job(
                try render.plan(index.map { .channel(name, $0) } ?? .layer(name), model: model, photographs), to: nil, parts)
            job.caption = index.map { "\(name):\($0)" } ?? name
            jobs.append(job)
        }
        let parts = OutputNames.Parts(model: model.name, seed: render.seed, kind: "progression")
        let path = OutputNames.path(output.output, parts)
        var rendering = Rendering(
            model: model, jobs: jobs, photographs: photographs, label: "\(jobs.count) layers", options: output)
        rendering.isBrief = true
        rendering.sheet = PictureSheet(to: path, index: path == "-" ? nil : OutputNames.path(path, ending: ".json"))
        return rendering
    }
}

/// `lucid interpolate`
struct Interpolate: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw a row of aligned pictures from one channel to another.",
        discussion: "Example: lucid interpolate --layer features.10 --index 5,12 --count 6")

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The two channels, e.g. 5,12.", valueName: "a,b")) var index: String
    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures in the row, 2 to 32.", valueName: "n")) var count = 6
    @Option(parsing: .unconditional, help: ArgumentHelp("What likeness of neighbours weighs.", valueName: "w")) var alignment: Float = 0.01
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (2...32).contains(count) else { throw ValidationError("--count must be 2 to 32, not \(count)") }
        guard alignment.isFinite, alignment >= 0 else { throw ValidationError("--alignment must be at least 0, not \(alignment)") }
        guard render.seeds == nil else { throw ValidationError("--seeds does not go with interpolate, which draws several pictures anyway") }
        guard ends != nil else { throw ValidationError("--index must be two channels such as 5,12, not \"\(index)\"") }
    }

    private var ends: (Int, Int)? {
        let numbers = index.split(separator: ",").map { Int($0.filter { $0 != " " }) }
        guard numbers.count == 2, let first = numbers[0], let last = numbers[1], first >= 0, last >= 0 else { return nil }
        return (first, last)
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let (first, last) = ends!
        var render = render
        var objective = Objective.channelInterpolate(layer, first, layer, last)
        if render.negative { objective = -objective }
        render.negative = false  // neighbours are alike either way
        if alignment > 0 { objective = objective + alignment * .alignment(layer) }
        let photographs = try render.photographs()
        var plan = try render.plan(objective, model: model, photographs, count: count)
        plan.shared = true
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: render.seed, kind: "\(first)-\(last)_interpolate")
        let path = OutputNames.path(output.output, parts)
        var job = PictureJob(
            plan, to: (0..<count).map { path == "-" ? nil : OutputNames.path(path, picture: $0) })
        try Drawing(model: model, render: render, output: output, photographs: photographs).configure(&job, parts)
        var rendering = Rendering(
            model: model, jobs: [job], photographs: photographs, label: "\(layer):\(first)–\(last)", options: output)
        rendering.sheet = PictureSheet(to: path, columns: count)
        return rendering
    }
}
