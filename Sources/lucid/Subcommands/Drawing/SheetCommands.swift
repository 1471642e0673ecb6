import ArgumentParser
import Studio

/// `lucid diversity`
struct Diversity: DrawingCommand {
    typealias Request = DiversityRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw several distinct pictures of one channel: its facets.",
        discussion: """
            The pictures are drawn together, and the likeness of their Gram matrices counts against them. They are first \
            drawn without that, to tell how alike they are by themselves. What the likeness weighs is tried out in up to \
            four renders, until the pictures are a third less alike and the channel has lost a fifth at most; --weight fixes \
            it, in per cent of the channel's score.

            Example: lucid diversity --layer features.10 --index 5 --count 4
            """)

    @OptionGroup(title: "Target") var subject: UnitOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(DiversityRequest["count"]) var count: String?
    @Option(DiversityRequest["weight"]) var weight: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid facets`
struct Facets: DrawingCommand {
    typealias Request = FacetsRequest

    static let configuration = CommandConfiguration(
        abstract: "Count the distinct facets of a channel: among pictures from several seeds, or among pictures that are there.",
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

    @Argument(FacetsRequest["pictures"]) var pictures: [String] = []
    @OptionGroup(title: "Target") var subject: LayerOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(FacetsRequest["index"]) var index: String?
    @Option(FacetsRequest["threshold"]) var threshold: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid sheet`
struct Sheet: DrawingCommand {
    typealias Request = SheetRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw a layer's channels on one contact sheet: numbered, with a JSON index beside it.",
        discussion: """
            Example: lucid sheet --layer features.3 --size 96 --steps 128
                     lucid sheet --layer features.10 --index 0-63 --keep pictures/
            """)

    @OptionGroup(title: "Target") var subject: LayerOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(SheetRequest["index"]) var index: String?
    @Option(SheetRequest["columns"]) var columns: String?
    @Option(SheetRequest["keep"]) var keep: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid progression`
struct Progression: DrawingCommand {
    typealias Request = ProgressionRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw one picture a layer, shallow to deep, on one sheet: how what a network sees grows.",
        discussion: """
            Example: lucid progression --model vgg16
                     lucid progression --layers features.3,features.8,features.10 --index 5
            """)

    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(ProgressionRequest["layers"]) var layers: String?
    @Option(ProgressionRequest["index"]) var index: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid interpolate`
struct Interpolate: DrawingCommand {
    typealias Request = InterpolateRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw a row of aligned pictures from one channel to another.",
        discussion: "Example: lucid interpolate --layer features.10 --index 5,12 --count 6")

    @OptionGroup(title: "Target") var subject: UnitOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(InterpolateRequest["count"]) var count: String?
    @Option(InterpolateRequest["alignment"]) var alignment: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}
