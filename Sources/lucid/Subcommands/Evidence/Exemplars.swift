import ArgumentParser
import Studio

/// `lucid exemplars`
struct Exemplars: DrawingCommand {
    typealias Request = ExemplarsRequest

    static let configuration = CommandConfiguration(
        abstract: "Show the photographs that a unit answers to, best and others.",
        discussion: """
            Nine of the best photographs stand first, then three each around the quantiles 99.9, 99, 90 and 50 %, where the folder is \
            large enough, and three of the lowest: the best alone make a unit look cleaner than it is. Near copies count once. A number under each is the \
            unit's value.

            Examples: lucid exemplars --scan net.scan --layer features.9 --index 5
                      lucid exemplars --photos photos/ --layer features.9 --index 7 --draw
                      lucid exemplars --photos photos/ --objective "class_logit(goldfish)"
                      lucid exemplars --photos photos/ --layer features.9 --index 0-3 --top
            """)

    @OptionGroup(title: "Photographs") var source: ExemplarSourceOptions
    @OptionGroup(title: "Unit") var unit: ExemplarUnitOptions
    @OptionGroup(title: "Sheet") var sheet: ExemplarSheetOptions
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @OptionGroup(visibility: .further) var reading: ReadingOptions
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
    @Option(ExemplarsRequest["csv"]) var csv: String?
}

/// Where photographs come from.
struct ExemplarSourceOptions: ParsableArguments {
    @Option(ExemplarsRequest["scan"]) var scan: String?
    @Option(ExemplarsRequest["photos"]) var photos: String?
}

/// The unit that they are of.
struct ExemplarUnitOptions: ParsableArguments {
    @Option(ExemplarsRequest["layer"]) var layer: String?
    @Option(ExemplarsRequest["index"]) var index: String?
    @Option(ExemplarsRequest["vector"]) var vector: String?
    @Option(ExemplarsRequest["objective"]) var objective: String?
}

/// Which photographs are shown, and how.
struct ExemplarSheetOptions: ParsableArguments {
    @Option(ExemplarsRequest["count"]) var count: String?
    @Flag(ExemplarsRequest["top"]) var top = false
    @Option(ExemplarsRequest["crop"]) var crop: String?
    @Option(ExemplarsRequest["beside"]) var beside: String?
    @Flag(ExemplarsRequest["draw"]) var draw = false
    @OptionGroup(visibility: .further) var further: FurtherExemplarOptions
}

/// The finer points of a sheet of exemplars.
struct FurtherExemplarOptions: ParsableArguments {
    @Option(ExemplarsRequest["by"]) var by: String?
    @Option(ExemplarsRequest["cell"]) var cell: String?
    @Option(ExemplarsRequest["steps"]) var steps: String?
    @Flag(ExemplarsRequest["reproducible"]) var reproducible = false
}
