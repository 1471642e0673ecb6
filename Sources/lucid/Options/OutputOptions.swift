import ArgumentParser
import Studio
import Tensors

/// Where pictures go.
struct OutputOptions: ParsableArguments {
    @Option(OutputSettings["output"]) var output: String?
    @Option(OutputSettings["quality"]) var quality: String?
    @Option(OutputSettings["save-at"]) var saveAt: String?
    @Option(OutputSettings["evolution"]) var evolution: String?
    @Option(OutputSettings["output-size"]) var outputSize: String?
    @OptionGroup var drawing: DrawingOptions
}

/// How much is said while pictures are drawn, and whether files may be overwritten.
struct DrawingOptions: ParsableArguments {
    @Flag(help: "Overwrite files that are there already, and were not made by the same command.") var force = false
    @Flag(help: "Show the picture in the terminal.") var show = false
    @OptionGroup var running: RunOptions
    @Flag(help: "Say on standard error what was loaded, the plan, the threads, the memory, and the time of each phase.")
    var verbose = false
    @Flag(help: "Print the plan as JSON and draw nothing.") var dryRun = false

    func validate() throws {
        if verbose, running.quiet { throw ValidationError("--verbose and --quiet contradict each other") }
    }
}

/// How every computing command runs.
struct RunOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to use; the picture does not depend on them. (default: one a core)", valueName: "n"))
    var threads: Int?
    @Flag(name: .shortAndLong, help: "Say nothing but errors.") var quiet = false
    @Flag(help: "Print one JSON object a result on standard output.") var json = false

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be 1 to 1024, not \(threads)")
        }
    }

    /// A session with these threads, which Ctrl-C ends.
    var session: Session {
        let progress = DownloadProgress(quiet: quiet)
        return Session(workers: Workers(threads ?? ResourceLimits.cores), isCancelled: { Interruption.signal != 0 }, download: progress.report)
    }
}
