import ArgumentParser
import Networks
import Tensors
import Visualization

/// `lucid diversity`
struct Diversity: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw several distinct pictures of one channel: its facets.",
        discussion: """
            The pictures are drawn together, and the likeness of their Gram matrices counts against them. They are first \
            drawn without that, to tell how alike they are by themselves. What the likeness weighs is tried out in shorter \
            renders, until the pictures are a good third less alike; --weight fixes it, in per cent of the channel's score.

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

    func run() throws {
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
        let label = "\(layer):\(indices[0])"

        let paths: [String?] = (0..<count).map { OutputNames.path(path, picture: $0) }
        var job = PictureJob(try render.plan(channel, model: model, photographs, count: count), to: paths)
        try drawing.configure(&job, parts)
        var rehearsal = Rendering(
            model: model, jobs: [rehearsed(job)], photographs: photographs, label: "\(label), alike",
            options: output.dryRun ? output : output.silent)
        // Checked before the first of several renders.
        rehearsal.willWrite = job.outputs + [path]
        rehearsal.keepsPictures = true
        rehearsal.isTrial = true
        guard let before = try rehearsal.run().first else {
            if Interruption.signal != 0 { throw Interruption.failure }
            return  // a dry run
        }

        let likeness = Likeness(model, layer, workers: output.running.workers)
        let share = try weight ?? tried(job, channel, drawing, likeness, label)
        let term = share / 100 * abs(before.check.score) * .diversity(layer)
        job.plan = try render.plan(channel - term, model: model, photographs, count: count)
        try drawing.configure(&job, parts)
        var rendering = Rendering(model: model, jobs: [job], photographs: photographs, label: label, options: output)
        rendering.sheet = PictureSheet(to: path)
        rendering.keepsPictures = true
        if Interruption.signal != 0 {
            try rendering.keep(before)
            throw Interruption.failure
        }
        let after = try rendering.run()[0]
        let outcome = Outcome(
            similarityBefore: try likeness(before.pictures), similarityAfter: try likeness(after.pictures),
            scoreBefore: try likeness.score(before, of: channel), scoreAfter: try likeness.score(after, of: channel))
        if output.running.json {
            try standardOutput(json(outcome))
        } else if !output.running.quiet {
            try standardOutput(
                "similarity \(rounded(Double(outcome.similarityBefore), 3)) without the term, \(rounded(Double(outcome.similarityAfter), 3)) with it; the channel's mean \(rounded(Double(outcome.scoreBefore), 2)) and \(rounded(Double(outcome.scoreAfter), 2))")
        }
    }

    /// Weights to try, in per cent of the score, and by how much the likeness should fall at least.
    private static let weights: [Float] = [3, 5, 8, 13, 20]
    private static let enough: Float = 0.36

    /// The first weight that sets the pictures apart in a third of the steps; the largest if none does, or if the program is
    /// interrupted.
    private func tried(
        _ job: PictureJob, _ channel: Objective, _ drawing: Drawing, _ likeness: Likeness, _ label: String
    ) throws(Failure) -> Float {
        var short = drawing.render
        short.steps = max(1, job.plan.steps / 3)
        func draw(_ objective: Objective) throws(Failure) -> Rendering.Finished? {
            let plan = try short.plan(objective, model: drawing.model, drawing.photographs, count: count)
            let trial = PictureJob(plan, to: [String?](repeating: nil, count: count))
            var rendering = Rendering(
                model: drawing.model, jobs: [trial], photographs: drawing.photographs, label: "\(label), trying",
                options: output.silent)
            rendering.keepsPictures = true
            rendering.isTrial = true
            return try rendering.run().first
        }
        guard let plain = try draw(channel) else { return Self.weights.last! }
        let alike = try likeness(plain.pictures)
        for weight in Self.weights {
            guard let apart = try draw(channel - weight / 100 * abs(plain.check.score) * .diversity(layer)) else { break }
            if try likeness(apart.pictures) <= (1 - Self.enough) * alike { return weight }
        }
        return Self.weights.last!
    }

    /// The same job without the term and without files.
    private func rehearsed(_ job: PictureJob) -> PictureJob {
        var plain = job
        plain.paths = [String?](repeating: nil, count: count)
        plain.saveAt = []
        plain.evolution = nil
        return plain
    }

    /// What `--json` prints at the end.
    private struct Outcome: Encodable {
        let similarityBefore: Float
        let similarityAfter: Float
        let scoreBefore: Float
        let scoreAfter: Float
    }
}

/// How alike pictures are to a layer: the mean over pairs of ⟨G_i, G_j⟩, G a picture's normalised Gram matrix; 1 for the same.
struct Likeness: Sendable {
    private let model: Model
    private let layer: String
    private let workers: Workers

    init(_ model: Model, _ layer: String, workers: Workers) {
        self.model = model
        self.layer = layer
        self.workers = workers
    }

    func callAsFunction(_ pictures: [Tensor]) throws(Failure) -> Float {
        let activations = try activations(pictures)
        let grams = activations.map { NormalizedGram($0) }
        var sum: Float = 0
        var pairs = 0
        for i in grams.indices {
            for j in grams.indices where j > i {
                sum += grams[i].similarity(to: grams[j])
                pairs += 1
            }
        }
        return pairs == 0 ? 1 : sum / Float(pairs)
    }

    /// The mean of an objective over a job's pictures, each by itself and without transforms.
    func score(_ finished: Rendering.Finished, of objective: Objective) throws(Failure) -> Float {
        var plan = finished.plan
        plan.objective = objective.text
        (plan.start, plan.mask) = (nil, nil)  // the pictures are there already
        do throws(RenderError) {
            let renderer = try Renderer(plan, model: model, workers: workers)
            return try renderer.score(of: finished.pictures)
        } catch {
            throw Failure(error)
        }
    }

    private func activations(_ pictures: [Tensor]) throws(Failure) -> [Tensor] {
        let name = try Drawing.layer(layer, in: model)
        do throws(WeightsError) {
            let network = try PreparedNetwork(
                model.network, demands: [name: .all], preprocessing: model.preprocessing, sharing: model.loaded)
            return pictures.map { network.forward($0, Pass(workers: workers), remembering: false)[name].values }
        } catch {
            throw Failure(error)
        }
    }
}
