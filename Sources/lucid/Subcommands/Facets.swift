import ArgumentParser
import Networks
import Visualization

/// `lucid facets`
struct Facets: RenderingCommand {
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

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        return pictures.isEmpty ? try drawing(model) : try looking(model)
    }

    /// A picture for each seed.
    private func drawing(_ model: Model) throws -> FacetsWork {
        let indices = try Drawing.indices(index!, of: layer, in: model)
        guard indices.count == 1 else { throw Failure.usage("facets looks at one channel, and --index names \(indices.count)") }
        let photographs = try render.photographs()
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        let parts = OutputNames.Parts(model: model.name, layer: layer, index: indices[0], seed: 0, kind: "facets")
        var jobs: [PictureJob] = []
        for seed in render.seeds?.seeds ?? Self.seeds {
            let plan = try render.plan(.channel(layer, indices[0]), model: model, photographs, seed: seed)
            jobs.append(try drawing.job(plan, to: nil, parts))
        }
        return FacetsWork(
            files: FacetFiles(model: model, layer: layer, threshold: threshold, chart: OutputNames.path(output.output, parts), output: output),
            channel: indices[0], jobs: jobs, photographs: photographs)
    }

    /// Pictures that are there.
    private func looking(_ model: Model) throws -> FacetsOfPictures {
        let none = try RenderOptions.parse(["--max-pixels=\(render.reading.maxPixels)"])
        let plans = try [render, none].map { options in
            var plan = try options.plan(.layer(layer), model: model, render.photographs())
            plan.profile = nil  // the likeness is computed under it as well
            return plan
        }
        guard plans[0] == plans[1] else {
            throw Failure.usage("the pictures are there already: options that say how to draw, such as --steps or --size, do not go with them")
        }
        let parts = OutputNames.Parts(model: model.name, layer: layer, seed: 0, kind: "facets")
        return FacetsOfPictures(
            files: FacetFiles(model: model, layer: layer, threshold: threshold, chart: OutputNames.path(output.output, parts), output: output),
            paths: pictures, maximumPixels: render.reading.maxPixels)
    }
}
