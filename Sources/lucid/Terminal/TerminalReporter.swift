import FoundationEssentials
import Images
import Studio
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Tells of jobs in the terminal: the progress at its bottom, results on standard output, notes on standard error.
final class TerminalReporter: Reporter {
    private let results: any Reporter
    private let quiet: Bool
    private let shows: Bool
    private let isJSON: Bool
    private let progress = Mutex<Progress?>(nil)

    /// - Parameters:
    ///   - results: tells of what is done; nil for the form that the options ask for.
    ///   - shows: pictures are shown.
    ///   - showsDetails: plans, memory and times are told as well.
    init(_ running: RunOptions, shows: Bool = false, showsDetails: Bool = false, results: (any Reporter)? = nil) {
        quiet = running.quiet
        self.shows = shows
        isJSON = running.json
        let notes: @Sendable (Message) -> Void = { [quiet = running.quiet] in if !quiet { say($0) } }
        self.results =
            results
            ?? (running.json
                ? JSONReporter(showsDetails: showsDetails, output: standardOutput, note: notes)
                : TextReporter(showsDetails: showsDetails, output: { [quiet = running.quiet] line throws(Problem) in
                    if !quiet { try standardOutput(line) }
                }, note: notes))
    }

    func report(_ event: JobEvent) throws(Problem) {
        switch event {
        case .began(let label, let steps):
            progress.withLock { $0 = Progress(label, total: steps, quiet: quiet) }
            try results.report(event)
        case .step(let score, let share): progress.withLock { $0 }?.step(score: score, share: share)
        default:
            progress.withLock { $0 }?.finish()
            if shows, case .drawn(_, let result, _) = event, let preview = result.preview { try preview.show(besideJSON: isJSON) }
            if case .planned(let job) = event, !(job is BatchTask) { return try standardOutput(json(job.plan)) }
            try results.report(event)
        }
    }
}

extension Picture {
    /// Draws it in the terminal, on standard error where standard output is for JSON.
    func show(besideJSON: Bool) throws(Problem) {
        let style = TerminalPreview.detect(environment: ProcessInfo.processInfo.environment)
        let size = terminalSize(of: besideJSON ? STDERR_FILENO : STDOUT_FILENO)
        // A cell is about twice as high as wide; two rows are left for the prompt and the line of the result.
        let fitting = 2 * max(size.rows - 2, 4) * width / max(height, 1)
        let text = TerminalPreview.text(for: self, protocol: style, columns: max(1, min(size.columns, 80, fitting)))
        if besideJSON { standardError(text + "\n") } else { try standardOutput(text) }
    }
}
