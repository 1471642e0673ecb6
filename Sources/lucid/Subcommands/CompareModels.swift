import Analysis
import ArgumentParser
import Studio

/// `lucid compare-models`
struct CompareModels: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare-models",
        abstract: "Match the layers and channels of two networks: by what they answer to photographs.",
        discussion: """
            Layers are held against each other by linear CKA (Kornblith et al. 2019; 1 for the same up to rotation and scale), \
            channels by Pearson's correlation (Li et al. 2015), both over the same examples: every photograph's middle, and \
            of every layer --grid x --grid positions, to which it is averaged. Of each layer of A the most similar one of B \
            is printed with the mean correlation of its channels with their matches. With fewer examples than channels both \
            measures are too high.

            A and B are names of networks, .onnx files, or NAME=FILE for weights of your own.

            Example: lucid compare-models vgg16 squeezenet1_1 --photos photos/ -o layers.png
                     lucid compare-models resnet18=a.pth resnet18=b.pth --photos photos/ --json
                     lucid compare-models vgg16 squeezenet1_1 --photos photos/ --draw 6
            """)

    @Argument(ComparisonRequest["a"]) var a: String
    @Argument(ComparisonRequest["b"]) var b: String
    @Option(ComparisonRequest["photos"]) var photos: String
    @Option(ComparisonRequest["layers"]) var layers: String?
    @Option(ComparisonRequest["layers-b"]) var layersB: String?
    @Option(ComparisonRequest["grid"]) var grid: String?
    @Option(ComparisonRequest["size"]) var size: String?
    @Flag(ComparisonRequest["one-to-one"]) var oneToOne = false
    @OptionGroup(visibility: .further) var reading: ReadingOptions
    @Option(ComparisonRequest["output"]) var output: String?
    @Option(ComparisonRequest["pairs"]) var pairs: String?
    @Option(ComparisonRequest["draw"]) var draw: String?
    @Option(ComparisonRequest["sheet"]) var sheet: String?
    @Option(ComparisonRequest["draw-size"]) var drawSize: String?
    @Option(ComparisonRequest["steps"]) var steps: String?
    @Option(ComparisonRequest["seed"]) var seed: String?
    @Flag(ComparisonRequest["force"]) var force = false
    @OptionGroup var running: RunOptions

    func run() throws {
        let request: ComparisonRequest = try settings(of: self)
        let result = try request.run(running.session, TerminalReporter(running))
        if running.json { return try standardOutput(json(result.values)) }
        guard !running.quiet else { return }
        for line in [result.table] + result.files.map(\.withoutControls) { try standardOutput(line) }
    }
}
