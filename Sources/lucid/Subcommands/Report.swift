import ArgumentParser
import Studio

/// `lucid report`
struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make one HTML page of the pictures in a folder: to look through, search and pass on.",
        discussion: """
            The page holds everything and needs no network: pictures by model and layer, their scores, plans, and commands to \
            draw them again. It is FOLDER/report.html unless --output says otherwise.

            Example: lucid report pictures
                     lucid report pictures --scan net.scan
            """)

    @Argument(ReportSettings["folder"]) var folder: String
    @Option(ReportSettings["output"]) var output: String?
    @Option(ReportSettings["title"]) var title: String?
    @Option(ReportSettings["thumbnail"]) var thumbnail: String?
    @Flag(ReportSettings["full"]) var full = false
    @Option(ReportSettings["scan"]) var scan: String?
    @Option(ReportSettings["photos"]) var photos: String?
    @Flag(ReportSettings["force"]) var force = false
    @Option(ReportSettings["max-pixels"]) var maxPixels: String?
    @OptionGroup var running: RunOptions

    func run() throws {
        let report = try PictureReport(settings(of: self), session: running.session)
        for line in report.leftOut { say(line) }
        let summary = try report.write(commandLine: \.commandLine)
        if summary.output == "-" { return }
        if running.json {
            try standardOutput(json(summary))
        } else if !running.quiet {
            try standardOutput("\(summary.output.withoutControls)  \(counted(summary.pictures, "picture")), \(rounded(Double(summary.bytes) / 1e6, 1)) MB")
        }
    }
}
