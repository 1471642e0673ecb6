import ArgumentParser
import Studio
import Visualization

/// `lucid render`
struct Render: DrawingCommand {
    typealias Request = ExpressionRequest

    static let configuration = CommandConfiguration(
        abstract: "Draw what an expression of objectives describes.",
        discussion: """
            Numbers weigh functions; functions add, subtract and multiply; higher is better, so a penalty is subtracted. \
            A name that holds a comma or a parenthesis stands in quotation marks. Functions:

            \(functions)

            Transforms for --transforms:

            \(transforms)

            Canvases for --param:

            \(canvases)

            Optimizers for --optimizer:

            \(optimizers)

            Example: lucid render "channel(features.5,5) - 0.5*channel(features.5,10)"
            """)

    private static let functions = entries(Objective.functions.map { ($0.usage, $0.help) })
    private static let transforms = entries(TransformChain.types.map { ($0.usage, $0.help) })
    private static let canvases = entries(ParameterizationName.canvases.map { ($0.name, $0.help) })
    private static let optimizers = entries(OptimizerChoice.rules.map { (OptimizerChoice.usage(of: $0), $0.help) })

    /// Each usage on a line, its help indented below.
    private static func entries(_ list: [(usage: String, help: String)]) -> String {
        list.map { "  \($0.usage)\n      \($0.help)" }.joined(separator: "\n")
    }

    @Argument(ExpressionRequest["expression"]) var expression: String?
    @OptionGroup(title: "Network") var model: ModelOptions<Request>
    @Option(ExpressionRequest["count"]) var count: String?
    @OptionGroup(title: "Picture") var render: RenderOptions<Request>
    @OptionGroup(title: "Output") var output: OutputOptions<Request>
}
