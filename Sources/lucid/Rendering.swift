import Files
import FoundationEssentials
import Images
import Networks
import Synchronization
import Tensors
import Visualization

/// Draws pictures from plans: the one way from a rendering command to its files.
struct Rendering: Work {
    let model: Model
    var jobs: [PictureJob]
    /// Those that the plans name.
    let photographs: Photographs
    let label: String
    var options: OutputOptions
    /// All pictures of all jobs on one sheet.
    var sheet: PictureSheet?
    /// Files that are written later by the same command, and are checked now.
    var willWrite: [String] = []
    /// Nothing is said of single pictures, which are on the sheet.
    var isBrief = false
    /// `run` gives the finished pictures back.
    var keepsPictures = false
    /// Only tried out: what is drawn when the program is interrupted is given back as well.
    var isTrial = false
    /// One of the pieces of a batch: an unfinished picture is not written, and nothing is said.
    var isPiece = false

    /// A job that is done.
    struct Finished: Sendable {
        let plan: RenderPlan
        /// As the network saw them.
        let pictures: [Tensor]
        /// As files show them.
        let shown: [Picture]
        let records: [PictureRecord]
        let check: SelfCheck
        let paths: [String?]
        /// Under it on a sheet.
        let caption: String?
        let seconds: Double

        /// Not interrupted.
        var isComplete: Bool { records.allSatisfy(\.complete) }
    }

    /// How good the finished pictures are.
    struct SelfCheck: Sendable, Codable {
        /// The objective on the pictures as they are.
        let score: Float
        /// Its mean over draws of the transforms; nil where nobody asks.
        let scoreWithTransforms: Float?
        /// Where the unit stands among its layer's channels.
        let rank: Renderer.Rank?
        /// No step had a gradient.
        let isDead: Bool
    }

    /// What `--json` prints of one plan.
    private struct Result: Encodable {
        let output: String
        let outputs: [String]?
        let score: Float
        let scoreWithTransforms: Float?
        let rank: Renderer.Rank?
        let steps: Int
        let complete: Bool
        let seconds: Double
        let plan: RenderPlan
    }

    /// Draws everything and writes it.
    /// - Returns: the finished jobs in their order, if they are asked for.
    @discardableResult
    func draw() throws(Failure) -> [Finished] {
        let workers = options.running.workers
        let jobs = try sealedJobs()
        try checkPlans(jobs, atOnce: workers.count)
        if options.verbose { try sayWhatIsDrawn(jobs) }
        if options.dryRun {
            for job in jobs { try standardOutput(json(plan(job.plan, for: job.paths[0]))) }
            return []
        }
        try checkOutputs(jobs)
        model.sayAssumption(quiet: options.running.quiet)

        let progress = Progress(label, total: jobs.reduce(0) { $0 + $1.steps }, quiet: options.running.quiet)
        defer { progress.finish() }
        return try draw(jobs, workers, progress)
    }

    func run() throws { try draw() }

    private func sealedJobs() throws(Failure) -> [PictureJob] {
        var sealed: [PictureJob] = []
        for job in jobs { sealed.append(try self.sealed(job)) }
        return sealed
    }

    private func sealed(_ job: PictureJob) throws(Failure) -> PictureJob {
        var job = job
        job.plan = try photographs.sealed(job.plan, model: model)
        return job
    }

    /// Draws jobs that were checked.
    private func draw(_ jobs: [PictureJob], _ workers: Workers, _ progress: Progress) throws(Failure) -> [Finished] {
        // Several pictures: one thread each, so that none waits for another. One picture: all threads inside it.
        let inner = jobs.count > 1 ? Workers.one : workers
        let failures = Mutex<[Failure]>([])
        let finished = Mutex<[Int: Finished]>([:])
        let keeps = sheet != nil || keepsPictures || isPiece
        workers.forEach(jobs.count) { index in
            guard Interruption.signal == 0, failures.withLock({ $0.isEmpty }) else { return }
            do throws(Failure) {
                let result = try draw(jobs[index], workers: inner, progress)
                if keeps { finished.withLock { $0[index] = result } }
            } catch {
                failures.withLock { $0.append(error) }
            }
        }
        if !isPiece { progress.finish() }
        if let failure = failures.withLock({ $0.first }) { throw failure }
        let all = finished.withLock { finished in jobs.indices.compactMap { finished[$0] } }
        if let sheet, !all.isEmpty { try write(sheet, all) }
        if Interruption.signal != 0, !isTrial { throw Interruption.failure }
        return all
    }

    /// Writes what a trial has drawn in the place of this rendering's own pictures, which nobody waits for any more.
    func keep(_ trial: Finished) throws(Failure) {
        guard let job = jobs.first else { return }
        for (index, path) in job.paths.enumerated() {
            guard let path else { continue }
            try write(trial.shown[index], trial.records[index], to: path)
        }
        try report(job, trial, Progress(label, total: 0, quiet: true))
        if let sheet { try write(sheet, [trial]) }
    }

    /// A plan as it stands in a file: its JPEG's quality is part of it.
    private func plan(_ plan: RenderPlan, for path: String?) -> RenderPlan {
        var plan = plan
        let isJPEG = path.map { PictureFormat(fileName: $0)?.codec.isLossy == true } ?? false
        plan.quality = isJPEG ? options.quality ?? plan.quality ?? OutputOptions.standardQuality : nil
        return plan
    }

    /// What `--verbose` says before the first step.
    private func sayWhatIsDrawn(_ jobs: [PictureJob]) throws(Failure) {
        for line in photographs.ingredients(model) { options.say(line) }
        var most = 0
        for job in jobs {
            options.say("plan \(json(plan(job.plan, for: job.paths[0])))")
            do {
                most = max(most, try Renderer.estimatedMemory(of: job.plan, model: model))
            } catch {
                throw Failure(error)
            }
        }
        let threads = options.running.workers.count
        let pictures = jobs.count > 1 ? "\(jobs.count) pictures, \(min(jobs.count, threads)) at once" : "one picture at once"
        options.say("\(threads) threads, \(pictures), each at most \(rounded(Double(most) / 1e9, 2)) GB of memory")
    }

    /// Reads every plan as the renderer will, before anything is computed.
    private func checkPlans(_ jobs: [PictureJob], atOnce workers: Int) throws(Failure) {
        let atOnce = max(1, min(jobs.count, workers))
        for job in jobs {
            try checkMemory { memory throws(RenderError) in
                try Renderer.check(job.plan, model: model, memory: memory / atOnce)
            }
        }
    }

    private func checkOutputs(_ jobs: [PictureJob]) throws(Failure) {
        var seen: Set<String> = []
        let pictures = jobs.flatMap(\.outputs) + [sheet?.path].compactMap { $0 } + willWrite
        let others = [sheet?.index].compactMap { $0 }
        for path in pictures + others {
            guard seen.insert(path).inserted else {
                throw .usage("several pictures would go to \(path); put {index} or {seed} into --output, or name a folder")
            }
            if !others.contains(path), OutputNames.isForeign(path) { throw .usage("\(path): pictures are written as .png or .jpg") }
            do {
                try OutputFile.check(path)
            } catch {
                throw Failure(error)
            }
            if pictures.count > 1 || others.contains(path), !options.force, isFile(path) {
                throw Failure(73, "\(path) is there already; use --force to overwrite it")
            }
        }
        for path in jobs.compactMap(\.evolution) {
            guard seen.insert(path).inserted else {
                throw .usage("several pictures' way would go to \(path); put {index} or {seed} into --evolution")
            }
            try Evolution.check(path, force: options.force)
        }
    }

    private func draw(_ job: PictureJob, workers: Workers, _ progress: Progress) throws(Failure) -> Finished {
        let start = ContinuousClock.now
        let fixed = try photographs.pictures(of: job.plan, model: model)
        let evolution = try Evolution(job.evolution, steps: job.steps)
        func shown(_ renderer: Renderer) -> [Picture] {
            renderer.shown().map { Picture($0, colours: model.network.inputChannels) }
        }
        do {
            var renderer = try Renderer(
                job.plan, model: model, pictures: fixed, workers: workers, isInterrupted: { Interruption.signal != 0 })
            let prepared = ContinuousClock.now
            while renderer.stepsDone < job.steps, !renderer.hasConverged, Interruption.signal == 0 {
                try evolution?.note(renderer.stepsDone) { shown(renderer) }
                let score = try renderer.step()
                progress.step(score: score)
                if job.saveAt.contains(renderer.stepsDone), renderer.stepsDone < job.steps {
                    _ = try save(renderer, renderer.pictures(), job, step: renderer.stepsDone)
                }
            }
            if isPiece, renderer.stepsDone < job.steps, !renderer.hasConverged { throw Interruption.failure }
            let drawn = ContinuousClock.now
            try evolution?.finish(renderer.stepsDone, shown(renderer))
            let pictures = renderer.pictures()
            let (records, shown) = try save(renderer, pictures, job, step: nil)
            let check = SelfCheck(
                score: records[0].score,
                scoreWithTransforms: isPiece && sheet == nil ? nil : renderer.scoreWithTransforms(of: pictures),
                rank: job.plan.count == 1 && !(isPiece && sheet == nil) ? try renderer.rank(on: pictures[0]) : nil,
                isDead: renderer.stepsDone > 0 && !renderer.isAlive)
            let finished = Finished(
                plan: job.plan, pictures: pictures, shown: shown, records: records, check: check, paths: job.paths,
                caption: job.caption, seconds: seconds(ContinuousClock.now - start))
            if options.verbose {
                progress.finish()
                let phases = [("prepared", prepared - start), ("drawn", drawn - prepared), ("checked and written", ContinuousClock.now - drawn)]
                let times = phases.map { "\($0) in \(rounded(seconds($1), 2)) s" }.joined(separator: ", ")
                options.say("\(job.plan.objective) seed \(job.plan.seed): \(times)")
            }
            try report(job, finished, progress)
            return finished
        } catch let error as RenderError {
            throw Failure(error)
        } catch let error as Failure {
            throw error
        } catch {
            throw Failure(70, "\(error)")
        }
    }

    /// Writes the pictures as they stand, with their records.
    private func save(_ renderer: Renderer, _ pictures: [Tensor], _ job: PictureJob, step: Int?) throws
        -> (records: [PictureRecord], shown: [Picture])
    {
        let score = try renderer.score(of: pictures)
        var plan = renderer.plan
        if step != nil { plan.outputSize = nil }
        let images = renderer.shown(size: plan.outputSize.map { ($0.height, $0.width) })
        let shown = images.map { Picture($0, colours: model.network.inputChannels) }
        let records = pictures.indices.map { index in
            PictureRecord(
                version: LucidCommand.version, plan: self.plan(plan, for: job.paths[index]), stepsDone: renderer.stepsDone,
                score: score, picture: plan.count > 1 ? index : nil, converged: renderer.hasConverged)
        }
        for (index, path) in job.paths.enumerated() {
            guard let path else { continue }
            try write(shown[index], records[index], to: step.map { OutputNames.path(path, step: $0) } ?? path)
        }
        return (records, shown)
    }

    private func write(_ picture: Picture, _ record: PictureRecord, to path: String) throws(Failure) {
        try picture.write(record: record.json, quality: record.plan.quality, to: path)
    }

    private func write(_ sheet: PictureSheet, _ all: [Finished]) throws(Failure) {
        let pictures = all.flatMap(\.shown)
        let cells = all.flatMap { job in job.shown.map { picture in job.caption.map(picture.captioned) ?? picture } }
        let composed = ContactSheet.compose(cells, columns: sheet.columns)
        let records = all.flatMap(\.records).map { record in
            var record = record
            record.plan = plan(record.plan, for: sheet.path)
            return record
        }
        let record = SheetRecord(version: LucidCommand.version, pictures: records).json
        try composed.write(record: record, quality: records[0].plan.quality, to: sheet.path)
        if let index = sheet.index {
            let layout = ContactSheet.Layout(cells.map { ($0.width, $0.height) }, columns: sheet.columns)
            let drawn = all.flatMap { job in zip(job.paths, job.records).map { (job: job, path: $0, record: $1) } }
            let entries = zip(drawn, zip(layout.cells, pictures)).map { entry, place in
                SheetEntry(
                    objective: entry.record.plan.objective, seed: entry.record.plan.seed, picture: entry.record.picture,
                    score: entry.record.score, scoreWithTransforms: entry.job.check.scoreWithTransforms,
                    rank: entry.job.check.rank, file: entry.path.map { relativePath(of: $0, from: index) }, row: place.0.row,
                    column: place.0.column, x: place.0.x, y: place.0.y, width: place.1.width, height: place.1.height)
            }
            do {
                try OutputFile.write(Array((json(entries) + "\n").utf8), to: index)
            } catch {
                throw Failure(error)
            }
        }
        if !options.running.quiet, !options.running.json, sheet.path != "-" {
            try standardOutput("\(sheet.path)  \(pictures.count) pictures")
        }
        if options.show { try composed.show() }
    }

    /// What a sheet's index says of one picture, in the sheet's order.
    private struct SheetEntry: Encodable {
        let objective: String
        let seed: UInt64
        let picture: Int?
        let score: Float
        let scoreWithTransforms: Float?
        let rank: Renderer.Rank?
        /// From the index's folder.
        let file: String?
        /// In the grid, from 0.
        let row: Int
        let column: Int
        /// The picture's part of the sheet, in pixels from its upper left corner; words under it do not count.
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    private func report(_ job: PictureJob, _ finished: Finished, _ progress: Progress) throws(Failure) {
        if isPiece { return }
        let record = finished.records[0]
        let paths = job.paths.compactMap { $0 }
        if options.show, sheet == nil {
            progress.finish()
            try (finished.shown.count == 1 ? finished.shown[0] : ContactSheet.compose(finished.shown)).show()
        }
        let check = finished.check
        if options.running.json {
            try standardOutput(
                json(
                    Result(
                        output: paths.first ?? sheet?.path ?? "", outputs: paths.count > 1 ? paths : nil, score: check.score,
                        scoreWithTransforms: check.scoreWithTransforms, rank: check.rank, steps: record.stepsDone,
                        complete: record.complete, seconds: finished.seconds, plan: record.plan)))
        } else if !options.running.quiet, !isBrief, sheet?.path != "-", job.paths.contains(where: { $0 != "-" }) {
            progress.finish()
            let state =
                record.complete || record.stepsDone == job.steps ? "" : " (interrupted after \(record.stepsDone) steps)"
            let place = paths.isEmpty ? "\(job.plan.objective) seed \(job.plan.seed)" : paths.joined(separator: " ")
            try standardOutput(
                "\(place)  score \(rounded(Double(check.score), 2)) (\(rounded(Double(check.scoreWithTransforms ?? 0), 2)) under transforms\(rank(check)))  \(record.stepsDone) steps in \(rounded(finished.seconds, 1)) s\(state)")
        }
        if check.isDead, !options.running.quiet {
            progress.finish()
            standardError(
                "lucid: \(job.plan.objective) never answered: every gradient was zero, and the picture is noise; try another --seed, \(job.plan.rectifier == .redirected ? "a larger --size" : "--relu redirected"), or --start with a photograph\n")
        }
    }

    private func rank(_ check: SelfCheck) -> String {
        guard let rank = check.rank else { return "" }
        return rank.place == 1
            ? "; the strongest of \(rank.channels) channels"
            : "; number \(rank.place) of \(rank.channels) channels, the strongest is \(rank.strongest)"
    }
}

extension Rendering {
    /// Everything that the files of a piece depend on.
    private struct Identity: Encodable {
        let plans: [RenderPlan]
        let steps: [Int]
        let saveAt: [[Int]]
        let evolution: [String?]
        let columns: Int?
        let files: [[Bool]]
    }

    /// A piece for each job, or one for all that share a sheet.
    func pieces() throws(Failure) -> [Piece] {
        guard sheet == nil else { return [try piece(jobs)] }
        let results = Mutex<[Int: Swift.Result<Piece, Failure>]>([:])
        options.running.workers.forEach(jobs.count) { index in
            let result = Swift.Result { () throws(Failure) in try piece([jobs[index]]) }
            results.withLock { $0[index] = result }
        }
        var pieces: [Piece] = []
        for index in jobs.indices { pieces.append(try results.withLock { $0[index]! }.get()) }
        return pieces
    }

    private func piece(_ given: [PictureJob]) throws(Failure) -> Piece {
        var (jobs, memory) = (given, 0)
        for index in jobs.indices {
            jobs[index] = try sealed(given[index])
            let plan = jobs[index].plan
            try checkMemory { most throws(RenderError) in
                memory = max(memory, try Renderer.check(plan, model: model, memory: most))
            }
        }
        var rendering = self
        rendering.jobs = jobs
        rendering.isPiece = true
        rendering.options = options.silent
        let plans = jobs.map { plan($0.plan, for: $0.paths[0] ?? sheet?.path) }
        let identity = Identity(
            plans: plans, steps: jobs.map(\.steps), saveAt: jobs.map { $0.saveAt.sorted() },
            evolution: jobs.map { $0.evolution.map { OutputNames.ending(of: $0) } }, columns: sheet?.columns,
            files: jobs.map { $0.paths.map { $0 != nil } })
        let sheets = [sheet?.path, sheet?.index].compactMap { $0 }
        for path in jobs.flatMap(\.outputs) + [sheet?.path].compactMap({ $0 }) where OutputNames.isForeign(path) {
            throw .usage("\(path): pictures are written as .png or .jpg")
        }
        var evolutions: [String] = []
        for path in jobs.compactMap(\.evolution) {
            guard try !Evolution.isKeptInFolder(path) else {
                throw .usage("--evolution \(path): a batch keeps the way there in one file, such as a .gif")
            }
            evolutions.append(path)
        }
        var piece = Piece(
            model: model, outputs: sheets + jobs.flatMap { $0.outputs.reversed() } + evolutions, identity: json(identity),
            steps: jobs.reduce(0) { $0 + $1.steps }, memory: memory, pictures: jobs.count, holdsPhotographs: !photographs.isEmpty
        ) { [rendering] workers, progress throws(Failure) in
            let finished = try rendering.draw(rendering.jobs, workers, progress)
            guard finished.count == rendering.jobs.count, Interruption.signal == 0 || finished.allSatisfy(\.isComplete) else {
                throw Interruption.failure
            }
            let scores = finished.map(\.check.score)
            return Piece.Outcome(
                score: scores.reduce(0, +) / Float(scores.count), isDead: finished.allSatisfy(\.check.isDead))
        }
        if jobs.count == 1, sheet == nil, evolutions.isEmpty, jobs[0].saveAt.isEmpty, plans[0].count == 1 { piece.record = json(plans[0]) }
        return piece
    }
}

extension Picture {
    /// Draws it in the terminal.
    func show() throws(Failure) {
        let style = TerminalPreview.detect(environment: ProcessInfo.processInfo.environment)
        try standardOutput(TerminalPreview.text(for: self, protocol: style, columns: min(terminalColumns(), 80)))
    }
}

/// One line of JSON, keys in alphabetical order.
func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("plain values can always be encoded") }
    return String(decoding: data, as: UTF8.self)
}
