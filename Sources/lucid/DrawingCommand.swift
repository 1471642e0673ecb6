import ArgumentParser
import Studio

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A command that runs jobs: it parses, makes a request of its options, and runs what that asks for.
protocol DrawingCommand: ParsableCommand {
    associatedtype Request: JobRequest
    var output: OutputOptions<Request> { get }
}

extension DrawingCommand {
    func run() throws {
        let (drawing, running) = (output.drawing, output.drawing.running)
        let request: Request = try settings(of: self)
        if output.output == "-", running.json || drawing.show || drawing.dryRun {
            throw Problem.usage("-o - sends the picture to standard output, where --json, --show and --dry-run write too")
        }
        let session = running.session
        let reporter = TerminalReporter(running, shows: drawing.show, showsDetails: drawing.verbose)
        let list = try request.prepared(session)
        for note in list.notes { try reporter.report(.note(note)) }
        var runner = JobRunner(session, reporter)
        runner.force = drawing.force
        runner.inputs = inputs(of: self, for: Request.self)
        if drawing.dryRun { return try runner.plan(list.jobs) }
        try runner.run(list.jobs, label: list.label)
        if let hint = list.hint, !running.quiet, !running.json, isTerminal(STDERR_FILENO) { say(hint) }
    }
}
