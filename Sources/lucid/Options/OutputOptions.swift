import ArgumentParser
import Files
import Studio
import Tensors

/// Where pictures go.
struct OutputOptions<Group: SettingGroup>: ParsableArguments {
    @Option(Group["output"]) var output: String?
    @OptionGroup(visibility: .further) var further: FurtherOutputOptions<Group>
    @OptionGroup var drawing: DrawingOptions
}

/// The finer points of what is written.
struct FurtherOutputOptions<Group: SettingGroup>: ParsableArguments {
    @Option(Group.self, "quality") var quality: String?
    @Option(Group.self, "depth") var depth: String?
    @Option(Group.self, "save-at") var saveAt: String?
    @Option(Group.self, "evolution") var evolution: String?
}

/// How much is said while pictures are drawn, and whether files may be overwritten.
struct DrawingOptions: ParsableArguments {
    @Flag(help: "Overwrite files that are there; without it, only those of the same plan.") var force = false
    @Flag(help: "Show the picture in the terminal.") var show = false
    @OptionGroup var running: RunOptions
    @Flag(help: ArgumentHelp("Say on standard error what was loaded, the plan, the threads, the memory, and the time of each phase.", visibility: .further))
    var verbose = false
    @Flag(help: ArgumentHelp("Print the plan as JSON and draw nothing.", visibility: .further)) var dryRun = false

    func validate() throws {
        if verbose, running.quiet { throw ValidationError("--verbose and --quiet contradict each other") }
    }
}

/// How every computing command runs.
struct RunOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to use; the picture does not depend on them. (default: one a core)", valueName: "n", visibility: .further))
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
        if quiet { Remark.listener.withLock { $0 = nil } }
        return Session(workers: Workers(threads ?? ResourceLimits.cores), isCancelled: { Interruption.signal != 0 }, download: progress.report)
    }
}
