import ArgumentParser
import Studio

/// `lucid channel`
struct Channel: DrawingCommand {
    typealias Request = ChannelRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw what a channel responds to: its mean rises.",
        discussion: """
            Example: lucid channel --model vgg16 --layer features.10 --index 5
                     lucid channel --layer features.10 --index 0-15 -o pictures/
                     lucid channel --layer features.10 --index 5 --seeds 0-3
            """)

    @OptionGroup(title: "Target") var subject: UnitOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid neuron`
struct Neuron: DrawingCommand {
    typealias Request = NeuronRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw what one unit responds to: a channel at one position.",
        discussion: "Example: lucid neuron --layer features.10 --index 5 --x 7 --y 7")

    @OptionGroup(title: "Target") var subject: UnitOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup var position: PositionOptions
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// A position in a layer.
struct PositionOptions: ParsableArguments {
    @Option(PositionSettings["x"]) var x: String?
    @Option(PositionSettings["y"]) var y: String?
}

/// `lucid layer`
struct LayerEnergy: DrawingCommand {
    typealias Request = LayerRequest

    static let configuration = CommandConfiguration(
        commandName: "layer",
        abstract: "Draw what excites a whole layer: its mean squared activation rises.",
        discussion: "Example: lucid layer --model vgg16 --layer features.21")

    @OptionGroup(title: "Target") var subject: LayerOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// `lucid class`
struct ClassUnit: DrawingCommand {
    typealias Request = ClassRequest

    static let configuration = CommandConfiguration(
        commandName: "class",
        abstract: "Draw what a class looks like to a classifier: its score before the softmax rises.",
        discussion: """
            `lucid classes` lists the classes' names.

            Example: lucid class --label goldfish
                     lucid class --label goldfish --label tabby -o pets/
                     lucid class --index 1 --steps 1024
            """)

    @OptionGroup(title: "Target") var subject: ClassOptions
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// A class, or several.
struct ClassOptions: ParsableArguments {
    @Option(ClassRequest["label"]) var label: [String] = []
    @Option(ClassRequest["index"]) var index: String?
}

/// `lucid direction`
struct DirectionCommand: DrawingCommand {
    typealias Request = DirectionRequest

    static let configuration = CommandConfiguration(
        commandName: "direction",
        abstract: "Draw what a direction in a layer's channels looks like: a weighted mix of them.",
        discussion: """
            --cossim-pow sharpens: the projection is multiplied by that power of the cosine, so that the picture excites this \
            direction and little else. --whiten takes the correlations of the channels on a folder of photographs out of the \
            direction first, as activation atlases do (try --cossim-pow 2 with it).

            Example: lucid direction --layer features.10 --channels "5:1,10:-0.5"
                     lucid direction --layer features.10 --vector v.npy --cossim-pow 2
            """)

    @OptionGroup(title: "Target") var subject: LayerOptions<Request>
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(DirectionRequest["channels"]) var channels: String?
    @Option(DirectionRequest["vector"]) var vector: String?
    @OptionGroup(visibility: .further) var further: FurtherDirectionOptions
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}

/// The finer points of a direction.
struct FurtherDirectionOptions: ParsableArguments {
    @Option(DirectionRequest["cossim-pow"]) var cossimPow: String?
    @Option(DirectionRequest["whiten"]) var whiten: String?
    @Flag(DirectionRequest["neuron"]) var neuron = false
    @OptionGroup var position: PositionOptions
}
