import ArgumentParser
import Studio

/// How a score is traced back to a photograph.
struct AttributionOptions: ParsableArguments {
    @Option(AttributionSettings["method"]) var method: String?
    @Option(AttributionSettings["layer"]) var layer: String?
    @Option(AttributionSettings["by"]) var by: String?
    @OptionGroup(visibility: .further) var further: FurtherAttributionOptions
}

/// The finer points of it.
struct FurtherAttributionOptions: ParsableArguments {
    @Option(AttributionSettings["limit"]) var limit: String?
    @Option(AttributionSettings["baseline"]) var baseline: String?
    @Option(AttributionSettings["path-steps"]) var pathSteps: String?
    @Option(AttributionSettings["rule"]) var rule: String?
    @Option(AttributionSettings["samples"]) var samples: String?
    @Option(AttributionSettings["noise"]) var noise: String?
    @Option(AttributionSettings["patch"]) var patch: String?
    @Option(AttributionSettings["low-pass"]) var lowPass: String?
    @Option(AttributionSettings["seed"]) var seed: String?
    @OptionGroup var numerics: NumericOptions
}
