import ArgumentParser
import Images
import Networks
import Tensors
import Visualization

/// `lucid facets`
struct Facets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Count the distinct facets of a channel among pictures from several seeds, or among pictures that are there.",
        discussion: """
            How alike two pictures are is the product of their normalised Gram matrices at the layer, which `lucid diversity` \
            sets apart: 1 for the same textures, wherever they lie. Pictures are put together as long as two groups are at \
            least --threshold alike on average (average linkage). The chart has a JSON file with all numbers beside it.

            The threshold is where chance ends: of 16 channels of SqueezeNet and VGG-16, 19 of 20 pairs of pictures from two \
            seeds were 0.79 to 0.99 alike, pictures of different channels 0.04 to 0.59. Seeds alone seldom find a second facet; \
            the pictures of `lucid diversity` do.

            Example: lucid facets --layer features.10 --index 5
                     lucid diversity --layer features.10 --index 5 --count 8 -o eyes.png
                     lucid facets eyes_?.png --layer features.10
            """)

    @Argument(help: "Pictures to look at instead of drawing some.", completion: .file()) var pictures: [String] = []
    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The channel that is drawn, from 0.", valueName: "i")) var index: IndexList?
    @Option(parsing: .unconditional, help: ArgumentHelp("How alike the pictures of a facet are, 0 to 1.", valueName: "s"))
    var threshold = 0.8
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    /// Where none are named.
    private static let seeds: [UInt64] = Array(0...8)
    private static let mostPictures = 256

    func validate() throws {
        guard (0...1).contains(threshold) else { throw ValidationError("--threshold must be 0 to 1, not \(threshold)") }
        guard output.output != "-" else { throw ValidationError("facets writes a chart and a JSON file; -o - takes one picture") }
        guard output.saveAt == nil, output.evolution == nil, output.outputSize == nil else {
            throw ValidationError("facets keeps no single pictures; --save-at, --evolution and --output-size are for `lucid channel`")
        }
        if pictures.isEmpty {
            guard index != nil else { throw ValidationError("name the channel to draw with --index, or pictures to look at") }
            guard render.givenSeed == nil else { throw ValidationError("facets draws a picture for each of several seeds: --seeds 0-8") }
            if let seeds = render.seeds?.seeds, !(2...Self.mostPictures).contains(seeds.count) {
                throw ValidationError("--seeds must be 2 to \(Self.mostPictures) seeds, not \(seeds.count)")
            }
        } else {
            guard (2...Self.mostPictures).contains(pictures.count) else {
                throw ValidationError("name 2 to \(Self.mostPictures) pictures, not \(pictures.count)")
            }
            guard index == nil, render.seeds == nil, render.givenSeed == nil, !output.dryRun else {
                throw ValidationError("--index, --seed, --seeds and --dry-run are for drawing; these pictures are there already")
            }
        }
    }

    func run() throws {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        try pictures.isEmpty ? draw(model) : look(model)
        if Interruption.signal != 0 { throw Interruption.failure }
    }

    /// Draws a picture for each seed.
    private func draw(_ model: Model) throws {
        let indices = try Drawing.indices(index!, of: layer, in: model)
        guard indices.count == 1 else { throw Failure.usage("facets looks at one channel, and --index names \(indices.count)") }
        let photographs = try render.photographs()
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        let parts = OutputNames.Parts(model: model.name, layer: layer, index: indices[0], seed: 0, kind: "facets")
        let path = OutputNames.path(output.output, parts)
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
        rendering.options.show = false
        rendering.keepsPictures = true
        rendering.isTrial = true  // what there is when it is interrupted is looked at as well
        rendering.willWrite = [path, numbers(path)]
        let finished = try rendering.draw()
        if output.dryRun || finished.count < 2 { return }
        let subject = FacetReport.Subject(
            model: model.name, layer: layer, channel: indices[0], pictures: finished.map { "\($0.plan.seed)" },
            scores: finished.map(\.check.score), complete: finished.count == jobs.count && finished.allSatisfy(\.isComplete))
        let record = SheetRecord(version: LucidCommand.version, pictures: finished.flatMap(\.records)).json
        try report(subject, finished.flatMap(\.pictures), finished.flatMap(\.shown), model, record: record, to: path)
    }

    /// Looks at pictures that are there.
    private func look(_ model: Model) throws {
        let name = try Drawing.layer(layer, in: model)
        let none = try RenderOptions.parse(["--max-pixels=\(render.reading.maxPixels)"])
        let plans = try [render, none].map { try $0.plan(.layer(layer), model: model, render.photographs()) }
        guard plans[0] == plans[1] else {
            throw Failure.usage("the pictures are there already: options that say how to draw, such as --steps or --size, do not go with them")
        }
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: 0, kind: "facets")
        let path = OutputNames.path(output.output, parts)
        for path in [path, numbers(path)] {
            do {
                try OutputFile.check(path)
            } catch {
                throw Failure(error)
            }
            if !output.force, isFile(path) { throw Failure(73, "\(path) is there already; use --force to overwrite it") }
        }
        model.sayAssumption(quiet: output.running.quiet)
        var shown: [Picture] = []
        var tensors: [Tensor] = []
        for path in pictures {
            var picture = try PictureSource.read(path, maximumPixels: render.reading.maxPixels).composited(over: 0.5)
            if let size = model.network.onlySize(for: name) {
                picture = PictureSource.fitted(picture, width: size.width, height: size.height)
            }
            do {
                _ = try model.network.shape(of: name, height: picture.height, width: picture.width)
            } catch {
                throw Failure.badData("\(path): \(picture.width)x\(picture.height) pixels are not for \(layer): \(error)")
            }
            shown.append(picture)
            tensors.append(try PictureSource.planes(picture, channels: model.network.inputChannels, path))
        }
        let names = pictures.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        try report(
            FacetReport.Subject(model: model.name, layer: layer, pictures: names), tensors, shown, model, record: nil, to: path)
    }

    /// The file beside the chart.
    private func numbers(_ path: String) -> String { OutputNames.path(path, ending: ".json") }

    /// - Parameter record: how the pictures were drawn; nil where they were given.
    private func report(
        _ subject: FacetReport.Subject, _ pictures: [Tensor], _ shown: [Picture], _ model: Model, record: String?, to path: String
    ) throws {
        let likeness = Likeness(model, layer, workers: output.running.workers)
        let report = FacetReport(subject, matrix: try likeness.matrix(pictures), threshold: threshold)
        let chart = report.chart(shown)
        if let record {
            let quality = PictureFormat(fileName: path) == .jpeg ? output.quality ?? OutputOptions.standardQuality : nil
            try chart.write(record: record, quality: quality, to: path)
        } else {
            try chart.write(to: path, quality: output.quality ?? OutputOptions.standardQuality)
        }
        do {
            try OutputFile.write(Array((json(report) + "\n").utf8), to: numbers(path))
        } catch {
            throw Failure(error)
        }
        if output.show { try chart.show() }
        if output.running.json { return try standardOutput(json(report)) }
        if !output.running.quiet { try standardOutput("\(path)  \(report.line)") }
    }
}
