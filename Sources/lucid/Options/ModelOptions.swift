import ArgumentParser
import Networks
import Studio

/// Which network, for a command that knows no classes.
struct NetworkOptions<Group: SettingGroup>: ParsableArguments {
    @Option(Group["model"]) var model: String?
    @OptionGroup(visibility: .further) var further: FurtherNetworkOptions
}

/// Which network, and the names of its classes.
struct ModelOptions<Group: SettingGroup>: ParsableArguments {
    @OptionGroup var network: NetworkOptions<Group>
    @OptionGroup(visibility: .further) var classes: LabelOptions
}

/// Weights of one's own, and what a network's input is like.
struct FurtherNetworkOptions: ParsableArguments {
    @Option(ModelSettings["weights"]) var weights: String?
    @Option(ModelSettings["weights-key"]) var weightsKey: String?
    @Option(ModelSettings["range"]) var range: String?
    @Option(ModelSettings["mean"]) var mean: String?
    @Option(ModelSettings["std"]) var std: String?
    @Flag(ModelSettings["bgr"]) var bgr = false
    @Option(ModelSettings["input"]) var input: [String] = []
}

/// The names of a network's classes.
struct LabelOptions: ParsableArguments {
    @Option(ModelSettings["labels"]) var labels: String?
}
