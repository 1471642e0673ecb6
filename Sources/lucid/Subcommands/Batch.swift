import ArgumentParser
import Files
import FoundationEssentials
import Images
import ModelStore
import Manifests
import Networks
import Visualization

/// `lucid batch`
struct Batch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw what a manifest lists: thousands of pictures, several at a time, resumable.",
        discussion: """
            The manifest is YAML or JSON:

              defaults: {model: squeezenet1_1, size: 128, steps: 256}
              output: "{model}/{layer}/{index}.png"
              renders:
                - {command: channel, layer: features.10, indices: 0-63, seeds: [0, 1]}
                - {command: neuron, model: vgg16, layer: features.21, indices: all}
                - {command: caricature, photos: [cat.jpg, dog.jpg], layer: features.8}

            Each of renders is a command with its options, spelled as on the command line without the dashes. models, layers, \
            indices, seeds and photos are lists with a picture for each of their values (facets makes one chart of all its \
            seeds); matrix is a map of other options to such lists. {model} {layer} {index} {seed} {command} {name} {photo} and \
            every option expand in output; what sets pictures apart and is not in it is added.

            The whole manifest is checked before the first step. The same command goes on where another was ended, draws \
            what has changed, and leaves what is done; hidden files in .lucid remember it. \
            Commands: \(CommandForm.all.map(\.name).joined(separator: ", ")).

            Example: lucid batch units.yaml --output pictures
                     lucid batch units.yaml --output pictures --shard 0/8
            """)

    @Argument(help: "The manifest; - for standard input.", completion: .file()) var manifest: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the pictures.", valueName: "folder"), completion: .directory)
    var output = "."
    @Option(help: ArgumentHelp("Draw one of n equal parts only, counted from 0. (default: what a Slurm array or an indexed Kubernetes job says, or all)", valueName: "i/n"))
    var shard: Shard?
    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures at a time. (default: one a core, as far as memory goes)", valueName: "n"))
    var jobs: Int?
    @Option(help: ArgumentHelp("Memory to stay within, e.g. 8GB. (default: four fifths of what there is)", valueName: "size"))
    var memory: MemorySize?
    @Flag(help: "Stop at the first picture that fails.") var failFast = false
    @Flag(help: "Overwrite pictures that no batch drew.") var force = false
    @Flag(help: "Check the manifest, print each picture's file and plan as JSON, and draw nothing.") var dryRun = false
    @OptionGroup var running: RunOptions

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs must be 1 to 1024, not \(jobs)") }
        if output.isEmpty || output == "-" { throw ValidationError("--output is a folder, and a batch writes files") }
    }

    /// What `--dry-run` prints of each picture.
    private struct Planned: Encodable {
        let output: String
        let outputs: [String]
        let line: Int
        let hash: String
    }

    func run() throws {
        let shard = try self.shard ?? Shard.scheduled(ProcessInfo.processInfo.environment) ?? .whole
        var diagnostics = Diagnostics()
        let folder = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
        let all = try plan(in: folder, &diagnostics)
        if Interruption.signal != 0 { throw Interruption.batchFailure("interrupted before the first picture") }
        let mine = all.enumerated().filter { shard.contains($0.offset) }.map(\.element)
        if dryRun {
            try report(diagnostics)
            for task in mine {
                try standardOutput(json(Planned(output: task.output, outputs: task.piece.outputs, line: task.line, hash: task.hash)))
            }
            return
        }
        if diagnostics.isEmpty { prepareFolders(mine, folder, &diagnostics) }
        try report(diagnostics)
        let (left, done) = try compare(mine, &diagnostics)
        try report(diagnostics)
        for model in Self.models(of: left) { model.sayAssumption(quiet: running.quiet) }
        try BatchRun(
            tasks: left, done: done, running: running, jobs: jobs, memory: memory?.bytes ?? MemorySize.available / 5 * 4,
            failFast: failFast, manifest: manifest
        ).run()
    }

    /// Reads the manifest and every plan that it stands for.
    private func plan(in folder: String, _ diagnostics: inout Diagnostics) throws -> [BatchTask] {
        guard let text = String(validating: try PictureSource.bytes(of: manifest), as: UTF8.self) else {
            throw Failure.badData("\(manifest) is not UTF-8")
        }
        let parsed = Manifest(text, diagnostics: &diagnostics)
        checkDefaults(parsed, &diagnostics)
        var tasks: [BatchTask] = []
        var lines: [String: Int] = [:]
        for entry in parsed.renders {
            guard let plan = EntryPlan(entry, of: parsed, diagnostics: &diagnostics) else { continue }
            for planned in plan.pieces(in: folder, diagnostics: &diagnostics) {
                for path in planned.piece.outputs {
                    if let other = lines.updateValue(planned.line, forKey: path) {
                        let advice = "put {command}, {seed} or a name: of its own into output"
                        diagnostics.add(planned.line, "\(path) is drawn twice\(other == planned.line ? "" : ", see line \(other)"); \(advice)")
                    }
                }
                tasks.append(BatchTask(planned, folder: folder))
            }
        }
        ModelOptions.forgetNetworks()
        return tasks
    }

    private func checkDefaults(_ manifest: Manifest, _ diagnostics: inout Diagnostics) {
        for setting in manifest.defaults.settings {
            if EntryPlan.own.contains(setting.key) || CommandForm.all.contains(where: { $0.meaning(of: setting.key) != nil }) { continue }
            let known = Set(CommandForm.all.flatMap { $0.parts.keys })
            let near = nearestNames(to: setting.key, among: known.sorted()).joined(separator: ", ")
            diagnostics.add(setting.line, "no command has an option \"\(setting.key)\"; the nearest are \(near)")
        }
    }

    /// Creates the folders, and sweeps what killed processes left in them.
    private func prepareFolders(_ tasks: [BatchTask], _ folder: String, _ diagnostics: inout Diagnostics) {
        var checked: Set<String> = []
        for task in tasks {
            // One mistake an entry is enough of what is wrong with its folders.
            nextPath: for path in task.piece.outputs + [task.statusPath] {
                let parent = OutputNames.beside(path, "")
                guard checked.insert(parent).inserted else { continue }
                do {
                    try OutputFile.check(path, createFolders: true)
                    OutputFile.removeStaleTemporaryFiles(in: parent.isEmpty ? "." : parent)
                } catch {
                    diagnostics.add(task.line, "\(error)", code: Failure(error).code)
                    break nextPath
                }
            }
        }
    }

    /// What is left to draw, and how much is done.
    private func compare(_ tasks: [BatchTask], _ diagnostics: inout Diagnostics) throws -> (left: [BatchTask], done: Int) {
        var left: [BatchTask] = []
        for task in tasks {
            switch try task.standing(force: force) {
            case .done: break
            case .toDraw: left.append(task)
            case .foreign(let path):
                diagnostics.add(task.line, "\(path) is there already, and no batch drew it as it is; use --force to overwrite it", code: 73)
            }
        }
        return (left, tasks.count - left.count)
    }

    private static func models(of tasks: [BatchTask]) -> [Model] {
        var seen: Set<ObjectIdentifier> = []
        return tasks.map(\.piece.model).filter { seen.insert(ObjectIdentifier($0.loaded)).inserted }
    }

    /// Prints all diagnostics, a line each, and ends the program if there are any.
    private func report(_ diagnostics: Diagnostics) throws(Failure) {
        guard !diagnostics.isEmpty else { return }
        let all = diagnostics.sorted
        for mistake in all {
            standardError("lucid: \(manifest):\(mistake.line): \(String(mistake.message.map { $0.isNewline ? " " : $0 }))\n")
        }
        throw Failure(diagnostics.code, "\(manifest): \(all.count == 1 ? "one mistake" : "\(all.count) mistakes"); nothing was drawn")
    }
}
