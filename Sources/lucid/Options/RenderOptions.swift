import ArgumentParser
import Studio

/// How a picture is drawn: the options that most pictures need, and those that help shows with --help-all. A command has those that
/// its request has a row for.
struct RenderOptions<Request: DrawingRequest>: ParsableArguments {
    @Option(Request.self, "size") var size: String?
    @Option(Request.self, "steps") var steps: String?
    @Option(Request.self, "preset") var preset: String?
    @Option(Request.self, "seed") var seed: String?
    @Option(Request.self, "start") var start: String?
    @Flag(Request.self, "alpha") var alpha = false
    @Flag(Request.self, "negative") var negative = false
    @Option(Request.self, "seeds") var seeds: String?
    @OptionGroup(visibility: .further) var further: FurtherRenderOptions<Request>
}

/// The finer points of how a picture is drawn.
struct FurtherRenderOptions<Request: DrawingRequest>: ParsableArguments {
    @Option(Request.self, "param") var param: String?
    @Option(Request.self, "transforms") var transforms: String?
    @Option(Request.self, "tv") var tv: String?
    @Option(Request.self, "cosine-power") var cosinePower: String?
    @Option(Request.self, "stages") var stages: String?
    @Option(Request.self, "decay-power") var decayPower: String?
    @Flag(Request.self, "plain-decay") var plainDecay = false
    @Flag(Request.self, "no-decorrelate") var noDecorrelate = false
    @Option(Request.self, "spectrum-bound") var spectrumBound: String?
    @Option(Request.self, "spectrum") var spectrum: String?
    @Option(Request.self, "crops") var crops: String?
    @Option(Request.self, "optimizer") var optimizer: String?
    @Option(Request.self, "learning-rate") var learningRate: String?
    @Option(Request.self, "schedule") var schedule: String?
    @Option(Request.self, "clip-gradient") var clipGradient: String?
    @Flag(Request.self, "normalize-gradient") var normalizeGradient = false
    @Option(Request.self, "until-converged") var untilConverged: String?
    @Option(Request.self, "relu") var relu: String?
    @Option(Request.self, "pool-gradient") var poolGradient: String?
    @Option(Request.self, "l1") var l1: String?
    @Option(Request.self, "l2") var l2: String?
    @Option(Request.self, "blur") var blur: String?
    @Option(Request.self, "boundary") var boundary: String?
    @Option(Request.self, "mask") var mask: String?
    @Option(Request.self, "output-size") var outputSize: String?
    @Option(Request.self, "title") var title: String?
    @Flag(Request.self, "no-captions") var noCaptions = false
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
