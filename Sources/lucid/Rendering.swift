import FoundationEssentials
import Images
import Networks
import Synchronization
import Tensors
import Visualization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One picture to be drawn: its plan, and where it goes.
struct PictureJob: Sendable {
    var plan: RenderPlan
    var path: String
    /// Steps to take; fewer than the plan's where a picture of the way there is made again.
    var steps: Int
    /// Steps after which the picture is kept as well.
    var saveAt: Set<Int> = []

    init(_ plan: RenderPlan, to path: String, saveAt: Set<Int> = []) {
        self.plan = plan
        self.path = path
        self.saveAt = saveAt
        steps = plan.steps
    }

    /// Every file that the job writes.
    var paths: [String] { saveAt.filter { $0 < steps }.sorted().map { OutputNames.path(path, step: $0) } + [path] }
}

/// Draws pictures from plans: the one way from a rendering command to its files.
struct Rendering {
    let model: Model
    let jobs: [PictureJob]
    let label: String
    let options: OutputOptions

    /// What `--json` prints of one picture.
    private struct Result: Encodable {
        let output: String
        let score: Float
        let steps: Int
        let complete: Bool
        let seconds: Double
        let plan: RenderPlan
    }

    func run() throws(Failure) {
        let workers = options.running.workers
        try checkPlans()
        if options.dryRun {
            for job in jobs { try standardOutput(json(job.plan)) }
            return
        }
        try checkOutputs()
        model.sayAssumption(quiet: options.running.quiet)

        let progress = Progress(label, total: jobs.reduce(0) { $0 + $1.steps }, quiet: options.running.quiet)
        // Several pictures: one thread each, so that none waits for another. One picture: all threads inside it.
        let inner = jobs.count > 1 ? Workers.one : workers
        let failures = Mutex<[Failure]>([])
        workers.forEach(jobs.count) { index in
            guard Interruption.signal == 0, failures.withLock({ $0.isEmpty }) else { return }
            do throws(Failure) {
                try draw(jobs[index], workers: inner, progress)
            } catch {
                failures.withLock { $0.append(error) }
            }
        }
        progress.finish()
        if let failure = failures.withLock({ $0.first }) { throw failure }
        if Interruption.signal != 0 { throw Interruption.failure }
    }

    /// Reads every plan as the renderer will, before anything is computed.
    private func checkPlans() throws(Failure) {
        let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        let addressSpace = addressSpaceLeft()
        let atOnce = max(1, min(jobs.count, options.running.workers.count))
        for job in jobs {
            do {
                try Renderer.check(job.plan, model: model, memory: memory / atOnce)
            } catch {
                throw Failure(error)
            }
            guard let addressSpace else { continue }
            do {
                try Renderer.check(job.plan, model: model, memory: addressSpace / atOnce)
            } catch {
                throw Failure(70, "\(error), or raise the limit on address space (ulimit -v)")
            }
        }
    }

    private func checkOutputs() throws(Failure) {
        var seen: Set<String> = []
        for path in jobs.flatMap(\.paths) {
            guard seen.insert(path).inserted else {
                throw .usage("several pictures would go to \(path); put {index} or {seed} into --output, or name a folder")
            }
            if OutputNames.isForeign(path) { throw .usage("\(path): pictures are written as .png or .jpg") }
            do {
                try OutputFile.check(path)
            } catch {
                throw Failure(error)
            }
            if jobs.count > 1, !options.force, isFile(path) {
                throw Failure(73, "\(path) is there already; use --force to overwrite it")
            }
        }
    }

    private func draw(_ job: PictureJob, workers: Workers, _ progress: Progress) throws(Failure) {
        let start = ContinuousClock.now
        var renderer: Renderer
        do {
            renderer = try Renderer(job.plan, model: model, workers: workers)
            while renderer.stepsDone < job.steps, Interruption.signal == 0 {
                let score = try renderer.step()
                progress.step(score: score)
                if job.saveAt.contains(renderer.stepsDone), renderer.stepsDone < job.steps {
                    _ = try save(renderer, to: OutputNames.path(job.path, step: renderer.stepsDone))
                }
            }
            let record = try save(renderer, to: job.path)
            try report(job, record, renderer, seconds: seconds(ContinuousClock.now - start), progress)
        } catch let error as RenderError {
            throw Failure(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(70, "\(error)")
        }
    }

    /// Writes the picture as it stands, with its record.
    private func save(_ renderer: Renderer, to path: String) throws -> PictureRecord {
        let image = renderer.image()
        let record = PictureRecord(
            version: LucidCommand.version, plan: renderer.plan, stepsDone: renderer.stepsDone,
            score: try renderer.score(of: image))
        let picture = Picture(
            planes: image.elements, channels: 3, width: image.shape.width, height: image.shape.height)
        do {
            let bytes =
                PictureFormat(fileName: path) == .jpeg
                ? try JPEG.encode(picture, quality: options.quality, comment: record.json)
                : try PNG.encode(picture, text: [(PictureRecord.keyword, record.json)])
            try OutputFile.write(bytes, to: path)
        } catch let error as OutputError {
            throw Failure(error)
        } catch let error as PictureError {
            throw Failure(error)
        }
        return record
    }

    private func report(
        _ job: PictureJob, _ record: PictureRecord, _ renderer: Renderer, seconds: Double, _ progress: Progress
    ) throws(Failure) {
        if options.show {
            let image = renderer.image()
            let picture = Picture(
                planes: image.elements, channels: 3, width: image.shape.width, height: image.shape.height)
            progress.finish()
            let style = TerminalPreview.detect(environment: ProcessInfo.processInfo.environment)
            try standardOutput(
                TerminalPreview.text(for: picture, protocol: style, columns: min(terminalColumns(), 80)))
        }
        if options.running.json {
            try standardOutput(
                json(
                    Result(
                        output: job.path, score: record.score, steps: record.stepsDone, complete: record.complete,
                        seconds: seconds, plan: record.plan)))
        } else if !options.running.quiet, job.path != "-" {
            progress.finish()
            let state = record.stepsDone < job.steps ? " (interrupted after \(record.stepsDone) steps)" : ""
            try standardOutput(
                "\(job.path)  score \(rounded(Double(record.score), 2))  \(record.stepsDone) steps in \(rounded(seconds, 1)) s\(state)")
        }
    }
}

/// One line of JSON, keys in alphabetical order.
func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("plain values can always be encoded") }
    return String(decoding: data, as: UTF8.self)
}
