/// How a batch is run.
public struct BatchSettings: SettingGroup {
    /// The manifest's path; "-" for standard input.
    public var manifest = ""
    /// The folder that the pictures' paths are counted from.
    public var output = "."
    /// The part that this process draws; nil for what Slurm or Kubernetes says, or for all.
    public var shard: Shard?
    /// Pictures at a time; nil for as many as the cores and the memory allow.
    public var jobs: Int?
    /// Memory to stay within; nil for four fifths of the machine's.
    public var memory: MemorySize?
    /// Whether nothing new is begun after a failure.
    public var failFast = false
    /// Whether pictures that no batch drew are overwritten.
    public var force = false

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("manifest", required: \.manifest, "manifest", "The manifest; - for standard input.").positional().reading()
        Setting("output", \.output, "folder", "The folder for the pictures.").writing()
        Setting("shard", \.shard, "i/n", "Draw one of n equal parts only, counted from 0. (default: the part that a Slurm array or an indexed Kubernetes job says, or all)")
        Setting("jobs", \.jobs, "n", "Pictures at a time. (default: one a core, as far as memory goes)", .from(1, to: 1024))
        Setting("memory", \.memory, "size", "Memory to stay within, e.g. 8GB. (default: four fifths of what there is)")
        Setting("fail-fast", flag: \.failFast, "Stop at the first picture that fails.")
        Setting("force", flag: \.force, "Overwrite pictures that no batch drew.")
    }

    public func check() throws(Problem) {
        if output.isEmpty || output == "-" { throw .usage("\(setting: "output") is a folder, and a batch writes files") }
    }

    /// The part that this process draws.
    public func part(_ environment: [String: String]) throws(Problem) -> Shard {
        if let shard { return shard }
        return try Shard.scheduled(environment) ?? .whole
    }

    /// Runs the batch's jobs.
    public func runner(_ session: Session, _ reporter: any Reporter) -> JobRunner {
        var runner = JobRunner(session, reporter)
        (runner.isBatch, runner.failFast, runner.force, runner.atOnce) = (true, failFast, force, jobs)
        runner.memory = min(memory?.bytes ?? ResourceLimits.memory / 5 * 4, runner.memory)
        return runner
    }
}
