import ArgumentParser
import Networks
import Studio

/// Which network, which weights, and what is known of them.
struct ModelOptions: ParsableArguments {
    @Option(ModelSettings["model"]) var model: String?
    @Option(ModelSettings["weights"]) var weights: String?
    @Option(ModelSettings["labels"]) var labels: String?
    @Option(ModelSettings["range"]) var range: String?
    @Option(ModelSettings["mean"]) var mean: String?
    @Option(ModelSettings["std"]) var std: String?
    @Flag(ModelSettings["bgr"]) var bgr = false
}
