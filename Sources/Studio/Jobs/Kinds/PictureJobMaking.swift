import Films
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
        let isTransparent = plan.alpha || plan.parameterization.canvas.traits.contains(.importanceAsOpacity)
        if isTransparent { try Self.refuse(opacityIn: paths) }
        let plan = try photographs.sealed(plan, model: model)
        var memory = 0
        try checkMemory { most throws(RenderError) in
            memory = max(memory, try Renderer.check(plan, model: model, memory: most))
        }
        self.init(
            model: model, plan: .picture(plan), paths: paths, steps: plan.steps, quality: quality, memory: memory,
            isTransparent: isTransparent, holdsPhotographs: !photographs.isEmpty, ingredients: model.ingredients(photographs) + model.scaling(plan),
            inputs: photographs.paths
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
        let isTransparent = pictures.opacity?.isTransparent == true
        if isTransparent { try Self.refuse(opacityIn: [path]) }
        let memory = try asProblem { () throws(RenderError) in try Dream.estimatedMemory(of: plan, model: model) }
        self.init(
            model: model, plan: .dream(plan), paths: [path], steps: plan.steps, quality: quality, memory: memory,
            isTransparent: isTransparent, holdsPhotographs: true, ingredients: model.ingredients(photographs), inputs: photographs.paths
        ) { context throws(Problem) in
            try asProblem { () throws(RenderError) in
                PhotographPicture(
                    process: try Dream(plan, model: model, pictures: pictures.tensors, workers: context.workers),
                    plan: .dream(plan), opacity: pictures.opacity, depth: quality == nil ? pictures.depth : .eight
                ) { dream, picture throws(RenderError) in
                    let before = try dream.score(of: dream.beginning)
                    return ("\(Plan.dream(plan).measure) \(short(before)) → \(short(try dream.score(of: picture)))", ["score_before": before])
                }
            }
        }
    }

    /// A job for a transfer of style.
    init(_ plan: StylePlan, model: Model, _ photographs: Photographs, to path: String, quality: Int?) throws(Problem) {
        try checkMemory { memory throws(RenderError) in try StyleTransfer.check(plan, model: model, memory: memory) }
        var pictures: [String: Tensor] = [:]
        for name in plan.namedPictures where name != plan.content {
            pictures[name] = try photographs.picture(name).reduced(towards: plan.largestExtent).tensor(channels: 3, name: name)
        }
        let photo = try photographs.picture(plan.content)
        let fitted = photo.fitted(width: plan.width, height: plan.height)
        let opacity = fitted.opacity
        let isTransparent = opacity?.isTransparent == true
        if isTransparent { try Self.refuse(opacityIn: [path]) }
        pictures[plan.content] = try fitted.tensor(channels: 3, name: plan.content)
        let depth = quality == nil ? photo.bitDepth : .eight
        let memory = try asProblem { () throws(RenderError) in try StyleTransfer.estimatedMemory(of: plan, model: model) }
        self.init(
            model: model, plan: .style(plan), paths: [path], steps: plan.totalSteps, quality: quality, memory: memory,
            isTransparent: isTransparent, holdsPhotographs: true, ingredients: model.ingredients(photographs), inputs: photographs.paths
        ) { [pictures] context throws(Problem) in
            try asProblem { () throws(RenderError) in
                PhotographPicture(
                    process: try StyleTransfer(plan, model: model, pictures: pictures, workers: context.workers),
                    plan: .style(plan), opacity: opacity, depth: depth, rate: Self.rating)
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

    /// Refuses files whose format would lose an opacity. A sheet shows its pictures on white.
    private static func refuse(opacityIn paths: [String?]) throws(Problem) {
        guard paths.contains(where: { $0.flatMap(PictureFormat.init(fileName:))?.codec.isLossy == true }) else { return }
        throw .usage("this picture has an opacity, which a JPEG cannot hold; name a .png with \(setting: "output")", setting: "output")
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

extension JobContext {
    /// Says before anything is computed that an animation cannot hold an opacity.
    func reportLostOpacity(in path: String) throws(Problem) {
        guard let kind = try? AnimationKind(of: path), !kind.holdsOpacity else { return }
        try report(.note("\(path) shows the pictures on white: it cannot hold their opacity, which a .webm or a folder of frames keeps"))
    }
}

extension Picture {
    /// A huge picture in a few times the size in which it will be seen at most: no more of it would be told apart, and as numbers it
    /// would fill the memory.
    ///
    /// - Parameter extent: the longer side in which it is seen, in pixels.
    fileprivate func reduced(towards extent: Int) -> Picture {
        let (huge, kept) = (8, 4)  // times the extent
        let longest = max(width, height)
        guard longest > huge * extent else { return self }
        func reduced(_ side: Int) -> Int { max(1, Int((Double(side) * Double(kept * extent) / Double(longest)).rounded())) }
        return resized(width: reduced(width), height: reduced(height))
    }
}

extension Tensor {
    /// Whether an opacity lets anything through.
    var isTransparent: Bool { withElements { $0.contains { $0 < 1 } } }
}

extension StylePlan {
    /// The longer side in which any of its pictures is seen at most.
    fileprivate var largestExtent: Int { Int((Double(max(width, height)) * max(1, Double(styleScale))).rounded(.up)) }
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
    /// A line where the network sees pictures in another size than the one that a plan leaves.
    func scaling(_ plan: RenderPlan) -> [String] {
        guard let (left, seen) = Renderer.scaling(of: plan, model: self) else { return [] }
        return ["\(name) does not take \(left.width)x\(left.height) pixels, which the transforms leave; it sees them scaled to \(seen.width)x\(seen.height)"]
    }

    /// The network and the photographs of a job, a line each, for people who want to know.
    func ingredients(_ photographs: Photographs) -> [String] { ["\(name), weights \(weightsSHA256)"] + photographs.descriptions }
}
