import ArgumentParser
import Studio

/// `lucid attribute`
struct Attribute: DrawingCommand {
    typealias Request = AttributeRequest

    static let configuration = CommandConfiguration(
        abstract: "Show which part of a photograph a network's answer comes from.",
        discussion: """
            Orange speaks for the target, blue against it. Without --method the gradient times the activation of the last layer with \
            positions is shown, which adds up to the score of a network that is linear from there on. The network sees the middle \
            of the photograph, as `lucid classify` does; the rest is dimmed.

            Examples: lucid attribute photo.jpg
                      lucid attribute photo.jpg --target goldfish --versus tench
                      lucid attribute photo.jpg --method integrated -o pixels.png
                      lucid attribute photo.jpg --target features.10:5 --json
                      lucid attribute photo.jpg --by channel -o channels.png
                      lucid attribute photo.jpg --from features.12 --to features.6
            """)

    @Argument(AttributeRequest["photo"]) var photo: String
    @Option(AttributeRequest["target"]) var target: String?
    @Option(AttributeRequest["versus"]) var versus: String?
    @OptionGroup(title: "Method") var attribution: AttributionOptions
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(visibility: .further) var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
    @Flag(AttributeRequest["check"]) var check = false
    @OptionGroup(visibility: .further) var further: FurtherAttributeOptions
}

/// Numbers beside the picture, and maps between layers.
struct FurtherAttributeOptions: ParsableArguments {
    @Option(AttributeRequest["from"]) var from: String?
    @Option(AttributeRequest["to"]) var to: String?
    @Option(AttributeRequest["icons"]) var icons: String?
    @Option(AttributeRequest["npy"]) var npy: String?
    @Option(AttributeRequest["csv"]) var csv: String?
}
