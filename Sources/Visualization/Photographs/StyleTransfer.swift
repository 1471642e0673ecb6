import Networks
import Tensors

/// A photograph in the style of other pictures (Gatys, Ecker and Bethge 2016): pixels climb down the distance of a deep
/// layer's answers to the photograph's and of Gram matrices to the styles'. Large results go through smaller sizes first.
public struct StyleTransfer: PhotographProcess {
    /// What is made.
    public let plan: StylePlan
    public private(set) var stepsDone = 0

    private let network: PreparedNetwork
    /// The network's names of the layers, by the plan's.
    private let layers: [String: LayerName]
    private let pictures: [String: Tensor]
    /// Before anything is made of it, in the result's size.
    private let content: Tensor
    private let workers: Workers
    private var stage: Stage
    private var optimizer: any Optimizer
    private var current: [Tensor]

    /// A loss, by parts.
    public struct Losses: Sendable, Codable, Equatable {
        /// The mean over content layers of ‖F − C‖² / ‖C‖².
        public var content: Float = 0
        /// The mean over style layers of ‖G − S‖² / ‖S‖².
        public var style: Float = 0
        /// The mean squared difference of neighbouring pixels.
        public var totalVariation: Float = 0
    }

    /// What one size is held against.
    private struct Stage: Sendable {
        let index: Int
        /// The photograph as it is compared and begun with.
        let content: Tensor
        /// By layer.
        let contents: [String: Tensor]
        /// By layer, a target for each region.
        let styles: [String: [Target]]
    }

    private struct Target: Sendable {
        let gram: [Float]
        let mask: Tensor?
    }

    /// - Parameter pictures: those that the plan names, `[channels, height, width]` in 0…1 in their own sizes.
    public init(_ plan: StylePlan, model: Model, pictures: [String: Tensor], workers: Workers) throws(RenderError) {
        let layers = try Self.layers(of: plan, in: model)
        self.plan = plan
        self.layers = layers
        self.workers = workers
        network = try model.prepared(
            Dictionary(layers.values.map { ($0, .all) }) { first, _ in first }, preprocessing: plan.preprocessing, convolution: plan.convolution)
        for name in plan.namedPictures where pictures[name] == nil { throw .picture(name, "it was not read") }
        var seen = pictures
        if plan.keepColors {
            let photo = pictures[plan.content]!.luma()
            seen[plan.content] = photo
            for style in plan.styles { seen[style.picture] = pictures[style.picture]!.luma().matched(to: photo) }
        }
        for style in plan.styles {
            for size in plan.stages {
                let scaled = Self.scaled(seen[style.picture]!.shape, plan, size)
                for layer in layers.values {
                    do {
                        _ = try model.network.shape(of: layer, height: scaled.height, width: scaled.width)
                    } catch {
                        throw .picture(style.picture, "it is shown as \(scaled.width)x\(scaled.height), too small for \(layer); try a larger --style-scale or --size")
                    }
                }
            }
        }
        self.pictures = seen
        content = pictures[plan.content]!.scaled(toHeight: plan.height, width: plan.width, workers: workers)
        let first = plan.stages[0]
        stage = Self.stage(0, plan, network, layers, seen, workers)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
        switch plan.beginning {
        case .content:
            current = [stage.content]
        case .noise:
            var generator = RandomGenerator(seed: plan.seed)
            let shape = stage.content.shape
            var noise = Tensor(shape, generator.normal(count: shape.count, standardDeviation: Self.noise))
            noise.add(Tensor(shape, repeating: 0.5))
            current = [noise]
        case .picture:
            guard let start = plan.start.flatMap({ seen[$0] }) else { throw .picture("start", "it was not read") }
            current = [start.scaled(toHeight: first.height, width: first.width, workers: workers)]
        }
    }

    /// The deviation of the noise to begin from.
    static let noise: Float = 0.1

    /// Whether a plan can be followed, without computing or loading anything.
    ///
    /// - Parameter memory: bytes that may be used; nil for no limit.
    public static func check(_ plan: StylePlan, model: Model, memory: Int? = nil) throws(RenderError) {
        let layers = try layers(of: plan, in: model)
        guard model.network.inputChannels == 3 else {
            throw .index("\(plan.model) takes pictures of \(model.network.inputChannels) channels; a transfer of style needs 3")
        }
        let last = plan.stages.last!
        for layer in layers.values {
            let size = "\(last.width)x\(last.height)"
            guard model.network.onlySize(for: layer) == nil else {
                throw .size(size, "\(plan.model) sees pictures of one size only, which \(plan.content) and the styles do not have")
            }
            do {
                for stage in plan.stages { _ = try model.network.shape(of: layer, height: stage.height, width: stage.width) }
            } catch {
                throw .size(size, "too small for \(layer) (\(error)); try a larger --size, or fewer --stages")
            }
        }
        let needed = try estimatedMemory(of: plan, model: model)
        if let memory, needed > memory { throw .memory(needed: needed, available: memory, option: "--size") }
    }

    /// Bytes that a transfer takes at most, about.
    public static func estimatedMemory(of plan: StylePlan, model: Model) throws(RenderError) -> Int {
        let layers = Set(try layers(of: plan, in: model).values)
        func values(height: Int, width: Int) -> Int {
            layers.reduce(0) { $0 + ((try? model.network.shape(of: $1, height: height, width: width).count) ?? 0) }
        }
        let last = plan.stages.last!
        let cost = model.network.cost(of: layers, height: last.height, width: last.width)
        let history = min(2 * last.steps, plan.optimizer.remembered)
        let pixels = 3 * last.width * last.height
        let ascent = cost.remembered + 4 * cost.largestActivation + 3 * values(height: last.height, width: last.width)
            + (8 + history) * pixels
        // A style is seen once, in its own shape: at most a square.
        let side = Int(Float(max(last.width, last.height)) * plan.styleScale)
        let glance = 4 * model.network.cost(of: layers, height: side, width: side).largestActivation
            + values(height: side, width: side) + 6 * side * side
        return 4 * (max(ascent, glance) + 3 * cost.parameters) + 64 << 20
    }

    private static func layers(of plan: StylePlan, in model: Model) throws(RenderError) -> [String: LayerName] {
        var layers: [String: LayerName] = [:]
        for name in (plan.contentLayers + plan.styleLayers).map(\.layer) {
            do {
                layers[name] = try model.network.layer(named: name)
            } catch {
                throw .layer(error)
            }
        }
        return layers
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

    /// One step downhill; the first of a stage enlarges the picture first.
    /// - Returns: the negated loss before it.
    public mutating func step() throws(RenderError) -> Float {
        precondition(stepsDone < steps, "the picture is finished")
        var (index, begins) = (0, 0)
        while stepsDone >= begins + plan.stages[index].steps {
            begins += plan.stages[index].steps
            index += 1
        }
        if index != stage.index { enter(index) }
        let (losses, gradient) = losses(of: current[0], wantsGradient: true)
        let score = -total(losses)
        guard score.isFinite else { throw .notFinite(step: stepsDone + 1) }
        var climb = gradient!
        guard climb.meanMagnitude().isFinite else { throw .notFinite(step: stepsDone + 1) }
        climb.scale(by: -1)
        optimizer.climb(
            &current, along: [climb], pace: plan.schedule.pace(step: stepsDone - begins, of: plan.stages[index].steps),
            workers: workers)
        // Differences of gradients mean nothing to L-BFGS once the picture has been moved behind its back.
        if plan.optimizer.name != .lbfgs { current[0].clamp() }
        stepsDone += 1
        return score
    }

    public func picture() -> Tensor {
        var result = current[0].scaled(toHeight: plan.height, width: plan.width, workers: workers)
        result.clamp()
        // Where no style is wanted the photograph stays.
        let masks = plan.styles.map { $0.mask.map { pictures[$0]! } }
        if masks.allSatisfy({ $0 != nil }) {
            var cover = Tensor(Shape(1, plan.height, plan.width))
            for mask in masks {
                cover.add(mask!.meanOverChannels().scaled(toHeight: plan.height, width: plan.width, workers: workers))
            }
            cover.clamp()
            let beneath = plan.keepColors ? content.luma() : content
            result.add(beneath, scaledBy: -1)
            result.scaleEachChannel(by: cover)
            result.add(beneath)
        }
        return plan.keepColors ? result.coloured(as: content) : result
    }

    /// The losses of a picture in the result's size, held against the targets of that size.
    public func losses(of picture: Tensor) -> Losses {
        let last = plan.stages.count - 1
        let target = stage.index == last ? stage : Self.stage(last, plan, network, layers, pictures, workers)
        return losses(of: plan.keepColors ? picture.luma() : picture, against: target, wantsGradient: false).losses
    }

    /// The negated weighted sum of the losses.
    public func score(of picture: Tensor) throws(RenderError) -> Float {
        let score = -total(losses(of: picture))
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    /// The photograph and noise in the result's size: what results are held against.
    public var extremes: (content: Tensor, noise: Tensor) {
        var generator = RandomGenerator(seed: plan.seed)
        var noise = Tensor(content.shape, generator.normal(count: content.shape.count, standardDeviation: Self.noise))
        noise.add(Tensor(content.shape, repeating: 0.5))
        return (content, noise)
    }

    /// The weighted sum that is climbed down.
    public func total(_ losses: Losses) -> Float {
        plan.contentWeight * losses.content + plan.styleWeight * losses.style + plan.totalVariation * losses.totalVariation
    }

    private mutating func enter(_ index: Int) {
        let size = plan.stages[index]
        current[0] = current[0].scaled(toHeight: size.height, width: size.width, workers: workers)
        stage = Self.stage(index, plan, network, layers, pictures, workers)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
    }

    private static func stage(
        _ index: Int, _ plan: StylePlan, _ network: PreparedNetwork, _ layers: [String: LayerName], _ pictures: [String: Tensor],
        _ workers: Workers
    ) -> Stage {
        let size = plan.stages[index]
        func answers(_ picture: Tensor) -> [String: Tensor] {
            let trace = network.forward(picture, Pass(workers: workers), remembering: false)
            return layers.mapValues { trace[$0].values }
        }
        let content = pictures[plan.content]!.scaled(toHeight: size.height, width: size.width, workers: workers)
        let contentAnswers = answers(content)
        /// Of each style and layer.
        let grams = plan.styles.map { style in
            let picture = pictures[style.picture]!
            let extent = scaled(picture.shape, plan, size)
            let values = answers(picture.scaled(toHeight: extent.height, width: extent.width, workers: workers))
            return Dictionary(plan.styleLayers.map { ($0.layer, StyleLosses.gramMatrix(values[$0.layer]!, workers: workers)) }) {
                first, _ in first
            }
        }
        var targets: [String: [Target]] = [:]
        for layer in plan.styleLayers.map(\.layer) {
            let shape = contentAnswers[layer]!.shape
            var regions: [Target] = []
            // Styles without a mask are mixed; one with a mask has its region to itself.
            let everywhere = plan.styles.indices.filter { plan.styles[$0].mask == nil }
            if !everywhere.isEmpty {
                let all = max(everywhere.reduce(0) { $0 + plan.styles[$1].weight }, .leastNormalMagnitude)
                var mixed = [Float](repeating: 0, count: shape.channels * shape.channels)
                for index in everywhere {
                    let share = plan.styles[index].weight / all
                    let gram = grams[index][layer]!
                    for i in mixed.indices { mixed[i] += share * gram[i] }
                }
                regions.append(Target(gram: mixed, mask: nil))
            }
            for (index, style) in plan.styles.enumerated() {
                guard let mask = style.mask else { continue }
                let plane = pictures[mask]!.meanOverChannels()
                regions.append(
                    Target(
                        gram: grams[index][layer]!,
                        mask: plane.scaled(toHeight: shape.height, width: shape.width, workers: workers)))
            }
            targets[layer] = regions
        }
        let contents = Dictionary(plan.contentLayers.map { ($0.layer, contentAnswers[$0.layer]!) }) { first, _ in first }
        return Stage(index: index, content: content, contents: contents, styles: targets)
    }

    /// The extents in which a style is seen.
    private static func scaled(_ picture: Shape, _ plan: StylePlan, _ size: StylePlan.Stage) -> (height: Int, width: Int) {
        let scale = Float(max(size.width, size.height)) * plan.styleScale / Float(max(picture.width, picture.height))
        return (
            max(smallestStyle, Int((Float(picture.height) * scale).rounded())),
            max(smallestStyle, Int((Float(picture.width) * scale).rounded()))
        )
    }

    /// The side that a scaled style has at least: what networks can take.
    private static let smallestStyle = 64

    private func losses(of picture: Tensor, wantsGradient: Bool) -> (losses: Losses, gradient: Tensor?) {
        losses(of: picture, against: stage, wantsGradient: wantsGradient)
    }

    /// The losses, and the gradient of their weighted sum.
    private func losses(of picture: Tensor, against stage: Stage, wantsGradient: Bool) -> (losses: Losses, gradient: Tensor?) {
        let trace = network.forward(
            picture, Pass(workers: workers, rectifier: .plain, poolGradient: plan.poolGradient), remembering: wantsGradient)
        var losses = Losses()
        var seeds: [LayerName: Tensor] = [:]
        func add(_ loss: StyleLosses.Loss, _ layer: String, weight: Float) -> Float {
            var gradient = loss.gradient
            gradient.scale(by: weight)
            let name = layers[layer]!
            if seeds[name] == nil { seeds[name] = gradient } else { seeds[name]!.add(gradient) }
            return loss.value
        }
        let contentShares = shares(of: plan.contentLayers)
        for (layer, share) in zip(plan.contentLayers, contentShares) {
            let loss = StyleLosses.content(trace[layers[layer.layer]!].values, target: stage.contents[layer.layer]!)
            losses.content += share * add(loss, layer.layer, weight: plan.contentWeight * share)
        }
        for (layer, share) in zip(plan.styleLayers, shares(of: plan.styleLayers)) {
            let values = trace[layers[layer.layer]!].values
            let targets = stage.styles[layer.layer]!
            for target in targets {
                let loss = StyleLosses.style(values, target: target.gram, mask: target.mask, workers: workers)
                let part = share / Float(targets.count)
                losses.style += part * add(loss, layer.layer, weight: plan.styleWeight * part)
            }
        }
        let variation = StyleLosses.totalVariation(picture)
        losses.totalVariation = variation.value
        guard wantsGradient else { return (losses, nil) }
        var gradient = trace.backward(from: seeds)
        gradient.add(variation.gradient, scaledBy: plan.totalVariation)
        return (losses, gradient)
    }

    /// Weights that sum to 1.
    private func shares(of layers: [StylePlan.LayerWeight]) -> [Float] {
        let sum = max(layers.reduce(0) { $0 + $1.weight }, .leastNormalMagnitude)
        return layers.map { $0.weight / sum }
    }
}

extension StylePlan {
    /// Every picture that the plan names.
    public var namedPictures: Set<String> {
        Set([content] + styles.flatMap { [$0.picture, $0.mask].compactMap { $0 } } + [start].compactMap { $0 })
    }
}

extension Tensor {
    /// Y of ITU-R BT.601 in each of three channels.
    fileprivate func luma() -> Tensor {
        var result = self
        let area = shape.area
        result.withMutableElements { result in
            withElements { rgb in
                for i in 0..<area {
                    let y = 0.299 * rgb[i] + 0.587 * rgb[area + i] + 0.114 * rgb[2 * area + i]
                    (result[i], result[area + i], result[2 * area + i]) = (y, y, y)
                }
            }
        }
        return result
    }

    /// This picture's luma with the other's chroma: R − Y, G − Y and B − Y stay the other's.
    fileprivate func coloured(as other: Tensor) -> Tensor {
        var result = luma()
        result.add(other)
        result.add(other.luma(), scaledBy: -1)
        result.clamp()
        return result
    }

    /// A grey picture with another's mean and deviation (Gatys et al. 2016, arXiv:1606.05897, section 3).
    fileprivate func matched(to other: Tensor) -> Tensor {
        func statistics(_ picture: Tensor) -> (mean: Float, deviation: Float) {
            let sum = picture.withElements { $0.reduce(0.0) { $0 + Double($1) } }
            let mean = sum / Double(picture.shape.count)
            let variance = max(0, inner(picture, picture) / Double(picture.shape.count) - mean * mean)
            return (Float(mean), Float(variance.squareRoot()))
        }
        let (own, wanted) = (statistics(self), statistics(other))
        let factor = wanted.deviation / max(own.deviation, 1e-6)
        var result = self
        result.withMutableElements { values in
            for i in values.indices { values[i] = (values[i] - own.mean) * factor + wanted.mean }
        }
        return result
    }
}
