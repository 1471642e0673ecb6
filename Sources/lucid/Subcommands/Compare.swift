import ArgumentParser
import Studio

/// `lucid compare`
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lay pictures side by side: each with its name and score under it, or a caption of your own.",
        discussion: """
            Example: lucid compare eye.png eye_seed1.png -o both.png
                     lucid compare eye.png eye_seed1.png --labels "before,after" -o both.pdf
            """)

    @Argument(CaptionedSheetSettings["pictures"]) var pictures: [String]
    @Option(CaptionedSheetSettings["columns"]) var columns: String?
    @Option(CaptionedSheetSettings["size"]) var size: String?
    @Option(CaptionedSheetSettings["output"]) var output: String?
    @Option(CaptionedSheetSettings["max-pixels"]) var maxPixels: String?
    @Option(CaptionedSheetSettings["labels"]) var labels: String?
    @Flag(CaptionedSheetSettings["no-captions"]) var noCaptions = false
    @Flag(CaptionedSheetSettings["force"]) var force = false
    @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false

    func run() throws {
        let settings: CaptionedSheetSettings = try settings(of: self)
        try CaptionedSheet(settings).write()
        if !quiet, settings.output != "-" { try standardOutput("\(settings.output.withoutControls)  \(settings.pictures.count) pictures") }
    }
}
