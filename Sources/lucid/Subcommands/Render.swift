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

            Example: lucid render "0.5*channel(features.3,5) + 0.5*channel(features.3,10) - 0.001*total_variation()"
            """)

    /// One line a function, from the table that parses them.
    private static var functions: String {
        Objective.functions.map { "  \($0.usage)\n      \($0.meaning)" }.joined(separator: "\n")
    }

    @Argument(ExpressionRequest["expression"]) var expression: String?
    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(ExpressionRequest["count"]) var count: String?
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions
}
