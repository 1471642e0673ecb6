import Files
import Images
import Manifests
import Networks

/// The jobs that a manifest lists: thousands of pictures, several at a time, resumable.
public struct Batch: Sendable {
    /// All jobs of the manifest, in its order.
    public private(set) var tasks: [BatchTask] = []
    /// Everything that is wrong with the manifest; jobs that are not blamed can be drawn.
    public private(set) var mistakes: BatchMistakes

    /// Reads a manifest and every request in it.
    ///
    /// - Parameters:
    ///   - path: the manifest's; "-" is standard input.
    ///   - folder: for the pictures.
    public init(manifest path: String, folder: String, _ session: Session) throws(Problem) {
        guard let text = String(validating: try StandardInput.bytes(of: path), as: UTF8.self) else {
            throw .badData("\(path) is not UTF-8", setting: "manifest")
        }
        try self.init(text: text, folder: folder, session)
    }

    /// As a manifest's text has it.
    public init(text: String, folder: String, _ session: Session) throws(Problem) {
        let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        var formal = Diagnostics()
        let manifest = Manifest(text, diagnostics: &formal)
        mistakes = BatchMistakes(formal)
        checkDefaults(manifest)
        var lines: [String: Int] = [:]
        for entry in manifest.renders {
            guard let entry = BatchEntry(entry, of: manifest, &mistakes) else { continue }
            let line = entry.entry.line
            for job in entry.jobs(in: folder, session, &mistakes) {
                for path in job.outputs {
                    guard let other = lines.updateValue(line, forKey: FileName.plain(path)) else { continue }
                    let place = other == line ? "" : ", see line \(other)"
                    mistakes.add(line, "\(path) is drawn twice\(place); put {command}, {seed} or a name: of its own into output")
                }
                tasks.append(BatchTask(job, line: line, folder: folder))
            }
        }
        session.forgetModels()
    }

    private mutating func checkDefaults(_ manifest: Manifest) {
        for setting in manifest.defaults.settings {
            if BatchEntry.own.contains(setting.key) || RequestForm.all.contains(where: { $0.setting(of: setting.key) != nil }) { continue }
            let known = Set(RequestForm.all.flatMap { $0.settings.keys })
            let near = nearestNames(to: setting.key, among: known.sorted()).joined(separator: ", ")
            mistakes.add(setting.line, "no command has a setting \"\(setting.key)\"; the nearest are \(sentence: near)")
        }
    }

    /// Leaves the tasks of one part.
    public mutating func take(_ shard: Shard) {
        tasks = tasks.enumerated().filter { shard.contains($0.offset) }.map(\.element)
    }

    /// Makes the folders, sweeps what killed processes left in them, and leaves the tasks that are not done.
    ///
    /// - Parameter force: pictures that no batch drew may be overwritten.
    /// - Returns: how many were done.
    public mutating func prepare(force: Bool) throws(Problem) -> Int {
        guard mistakes.isEmpty else { return 0 }
        var checked: Set<String> = []
        for task in tasks {
            // One mistake an entry is enough of what is wrong with its folders.
            for path in task.outputs + [task.statusPath] {
                let parent = OutputNames.beside(path, "")
                guard checked.insert(parent).inserted else { continue }
                do {
                    try OutputChecks.check(path)
                    OutputFile.removeStaleTemporaryFiles(in: parent.isEmpty ? "." : parent)
                } catch {
                    if error.kind == .diskFull { throw Problem(.stopped, "\(error.message); the same command then goes on") }
                    mistakes.add(task.line, error.message, error.kind)
                    break
                }
            }
        }
        guard mistakes.isEmpty else { return 0 }
        var left: [BatchTask] = []
        for task in tasks {
            switch try task.state(force: force) {
            case .done: break
            case .toDraw: left.append(task)
            case .foreign(let path):
                mistakes.add(task.line, "\(path) is there already, and no batch drew it as it is; use \(setting: "force") to overwrite it", .cannotWrite)
            }
        }
        let done = tasks.count - left.count
        tasks = left
        return done
    }

    /// Tells other processes that this one draws these pictures into this folder.
    ///
    /// - Returns: a lock to hold while it draws; nil if another process draws the same.
    /// - Throws: where nobody can know.
    public func claim(in folder: String) throws(SystemError) -> FileLock? {
        let name = "\(BatchStatus.folder)/\(OutputNames.short(tasks.map(\.output).joined(separator: "\n"))).lock"
        return try FileLock(OutputNames.join(folder, name))
    }

    /// Ends a run: with a problem where pictures failed, or are left.
    ///
    /// - Parameter before: pictures that were done before the run.
    public func conclude(_ outcome: JobRunner.Outcome, before: Int, _ session: Session) throws(Problem) {
        let (done, total) = (before + outcome.done.count, before + tasks.count)
        if session.isCancelled(), done < total {
            throw Problem(.stopped, "interrupted; \(done) of \(total) pictures are done, and the same command goes on")
        }
        if outcome.isDiskFull {
            throw Problem(.stopped, "the disk is full; \(done) of \(total) pictures are done, and the same command goes on when there is space")
        }
        if !outcome.failures.isEmpty {
            throw Problem(.partial, "\(outcome.failures.count) of \(total) pictures failed; the same command tries them again")
        }
    }
}

extension JobRunner.Outcome {
    /// The failures of a batch, in the manifest's order.
    public var failedTasks: [(task: BatchTask, problem: Problem)] {
        failures.compactMap { failure in (failure.job as? BatchTask).map { ($0, failure.problem) } }
            .sorted { ($0.0.line, $0.0.output) < ($1.0.line, $1.0.output) }
    }

    /// The pictures of a batch that are noise.
    public var deadTasks: [BatchTask] { dead.compactMap { $0 as? BatchTask }.sorted { $0.output < $1.output } }
}
