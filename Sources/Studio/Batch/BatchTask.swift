import Files
import Images
import Networks

/// A job in its place in a batch, which remembers that it is done.
public struct BatchTask: Job {
    let job: any Job
    /// The manifest's line.
    public let line: Int
    /// The folder that outputs are counted from.
    let folder: String
    /// The job's identity.
    public let hash: String

    init(_ job: any Job, line: Int, folder: String) {
        self.job = job
        self.line = line
        self.folder = folder
        hash = job.identity
    }

    /// The network of the job within.
    public var model: Model { job.model }
    public var plan: Plan { job.plan }
    public var outputs: [String] { job.outputs }
    public var form: OutputForm { job.form }
    public var steps: Int { job.steps }
    public var memory: Int { job.memory }
    public var pictures: Int { job.pictures }
    public var holdsPhotographs: Bool { job.holdsPhotographs }
    public var ingredients: [String] { job.ingredients }

    /// The most important file.
    public var output: String { outputs[0] }

    /// A path as it is in the batch's folder.
    private func local(_ path: String) -> String {
        folder != "." && path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }

    var statusPath: String { (folder == "." ? "" : folder + "/") + "\(BatchStatus.folder)/\(local(output)).json" }

    /// The folders are made with the batch.
    public func checkOutputs(force: Bool) throws(Problem) {
        for path in outputs + [statusPath] { try OutputChecks.check(path) }
    }

    /// How far a job's files are.
    enum State {
        /// Done, and nothing has changed since.
        case done
        case toDraw
        /// A file that is there is none of the batch's.
        case foreign(String)
    }

    /// Compares the files that are there with those that should be.
    ///
    /// - Parameter force: files of others may be overwritten.
    func state(force: Bool) throws(Problem) -> State {
        let status = try BatchStatus(ofFile: statusPath)
        let present = outputs.filter(isFile)
        if let status, status.state == .done, status.hash == hash, present.count == outputs.count {
            var isUnchanged = true
            for path in present where isUnchanged { isUnchanged = try status.files[local(path)] == digest(path) }
            if isUnchanged { return .done }
        }
        if present.isEmpty || force || status?.state == .begun { return .toDraw }
        // Killed between a picture and its status, or without its statuses: the picture itself says what it is.
        if job.hasRecord, let drawn = try? Record(ofFile: present[0]), isThis(drawn) {
            try doneStatus(score: drawn.pictures[0].score).write(to: statusPath)
            return .done
        }
        for path in present where try status?.files[local(path)] != digest(path) { return .foreign(path) }
        return .toDraw
    }

    /// Whether a record is of this very job, finished by this version.
    private func isThis(_ record: Record) -> Bool {
        guard !record.isSheet, record.version == version, let drawn = record.pictures.first else { return false }
        return drawn.complete && drawn.plan == plan && drawn.quality == form.quality && drawn.depth == form.depth
    }

    public func draw(_ context: JobContext) throws(Problem) -> JobResult {
        // Several files, or one that does not say what it is: until all is done, what is there is ours.
        if !job.hasRecord { try BatchStatus(.begun, hash: hash).write(to: statusPath) }
        let result = try job.draw(context)
        if let failure = result.failure { throw failure }
        try doneStatus(score: result.score).write(to: statusPath)
        return result
    }

    private func doneStatus(score: Float) throws(Problem) -> BatchStatus {
        var status = BatchStatus(.done, hash: hash)
        for path in outputs { status.files[local(path)] = try digest(path) }
        status.score = score
        return status
    }

    private func digest(_ path: String) throws(Problem) -> String { try asProblem { try sha256(ofFile: path) } }
}
