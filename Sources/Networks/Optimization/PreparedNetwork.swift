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
