import Networks
import Tensors

/// The objective and the transforms of a plan, read and checked against the network.
package struct BoundObjective {
    package let objective: Objective
    /// The plan's penalties with their shares.
    let penalties: [(objective: Objective, share: Float)]
    let transforms: TransformChain
    /// The network's layers by the objective's names for them. Two names may mean one layer.
    let layers: [String: LayerName]
    /// The fixed pictures that the objective, the start and the mask name.
    let pictures: Set<String>

    /// - Throws: `RenderError` where the plan cannot be followed, without computing or loading anything.
    package init(_ plan: RenderPlan, model: Model) throws(RenderError) {
        do {
            objective = try Objective(parsing: plan.objective, labels: model.classNames, otherNames: model.otherClassNames)
        } catch {
            throw .objective(plan.objective, error)
        }
        do {
            transforms = try TransformChain(parsing: plan.transforms)
        } catch {
            throw .transforms(plan.transforms, error)
        }
        penalties = try Self.penalties(plan)
        let checked = objective.checks.compactMap { if case .unit(let layer, _, _, _, _) = $0 { layer } else { nil } }
        layers = try model.network.layers(named: Set(objective.requests.keys).union(checked).sorted())
        pictures = objective.references.union([plan.start, plan.mask].compactMap { $0 })
        try checkStages(plan)
        for section in plan.sections {
            var plan = plan
            (plan.width, plan.height) = (section.width, section.height)
            try checkSizes(plan, model.network)
            for check in objective.checks { try self.check(check, plan, model.network) }
        }
    }

    private static func penalties(_ plan: RenderPlan) throws(RenderError) -> [(objective: Objective, share: Float)] {
        var penalties: [(objective: Objective, share: Float)] = []
        for penalty in plan.penalties {
            let objective: Objective
            do { objective = try Objective(parsing: penalty.objective, labels: nil) } catch { throw .objective(penalty.objective, error) }
            guard objective.requests.isEmpty, objective.references.isEmpty, plan.alpha || !objective.checks.contains(.alpha) else {
                throw .index("the penalty \(penalty.objective) is not about the picture alone")
            }
            penalties.append((objective, penalty.share))
        }
        return penalties
    }

    /// The activations that the network must compute.
    package var requests: [LayerName: ActivationRequest] {
        var requests: [LayerName: ActivationRequest] = [:]
        for (name, request) in objective.requests {
            let layer = layers[name]!
            requests[layer] = requests[layer].map { $0.union(request) } ?? request
        }
        return requests
    }

    /// The classes whose directions the objective needs.
    package var directedClasses: [Int] { objective.checks.compactMap { if case .classDirection(let index) = $0 { index } else { nil } } }

    /// The one unit that the objective is about; nil if it is about none or several.
    var unit: (layer: LayerName, channel: Int, position: ActivationRequest.Position?, part: MapPart)? {
        var found: (layer: LayerName, channel: Int, position: ActivationRequest.Position?, part: MapPart)?
        for case .unit(let layer, let channel?, let x, let y, let part) in objective.checks {
            if found != nil { return nil }
            let isNeuron = objective.requests[layer]?.positions != nil
            found = (layers[layer]!, channel, isNeuron ? ActivationRequest.Position(x: x, y: y) : nil, part)
        }
        return found
    }

    /// A finished picture of another size is there before and after the colours, as bytes of the file, and in copies between.
    private static let finishedForms = 6

    /// Bytes that a render takes at most: the memory of a forward pass, four of the largest maps (a layer's input and output,
    /// and a branch beside it), the picture in its several forms, and the weights, prepared for both directions.
    func estimatedMemory(_ plan: RenderPlan, network: Network) -> Int {
        let drawn = Shape(network.inputChannels + (plan.alpha ? 1 : 0), plan.height, plan.width)
        let largest = transforms.extent(of: drawn).largest
        let height = max(largest.height, plan.height)
        let width = max(largest.width, plan.width)
        let scratch = plan.parameterization.canvas.scratchPerPixel
        let cost = network.cost(of: Set(requests.keys), height: height, width: width)
        let pictures = 16 * drawn.channels * height * width + scratch * plan.height * plan.width
        let passes = plan.count * (cost.remembered + pictures) + objective.references.count * cost.largestActivation
        let ascent = passes + 4 * cost.largestActivation
        let finished = plan.outputSize.map { plan.count * Self.finishedForms * drawn.channels * $0.height * $0.width }
        return 4 * (max(ascent, finished ?? 0) + 3 * cost.parameters) + 64 << 20
    }
}

// MARK: - Checks

extension BoundObjective {
    private func checkStages(_ plan: RenderPlan) throws(RenderError) {
        if plan.stages.stages.isEmpty { return }
        guard plan.parameterization.canvas.traits.contains(.stages), !plan.shared else {
            throw .index("\(plan.parameterization) pictures are not drawn from small to large; try \(setting: .stages) none")
        }
        guard pictures.isEmpty else {
            throw .index("photographs have the picture's own size, and stages would begin with smaller ones; try \(setting: .stages) none")
        }
        guard plan.stages.steps <= plan.steps else {
            throw .index("the stages take \(plan.stages.steps) steps, and there are \(plan.steps) in all; try fewer in \(setting: .stages)")
        }
    }

    private func checkSizes(_ plan: RenderPlan, _ network: Network) throws(RenderError) {
        guard plan.width > 0, plan.height > 0 else { throw .size(plan.sizeText, "nothing to draw") }
        let drawn = Shape(network.inputChannels + (plan.alpha ? 1 : 0), plan.height, plan.width)
        guard transforms.extent(of: drawn).smallest.channels == network.inputChannels else {
            throw plan.alpha
                ? .index("a picture with an opacity needs the transform backdrop, once")
                : .index("the transform backdrop needs a picture with an opacity (\(setting: .alpha))")
        }
    }

    private func check(_ check: ObjectiveCheck, _ plan: RenderPlan, _ network: Network) throws(RenderError) {
        switch check {
        case .unit(let layer, let channel, let x, let y, _):
            try checkUnit(layers[layer]!, channel: channel, x: x, y: y, plan, network)
        case .classDirection:
            guard network.classifierHead != nil else {
                throw .index("the classes of this network are not linear in a layer; class_logit(…) draws them by their scores")
            }
        case .picture(let picture):
            guard picture < plan.count else {
                let drawn = plan.count == 1 ? "one is" : "\(plan.count) are"
                throw .index("there is no picture \(picture): \(drawn) drawn, counted from 0 (\(setting: .count))")
            }
        case .pictures(let count, let subject):
            guard plan.count >= count else {
                throw .index("\(subject) compares pictures that are drawn together; try \(setting: .count) 4")
            }
        case .alone(let subject): throw .index("\(subject) within picture(…) has one picture to look at; put it outside")
        case .alpha:
            guard plan.alpha else { throw .index("there is no opacity; try \(setting: .alpha)") }
        case .sameExtents: break  // fixed pictures are cut to the plan's size
        }
    }

    private func checkUnit(
        _ layer: LayerName, channel: Int?, x: Int?, y: Int?, _ plan: RenderPlan, _ network: Network
    ) throws(RenderError) {
        let channels = network.channels(of: layer)
        if let channel, channel >= channels {
            throw .index("\(layer) has the channels 0–\(channels - 1); there is no channel \(channel)")
        }
        let shape = try shape(of: layer, plan, network)
        if let x, x >= shape.width {
            throw .index("\(layer) has the columns 0–\(shape.width - 1) at this size; there is no column \(x)")
        }
        if let y, y >= shape.height {
            throw .index("\(layer) has the rows 0–\(shape.height - 1) at this size; there is no row \(y)")
        }
    }

    /// The layer's shape for the whole picture. The smallest and the largest picture that transforms leave must do as well, perhaps
    /// scaled to the next size that the layer takes.
    private func shape(of layer: LayerName, _ plan: RenderPlan, _ network: Network) throws(RenderError) -> Shape {
        let fit = SizeFit(network, layers: [layer])
        do {
            return try shape(of: layer, Shape(network.inputChannels, plan.height, plan.width), alpha: plan.alpha, network, fit)
        } catch {
            let side = (1...1024).first { side in
                (try? shape(of: layer, Shape(network.inputChannels, side, side), alpha: plan.alpha, network, fit)) != nil
            }
            guard let side else { throw .size(plan.sizeText, "too small for \(layer) (\(error)); no size fits under these transforms") }
            // A number alone would be the longer side of a photograph that is thin.
            let advice = plan.width == plan.height ? "\(side)" : "\(side)x\(side)"
            throw .size(plan.sizeText, "too small for \(layer) (\(error)); try \(setting: .size) \(advice)")
        }
    }

    private func shape(of layer: LayerName, _ picture: Shape, alpha: Bool, _ network: Network, _ fit: SizeFit) throws(ShapeError) -> Shape {
        let extent = transforms.extent(of: Shape(picture.channels + (alpha ? 1 : 0), picture.height, picture.width))
        for seen in [extent.smallest, extent.largest] {
            guard seen.height > 0, seen.width > 0 else { throw ShapeError("the transforms leave nothing of the picture") }
            _ = try fit.shape(of: layer, in: network, height: seen.height, width: seen.width)
        }
        let seen = transforms.finalResize?.target(picture) ?? picture
        return try fit.shape(of: layer, in: network, height: seen.height, width: seen.width)
    }
}

extension Renderer {
    /// Bytes that drawing a plan takes at most.
    public static func estimatedMemory(of plan: RenderPlan, model: Model) throws(RenderError) -> Int {
        try BoundObjective(plan, model: model).estimatedMemory(plan, network: model.network)
    }

    /// Whether a plan can be followed, without computing or loading anything.
    ///
    /// - Parameter memory: bytes that may be used; nil for no limit.
    /// - Returns: bytes that it takes at most, about.
    @discardableResult
    public static func check(_ plan: RenderPlan, model: Model, memory: Int? = nil) throws(RenderError) -> Int {
        let needed = try estimatedMemory(of: plan, model: model)
        if let memory, needed > memory {
            let advice: RenderError.Reason =
                plan.outputSize == nil
                ? "try a smaller \(setting: .size)" : "try a smaller \(setting: .size) or \(setting: .outputSize)"
            throw .memory(needed: needed, available: memory, advice: advice)
        }
        return needed
    }

    /// The fixed pictures that a plan's objective, start and mask name.
    public static func pictures(of plan: RenderPlan, model: Model) throws(RenderError) -> [String] {
        try BoundObjective(plan, model: model).pictures.sorted()
    }
}

extension RenderPlan {
    /// "224" for a square, "640x480" otherwise.
    fileprivate var sizeText: String { width == height ? "\(width)" : "\(width)x\(height)" }
}

extension Network {
    /// The layers that names stand for, by name; `Objective.logitsLayer` stands for the class scores.
    func layers(named names: [String]) throws(RenderError) -> [String: LayerName] {
        var layers: [String: LayerName] = [:]
        for name in names {
            do {
                layers[name] = try layer(ofObjective: name)
            } catch {
                throw .layer(error)
            }
        }
        return layers
    }

    /// The layer that an objective's name means: one of the names that stand for something in every network, or a layer's own.
    func layer(ofObjective name: String) throws(LayerNameError) -> LayerName {
        let isClasses = name == Objective.logitsLayer || name == Objective.classFeaturesLayer
        if isClasses, let reason = remarks.unreadEnd { throw LayerNameError(name: name, nearest: [], reason: reason) }
        return switch name {
        case Objective.logitsLayer: logitsLayer
        // Without a head the check of the class's direction says what is wrong.
        case Objective.classFeaturesLayer: classifierHead?.features ?? logitsLayer
        default: try layer(named: name)
        }
    }
}

extension Model {
    /// The network, cut to the layers that are requested, with its weights loaded.
    ///
    /// - Parameters:
    ///   - preprocessing: a plan's own; nil for the model's.
    ///   - shuffle: which weights are not to be the trained ones.
    package func prepared(
        _ requests: [LayerName: ActivationRequest], preprocessing: Preprocessing?, convolution: ConvolutionChoice,
        shuffle: WeightShuffle? = nil
    ) throws(RenderError) -> PreparedNetwork {
        do {
            return try PreparedNetwork(
                network, requests: requests, preprocessing: preprocessing ?? self.preprocessing, convolution: convolution,
                shuffle: shuffle, sharing: preparedLayers)
        } catch {
            throw .weights(error)
        }
    }
}
