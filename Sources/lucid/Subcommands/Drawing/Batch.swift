import ArgumentParser
import Files
import FoundationEssentials
import Studio

/// `lucid batch`
struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Draw what a manifest lists: thousands of pictures, several at a time, resumable.",
        discussion: """
            The manifest is YAML or JSON:

              defaults: {model: squeezenet1_1, size: 128, steps: 256}
              output: "{model}/{layer}/{index}.png"
              renders:
                - {command: channel, layer: features.10, indices: 0-63, seeds: [0, 1]}
                - {command: neuron, model: vgg16, layer: features.21, indices: all}
                - {command: caricature, photos: [cat.jpg, dog.jpg], layer: features.8}

            Each of renders is a command with its settings, spelled as the options of the command line without the dashes. models, layers, \
            indices, seeds and photos are lists with a picture for each of their values (facets makes one chart of all its \
            seeds); matrix is a map of other settings to such lists. {model} {layer} {index} {seed} {command} {name} {photo} and \
            every setting expand in output; what sets pictures apart and is not in it is added.

            The whole manifest is checked before the first step. The same command goes on where another was ended, draws \
            what has changed, and leaves what is done; hidden files in .lucid remember it. \
            Commands: \(allRequests.map { $0.command }.joined(separator: ", ")).

            Example: lucid batch units.yaml --output pictures
                     lucid batch units.yaml --output pictures --shard 0/8
            """)

    @Argument(BatchSettings["manifest"]) var manifest: String
    @Option(BatchSettings["output"]) var output: String?
    @Option(BatchSettings["shard"]) var shard: String?
    @Option(BatchSettings["jobs"]) var jobs: String?
    @Option(BatchSettings["memory"]) var memory: String?
    @Flag(BatchSettings["fail-fast"]) var failFast = false
    @Flag(BatchSettings["force"]) var force = false
    @Flag(help: "Check the manifest, print each picture's file and plan as JSON, and draw nothing.") var dryRun = false
    @OptionGroup var running: RunOptions

    func run() throws {
        let settings: BatchSettings = try settings(of: self)
        let session = running.session
        var batch = try Batch(manifest: settings.manifest, folder: settings.output, session)
        if session.isCancelled() { throw Problem(.stopped, "interrupted before the first picture") }
        batch.take(try settings.part(ProcessInfo.processInfo.environment))
        // A manifest with mistakes makes no folders.
        if dryRun { try report(batch.mistakes) }
        let whole = batch
        let done = dryRun ? 0 : try batch.prepare(force: settings.force)
        try report(batch.mistakes)
        let results = BatchReporter(
            running.json ? .json : running.quiet ? .silent : .text, before: done, total: done + batch.tasks.count,
            output: standardOutput, note: say, text: { ($0.line, $0.exitCode) })
        if dryRun { return try JobRunner(session, results).plan(batch.tasks) }
        // Two that draw the same end with the same files, and take twice the time. It is claimed with nothing left to draw as well:
        // so goes the file of one that was killed between its last picture and its end.
        var lock: FileLock?
        do {
            lock = try whole.claim(in: settings.output)
            if lock == nil, !batch.tasks.isEmpty {
                say("another lucid is drawing this batch into \(settings.output) as well; both draw every picture that is left")
            }
        } catch {}  // without locks nobody can be told
        try withExtendedLifetime(lock) { try draw(batch, settings, session, results) }
    }

    private func draw(_ batch: Batch, _ settings: BatchSettings, _ session: Session, _ results: BatchReporter) throws {
        let start = ContinuousClock.now
        let runner = settings.runner(session, TerminalReporter(running, results: results))
        let outcome = try runner.draw(batch.tasks, label: counted(batch.tasks.count, "picture"))
        for (task, problem) in outcome.failedTasks {
            // A problem with a file that cannot be written names it already.
            let file = problem.line.hasPrefix("\(task.output): ") ? "" : "\(task.output): "
            complain(task.line, file + problem.line)
        }
        for task in outcome.deadTasks where !running.quiet {
            complain(task.line, "\(task.output) never answered: every gradient was zero, and the picture is noise; try another seed")
        }
        try results.finish(outcome, seconds: seconds(ContinuousClock.now - start))
        try batch.conclude(outcome, before: results.before, session)
    }

    /// Says all mistakes, a line each, and ends the program if there are any.
    private func report(_ mistakes: BatchMistakes) throws {
        guard !mistakes.isEmpty else { return }
        let all = mistakes.sorted
        for mistake in all { complain(mistake.line, mistake.message.description) }
        throw Problem(mistakes.kind, "\(manifest): \(all.count == 1 ? "one mistake" : "\(all.count) mistakes"); nothing was drawn")
    }

    private func complain(_ line: Int, _ text: String) {
        standardError("lucid: \(manifest):\(line): \(String(text.map { $0.isNewline ? " " : $0 }))\n")
    }
}
