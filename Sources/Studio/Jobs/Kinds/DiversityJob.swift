import Analysis
import Images
import Networks
import Tensors
import Visualization

/// Draws several distinct pictures of one channel: the likeness of their Gram matrices counts against them. They are drawn without
/// that term first, to tell how alike they are by themselves; its weight is then found by trial.
struct DiversityJob: Job {
    let layer: String
    let channel: Objective
    /// The term's weight in per cent of the channel's score; nil to try out.
    let weight: Float?
    /// Without the term, with the files that the pictures go to.
    let job: PictureJob
    /// A sheet of all pictures.
    let sheet: String
    /// Over the sheet; nil for none.
    let title: String?
    let isCaptioned: Bool
    /// The same job for another objective.
    let planned: @Sendable (Objective) throws(Problem) -> PictureJob

    var model: Model { job.model }
    var plan: Plan {
        guard case .picture(let pictures) = job.plan else { preconditionFailure("diversity draws pictures") }
        return .diversity(Plan.DiversityPlan(pictures: pictures, layer: layer, weight: weight))
    }
    var evolutions: [String] { job.evolutions }
    var outputs: [String] { [sheet] + job.outputs }
    var form: OutputForm { job.form }
    /// Renders at most: without the term, the trials, and a last one that is kept.
    var steps: Int { job.steps * (weight == nil ? 1 + DiversitySearch.trials : 2) }
    var memory: Int { job.memory }
    var holdsPhotographs: Bool { job.holdsPhotographs }
    var ingredients: [String] { job.ingredients }
    var inputs: [String] { job.inputs }

    func checkOutputs(force: Bool) throws(Problem) {
        try OutputChecks.check(figure: sheet)
        try job.checkOutputs(force: force)
    }

    /// The term's weight is found by trial, and so is not known before.
    func isOwn(_ path: String) -> Bool {
        let drawn = Record.pictures(ofFile: path)
        return !drawn.isEmpty && drawn.allSatisfy { made in
            guard case .picture(var plan) = made.plan, plan.objective.hasPrefix(channel.text) else { return false }
            plan.objective = job.plan.objective
            return .picture(plan) == job.plan
        }
    }

    /// The numbers for scripts.
    private struct Values: Encodable, Sendable {
        let similarityBefore: Float
        let similarityAfter: Float
        let scoreBefore: Float
        let scoreAfter: Float
        let scoreUnit: String
    }

    func draw(_ context: JobContext) throws(Problem) -> JobResult {
        let quiet = context.silent
        let before = try withoutFiles(job).follow(quiet)
        let search = DiversitySearch(
            similarity: GramSimilarity(model, try model.layer(layer), workers: context.workers), channel: channel, before: before)
        let keepsWay = job.evolution != nil || !job.saveAt.isEmpty
        if context.isCancelled(), weight != nil || keepsWay { return try keep(before) }
        let after: PictureJob.Drawn
        if weight != nil || keepsWay {
            // How the pictures came about is kept as well: the last render must be the one that is looked for.
            let share = if let weight { weight } else { try search.share(trial(before, quiet), context.isCancelled).share }
            if context.isCancelled() { return try keep(before) }
            after = try weighted(share, before).follow(quiet)
            return try result(after, try sheetJob(after).write([after]), search)
        }
        let found = try search.share(trial(before, quiet), context.isCancelled).drawn
        after = found ?? before
        return try result(after, try keep(after), search)
    }

    /// A render with the term at some weight, without files; nil if the work was cancelled before it began.
    private func trial(
        _ before: PictureJob.Drawn, _ context: JobContext
    ) -> (Float) throws(Problem) -> PictureJob.Drawn? {
        { share throws(Problem) in
            context.isCancelled() ? nil : try withoutFiles(weighted(share, before)).follow(context)
        }
    }

    private func weighted(_ share: Float, _ before: PictureJob.Drawn) throws(Problem) -> PictureJob {
        try planned(channel - share / 100 * abs(before.state.score) * .diversity(layer))
    }

    private func withoutFiles(_ job: PictureJob) -> PictureJob {
        var plain = job
        plain.paths = [String?](repeating: nil, count: job.paths.count)
        (plain.saveAt, plain.evolution) = ([], nil)
        return plain
    }

    private func sheetJob(_ drawn: PictureJob.Drawn) -> SheetJob { 
        SheetJob(jobs: [job], sheet: sheet, quality: job.quality, title: title, isCaptioned: isCaptioned)
    }

    /// Writes pictures that were drawn without files.
    private func keep(_ drawn: PictureJob.Drawn) throws(Problem) -> JobResult {
        for (index, path) in job.paths.enumerated() {
            guard let path else { continue }
            try drawn.state.shown[index].write(Record(drawn.records[index]), quality: job.quality, to: path)
        }
        return try sheetJob(drawn).write([drawn])
    }

    private func result(_ after: PictureJob.Drawn, _ written: JobResult, _ search: DiversitySearch) throws(Problem) -> JobResult {
        var result = written
        result.score = after.state.score
        let outcome = try search.outcome(after)
        let pictures = job.result(of: after)
        result.lines = pictures.lines + written.lines + [
            "similarity \(rounded(Double(outcome.similarityBefore), 3)) without the term, \(rounded(Double(outcome.similarityAfter), 3)) with it; \(channel.measure) \(rounded(Double(outcome.scoreBefore), 2)) and \(rounded(Double(outcome.scoreAfter), 2))"
        ]
        result.values = pictures.values + [
            Values(
                similarityBefore: outcome.similarityBefore, similarityAfter: outcome.similarityAfter,
                scoreBefore: outcome.scoreBefore, scoreAfter: outcome.scoreAfter, scoreUnit: channel.measure)
        ]
        result.warning = pictures.warning
        return result
    }
}

/// Looks for the weight that the likeness of the pictures must have.
struct DiversitySearch {
    let similarity: GramSimilarity
    let channel: Objective
    /// Drawn without the term.
    let before: PictureJob.Drawn

    struct Outcome {
        let similarityBefore: Float
        let similarityAfter: Float
        let scoreBefore: Float
        let scoreAfter: Float

        /// By how much the likeness fell, and the cost in the channel's score, as shares.
        var fall: Float { similarityBefore > 0 ? 1 - similarityAfter / similarityBefore : 0 }
        var cost: Float { scoreBefore != 0 ? (scoreBefore - scoreAfter) / abs(scoreBefore) : 0 }
    }

    /// The first weight tried, in per cent of the score.
    private static let first: Float = 8
    /// Weights tried at most.
    static let trials = 4
    /// The least fall of the likeness that is looked for, and the most that it may cost.
    private static let fall: Float = 0.32
    private static let cost: Float = 0.19

    func outcome(_ after: PictureJob.Drawn) throws(Problem) -> Outcome {
        Outcome(
            similarityBefore: try mean(before), similarityAfter: try mean(after), scoreBefore: try score(before), scoreAfter: try score(after))
    }

    private func mean(_ drawn: PictureJob.Drawn) throws(Problem) -> Float {
        try asProblem { () throws(WeightsError) in try similarity.mean(of: drawn.state.tensors) }
    }

    /// The mean of the channel's objective over a job's pictures, each by itself and without transforms.
    private func score(_ drawn: PictureJob.Drawn) throws(Problem) -> Float {
        guard case .picture(var plan) = drawn.state.plan else { preconditionFailure("only renders have an objective to change") }
        plan.objective = channel.text
        (plan.start, plan.mask) = (nil, nil)  // the pictures are there already
        return try asProblem { () throws(RenderError) in
            try Renderer(plan, model: similarity.model, workers: similarity.workers).score(of: drawn.state.tensors)
        }
    }

    /// The first weight that does, or that of those tried which comes nearest; between one that is too light and one that
    /// is too heavy the next is their geometric mean.
    ///
    /// - Parameter draw: a render with a weight in per cent; nil if it was cancelled before it began.
    /// - Returns: the weight, and its render; nil if none was begun.
    func share(
        _ draw: (Float) throws(Problem) -> PictureJob.Drawn?, _ isCancelled: () -> Bool
    ) throws(Problem) -> (share: Float, drawn: PictureJob.Drawn?) {
        var (share, light, heavy) = (Self.first, Float?.none, Float?.none)
        var best: (share: Float, drawn: PictureJob.Drawn, lack: Float)?
        for _ in 0..<Self.trials {
            guard let drawn = try draw(share) else { break }
            let outcome = try outcome(drawn)
            let lack = max(0, Self.fall - outcome.fall) / Self.fall + max(0, outcome.cost - Self.cost) / Self.cost
            if best == nil || lack < best!.lack { best = (share, drawn, lack) }
            if lack == 0 || isCancelled() { break }
            if outcome.fall < Self.fall { light = share } else { heavy = share }
            switch (light, heavy) {
            case (let light?, let heavy?): share = (light * heavy).squareRoot()
            case (_?, nil): share *= 2
            default: share /= 2
            }
        }
        return (best?.share ?? Self.first, best?.drawn)
    }
}
