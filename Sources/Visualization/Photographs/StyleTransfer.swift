import Networks
import Tensors

/// A photograph in the style of other pictures (Gatys, Ecker and Bethge 2016): gradient descent on pixels lowers the distance of
/// deep activations to the photograph's, and of Gram matrices to the styles'. Large results go through smaller sizes first.
public struct StyleTransfer: PhotographProcess {
    /// The plan that it follows.
    public let plan: StylePlan
    public private(set) var stepsDone = 0

    let network: PreparedNetwork
    /// The network's names of the layers, by the plan's.
    let layers: [String: LayerName]
    /// By the plan's names, in their own sizes; grey where only luma is drawn.
    let pictures: [String: Tensor]
    let workers: Workers
    /// The photograph in the result's size, in its own colours.
    private let content: Tensor
    private var targets: StyleTargets
    private var optimizer: any Optimizer
    private var current: [Tensor]  // one block of parameters: the picture, [3, height, width]

    /// - Parameter pictures: those that the plan names, `[channels, height, width]` in 0…1 in their own sizes.
    public init(_ plan: StylePlan, model: Model, pictures: [String: Tensor], workers: Workers) throws(RenderError) {
        let layers = try Self.layers(of: plan, in: model)
        for name in plan.namedPictures where pictures[name] == nil { throw .picture(name, "it was not read") }
        let seen = plan.keepColors ? Self.grey(pictures, plan) : pictures
        try Self.checkStyles(plan, layers, seen, model.network)
        self.plan = plan
        self.layers = layers
        self.workers = workers
        self.pictures = seen
        network = try model.prepared(
            Dictionary(layers.values.map { ($0, .all) }) { first, _ in first }, preprocessing: plan.preprocessing,
            convolution: plan.convolution)
        content = pictures[plan.content]!.scaled(toHeight: plan.height, width: plan.width, workers: workers)
        targets = StyleTargets(stage: 0, plan, network, layers, seen, workers)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
        switch plan.beginning {
        case .content: current = [targets.content]
        case .noise: current = [Self.noise(targets.content.shape, seed: plan.seed)]
        case .picture:
            guard let start = plan.start.flatMap({ seen[$0] }) else { throw .picture("start", "it was not read") }
            current = [start.scaled(toHeight: plan.stages[0].height, width: plan.stages[0].width, workers: workers)]
        }
    }

    /// The photograph and the styles in grey, the styles with the photograph's mean and deviation.
    private static func grey(_ pictures: [String: Tensor], _ plan: StylePlan) -> [String: Tensor] {
        var grey = pictures
        let photo = pictures[plan.content]!.luma()
        grey[plan.content] = photo
        for style in plan.styles { grey[style.picture] = pictures[style.picture]!.luma().matched(to: photo) }
        return grey
    }

    /// Mid grey with noise of this deviation, to start from.
    private static let noiseDeviation: Float = 0.1

    private static func noise(_ shape: Shape, seed: UInt64) -> Tensor {
        var generator = RandomGenerator(seed: seed)
        var noise = Tensor(shape, generator.normal(count: shape.count, standardDeviation: noiseDeviation))
        noise.add(Tensor(shape, repeating: 0.5))
        return noise
    }

    public var steps: Int { plan.totalSteps }

    public var workDone: Double {
        var (done, all, before) = (0.0, 0.0, 0)
        for stage in plan.stages {
            let area = Double(stage.width * stage.height)
            done += area * Double(min(max(stepsDone - before, 0), stage.steps))
            all += area * Double(stage.steps)
            before += stage.steps
        }
        return all > 0 ? done / all : 1
    }

    /// One step downhill. The first step of a stage enlarges the picture before.
    /// - Returns: the negated loss before it.
    public mutating func step() throws(RenderError) -> Float {
        precondition(stepsDone < steps, "the picture is finished")
        var (stage, begin) = (0, 0)
        while stepsDone >= begin + plan.stages[stage].steps {
            begin += plan.stages[stage].steps
            stage += 1
        }
        if stage != targets.stage { enter(stage) }
        let (losses, gradient) = losses(of: current[0], against: targets, wantsGradient: true)
        let score = -total(losses)
        guard score.isFinite else { throw .notFinite(step: stepsDone + 1) }
        var ascent = gradient!
        guard ascent.meanMagnitude().isFinite else { throw .notFinite(step: stepsDone + 1) }
        ascent.scale(by: -1)
        let factor = plan.schedule.learningRateFactor(step: stepsDone - begin, of: plan.stages[stage].steps)
        optimizer.update(&current, along: [ascent], learningRateFactor: factor, workers: workers)
        if !plan.optimizer.rule.comparesGradients { current[0].clamp() }
        stepsDone += 1
        return score
    }

    private mutating func enter(_ stage: Int) {
        let size = plan.stages[stage]
        current[0] = current[0].scaled(toHeight: size.height, width: size.width, workers: workers)
        targets = StyleTargets(stage: stage, plan, network, layers, pictures, workers)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
    }

    public func picture() -> Tensor {
        var result = current[0].scaled(toHeight: plan.height, width: plan.width, workers: workers)
        result.clamp()
        let masks = plan.styles.compactMap { $0.mask.map { pictures[$0]! } }
        if masks.count == plan.styles.count {
            // Outside all masks the photograph stays.
            var cover = Tensor(Shape(1, plan.height, plan.width))
            for mask in masks {
                cover.add(mask.meanOverChannels().scaled(toHeight: plan.height, width: plan.width, workers: workers))
            }
            cover.clamp()
            let beneath = plan.keepColors ? content.luma() : content
            result.add(beneath, scaledBy: -1)
            result.scaleEachChannel(by: cover)
            result.add(beneath)
        }
        return plan.keepColors ? result.coloured(as: content) : result
    }

    /// The losses of a picture in the result's size, compared with the targets of that size.
    public func losses(of picture: Tensor) -> Losses {
        let last = plan.stages.count - 1
        let targets = targets.stage == last ? targets : StyleTargets(stage: last, plan, network, layers, pictures, workers)
        return losses(of: plan.keepColors ? picture.luma() : picture, against: targets, wantsGradient: false).losses
    }

    /// The negated weighted sum of the losses.
    public func score(of picture: Tensor) throws(RenderError) -> Float {
        let score = -total(losses(of: picture))
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    /// The photograph and noise in the result's size, whose losses are the scale for a result's.
    public var extremes: (content: Tensor, noise: Tensor) { (content, Self.noise(content.shape, seed: plan.seed)) }
}
