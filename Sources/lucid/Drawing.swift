import ArgumentParser
import Networks
import Visualization

/// What the commands that draw one picture an objective have in common: `--seeds`, `--save-at`, `--evolution`.
struct Drawing {
    let model: Model
    let render: RenderOptions
    let output: OutputOptions
    let photographs: Photographs

    /// An objective with the parts of its picture's name.
    struct Subject {
        let objective: Objective
        var parts: OutputNames.Parts

        init(_ objective: Objective, _ parts: OutputNames.Parts) {
            self.objective = objective
            self.parts = parts
        }
    }

    /// A picture of each objective, or one for each seed.
    func rendering(_ subjects: [Subject], label: String) throws(Failure) -> Rendering {
        let seeds = render.seeds?.seeds
        var jobs: [PictureJob] = []
        let isSheet = seeds != nil && !(output.output?.contains("{seed}") ?? false)
        for subject in subjects {
            for seed in seeds ?? [render.seed] {
                var parts = subject.parts
                parts.seed = seed
                let plan = try render.plan(subject.objective, model: model, photographs, seed: seed)
                jobs.append(try job(plan, to: isSheet ? nil : OutputNames.path(output.output, parts), parts))
            }
        }
        if output.output == "-", jobs.count > 1, !isSheet {
            throw .usage("-o - takes one picture, and this would draw \(jobs.count)")
        }
        var rendering = Rendering(model: model, jobs: jobs, photographs: photographs, label: label, options: output)
        if isSheet {
            var parts = subjects[0].parts
            parts.kind = [parts.kind, "seeds"].compactMap { $0 }.joined(separator: "_")
            if subjects.count > 1 { parts.index = nil }
            rendering.sheet = PictureSheet(to: OutputNames.path(output.output, parts), columns: subjects.count > 1 ? seeds!.count : nil)
        }
        return rendering
    }

    /// A job for one plan with what the output options say of it.
    func job(_ plan: RenderPlan, to path: String?, _ parts: OutputNames.Parts) throws(Failure) -> PictureJob {
        var job = PictureJob(plan, to: [path] + [String?](repeating: nil, count: plan.count - 1))
        try configure(&job, parts)
        return job
    }

    /// Gives a job what the output options say.
    func configure(_ job: inout PictureJob, _ parts: OutputNames.Parts) throws(Failure) {
        job.saveAt = output.saveAt?.steps ?? []
        job.evolution = output.evolution.map { OutputNames.expand($0, parts) }
        job.plan.outputSize = output.outputSize?.networkSize
        try job.checkSaveAt()
        if output.outputSize != nil, !job.plan.parameterization.canvas.traits.contains(.anySize) {
            throw .usage("--output-size is for --param \(canvases(with: .anySize)); others are drawn in their own --size")
        }
    }

    /// The layer that a name means.
    static func layer(_ name: String, in model: Model) throws(Failure) -> LayerName {
        do {
            return try model.network.layer(named: name)
        } catch {
            throw .usage("\(model.name): \(error); `lucid layers --model \(model.name)` shows all")
        }
    }

    /// The channels that `--index` names.
    static func indices(_ list: IndexList, of layer: String, in model: Model) throws(Failure) -> [Int] {
        let channels = model.network.channels(of: try Self.layer(layer, in: model))
        switch list.indices(below: channels) {
        case .success(let indices): return indices
        case .failure(let error):
            throw .usage("\(layer) of \(model.name) has the channels 0–\(channels - 1); there is no channel \(error.index)")
        }
    }
}
