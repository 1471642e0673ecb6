import Tensors

/// A network cut down to what some layers demand, with its weights loaded: nothing past the deepest demanded layer,
/// only the demanded channels of it, normalizations and rectifiers merged into the convolutions before them.
public struct PreparedNetwork: Sendable {
    struct Step: Sendable {
        let name: String
        let layer: any Layer
        let inputs: [Int]  // indices of steps; −1 is the image
        /// The channels computed, ascending; nil for all.
        let channels: [Int]?
        var isKept: Bool
    }

    let steps: [Step]
    /// The positions that are wanted of demanded layers, by step; nil if any layer is wanted whole.
    let positions: [Int: Set<Demand.Position>]?
    private let preprocessing: Preprocessing?

    /// - Parameters:
    ///   - demands: what will be looked at.
    ///   - preprocessing: applied to the image first; nil takes the image as the network's own input.
    ///   - convolution: the algorithms that convolutions may use.
    ///   - loaded: layers that others have prepared for this network, and will.
    public init(
        _ network: Network, demands: [LayerName: Demand], preprocessing: Preprocessing?,
        convolution: ConvolutionChoice = .auto, sharing loaded: LoadedLayers = LoadedLayers()
    ) throws(WeightsError) {
        var plan = Pruning(network, demands: demands)
        plan.foldNormalizations()
        plan.mergeRectifiers()
        plan.maskGradients()
        var steps: [Step] = []
        var places = [Int: Int]()  // node → step
        for node in plan.nodes {
            places[node.index] = steps.count
            let name = network.nodes[node.index].name
            let layer =
                try node.channels == nil
                ? loaded.layer(name, node.layer, convolution) : node.layer.loaded(convolution)
            steps.append(
                Step(
                    name: name, layer: layer,
                    inputs: node.inputs.map { $0 < 0 ? -1 : places[$0]! }, channels: node.channels,
                    isKept: node.isKept))
        }
        self.steps = steps
        var positions: [Int: Set<Demand.Position>]? = [:]
        for (layer, demand) in demands {
            guard let wanted = demand.positions else {
                positions = nil
                break
            }
            positions![steps.firstIndex { $0.name == layer.node }!] = wanted
        }
        self.positions = positions
        self.preprocessing = preprocessing
    }

    /// Whether images of this size can be taken, or the layer that cannot.
    public func check(channels: Int = 3, height: Int, width: Int) throws(ShapeError) {
        var shapes: [Shape] = []
        for step in steps {
            do {
                let inputs = step.inputs.map { $0 < 0 ? Shape(channels, height, width) : shapes[$0] }
                shapes.append(try step.layer.outputShape(for: inputs))
            } catch {
                throw ShapeError(error.reason, layer: step.name)
            }
        }
    }

    /// Multiplications with additions of one forward pass.
    public func multiplyAdds(channels: Int = 3, height: Int, width: Int) -> Int {
        var shapes: [Shape] = []
        var sum = 0
        for step in steps {
            let inputs = step.inputs.map { $0 < 0 ? Shape(channels, height, width) : shapes[$0] }
            guard let shape = try? step.layer.outputShape(for: inputs) else { return sum }
            sum += step.layer.multiplyAdds(for: inputs)
            shapes.append(shape)
        }
        return sum
    }

    /// One pass through the network.
    ///
    /// - Parameters:
    ///   - image: `[channels, height, width]`, a size that `check` accepts; in 0…1 if there is preprocessing.
    ///   - remembering: keep what `Trace.backward` needs; without, activations die as soon as they are used.
    public func forward(_ image: Tensor, _ pass: Pass, remembering: Bool = true) -> Trace {
        var pass = pass
        pass.remembers = remembering
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
            let result = step.layer(inputs, pass)
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
            activations: activations, pullbacks: pullbacks, inputs: steps.map(\.inputs), names: steps.map(\.name),
            view: view, imageShape: image.shape, preprocessing: preprocessing, workers: pass.workers)
    }
}

/// One remembered pass: what the demanded layers answered, and the way back to the image, once.
public struct Trace: ~Copyable {
    let activations: [String: Activation]
    private var pullbacks: [((consuming FeatureMap) -> [FeatureMap])?]
    private let inputs: [[Int]]  // of each step
    private let names: [String]
    private let view: ImageView
    private let imageShape: Shape
    private let preprocessing: Preprocessing?
    private let workers: Workers

    fileprivate init(
        activations: [String: Activation], pullbacks: [((consuming FeatureMap) -> [FeatureMap])?], inputs: [[Int]],
        names: [String], view: ImageView, imageShape: Shape, preprocessing: Preprocessing?, workers: Workers
    ) {
        self.activations = activations
        self.pullbacks = pullbacks
        self.inputs = inputs
        self.names = names
        self.view = view
        self.imageShape = imageShape
        self.preprocessing = preprocessing
        self.workers = workers
    }

    /// What a layer answered; it must have been demanded.
    public subscript(layer: LayerName) -> Activation { activations[layer.node]! }

    /// The gradient with respect to the image of a score whose gradients with respect to the demanded activations are
    /// `seeds` (in the shape of `Activation.values`). What a step remembers dies as soon as it has been used.
    public consuming func backward(from seeds: [LayerName: Tensor]) -> Tensor {
        precondition(pullbacks.count == inputs.count, "the pass was not remembered")
        let seeds = Dictionary(uniqueKeysWithValues: seeds.map { ($0.node, $1) })
        let workers = self.workers
        var gradients = [FeatureMap?](repeating: nil, count: inputs.count)
        var imageGradient: FeatureMap?
        func accumulate(_ part: consuming FeatureMap, onto sum: inout FeatureMap?) {
            if sum == nil { sum = part } else { sum!.add(part, workers: workers) }
        }
        for index in inputs.indices.reversed() {
            guard let pullback = pullbacks.popLast()! else { continue }
            if let seed = seeds[names[index]], activations[names[index]] != nil {
                accumulate(FeatureMap(seed, workers: workers), onto: &gradients[index])
            }
            guard let gradient = gradients[index].take() else { continue }
            var results = pullback(consume gradient)
            for input in inputs[index].reversed() {
                let part = results.removeLast()
                if input < 0 {
                    accumulate(part, onto: &imageGradient)
                } else {
                    accumulate(part, onto: &gradients[input])
                }
            }
        }
        guard var gradient = imageGradient?.planes(workers: workers) else { return Tensor(imageShape) }
        if let preprocessing { gradient = preprocessing.pullback(gradient, workers: workers) }
        if view.isWhole { return gradient }
        return gradient.padded(
            top: view.rows.lowerBound, left: view.columns.lowerBound, height: imageShape.height, width: imageShape.width,
            value: 0, workers: workers)
    }
}

/// A layer's output: everything, or the channels and the part that were demanded.
public struct Activation: Sendable {
    /// `[channels.count, height, width]`
    public let values: Tensor
    /// The layer's channels that these are, ascending; nil for all.
    public let channels: [Int]?
    /// Where `values` lies in the layer.
    public let place: Place

    /// A part of a layer: its upper left position, and the whole layer's extent.
    public struct Place: Sendable, Hashable {
        public let top: Int
        public let left: Int
        public let height: Int
        public let width: Int

        public init(top: Int = 0, left: Int = 0, height: Int, width: Int) {
            self.top = top
            self.left = left
            self.height = height
            self.width = width
        }
    }

    /// - Parameter place: nil if the values are the whole layer.
    public init(values: Tensor, channels: [Int]?, place: Place? = nil) {
        self.values = values
        self.channels = channels
        self.place = place ?? Place(height: values.shape.height, width: values.shape.width)
    }

    /// Where a position of the layer lies in a plane of `values`.
    public func offset(of position: Demand.Position) -> Int {
        (position.row(height: place.height) - place.top) * values.shape.width + position.column(width: place.width)
            - place.left
    }

    /// Where a channel of the layer lies in `values`.
    public func position(of channel: Int) -> Int {
        guard let channels else { return channel }
        guard let position = channels.firstIndex(of: channel) else {
            preconditionFailure("channel \(channel) was not demanded")
        }
        return position
    }
}
