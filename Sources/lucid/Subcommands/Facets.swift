import ArgumentParser
import Images
import Visualization

/// `lucid facets`
struct Facets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count the distinct facets of one channel among pictures from several seeds.",
        discussion: """
            How alike two pictures are is the product of their normalised Gram matrices at the layer, which `lucid diversity` \
            sets apart: 1 for the same textures, wherever they lie. Pictures are put together as long as two groups are at \
            least --threshold alike on average (average linkage). Beside the chart goes a JSON file with all numbers.

            Example: lucid facets --layer features.10 --index 5
                     lucid facets --model vgg16 --layer features.28 --index 7 --seeds 0-15 --threshold 0.7
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The channel, from 0.", valueName: "i")) var index: IndexList
    @Option(parsing: .unconditional, help: ArgumentHelp("How alike the pictures of a facet are, 0 to 1.", valueName: "s"))
    var threshold = 0.8
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    /// Where none are named.
    private static let seeds: [UInt64] = Array(0...8)

    func validate() throws {
        guard (0...1).contains(threshold) else { throw ValidationError("--threshold must be 0 to 1, not \(threshold)") }
        guard render.givenSeed == nil else { throw ValidationError("facets compares the pictures of several seeds: --seeds 0-8") }
        if let seeds = render.seeds?.seeds, !(2...256).contains(seeds.count) {
            throw ValidationError("--seeds must be 2 to 256 seeds, not \(seeds.count)")
        }
        guard output.output != "-" else { throw ValidationError("facets writes a chart and a JSON file; -o - takes one picture") }
        guard output.saveAt == nil, output.evolution == nil else {
            throw ValidationError("facets draws one picture a seed; --save-at and --evolution are for `lucid channel`")
        }
    }

    func run() throws {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let indices = try Drawing.indices(index, of: layer, in: model)
        guard indices.count == 1 else { throw Failure.usage("facets looks at one channel, and --index names \(indices.count)") }
        let photographs = try render.photographs()
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        let parts = OutputNames.Parts(model: model.name, layer: layer, index: indices[0], seed: 0, kind: "facets")
        let path = OutputNames.path(output.output, parts)
        let numbers = OutputNames.path(path, ending: ".json")
        var jobs: [PictureJob] = []
        for seed in render.seeds?.seeds ?? Self.seeds {
            let plan = try render.plan(.channel(layer, indices[0]), model: model, photographs, seed: seed)
            jobs.append(try drawing.job(plan, to: nil, parts))
        }
        var rendering = Rendering(
            model: model, jobs: jobs, photographs: photographs, label: "\(layer):\(indices[0]) (\(jobs.count) seeds)",
            options: output)
        rendering.isBrief = true
        rendering.options.running.json = false  // the report is the result
        rendering.keepsPictures = true
        rendering.isTrial = true  // what there is when it is interrupted is looked at as well
        rendering.willWrite = [path, numbers]
        let finished = try rendering.draw()
        if output.dryRun { return }
        if finished.count < 2, Interruption.signal != 0 { throw Interruption.failure }

        let likeness = Likeness(model, layer, workers: output.running.workers)
        let report = FacetReport(
            finished, matrix: try likeness.matrix(finished.flatMap(\.pictures)), model: model.name, layer: layer,
            channel: indices[0], threshold: threshold)
        let chart = report.chart(finished.flatMap(\.shown))
        let record = SheetRecord(version: LucidCommand.version, pictures: finished.flatMap(\.records)).json
        let quality = PictureFormat(fileName: path) == .jpeg ? output.quality ?? OutputOptions.standardQuality : nil
        try chart.write(record: record, quality: quality, to: path)
        do {
            try OutputFile.write(Array((json(report) + "\n").utf8), to: numbers)
        } catch {
            throw Failure(error)
        }
        if output.show { try chart.show() }
        if output.running.json {
            try standardOutput(json(report))
        } else if !output.running.quiet {
            try standardOutput("\(path)  \(report.line)")
        }
        if Interruption.signal != 0 { throw Interruption.failure }
    }
}
