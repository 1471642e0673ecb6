import Analysis
import Files
import FoundationEssentials
import Images
import Networks
import Tensors

/// What a network answers to a folder of photographs, in one file.
public struct ScanRequest: SettingGroup {
    /// Files of a scan's parts, for `merges`; empty otherwise.
    public var parts: [String] = []
    /// The folder that is scanned with all folders below it; nil only for `merges`.
    public var photos: String?
    /// Names of layers with commas between them; nil for every stage of the network.
    public var layers: String?
    /// Where each photograph's class comes from; nil for a scan without classes.
    public var classes: ScanClasses?
    /// Photographs of a channel in each list — by maximum, by mean, for each quantile band — 1…1000.
    public var best = 100
    /// Positions of a layer, over all photographs, that keep all channels' values; nil for ten a photograph, 100 000 at most.
    public var samples: Int?
    /// Decides which positions and which photographs between the extremes are drawn; the same seed, the same bytes.
    public var seed: UInt64 = 0
    /// The part of the photographs to scan; nil for the part that a job scheduler's environment gives, or all.
    public var shard: Shard?
    /// Whether `parts` are joined into one scan, and no photograph is read.
    public var merges = false
    /// The network that answers; not needed for `merges`.
    public var model = ModelSettings()
    /// How large a photograph may be to be read.
    public var reading = ReadingSettings()
    /// Path of the scan, from which a part's is made; nil for the network's name with ".scan".
    public var output: String?
    /// Whether unfinished work is dropped and a finished file replaced; otherwise the scan goes on from there.
    public var force = false

    public init() {}

    public static let settings = table()
    public static func table() -> [Setting<Self>] {
        Setting("parts", list: \.parts, "parts", "With --merge: the files of all parts.").positional().reading()
        Setting("photos", \.photos, "folder", "The folder of photographs; those of folders in it count as well.").reading(.readsFolder)
        Setting("layers", \.layers, "names", "Layers, by commas. (default: all stages, the starred rows of `lucid layers`)")
        Setting("classes", \.classes, "from", "The photographs' classes: folders (the folder's own folders), predicted (by the network), or a .csv of photo,class.")
        Setting("best", \.best, "n", "Photographs that are kept of each channel and kind, 1 to 1000.", .from(1, to: 1000))
        Setting("samples", \.samples, "n", "Positions of each layer whose activations are kept. (default: \(mostSamples), at most \(samplesPerPhotograph) a photograph)", .from(0, to: 1_000_000_000))
        Setting("seed", \.seed, "n", "Seed of what is drawn at random.")
        Setting("shard", \.shard, "i/n", "Scan one of n equal parts only, counted from 0. (default: the part that a Slurm array or an indexed Kubernetes job says, or all)")
        Setting("merge", flag: \.merges, "Put parts together.")
        ModelSettings.lifted(\.model)
        ReadingSettings.lifted(\.reading)
        Setting("output", \.output, "file", "The scan's file; a part i/n goes to FILE-i-of-n.scan. (default: MODEL.scan)").writing()
        Setting("force", flag: \.force, "Begin anew, and overwrite a file that is there already.")
    }

    private static let mostSamples = 100_000
    private static let samplesPerPhotograph = 10

    public func check() throws(Problem) {
        if merges {
            guard !parts.isEmpty else { throw .usage("name the parts that \(setting: "merge") is to put together", setting: "parts") }
            try Self.refuse("said by the parts already", among: [
                ("photos", photos != nil), ("layers", layers != nil), ("classes", classes != nil), ("samples", samples != nil), ("shard", shard != nil),
            ])
        } else {
            if let part = parts.first { throw .usage("\(part): files are named with \(setting: "merge") only; \(setting: "photos") names the folder", setting: "parts") }
            guard photos != nil else { throw .usage("\(setting: "photos") is missing", setting: "photos") }
        }
        if output == "" || output == "-" { throw .usage("\(setting: "output") must be a file", setting: "output") }
    }

    /// Makes the scan, or goes on with it.
    ///
    /// - Parameter environment: says which part is to be done where no setting does.
    /// - Throws: `stopped` where the same command has work left.
    public func run(_ session: Session, _ reporter: any Reporter, environment: [String: String] = [:]) throws(Problem) -> ScanResult {
        if merges { return try merge(session, reporter) }
        let photographs = try ScanPhotographs(photos!, classes: classes)
        for line in photographs.notes { try reporter.report(.note(line)) }
        let model = try session.model(model)
        let names = try layers.map { list throws(Problem) in try layerNames(list) } ?? model.network.stages(atMost: .max)
        guard !names.isEmpty else { throw .usage("name layers of \(model.name) with \(setting: "layers")", setting: "layers") }
        let part: Shard
        if let shard { part = shard } else { part = try Shard.scheduled(environment) ?? .whole }
        let path = Self.path(output ?? "\(OutputNames.stem(model.name)).scan", part)
        try model.report(to: reporter)
        let network = try ScanNetwork(
            model, layers: names, predicts: classes == .predicted, maximumPixels: reading.maxPixels, workers: session.workers)
        let plan = plan(photographs, network, names: names)
        let fresh = ScanState(plan, shard: part, names: photographs.nameBytes)
        if let done = try existing(path, plan, part) {
            ScanProgress.removeLeftover(of: path)
            return done
        }
        try OutputChecks.check(overwriting: path, inputs: photographs.names.indices.map(photographs.path), force: force) { _ in false }
        try OutputChecks.check(path)
        OutputFile.removeStaleTemporaryFiles(in: FileName.split(path).folder)
        var state = fresh
        let progress = try ScanProgress(of: path, fresh, force: force, state: &state)
        if state.blocks > 0 { try reporter.report(.note("going on after \(state.blocks * ScanPlan.block) photographs")) }
        try ScanRun(photographs: photographs, network: network, session: session, reporter: reporter)(&state, progress)
        let broken = state.damaged.map { Problem(.badData, Message($0.message)) }
        let total = plan.blocks(of: part).reduce(0) { $0 + $1.count }
        if part.count == 1 { try PictureFolder.refuse(broken, ifAllOf: total, in: photographs.folder) }
        for line in PictureFolder.lines(of: broken, among: total, in: photographs.folder) { try reporter.report(.note(line)) }
        let writing = ScanWriting(state: state, records: try progress.records(state), workers: session.workers)
        try write(writing, part, to: path)
        progress.remove()
        return ScanResult(path, state)
    }

    private func write(_ writing: ScanWriting, _ part: Shard, to path: String) throws(Problem) {
        do {
            if part.count > 1 { try writing.write(part: path) } else { try writing.write(to: path) }
        } catch {
            guard error.kind == .diskFull else { throw error }
            throw Problem(.stopped, "\(error.message); the same command then goes on")
        }
    }

    /// "net-0-of-4.scan" for a part of "net.scan".
    private static func path(_ output: String, _ part: Shard) -> String {
        guard part.count > 1 else { return output }
        let ending = output.hasSuffix(".scan") ? ".scan" : ""
        return "\(output.dropLast(ending.count))-\(part.index)-of-\(part.count)\(ending)"
    }

    private func plan(_ photographs: ScanPhotographs, _ network: ScanNetwork, names: [String]) -> ScanPlan {
        let (count, model) = (photographs.names.count, network.model)
        var known: ScanPlan.Classes?
        if let classes {
            let from = if case .file(let path) = classes { FileName.split(path).name } else { classes.text }
            let bytes = photographs.classes.map { numbers in numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } } }
            known = ScanPlan.Classes(from: from, names: photographs.classNames ?? model.classNames ?? [], sha256: bytes.map { sha256(of: $0) })
        }
        return ScanPlan(
            model: model.name, weightsSHA256: model.weightsSHA256, preprocessing: model.preprocessing, folder: photographs.folderName, files: count,
            filesSHA256: sha256(of: photographs.nameBytes), keep: best,
            samples: samples ?? min(Self.mostSamples, count * Self.samplesPerPhotograph), seed: seed,
            layers: names.indices.map { index in
                let shape = network.shapes[index]
                return ScanPlan.Layer(
                    name: names[index], node: network.layers[index].node, channels: shape.channels, height: shape.height, width: shape.width,
                    top: network.bins[index].top)
            },
            classes: known)
    }

    /// The scan that is there already, if it is the one that is wanted.
    private func existing(_ path: String, _ plan: ScanPlan, _ part: Shard) throws(Problem) -> ScanResult? {
        guard isFile(path), !force else { return nil }
        if let file = try? SafetensorsFile(path: path), let state = try ScanState(file), state.plan == plan, state.shard == part {
            return ScanResult(path, state)
        }
        guard let scan = try? ScanFile(path), part.count == 1 else { throw .isThere(FileName.shown(path)) }
        try scan.description.plan.check((plan.model, plan.weightsSHA256), file: path)
        guard scan.description.plan == plan else { throw .isThere(FileName.shown(path)) }
        return try ScanResult(scan)
    }

    private func merge(_ session: Session, _ reporter: any Reporter) throws(Problem) -> ScanResult {
        let merging = try ScanMerging(parts)
        let path = output ?? "\(OutputNames.stem(merging.state.plan.model)).scan"
        try OutputChecks.check(overwriting: path, inputs: parts, force: force) { file in
            (try? ScanFile(file))?.description.plan == merging.state.plan
        }
        try OutputChecks.check(path)
        let broken = merging.state.damaged.map { Problem(.badData, Message($0.message)) }
        let plan = merging.state.plan
        try PictureFolder.refuse(broken, ifAllOf: plan.files, in: plan.folder)
        for line in PictureFolder.lines(of: broken, among: plan.files, in: plan.folder) { try reporter.report(.note(line)) }
        try ScanWriting(state: merging.state, records: merging.records, workers: session.workers).write(to: path)
        return ScanResult(path, merging.state)
    }
}
