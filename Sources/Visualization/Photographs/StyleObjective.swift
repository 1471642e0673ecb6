import Networks
import Tensors

extension StyleTransfer {
    /// The parts of the loss.
    public struct Losses: Sendable, Codable, Equatable {
        /// The mean over content layers of ‖F − C‖² / ‖C‖².
        public var content: Float = 0
        /// The mean over style layers of ‖G − S‖² / ‖S‖².
        public var style: Float = 0
        /// The mean squared difference of neighbouring pixels.
        public var totalVariation: Float = 0
    }

    /// The weighted sum of the losses.
    public func total(_ losses: Losses) -> Float {
        plan.contentWeight * losses.content + plan.styleWeight * losses.style + plan.totalVariation * losses.totalVariation
    }

    /// The losses, and the gradient of their weighted sum at the picture.
    func losses(of picture: Tensor, against targets: StyleTargets, wantsGradient: Bool) -> (losses: Losses, gradient: Tensor?) {
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
        for (layer, share) in Self.shares(of: plan.contentLayers) {
            let loss = StyleLosses.content(trace[layers[layer]!].values, target: targets.contents[layer]!)
            losses.content += share * add(loss, layer, weight: plan.contentWeight * share)
        }
        for (layer, share) in Self.shares(of: plan.styleLayers) {
            let values = trace[layers[layer]!].values
            let regions = targets.styles[layer]!
            for region in regions {
                let loss = StyleLosses.style(values, target: region.gram, mask: region.mask, workers: workers)
                let part = share / Float(regions.count)
                losses.style += part * add(loss, layer, weight: plan.styleWeight * part)
            }
        }
        let variation = StyleLosses.totalVariation(picture)
        losses.totalVariation = variation.value
        guard wantsGradient else { return (losses, nil) }
        var gradient = trace.backward(from: seeds)
        gradient.add(variation.gradient, scaledBy: plan.totalVariation)
        return (losses, gradient)
    }

    /// Layers with weights that sum to 1.
    private static func shares(of layers: [StylePlan.LayerWeight]) -> [(layer: String, share: Float)] {
        let sum = max(layers.reduce(0) { $0 + $1.weight }, .leastNormalMagnitude)
        return layers.map { ($0.layer, $0.weight / sum) }
    }
}

// MARK: - Checks

extension StyleTransfer {
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
            do {
                for stage in plan.stages { _ = try model.network.seenShape(of: layer, height: stage.height, width: stage.width) }
            } catch {
                throw .size(
                    size, "too small for \(layer) (\(error)); try a larger \(setting: .size), or fewer \(setting: .stages)")
            }
        }
        let needed = try estimatedMemory(of: plan, model: model)
        if let memory, needed > memory {
            throw .memory(needed: needed, available: memory, advice: "try a smaller \(setting: .size)")
        }
    }

    /// Every style must be large enough for every layer in every stage.
    static func checkStyles(
        _ plan: StylePlan, _ layers: [String: LayerName], _ pictures: [String: Tensor], _ network: Network
    ) throws(RenderError) {
        for style in plan.styles {
            for stage in plan.stages {
                let size = plan.styleSize(of: pictures[style.picture]!.shape, in: stage)
                for layer in layers.values {
                    do {
                        _ = try network.seenShape(of: layer, height: size.height, width: size.width)
                    } catch {
                        let shown = "\(size.width)x\(size.height)"
                        throw .picture(
                            style.picture,
                            "it is shown as \(shown), too small for \(layer); try a larger \(setting: .styleScale) or \(setting: .size)")
                    }
                }
            }
        }
    }

    /// Bytes that a transfer takes at most, about.
    public static func estimatedMemory(of plan: StylePlan, model: Model) throws(RenderError) -> Int {
        let layers = Set(try layers(of: plan, in: model).values)
        func values(height: Int, width: Int) -> Int {
            layers.reduce(0) { $0 + ((try? model.network.seenShape(of: $1, height: height, width: width).count) ?? 0) }
        }
        let last = plan.stages.last!
        let cost = model.network.cost(of: layers, height: last.height, width: last.width)
        let history = min(2 * last.steps, plan.optimizer.valuesPerParameter)
        let pixels = 3 * last.width * last.height
        let descent = cost.remembered + 4 * cost.largestActivation + 3 * values(height: last.height, width: last.width)
            + (8 + history) * pixels
        // A style is seen once, in its own shape: at most a square.
        let side = Int(Float(max(last.width, last.height)) * plan.styleScale)
        let glance = 4 * model.network.cost(of: layers, height: side, width: side).largestActivation
            + values(height: side, width: side) + 6 * side * side
        return 4 * (max(descent, glance) + 3 * cost.parameters) + 64 << 20
    }

    /// The network's names of the plan's layers.
    static func layers(of plan: StylePlan, in model: Model) throws(RenderError) -> [String: LayerName] {
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
}

extension StylePlan {
    /// Every picture that the plan names.
    public var namedPictures: Set<String> {
        Set([content] + styles.flatMap { [$0.picture, $0.mask].compactMap { $0 } } + [start].compactMap { $0 })
    }
}
