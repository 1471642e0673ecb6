import Analysis
import ArgumentParser
import Networks
import Tensors
import Visualization

/// `lucid diversity`
struct Diversity: RenderingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw several distinct pictures of one channel: its facets.",
        discussion: """
            The pictures are drawn together, and the likeness of their Gram matrices counts against them. They are first \
            drawn without that, to tell how alike they are by themselves. What the likeness weighs is tried out in up to \
            four renders, until the pictures are a third less alike and the channel has lost a fifth at most; --weight fixes \
            it, in per cent of the channel's score.

            Example: lucid diversity --layer features.10 --index 5 --count 4
            """)

    @OptionGroup(title: "Network") var model: ModelOptions
    @Option(help: ArgumentHelp("The layer; see `lucid layers`.", valueName: "name")) var layer: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The channel, from 0.", valueName: "i")) var index: IndexList
    @Option(parsing: .unconditional, help: ArgumentHelp("Pictures, 2 to 64.", valueName: "n")) var count = 4
    @Option(parsing: .unconditional, help: ArgumentHelp("What the likeness weighs, in per cent of the channel's score. (default: tried out)", valueName: "w"))
    var weight: Float?
    @OptionGroup(title: "Picture") var render: RenderOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func validate() throws {
        guard (2...64).contains(count) else { throw ValidationError("--count must be 2 to 64, not \(count)") }
        if let weight, !(weight.isFinite && weight > 0) { throw ValidationError("--weight must be above 0, not \(weight)") }
        guard render.seeds == nil else { throw ValidationError("--seeds does not go with diversity, which draws several pictures anyway") }
        guard output.output != "-" else { throw ValidationError("diversity writes several files; -o - takes one picture") }
    }

    func work() throws -> any Work {
        let model = try model.load(size: render.size?.networkSize, quiet: output.running.quiet)
        let indices = try Drawing.indices(index, of: layer, in: model)
        guard indices.count == 1 else { throw Failure.usage("diversity draws one channel, and --index names \(indices.count)") }
        let parts = OutputNames.Parts(model: model.name, layer: layer, index: indices[0], seed: render.seed, kind: "diversity")
        let path = OutputNames.path(output.output, parts)
        var render = render
        let channel = render.negative ? -Objective.channel(layer, indices[0]) : .channel(layer, indices[0])
        render.negative = false  // the pictures are set apart either way
        let photographs = try render.photographs()
        let drawing = Drawing(model: model, render: render, output: output, photographs: photographs)
        var job = PictureJob(
            try render.plan(channel, model: model, photographs, count: count), to: (0..<count).map { OutputNames.path(path, picture: $0) })
        try drawing.configure(&job, parts)
        return DiversityWork(
            model: model, layer: layer, channel: channel, weight: weight, job: job, sheet: path, render: render,
            photographs: photographs, label: "\(layer):\(indices[0])", output: output)
    }
}

/// Several renders of one channel, of which the last is kept.
struct DiversityWork: Work {
    let model: Model
    let layer: String
    let channel: Objective
    /// In per cent of the channel's score; nil to try out.
    let weight: Float?
    /// Without the term that sets the pictures apart.
    let job: PictureJob
    let sheet: String
    let render: RenderOptions
    let photographs: Photographs
    let label: String
    var output: OutputOptions

    func run() throws { _ = try draw() }

    /// - Returns: nil if it was a dry run.
    private func draw() throws(Failure) -> Rendering.Finished? {
        var rehearsal = Rendering(
            model: model, jobs: [rehearsed(job)], photographs: photographs, label: "\(label), alike",
            options: output.dryRun ? output : output.silent)
        // Checked before the first of several renders.
        rehearsal.willWrite = job.outputs + [sheet]
        rehearsal.keepsPictures = true
        rehearsal.isTrial = true
        guard let before = try rehearsal.draw().first else {
            if Interruption.signal != 0 { throw Interruption.failure }
            return nil
        }
        let search = DiversitySearch(
            similarity: GramSimilarity(model, try Drawing.layer(layer, in: model), workers: output.running.workers), channel: channel, before: before)
        func weighted(_ share: Float) throws(Failure) -> PictureJob {
            var job = job
            let term = share / 100 * abs(before.check.score) * .diversity(layer)
            job.plan = try render.plan(channel - term, model: model, photographs, count: job.plan.count)
            return job
        }
        func trial(_ share: Float) throws(Failure) -> Rendering.Finished? {
            var trial = rendering(rehearsed(try weighted(share)), options: output.silent)
            trial.isTrial = true
            return try trial.draw().first
        }
        let after: Rendering.Finished
        if weight != nil || output.evolution != nil || output.saveAt != nil {
            // The way there is kept as well: the last render must be the one that is looked for.
            let share = if let weight { weight } else { try search.share(trial).share }
            if Interruption.signal != 0 {
                try keep(job, before)
                throw Interruption.failure
            }
            var last = rendering(try weighted(share), options: output)
            last.sheet = PictureSheet(to: sheet)
            after = try last.draw()[0]
        } else {
            let (share, found) = try search.share(trial)
            after = found ?? before
            try keep(found == nil ? job : try weighted(share), after)
            if Interruption.signal != 0 { throw Interruption.failure }
        }
        try report(search, after)
        return after
    }

    private func rendering(_ job: PictureJob, options: OutputOptions) -> Rendering {
        var rendering = Rendering(model: model, jobs: [job], photographs: photographs, label: label, options: options)
        rendering.keepsPictures = true
        return rendering
    }

    /// Writes the trial that is kept to the files that were asked for.
    private func keep(_ job: PictureJob, _ trial: Rendering.Finished) throws(Failure) {
        var last = rendering(job, options: output)
        last.sheet = PictureSheet(to: sheet)
        try last.keep(trial)
    }

    private func report(_ search: DiversitySearch, _ after: Rendering.Finished) throws(Failure) {
        if output.running.quiet, !output.running.json { return }
        let outcome = try search.outcome(after)
        if output.running.json { return try standardOutput(json(outcome)) }
        try standardOutput(
            "similarity \(rounded(Double(outcome.similarityBefore), 3)) without the term, \(rounded(Double(outcome.similarityAfter), 3)) with it; the channel's mean \(rounded(Double(outcome.scoreBefore), 2)) and \(rounded(Double(outcome.scoreAfter), 2))")
    }

    /// The same job without the term and without files.
    private func rehearsed(_ job: PictureJob) -> PictureJob {
        var plain = job
        plain.paths = [String?](repeating: nil, count: job.paths.count)
        plain.saveAt = []
        plain.evolution = nil
        return plain
    }
}

extension DiversityWork {
    /// Everything that the files depend on: the weight that is found follows from it.
    private struct Identity: Encodable {
        let plan: RenderPlan
        let weight: Float?
        let saveAt: [Int]
        let evolution: String?
    }

    func pieces() throws(Failure) -> [Piece] {
        let identity = Identity(
            plan: try photographs.sealed(job.plan, model: model), weight: weight, saveAt: job.saveAt.sorted(),
            evolution: job.evolution.map { OutputNames.ending(of: $0) })
        // A trial is drawn like any other job, and is looked at as one.
        let like = try Rendering(model: model, jobs: [job], photographs: photographs, label: label, options: output).pieces()[0]
        return [
            Piece(
                model: model, outputs: [sheet] + like.outputs, identity: json(identity), steps: like.steps, memory: like.memory,
                holdsPhotographs: like.holdsPhotographs
            ) { [self] workers, progress throws(Failure) in
                var alone = self
                alone.output = output.silent
                alone.output.force = true
                alone.output.running.threads = workers.count
                guard let finished = try alone.draw() else { throw Interruption.failure }
                progress.advance(by: like.steps)
                return Piece.Outcome(score: finished.check.score, isDead: finished.check.isDead)
            }
        ]
    }
}

/// Looks for what the likeness must weigh.
struct DiversitySearch {
    let similarity: GramSimilarity
    let channel: Objective
    /// Drawn without the term.
    let before: Rendering.Finished

    /// What `--json` prints at the end.
    struct Outcome: Encodable {
        let similarityBefore: Float
        let similarityAfter: Float
        let scoreBefore: Float
        let scoreAfter: Float

        /// By how much the likeness fell, and what that cost of the channel, as shares.
        var fall: Float { similarityBefore > 0 ? 1 - similarityAfter / similarityBefore : 0 }
        var cost: Float { scoreBefore != 0 ? (scoreBefore - scoreAfter) / abs(scoreBefore) : 0 }
    }

    /// In per cent of the score.
    private static let first: Float = 8
    private static let trials = 4
    /// By how much the likeness should fall at least, and what it may cost at most.
    private static let fall: Float = 0.32
    private static let cost: Float = 0.19

    func outcome(_ after: Rendering.Finished) throws(Failure) -> Outcome {
        do {
            return Outcome(
                similarityBefore: try similarity.mean(of: before.pictures), similarityAfter: try similarity.mean(of: after.pictures),
                scoreBefore: try score(of: before), scoreAfter: try score(of: after))
        } catch let error as RenderError {
            throw Failure(error)
        } catch let error as WeightsError {
            throw Failure(error)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// The mean of the channel's objective over a job's pictures, each by itself and without transforms.
    private func score(of finished: Rendering.Finished) throws(RenderError) -> Float {
        var plan = finished.plan
        plan.objective = channel.text
        (plan.start, plan.mask) = (nil, nil)  // the pictures are there already
        let renderer = try Renderer(plan, model: similarity.model, workers: similarity.workers)
        return try renderer.score(of: finished.pictures)
    }

    /// The first weight that does, or of those tried the one that comes nearest; between one that is too light and one that
    /// is too heavy the next is their geometric mean.
    ///
    /// - Parameter draw: a render with a weight in per cent; nil if it was interrupted before it began.
    /// - Returns: the weight, and its render; nil if none was begun.
    func share(_ draw: (Float) throws(Failure) -> Rendering.Finished?) throws(Failure) -> (share: Float, Rendering.Finished?) {
        var (share, light, heavy) = (Self.first, Float?.none, Float?.none)
        var best: (share: Float, finished: Rendering.Finished, lack: Float)?
        for _ in 0..<Self.trials {
            guard let finished = try draw(share) else { break }
            let outcome = try outcome(finished)
            let lack = max(0, Self.fall - outcome.fall) / Self.fall + max(0, outcome.cost - Self.cost) / Self.cost
            if best == nil || lack < best!.lack { best = (share, finished, lack) }
            if lack == 0 || Interruption.signal != 0 { break }
            if outcome.fall < Self.fall { light = share } else { heavy = share }
            switch (light, heavy) {
            case (let light?, let heavy?): share = (light * heavy).squareRoot()
            case (_?, nil): share *= 2
            default: share /= 2
            }
        }
        return (best?.share ?? Self.first, best?.finished)
    }
}
