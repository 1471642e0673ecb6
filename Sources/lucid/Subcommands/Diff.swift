import ArgumentParser
import Studio

/// `lucid diff`
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether pictures are what they should be: exit code 0 the same, 1 different.",
        discussion: """
            Without thresholds pictures must be the same pixel for pixel; with some, only those count. Folders are compared \
            with the folders within them, each picture with the one of its name; one that is missing or new is a difference, \
            and so is another size.

            Other processors round differently. After two steps --max-rms 2 allows for that; every further step amplifies it, \
            and a long climb ends at another picture that is as good: compare it by the score that pictures carry, \
            --min-score-ratio 0.9.

            Examples: lucid diff golden.png new.png
                      lucid diff golden/ new/ --max-rms 2 --output heat/ --junit diff.xml
                      lucid diff golden/ new/ --min-score-ratio 0.9
                      lucid diff golden/ new/ --max-rms 2 --update
                      lucid class --label goldfish -o - | lucid diff golden.png -
            """)

    @Argument(DiffSettings["expected"]) var expected: String
    @Argument(DiffSettings["actual"]) var actual: String
    @Option(DiffSettings["max-rms"]) var maxRms: String?
    @Option(DiffSettings["max-difference"]) var maxDifference: String?
    @Option(DiffSettings["min-psnr"]) var minPsnr: String?
    @Option(DiffSettings["min-ssim"]) var minSsim: String?
    @Option(DiffSettings["max-lab"]) var maxLab: String?
    @Option(DiffSettings["max-lab-pixel"]) var maxLabPixel: String?
    @Option(DiffSettings["min-score-ratio"]) var minScoreRatio: String?
    @Option(DiffSettings["output"]) var output: String?
    @Option(DiffSettings["junit"]) var junit: String?
    @Flag(DiffSettings["force"]) var force = false
    @Flag(DiffSettings["update"]) var update = false
    @Option(DiffSettings["max-pixels"]) var maxPixels: String?
    @OptionGroup var printing: PrintOptions

    /// How results are printed.
    struct PrintOptions: ParsableArguments {
        @Flag(help: "Print one JSON object a pair.") var json = false
        @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false
    }

    func run() throws {
        var check = try GoldenCheck(settings(of: self))
        let isOfFolders = check.isOfFolders
        try check.run(isCancelled: { Interruption.signal != 0 }) { comparison throws(Problem) in
            if printing.json { return try standardOutput(comparison.json) }
            if printing.quiet || output == "-" || junit == "-" { return }
            // For two pictures that cannot be compared the error says all; in folders those that are the same go without saying.
            if comparison.result != (isOfFolders ? .same : .unreadable) { try standardOutput(comparison.line) }
        }
        if isOfFolders, !printing.quiet, !printing.json { try standardOutput(check.summary) }
        if let problem = check.problem { throw problem }
    }
}
