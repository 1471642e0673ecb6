import ArgumentParser
import Studio

/// `lucid statistics`
struct StatisticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statistics",
        abstract: "Tell what a scan says of each unit: how often it fires, what it is like, what it tells apart.",
        discussion: """
            Dead units, units that are the same as others, how mixed a unit's best photographs are, and, where the scan has \
            classes, the class and the category that a unit tells from all others: with the area under the curve (AUC), hits, \
            false alarms, and a p that is corrected for all tests.

            Examples: lucid statistics --scan net.scan
                      lucid statistics --scan net.scan --sort auc --html units.html
                      lucid statistics --scan net.scan --csv units.csv
            """)

    @Option(StatisticsRequest["scan"]) var scan: String
    @Option(StatisticsRequest["layer"]) var layer: String?
    @Option(StatisticsRequest["index"]) var index: String?
    @Option(StatisticsRequest["sort"]) var sort: String?
    @Flag(StatisticsRequest["ascending"]) var ascending = false
    @Option(StatisticsRequest["count"]) var count: String?
    @Option(StatisticsRequest["csv"]) var csv: String?
    @Option(StatisticsRequest["html"]) var html: String?
    @Option(StatisticsRequest["labels"]) var labels: String?
    @Option(StatisticsRequest["title"]) var title: String?
    @OptionGroup(title: "Network") var model: NetworkOptions<StatisticsRequest>
    @Flag(StatisticsRequest["force"]) var force = false
    @OptionGroup var running: RunOptions

    func run() throws {
        let request: StatisticsRequest = try settings(of: self)
        let found = try request.run(running.session, TerminalReporter(running))
        if running.json { return try standardOutput(json(found)) }
        guard !running.quiet else { return }
        try standardOutput(found.table(request.count))
        for path in [request.csv, request.html].compactMap({ $0 }) { try standardOutput(path.withoutControls) }
    }
}
