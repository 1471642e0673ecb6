import ArgumentParser
import Studio

/// `lucid tuning`
struct TuningCommand: DrawingCommand {
    typealias Request = TuningRequest

    static let configuration = CommandConfiguration(
        commandName: "tuning",
        abstract: "Find what channels answer to: gratings, edges, curves, corners, colours and spots.",
        discussion: """
            No photographs are needed: simple stimuli are drawn on grey where the middle unit of each channel looks, and its \
            answers less that to grey are drawn and named. Around the best stimulus of each family stands how the answer \
            changes with direction, length and hue.

            Examples: lucid tuning --layer features.0 --index 0-7
                      lucid tuning --layer features.3 --csv labels.csv
                      lucid tuning --layer features.3 --index 5 -o tuning.svg --json
            """)

    @Option(TuningRequest["layer"]) var layer: String
    @Option(TuningRequest["index"]) var index: String?
    @OptionGroup var tuning: TuningOptions
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
    @Option(TuningRequest["csv"]) var csv: String?
    @Option(TuningRequest["curves"]) var curves: String?
}

/// How stimuli are shown.
struct TuningOptions: ParsableArguments {
    @Option(TuningSettings["contrast"]) var contrast: String?
    @OptionGroup(visibility: .further) var numerics: NumericOptions
}
