import Networks
import Tensors

/// A plan's texts, read and held against the network: what the renderer needs, or why it cannot be.
struct Reading {
    let objective: Objective
    let transforms: TransformChain
    /// By the objective's names for them.
    let layers: [String: LayerName]

    /// The fixed pictures that are named.
    let pictures: Set<String>

    init(_ plan: RenderPlan, model: Model) throws(RenderError) {
        let network = model.network
        do {
            objective = try Objective(parsing: plan.objective, labels: model.classNames)
        } catch {
            throw .objective(plan.objective, error)
        }
        do {
            transforms = try TransformChain(parsing: plan.transforms)
        } catch {
            throw .transforms(plan.transforms, error)
        }
        var layers: [String: LayerName] = [:]
        for name in objective.requests.keys.sorted() {
            do {
                layers[name] = try name == Objective.logitsLayer ? network.logitsLayer : network.layer(named: name)
            } catch {
                throw .layer(error)
            }
        }
        self.layers = layers
        pictures = objective.references.union([plan.start, plan.mask].compactMap { $0 })
        try checkExtents(plan, network)
    }

    /// What the network must answer. Two names may mean one layer.
    var requests: [LayerName: ActivationRequest] {
        var requests: [LayerName: ActivationRequest] = [:]
        for (name, request) in objective.requests {
            let layer = layers[name]!
            requests[layer] = requests[layer].map { $0.union(request) } ?? request
        }
        return requests
    }

    /// An objective's gradients by the network's names for layers. Two names may mean one layer.
    func seeds(_ gradients: Evaluation.Gradients) -> [LayerName: Tensor] {
        var seeds: [LayerName: Tensor] = [:]
        for (name, gradient) in gradients.layers {
            let layer = layers[name]!
            if seeds[layer] == nil { seeds[layer] = gradient } else { seeds[layer]!.add(gradient) }
        }
        return seeds
    }

    /// Holds the objective's channels and positions, and the picture's size, against the network.
    private func checkExtents(_ plan: RenderPlan, _ network: Network) throws(RenderError) {
        let size = plan.width == plan.height ? "\(plan.width)" : "\(plan.width)x\(plan.height)"
        guard plan.width > 0, plan.height > 0 else { throw .size(size, "nothing to draw") }
        let drawn = Shape(network.inputChannels + (plan.alpha ? 1 : 0), plan.height, plan.width)
        let extent = transforms.extent(of: drawn)
        guard extent.smallest.channels == network.inputChannels else {
            throw plan.alpha
                ? .index("a picture with an opacity needs the transform backdrop, once")
                : .index("the transform backdrop needs a picture with an opacity (--alpha)")
        }
        for check in objective.checks {
            let (name, channel, x, y): (String, Int?, Int?, Int?)
            switch check {
            case .unit(let layer, let c, let column, let row): (name, channel, x, y) = (layer, c, column, row)
            case .sameExtents: continue  // fixed pictures are cut to the plan's
            case .picture(let picture):
                guard picture < plan.count else {
                    throw .index("there is no picture \(picture): \(plan.count == 1 ? "one is" : "\(plan.count) are") drawn, counted from 0 (--count)")
                }
                continue
            case .pictures(let count, let what):
                guard plan.count >= count else {
                    throw .index("\(what) compares pictures that are drawn together; try --count 4")
                }
                continue
            case .alone(let what):
                throw .index("\(what) within picture(…) has one picture to look at; put it outside")
            case .alpha:
                guard plan.alpha else { throw .index("there is no opacity; try --alpha") }
                continue
            }
            let layer = layers[name]!
            let channels = network.channels(of: layer)
            if let channel, channel >= channels {
                throw .index("\(layer) has the channels 0–\(channels - 1); there is no channel \(channel)")
            }
            let shape: Shape
            do {
                let smallest = extent.smallest
                if let only = network.onlySize(for: layer),
                    smallest != extent.largest || smallest != Shape(network.inputChannels, only.height, only.width)
                {
                    let wanted = Resize(width: only.width, height: only.height).text
                    throw RenderError.size(size, "\(layer) sees pictures of \(only) pixels only; end --transforms with \(wanted)")
                }
                guard smallest.height > 0, smallest.width > 0 else {
                    throw ShapeError("the transforms leave nothing of the picture")
                }
                _ = try network.shape(of: layer, height: smallest.height, width: smallest.width)
                let picture = Shape(network.inputChannels, plan.height, plan.width)
                let seen = transforms.fitting?.target(picture) ?? picture
                shape = try network.shape(of: layer, height: seen.height, width: seen.width)
            } catch let error as RenderError {
                throw error
            } catch {
                let advice = smallestSize(for: layer, network).map { "try --size \($0)" } ?? "no size fits under these transforms"
                throw .size(size, "too small for \(layer) (\(error)); \(advice)")
            }
            if let x, x >= shape.width {
                throw .index("\(layer) has the columns 0–\(shape.width - 1) at this size; there is no column \(x)")
            }
            if let y, y >= shape.height {
                throw .index("\(layer) has the rows 0–\(shape.height - 1) at this size; there is no row \(y)")
            }
        }
    }

    /// The one unit that the objective is about, if it is about one.
    var unit: (layer: LayerName, channel: Int, position: ActivationRequest.Position?)? {
        var found: (layer: LayerName, channel: Int, position: ActivationRequest.Position?)?
        for case .unit(let layer, let channel?, let x, let y) in objective.checks {
            if found != nil { return nil }
            let isNeuron = objective.requests[layer]?.positions != nil
            found = (layers[layer]!, channel, isNeuron ? ActivationRequest.Position(x: x, y: y) : nil)
        }
        return found
    }

    /// The side of the smallest square that the layer can be drawn at under these transforms; nil if none up to 1024 is.
    private func smallestSize(for layer: LayerName, _ network: Network) -> Int? {
        (1...1024).first { side in
            let extent = transforms.extent(of: Shape(network.inputChannels, side, side)).smallest
            return extent.height > 0 && extent.width > 0
                && (try? network.shape(of: layer, height: extent.height, width: extent.width)) != nil
                && (transforms.fitting != nil || (try? network.shape(of: layer, height: side, width: side)) != nil)
        }
    }

    /// Bytes that a render takes at most, to be held against what there is: what a pass remembers, four of the largest maps
    /// (a layer's input and output, and a branch beside it), the picture's own numbers in their several forms, and the
    /// weights, prepared for both ways.
    func estimatedMemory(_ plan: RenderPlan, network: Network) -> Int {
        let drawn = Shape(network.inputChannels + (plan.alpha ? 1 : 0), plan.height, plan.width)
        let largest = transforms.extent(of: drawn).largest
        let height = max(largest.height, plan.height)
        let width = max(largest.width, plan.width)
        let cost = network.cost(of: Set(layers.values), height: height, width: width)
        let pictures = 16 * drawn.channels * height * width + plan.parameterization.numbers(at: plan.height * plan.width)
        let passes = plan.count * (cost.remembered + pictures) + objective.references.count * cost.largestActivation
        let climb = passes + 4 * cost.largestActivation
        let finished = plan.outputSize.map { size in
            plan.count * (16 * drawn.channels * size.height * size.width + plan.parameterization.numbers(at: size.height * size.width))
        }
        return 4 * (max(climb, finished ?? 0) + 3 * cost.parameters) + 64 << 20
    }
}

extension Model {
    /// The network, cut to what is demanded and with its weights loaded.
    ///
    /// - Parameter preprocessing: a plan's own; nil for what comes with the model.
    func prepared(
        _ requests: [LayerName: ActivationRequest], preprocessing: Preprocessing?, convolution: ConvolutionChoice
    ) throws(RenderError) -> PreparedNetwork {
        do {
            return try PreparedNetwork(
                network, requests: requests, preprocessing: preprocessing ?? self.preprocessing, convolution: convolution,
                sharing: preparedLayers)
        } catch {
            throw .weights(error)
        }
    }
}
