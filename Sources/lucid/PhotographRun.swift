import Files
import FoundationEssentials
import Images
import Networks
import Tensors
import Visualization

/// Makes something of a photograph step by step and writes it: the one way from `deepdream` and `style` to their files.
struct PhotographRun<Process: PhotographProcess>: Work {
    /// What progress is called.
    let label: String
    let model: Model
    let plan: PhotographRecord.Plan
    let path: String
    var options: OutputOptions
    /// The photograph's, in the result's size; files keep it.
    var opacity: Tensor?
    /// The photograph's, for PNG.
    var depth = Picture.BitDepth.eight
    /// Of a JPEG that is made again.
    var quality: Int?
    /// What `--verbose` says of the network and the photographs.
    var ingredients: [String] = []
    /// Steps to take; fewer than the plan's where a picture of the way there is made again.
    var steps: Int
    /// What is said of the finished picture beside its score: for people, and for `--json`.
    let report: @Sendable (Process, Tensor) throws(RenderError) -> (text: String, numbers: [String: Float])
    /// Bytes that it takes at most, about.
    let memory: Int
    /// Begins.
    let make: @Sendable (Workers) throws(RenderError) -> Process

    /// What `--json` prints.
    private struct Result: Encodable {
        let output: String
        let score: Float
        let steps: Int
        let complete: Bool
        let seconds: Double
        let measures: [String: Float]
        let plan: PhotographRecord.Plan
    }

    /// Finds out before anything is computed whether the files can be written.
    func check() throws(Failure) {
        if options.outputSize != nil { throw .usage("--output-size is for --param cppn; the result's size is --size") }
        if OutputNames.isForeign(path) { throw .usage("\(path): pictures are written as .png or .jpg") }
        if let last = options.saveAt?.steps.max(), last > steps {
            throw .usage("--save-at \(last) is beyond the last of \(steps) steps")
        }
        do {
            for path in [path] + saved.map({ OutputNames.path(path, step: $0) }) { try OutputFile.check(path) }
        } catch {
            throw Failure(error)
        }
        for step in saved where !options.force {
            let path = OutputNames.path(path, step: step)
            if isFile(path) { throw Failure(73, "\(path) is there already; use --force to overwrite it") }
        }
        if let evolution = options.evolution { try Evolution.check(evolution, force: options.force) }
    }

    private var saved: [Int] { (options.saveAt?.steps ?? []).filter { $0 < steps }.sorted() }

    /// Takes the steps, and writes what there is when they are done or the program is interrupted.
    func run() throws {
        if options.dryRun { return try standardOutput(json(plan)) }
        try check()
        model.sayAssumption(quiet: options.running.quiet)
        for line in ingredients { options.say(line) }
        options.say("plan \(json(plan))")
        options.say("\(options.running.workers.count) threads")
        let start = ContinuousClock.now
        do {
            let progress = Progress(label, total: steps, quiet: options.running.quiet)
            defer { progress.finish() }
            let process = try follow(options.running.workers, progress, isAlone: true)
            options.say("\(process.stepsDone) steps after \(rounded(seconds(ContinuousClock.now - start), 2)) s")
            let picture = process.picture()
            let record = try write(process, picture, to: path)
            progress.finish()
            try say(process, picture, record, seconds: seconds(ContinuousClock.now - start))
        } catch let error as RenderError {
            throw Failure(error)
        }
        if Interruption.signal != 0 { throw Interruption.failure }
    }

    /// Takes the steps, and keeps what is to be kept on the way.
    ///
    /// - Parameter isAlone: the share of the work done is the progress's.
    private func follow(_ workers: Workers, _ progress: Progress, isAlone: Bool = false) throws -> Process {
        let start = ContinuousClock.now
        var process = try make(workers)
        if isAlone { options.say("prepared in \(rounded(seconds(ContinuousClock.now - start), 2)) s") }
        let evolution = try Evolution(options.evolution, steps: steps)
        while process.stepsDone < steps, Interruption.signal == 0 {
            try evolution?.note(process.stepsDone) { [shown(process.picture())] }
            let score = try process.step()
            progress.step(score: score, share: isAlone ? process.workDone : nil)
            if saved.contains(process.stepsDone) {
                _ = try write(process, process.picture(), to: OutputNames.path(path, step: process.stepsDone))
            }
        }
        // A piece of a batch that is interrupted leaves nothing.
        if isAlone || process.stepsDone == steps { try evolution?.finish(process.stepsDone, [shown(process.picture())]) }
        return process
    }

    private func quality(of path: String) -> Int? {
        PictureFormat(fileName: path)?.codec.isLossy == true ? options.quality ?? quality ?? OutputOptions.standardQuality : nil
    }

    private func shown(_ picture: Tensor) -> Picture {
        Picture(picture, opacity: opacity, depth: PictureFormat(fileName: path)?.codec.isLossy == true ? .eight : depth)
    }

    private func write(_ process: Process, _ picture: Tensor, to path: String) throws -> PhotographRecord {
        let quality = quality(of: path)
        let record = PhotographRecord(
            version: LucidCommand.version, plan: plan, stepsDone: process.stepsDone, score: try process.score(of: picture),
            quality: quality)
        try shown(picture).write(record: record.json, quality: quality, to: path)
        return record
    }

    private func say(_ process: Process, _ picture: Tensor, _ record: PhotographRecord, seconds: Double) throws {
        if options.show { try shown(picture).show() }
        if options.running.quiet && !options.running.json || path == "-" { return }
        let (text, numbers) = try report(process, picture)
        if options.running.json {
            return try standardOutput(
                json(
                    Result(
                        output: path, score: record.score, steps: record.stepsDone, complete: record.complete, seconds: seconds,
                        measures: numbers, plan: plan)))
        }
        let state = record.stepsDone == steps ? "" : " (interrupted after \(record.stepsDone) steps)"
        try standardOutput("\(path)  \(text)  \(record.stepsDone) steps in \(rounded(seconds, 1)) s\(state)")
    }
}

extension PhotographRun {
    /// Everything that the files depend on.
    private struct Identity: Encodable {
        let plan: PhotographRecord.Plan
        let steps: Int
        let quality: Int?
        let saveAt: [Int]
        let evolution: String?
    }

    func pieces() throws(Failure) -> [Piece] {
        if options.outputSize != nil { throw .usage("--output-size is for --param cppn; the result's size is --size") }
        if OutputNames.isForeign(path) { throw .usage("\(path): pictures are written as .png or .jpg") }
        if let evolution = options.evolution, try Evolution.isKeptInFolder(evolution) {
            throw .usage("--evolution \(evolution): a batch keeps the way there in one file, such as a .gif")
        }
        let identity = Identity(
            plan: plan, steps: steps, quality: quality(of: path), saveAt: saved,
            evolution: options.evolution.map { OutputNames.ending(of: $0) })
        var piece = Piece(
            model: model, outputs: [path] + saved.map { OutputNames.path(path, step: $0) } + [options.evolution].compactMap { $0 },
            identity: json(identity), steps: steps, memory: memory, holdsPhotographs: true
        ) { [self] workers, progress throws(Failure) in
            do {
                let process = try follow(workers, progress)
                guard process.stepsDone == steps else { throw Interruption.failure }
                return Piece.Outcome(score: try write(process, process.picture(), to: path).score)
            } catch let error as RenderError {
                throw Failure(error)
            } catch let error as Failure {
                throw error
            } catch {
                throw Failure(70, "\(error)")
            }
        }
        if piece.outputs.count == 1 { piece.record = json(plan) }
        return [piece]
    }
}

extension Picture {
    /// A picture `[channels, height, width]` of one channel or three, with a photograph's opacity.
    init(_ picture: Tensor, opacity: Tensor?, depth: BitDepth = .eight) {
        let shape = picture.shape
        let planes = picture.elements
        if let opacity {
            let colours = shape.channels == 1 ? planes + planes + planes : planes
            self.init(
                planes: colours + opacity.elements, channels: 4, width: shape.width, height: shape.height, bitDepth: depth)
        } else {
            self.init(planes: planes, channels: shape.channels, width: shape.width, height: shape.height, bitDepth: depth)
        }
    }
}
