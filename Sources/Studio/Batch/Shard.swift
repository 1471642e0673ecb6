/// The part of a batch that this process draws: every `count`-th picture from `index` on, counted from 0.
public struct Shard: SettingValue {
    /// Which part, from 0.
    public let index: Int
    /// Parts in all, at least 1.
    public let count: Int

    public static let form = "a part such as 0/8"
    /// All of it.
    public static let whole = Shard(index: 0, count: 1)!

    init?(index: Int, count: Int) {
        guard count >= 1, (0..<count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// "0/8"
    public init?(text argument: String) {
        let numbers = argument.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
        self.init(index: index, count: count)
    }

    public var text: String { "\(index)/\(count)" }

    func contains(_ number: Int) -> Bool { number % count == index }

    /// The part that a scheduler gives this process: a task of a Slurm array, or a pod of an indexed Kubernetes job, which does
    /// not know by itself how many there are.
    ///
    /// - Returns: nil where no scheduler says anything.
    /// - Throws: 64 if what it says makes no sense.
    public static func scheduled(_ environment: [String: String]) throws(Problem) -> Shard? {
        if let text = environment["SLURM_ARRAY_TASK_ID"] {
            let step = Int(environment["SLURM_ARRAY_TASK_STEP"] ?? "1") ?? 0
            guard let task = Int(text), let first = Int(environment["SLURM_ARRAY_TASK_MIN"] ?? ""),
                let last = Int(environment["SLURM_ARRAY_TASK_MAX"] ?? ""),
                let count = Int(environment["SLURM_ARRAY_TASK_COUNT"] ?? ""), step > 0, last == first + (count - 1) * step,
                (task - first).isMultiple(of: step),
                let shard = Shard(index: (task - first) / step, count: count)
            else {
                throw .usage(
                    "the Slurm array's tasks are not evenly spaced (SLURM_ARRAY_TASK_ID, _MIN, _MAX, _STEP and _COUNT); name the part with \(setting: "shard") i/n")
            }
            return shard
        }
        if let text = environment["JOB_COMPLETION_INDEX"] {
            guard let count = environment["JOB_COMPLETIONS"] else {
                throw .usage(
                    "a Kubernetes pod knows its JOB_COMPLETION_INDEX and not how many there are; set JOB_COMPLETIONS, or use \(setting: "shard") i/n")
            }
            guard let index = Int(text), let count = Int(count), let shard = Shard(index: index, count: count) else {
                throw .usage("JOB_COMPLETION_INDEX \(text) of JOB_COMPLETIONS \(count) makes no sense; use \(setting: "shard") i/n")
            }
            return shard
        }
        return nil
    }
}
