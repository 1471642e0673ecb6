import Analysis
import ArgumentParser
import Images
import Networks
import Tensors
import Visualization

/// `lucid compare-models`
struct CompareModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare-models",
        abstract: "Match the layers and channels of two networks by what they answer to photographs.",
        discussion: """
            Layers are held against each other by linear CKA (Kornblith et al. 2019; 1 for the same up to rotation and scale), \
            channels by Pearson's correlation (Li et al. 2015), both over the same examples: every photograph's middle, and \
            of every layer --grid x --grid positions, to which it is averaged. Of each layer of A the most similar one of B \
            is printed with the mean correlation of its channels with their matches. With fewer examples than channels both \
            measures are too high.

            A and B are names of networks, .onnx files, or NAME=FILE for weights of your own.

            Example: lucid compare-models vgg16 squeezenet1_1 --photos photos/ -o layers.png
                     lucid compare-models resnet18=epoch10.pth resnet18=epoch90.pth --photos photos/ --one-to-one --json
                     lucid compare-models vgg16 squeezenet1_1 --photos photos/ --layers features.21 --draw 6
            """)

    @Argument(help: "A network: a name, an .onnx file, or NAME=FILE with weights of your own.") var a: String
    @Argument(help: "The other network.") var b: String
    @Option(help: ArgumentHelp("The folder of photographs; hundreds are better than tens.", valueName: "folder"), completion: .directory)
    var photos: String
    @Option(help: ArgumentHelp("Layers of A, by commas. (default: up to twelve, evenly spread)", valueName: "names")) var layers: String?
    @Option(help: ArgumentHelp("Layers of B. (default: A's if both have the same layers, else up to twelve, evenly spread)", valueName: "names"))
    var layersB: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Positions on a side that a layer is averaged to, 1 to 64; 1 is the mean over positions.", valueName: "n"))
    var grid = 7
    @Option(parsing: .unconditional, help: ArgumentHelp("Pixels of the photographs' middle, a side or WIDTHxHEIGHT. (default: what each network was trained on)", valueName: "n"))
    var size: PictureSize?
    @Flag(help: "Give each channel a match of its own, so that the correlations sum up to the most (the Hungarian method).")
    var oneToOne = false
    @OptionGroup var reading: ReadingOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Draw the layers' similarities as a heat map.", valueName: "file"))
    var output: String?
    @Option(help: ArgumentHelp("Write the matches of all channels as JSON.", valueName: "file")) var pairs: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Draw the pairs of channels that match best, A above B, 1 to 32.", valueName: "n"))
    var draw: Int?
    @Option(help: ArgumentHelp("Where --draw's sheet goes. (default: A_B_pairs.png)", valueName: "file")) var sheet: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Pixels on a side of --draw's pictures. (default: as lucid channel)", valueName: "n"))
    var drawSize: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Steps of --draw. (default: 256)", valueName: "n")) var steps: Int?
    @Option(parsing: .unconditional, help: ArgumentHelp("Seed of --draw. (default: 0)", valueName: "n")) var seed: UInt64?
    @Flag(help: "Overwrite files that are there already.") var force = false
    @OptionGroup var running: RunOptions

    func validate() throws {
        if !(1...64).contains(grid) { throw ValidationError("--grid must be 1 to 64, not \(grid)") }
        if let draw, !(1...32).contains(draw) { throw ValidationError("--draw must be 1 to 32, not \(draw)") }
        if let drawSize, !(1...4096).contains(drawSize) { throw ValidationError("--draw-size must be 1 to 4096, not \(drawSize)") }
        if let steps, !(0...10_000_000).contains(steps) { throw ValidationError("--steps must be 0 to 10000000, not \(steps)") }
        if draw == nil {
            let given = [("--sheet", sheet != nil), ("--draw-size", drawSize != nil), ("--steps", steps != nil), ("--seed", seed != nil)]
            if let (name, _) = given.first(where: \.1) { throw ValidationError("\(name) is for --draw") }
        }
        for path in [output, sheet].compactMap({ $0 }) where OutputNames.isForeign(path) {
            throw ValidationError("\(path): pictures are written as .png or .jpg")
        }
        if [output, pairs, sheet].contains("-") {
            throw ValidationError("compare-models prints its table on standard output; name files")
        }
    }

    func run() throws {
        let paths = try PictureSource.picturePaths(in: photos)
        let (modelA, modelB) = try (load(a), load(b))
        let first = try ComparedNetwork(modelA, of: a, layers: names(layers, in: modelA), size: size)
        let alike = layersB == nil && modelA.network.layerNames == modelB.network.layerNames
        let second = try ComparedNetwork(modelB, of: b, layers: alike ? first.names : names(layersB, in: modelB), size: size)
        let sheet = draw == nil ? nil : sheet ?? "\(stem(modelA))_\(stem(modelB))_pairs.png"
        try check([output, pairs, sheet].compactMap { $0 })
        let needed = LayerSimilarity.memory(channels: first.channels, and: second.channels)
        guard needed < MemorySize.available else {
            throw Failure.usage("comparing these layers takes \(rounded(Double(needed) / 1e9, 1)) GB of memory; name fewer with --layers and --layers-b")
        }
        for model in [modelA, modelB] { model.sayAssumption(quiet: running.quiet) }

        let comparison = try ModelComparison(
            first, second, photographs: paths, grid: grid, oneToOne: oneToOne, maximumPixels: reading.maxPixels, running: running)
        let most = (first.channels + second.channels).max()!
        if comparison.examples <= most, !running.quiet {
            standardError(
                "lucid: \(comparison.examples) examples of up to \(most) channels make similarities too high; add photographs to \(photos)\n")
        }
        if let output { try write(comparison.heatMap, to: output) }
        let report = comparison.report(oneToOne: oneToOne)
        if let pairs {
            do {
                try OutputFile.write(Array((json(report.matches) + "\n").utf8), to: pairs)
            } catch {
                throw Failure(error)
            }
        }
        if running.json {
            try standardOutput(json(report))
        } else if !running.quiet {
            try standardOutput(comparison.table)
        }
        if let draw, let sheet {
            let drawings = PairDrawings(
                comparison: comparison, count: draw, size: drawSize, steps: steps ?? 256, seed: seed ?? 0, running: running)
            guard let picture = try drawings.sheet() else {
                throw Failure.usage("no channel of \(a) fires with one of \(b): there are no pairs to draw")
            }
            try write(picture, to: sheet)
        }
    }

    private func load(_ argument: String) throws(Failure) -> Model {
        try ComparedNetwork.load(argument, size: size, quiet: running.quiet)
    }

    private func names(_ list: String?, in model: Model) throws(Failure) -> [String] {
        let names = list.map(Drawing.names) ?? model.network.stages(atMost: Drawing.stages)
        guard !names.isEmpty else { throw .usage("name the layers of \(model.name) with --layers and --layers-b") }
        return names
    }

    private func stem(_ model: Model) -> String {
        OutputNames.path(OutputNames.path(nil, OutputNames.Parts(model: model.name, seed: 0)), ending: "")
    }

    /// Before anything is computed.
    private func check(_ paths: [String]) throws(Failure) {
        for (index, path) in paths.enumerated() {
            guard !paths[..<index].contains(path) else { throw .usage("two files would go to \(path)") }
            do {
                try OutputFile.check(path)
            } catch {
                throw Failure(error)
            }
            if paths.count > 1, !force, isFile(path) { throw Failure(73, "\(path) is there already; use --force to overwrite it") }
        }
    }

    private func write(_ picture: Picture, to path: String) throws(Failure) {
        try picture.write(to: path)
        if !running.quiet, !running.json { try standardOutput(path) }
    }
}
