import ArgumentParser
import Studio

/// How a picture is drawn: the options that most pictures need, and those that help shows with --help-all.
struct RenderOptions: ParsableArguments {
    @Option(RenderSettings["size"]) var size: String?
    @Option(RenderSettings["steps"]) var steps: String?
    @Option(RenderSettings["preset"]) var preset: String?
    @Option(RenderSettings["seed"]) var seed: String?
    @Option(RenderSettings["start"]) var start: String?
    @Flag(RenderSettings["alpha"]) var alpha = false
    @Flag(RenderSettings["negative"]) var negative = false
    @OptionGroup(visibility: .further) var further: FurtherRenderOptions
}

/// A picture for each of several seeds, where a command does not draw several anyway.
struct SeedsOptions: ParsableArguments {
    @Option(RenderSettings["seeds"]) var seeds: String?
}

/// The finer points of how a picture is drawn.
struct FurtherRenderOptions: ParsableArguments {
    @Option(RenderSettings["param"]) var param: String?
    @Option(RenderSettings["transforms"]) var transforms: String?
    @Option(RenderSettings["tv"]) var tv: String?
    @Option(RenderSettings["cosine-power"]) var cosinePower: String?
    @Option(RenderSettings["stages"]) var stages: String?
    @Option(RenderSettings["decay-power"]) var decayPower: String?
    @Flag(RenderSettings["plain-decay"]) var plainDecay = false
    @Flag(RenderSettings["no-decorrelate"]) var noDecorrelate = false
    @Option(RenderSettings["spectrum-bound"]) var spectrumBound: String?
    @Option(RenderSettings["spectrum"]) var spectrum: String?
    @Option(RenderSettings["crops"]) var crops: String?
    @Option(RenderSettings["optimizer"]) var optimizer: String?
    @Option(RenderSettings["learning-rate"]) var learningRate: String?
    @Option(RenderSettings["schedule"]) var schedule: String?
    @Option(RenderSettings["clip-gradient"]) var clipGradient: String?
    @Flag(RenderSettings["normalize-gradient"]) var normalizeGradient = false
    @Option(RenderSettings["until-converged"]) var untilConverged: String?
    @Option(RenderSettings["relu"]) var relu: String?
    @Option(RenderSettings["pool-gradient"]) var poolGradient: String?
    @Option(RenderSettings["l1"]) var l1: String?
    @Option(RenderSettings["l2"]) var l2: String?
    @Option(RenderSettings["blur"]) var blur: String?
    @Option(RenderSettings["boundary"]) var boundary: String?
    @Option(RenderSettings["mask"]) var mask: String?
    @Option(OutputSettings["output-size"]) var outputSize: String?
    @Option(SheetSettings["title"]) var title: String?
    @Flag(SheetSettings["no-captions"]) var noCaptions = false
    @OptionGroup var numerics: NumericOptions
    @OptionGroup var reading: ReadingOptions
}

/// How numbers are computed.
struct NumericOptions: ParsableArguments {
    @Option(NumericSettings["convolution"]) var convolution: String?
    @Flag(NumericSettings["reproducible"]) var reproducible = false
}

/// How large the pictures may be that are read.
struct ReadingOptions: ParsableArguments {
    @Option(ReadingSettings["max-pixels"]) var maxPixels: String?
}
