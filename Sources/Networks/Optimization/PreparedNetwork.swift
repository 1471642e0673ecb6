import Tensors

/// A network cut down to what is requested of some layers, with its weights read: nothing past the deepest requested layer,
/// only the requested channels of it, normalizations and rectifiers merged into the layers before them.
public struct PreparedNetwork: Sendable {
    struct Step: Sendable {
        let name: String
        let layer: any Layer
        let prepared: any PreparedLayer
        let inputs: [Int]  // indices of steps; −1 is the image
        /// The channels computed, ascending; nil for all.
        let channels: [Int]?
        let isKept: Bool
    }

    let steps: [Step]
    /// The requested positions by step; nil if any layer is wanted whole.
    let positions: [Int: Set<ActivationRequest.Position>]?
    private let preprocessing: Preprocessing?
    private let fit: SizeFit

    /// - Parameters:
    ///   - requests: the activations that will be read.
    ///   - preprocessing: applied to the image first; nil takes the image as the network's own input.
    ///   - convolution: the algorithms that convolutions may use.
    ///   - shuffle: which weights are not to be the trained ones.
    ///   - preparedLayers: what has been prepared for this network already; what is new joins it.
    public init(
        _ network: Network, requests: [LayerName: ActivationRequest], preprocessing: Preprocessing?,
        convolution: ConvolutionChoice = .auto, shuffle: WeightShuffle? = nil, sharing preparedLayers: PreparedLayers = PreparedLayers()
    ) throws(WeightsError) {
        var graph = OptimizedGraph(network, requests: requests)
        graph.absorbInputs()
        graph.mergeNeighbours()
        graph.maskGradients()
        var steps: [Step] = []
        var places = [-1: -1]  // node → step
        for node in graph.nodes {
            places[node.id] = steps.count
            var preparation = Preparation(convolution: convolution)
            preparation.masksInputGradient = node.masksInputGradient
            preparation.receivesMaskedGradient = node.receivesMaskedGradient
            preparation.shuffle = shuffle?.part(node.parts.flatMap { network.nodes[$0].layer.parameters })
            steps.append(
                Step(
                    name: node.name, layer: node.layer, prepared: try preparedLayers.layer(of: node, preparation),
                    inputs: node.inputs.map { places[$0]! }, channels: node.channels, isKept: node.isKept))
        }
        self.steps = steps
        var positions: [Int: Set<ActivationRequest.Position>]? = [:]
        for (layer, request) in requests {
            guard let wanted = request.positions else {
                positions = nil
                break
            }
            positions![steps.firstIndex { $0.isKept && $0.name == layer.node }!] = wanted
        }
        self.positions = positions
        self.preprocessing = preprocessing
        fit = SizeFit(network, layers: Set(requests.keys))
    }

    /// The shapes of every step's inputs and output for an image, up to the first step that cannot take it.
    func shapes(for image: Shape) -> (steps: [(inputs: [Shape], output: Shape)], error: ShapeError?) {
        var shapes: [(inputs: [Shape], output: Shape)] = []
        for step in steps {
            let inputs = step.inputs.map { $0 < 0 ? image : shapes[$0].output }
            do throws(ShapeError) {
                shapes.append((inputs, try step.layer.outputShape(for: inputs)))
            } catch {
                return (shapes, ShapeError(error.reason, layer: step.name))
            }
        }
        return (shapes, nil)
    }

    /// Whether images of this size can be taken, perhaps scaled, or the layer that cannot.
    public func check(height: Int, width: Int) throws(ShapeError) {
        guard fit.next(Network.Size(height: height, width: width)) == nil else { return }
        throw shapes(for: Shape(fit.channels, height, width)).error
            ?? ShapeError("the network takes no pictures of \(width)x\(height)")
    }

    /// Multiplications with additions of one forward pass.
    public func multiplyAdds(height: Int, width: Int) -> Int {
        let size = fit.next(Network.Size(height: height, width: width)) ?? Network.Size(height: height, width: width)
        return zip(steps, shapes(for: Shape(fit.channels, size.height, size.width)).steps).reduce(0) { $0 + $1.0.layer.multiplyAdds(for: $1.1.inputs) }
    }

    /// One pass through the network. An image of a size that it does not take is scaled to the next that it does.
    ///
    /// - Parameters:
    ///   - image: `[channels, height, width]`, a size that `check` accepts; in 0…1 if there is preprocessing.
    ///   - remembering: keep what `Trace.backward` needs; without, activations die as soon as they are used.
    public func forward(_ image: Tensor, _ pass: Pass, remembering: Bool = true) -> Trace {
        var pass = pass
        pass.remembers = remembering
        let scaling = scaling(of: image.shape)
        let image = scaling.map { $0(image, workers: pass.workers) } ?? image
        let view = view(of: image.shape)
        let seen = view.isWhole
            ? image
            : image.cropped(
                top: view.rows.lowerBound, left: view.columns.lowerBound, height: view.rows.count,
                width: view.columns.count, workers: pass.workers)
        let input = FeatureMap(preprocessing.map { $0(seen, workers: pass.workers) } ?? seen, workers: pass.workers)
        var outputs = [FeatureMap?](repeating: nil, count: steps.count)
        var uses = [Int](repeating: 0, count: steps.count)
        for step in steps { for index in step.inputs where index >= 0 { uses[index] += 1 } }
        var pullbacks: [((consuming FeatureMap) -> [FeatureMap])?] = []
        var activations: [String: Activation] = [:]
        for (index, step) in steps.enumerated() {
            let inputs = step.inputs.map { $0 < 0 ? input : outputs[$0]! }
            let result = step.prepared(inputs, pass)
            outputs[index] = result.output
            if remembering { pullbacks.append(result.pullback) }
            if step.isKept {
                activations[step.name] = Activation(
                    values: result.output.planes(workers: pass.workers), channels: step.channels,
                    place: view.places[index])
            }
            for used in step.inputs where used >= 0 {
                uses[used] -= 1
                if uses[used] == 0 { outputs[used] = nil }
            }
        }
        return Trace(
            activations: activations, pullbacks: pullbacks, inputs: steps.map(\.inputs),
            names: steps.map { $0.isKept ? $0.name : nil },
            view: view, imageShape: image.shape, scaling: scaling, preprocessing: preprocessing, workers: pass.workers)
    }

    /// To the next size that the layers take; nil where they take the image as it is.
    func scaling(of image: Shape) -> BilinearScaling? {
        guard let size = fit.next(Network.Size(height: image.height, width: image.width)) else { preconditionFailure("unchecked shape") }
        guard size.height != image.height || size.width != image.width else { return nil }
        return BilinearScaling(fromHeight: image.height, width: image.width, toHeight: size.height, width: size.width)
    }
}

/// One remembered pass: the requested activations, and the way back to the image, once.
public struct Trace: ~Copyable {
    let activations: [String: Activation]
    private var pullbacks: [((consuming FeatureMap) -> [FeatureMap])?]
    private let inputs: [[Int]]  // by step
    private let names: [String?]  // by step; nil where nothing was requested
    private let view: ImageView
    private let imageShape: Shape
    private let scaling: BilinearScaling?
    private let preprocessing: Preprocessing?
    private let workers: Workers

    init(
        activations: [String: Activation], pullbacks: [((consuming FeatureMap) -> [FeatureMap])?], inputs: [[Int]],
        names: [String?], view: ImageView, imageShape: Shape, scaling: BilinearScaling?, preprocessing: Preprocessing?,
        workers: Workers
    ) {
        self.activations = activations
        self.pullbacks = pullbacks
        self.inputs = inputs
        self.names = names
        self.view = view
        self.imageShape = imageShape
        self.scaling = scaling
        self.preprocessing = preprocessing
        self.workers = workers
    }

    /// A layer's activation, which must have been requested.
    public subscript(layer: LayerName) -> Activation { activations[layer.node]! }

    /// The gradient with respect to the image of a score whose gradients with respect to the requested activations are
    /// `seeds` (in the shape of `Activation.values`). What a step remembers dies as soon as it has been used.
    public consuming func backward(from seeds: [LayerName: Tensor]) -> Tensor {
        precondition(pullbacks.count == inputs.count, "the pass was not remembered")
        var way = WayBack(from: seeds, inputs: inputs, names: names, workers: workers)
        for index in inputs.indices.reversed() { way.pass(index, through: pullbacks.popLast()!) }
        return atImage(way.image)
    }

    /// The gradients of a score with respect to the outputs of layers, and to the image where that is asked for.
    ///
    /// The way back ends at the shallowest layer asked for, and what the pass remembers stays: other seeds can follow.
    ///
    /// - Parameters:
    ///   - seeds: the score's gradients with respect to the requested activations, in the shape of `Activation.values`.
    ///   - layers: requested whole. A rectified layer's gradient is that at its output, positive or not.
    public borrowing func gradients(
        from seeds: [LayerName: Tensor], at layers: Set<LayerName>, image: Bool = false
    ) -> LayerGradients {
        precondition(pullbacks.count == inputs.count, "the pass was not remembered")
        var way = WayBack(from: seeds, inputs: inputs, names: names, workers: workers)
        var missing = Dictionary(uniqueKeysWithValues: layers.map { ($0.node, $0) })
        var found: [LayerName: Tensor] = [:]
        for index in inputs.indices.reversed() where image || !missing.isEmpty {
            way.seed(index)
            if let name = names[index], let layer = missing.removeValue(forKey: name) {
                found[layer] = way.gradients[index]?.planes(workers: workers) ?? Tensor(activations[name]!.values.shape)
            }
            way.pass(index, through: pullbacks[index])
        }
        precondition(missing.isEmpty, "no activation of \(missing.keys.sorted().joined(separator: ", ")) was requested")
        return LayerGradients(layers: found, image: image ? atImage(way.image) : nil)
    }

    /// From a gradient at what the network saw to the gradient at the whole image.
    private borrowing func atImage(_ gradient: FeatureMap?) -> Tensor {
        var gradient = gradient?.planes(workers: workers) ?? Tensor(Shape(imageShape.channels, view.rows.count, view.columns.count))
        if let preprocessing { gradient = preprocessing.pullback(gradient, workers: workers) }
        if !view.isWhole {
            gradient = gradient.padded(
                top: view.rows.lowerBound, left: view.columns.lowerBound, height: imageShape.height, width: imageShape.width,
                value: 0, workers: workers)
        }
        return scaling?.adjoint(gradient, workers: workers) ?? gradient
    }
}

/// The gradients of a score that one way back found.
public struct LayerGradients: Sendable {
    /// With respect to the whole output of each layer that was asked for, `[channels, height, width]`.
    public let layers: [LayerName: Tensor]
    /// With respect to the image, `[channels, height, width]`; nil where it was not asked for.
    public let image: Tensor?
}

/// The gradients that have come together so far on the way from the deepest step to the image.
private struct WayBack {
    private let inputs: [[Int]]  // by step
    private let names: [String?]  // by step
    private let workers: Workers
    private var seeds: [String: Tensor]
    private(set) var gradients: [FeatureMap?]
    private(set) var image: FeatureMap?

    init(from seeds: [LayerName: Tensor], inputs: [[Int]], names: [String?], workers: Workers) {
        (self.inputs, self.names, self.workers) = (inputs, names, workers)
        self.seeds = Dictionary(uniqueKeysWithValues: seeds.map { ($0.node, $1) })
        gradients = [FeatureMap?](repeating: nil, count: inputs.count)
    }

    /// Adds the score's own gradient at a step, once.
    mutating func seed(_ index: Int) {
        guard let name = names[index], let seed = seeds.removeValue(forKey: name) else { return }
        accumulate(FeatureMap(seed, workers: workers), onto: index)
    }

    /// Hands the gradient at a step on to its inputs. No step behind it has a part to add any more.
    mutating func pass(_ index: Int, through pullback: ((consuming FeatureMap) -> [FeatureMap])?) {
        guard let pullback else { return }
        seed(index)
        guard let gradient = gradients[index].take() else { return }
        var results = pullback(consume gradient)
        for input in inputs[index].reversed() { accumulate(results.removeLast(), onto: input) }
    }

    private mutating func accumulate(_ part: consuming FeatureMap, onto index: Int) {
        if index < 0 {
            if image == nil { image = part } else { image!.add(part, workers: workers) }
        } else if gradients[index] == nil {
            gradients[index] = part
        } else {
            gradients[index]!.add(part, workers: workers)
        }
    }
}
