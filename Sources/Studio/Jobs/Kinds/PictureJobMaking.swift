import Images
import Networks
import Tensors
import Visualization

extension PictureJob {
    /// A job for a plan from noise or from another picture.
    ///
    /// - Parameters:
    ///   - paths: a file for each picture that the plan draws; nil for those that only a sheet shows.
    ///   - quality: of JPEGs.
    init(_ plan: RenderPlan, model: Model, _ photographs: Photographs, to paths: [String?], quality: Int? = nil) throws(Problem) {
        precondition(paths.count == plan.count, "each picture goes somewhere")
        let plan = try photographs.sealed(plan, model: model)
        var memory = 0
        try checkMemory { most throws(RenderError) in
            memory = max(memory, try Renderer.check(plan, model: model, memory: most))
        }
        self.init(
            model: model, plan: .picture(plan), paths: paths, steps: plan.steps, quality: quality, memory: memory,
            holdsPhotographs: !photographs.isEmpty, ingredients: model.ingredients(photographs), inputs: photographs.paths
        ) { context throws(Problem) in
            let fixed = try photographs.pictures(of: plan, model: model)
            return try asProblem { () throws(RenderError) in
                RenderProcess(
                    renderer: try Renderer(
                        plan, model: model, pictures: fixed, workers: context.workers, isInterrupted: context.isCancelled),
                    colours: model.network.inputChannels)
            }
        }
    }

    /// A job for a dream's plan.
    init(_ plan: DreamPlan, _ pictures: DreamPictures, model: Model, _ photographs: Photographs, to path: String, quality: Int?)
        throws(Problem)
    {
        let memory = try asProblem { () throws(RenderError) in try Dream.estimatedMemory(of: plan, model: model) }
        self.init(
            model: model, plan: .dream(plan), paths: [path], steps: plan.steps, quality: quality, memory: memory,
            holdsPhotographs: true, ingredients: model.ingredients(photographs), inputs: photographs.paths
        ) { context throws(Problem) in
            try asProblem { () throws(RenderError) in
                PhotographPicture(
                    process: try Dream(plan, model: model, pictures: pictures.tensors, workers: context.workers),
                    plan: .dream(plan), opacity: pictures.opacity, depth: quality == nil ? pictures.depth : .eight
                ) { dream, picture throws(RenderError) in
                    let before = try dream.score(of: dream.beginning)
                    return ("score \(short(before)) → \(short(try dream.score(of: picture)))", ["score_before": before])
                }
            }
        }
    }

    /// A job for a transfer of style.
    init(_ plan: StylePlan, model: Model, _ photographs: Photographs, to path: String, quality: Int?) throws(Problem) {
        try checkMemory { memory throws(RenderError) in try StyleTransfer.check(plan, model: model, memory: memory) }
        var pictures: [String: Tensor] = [:]
        for name in plan.namedPictures { pictures[name] = try photographs.picture(name).tensor(channels: 3, name: name) }
        let photo = try photographs.picture(plan.content)
        let fitted = photo.fitted(width: plan.width, height: plan.height)
        pictures[plan.content] = try fitted.tensor(channels: 3, name: plan.content)
        let memory = try asProblem { () throws(RenderError) in try StyleTransfer.estimatedMemory(of: plan, model: model) }
        self.init(
            model: model, plan: .style(plan), paths: [path], steps: plan.totalSteps, quality: quality, memory: memory,
            holdsPhotographs: true, ingredients: model.ingredients(photographs), inputs: photographs.paths
        ) { [pictures] context throws(Problem) in
            try asProblem { () throws(RenderError) in
                PhotographPicture(
                    process: try StyleTransfer(plan, model: model, pictures: pictures, workers: context.workers),
                    plan: .style(plan), opacity: fitted.opacity, depth: quality == nil ? photo.bitDepth : .eight, rate: Self.rating)
            }
        }
    }

    /// The losses against those of the photograph and of noise.
    private static func rating(_ transfer: StyleTransfer, _ picture: Tensor) -> (text: String, measures: [String: Float]) {
        let (content, noise) = transfer.extremes
        let own = transfer.losses(of: picture)
        let (atContent, atNoise) = (transfer.losses(of: content), transfer.losses(of: noise))
        func share(_ loss: Float, of whole: Float) -> Float { whole > 0 ? loss / whole : 0 }
        func percent(_ share: Float) -> String { rounded(Double(share) * 100, 1) }
        let style = share(own.style, of: atContent.style)
        let kept = share(own.content, of: atNoise.content)
        return (
            "style loss \(percent(style)) % of the photograph's, content loss \(percent(kept)) % of noise's",
            [
                "content_loss": own.content, "style_loss": own.style, "total_variation": own.totalVariation,
                "style_loss_share": style, "content_loss_share": kept,
            ]
        )
    }

    /// Gives the job what is said of its outputs.
    ///
    /// - Parameter parts: for the name of the file that keeps how the picture came about.
    mutating func configure(_ output: OutputSettings, _ parts: OutputNames.Parts) {
        depth = output.depth
        saveAt = output.saveAt?.steps ?? []
        evolution = output.evolution.map { OutputNames.expand($0, parts) }
    }
}

extension OutputSettings {
    /// The plan whose finished picture is written in the size that is asked for.
    func sized(_ plan: RenderPlan) throws(Problem) -> RenderPlan {
        guard let outputSize else { return plan }
        guard plan.parameterization.canvas.traits.contains(.anySize) else {
            throw .usage("\(setting: "output-size") is for \(setting: "param") \(RenderSettings.canvases(with: .anySize)); others are drawn in their own \(setting: "size")")
        }
        var plan = plan
        plan.outputSize = outputSize.networkSize
        return plan
    }
}

extension Model {
    /// The network and the photographs of a job, a line each, for people who want to know.
    func ingredients(_ photographs: Photographs) -> [String] { ["\(name), weights \(weightsSHA256)"] + photographs.descriptions }
}
