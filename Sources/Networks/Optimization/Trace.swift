import Tensors

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

/// A layer's output: everything, or the channels and the part that were requested.
public struct Activation: Sendable {
    /// `[channels.count, height, width]`
    public let values: Tensor
    /// The layer's channels that these are, ascending; nil for all.
    public let channels: [Int]?
    /// Where `values` lies in the layer.
    public let place: Place

    /// A part of a layer: its upper left position, and the whole layer's extent.
    public struct Place: Sendable, Hashable {
        /// The part's first row.
        public let top: Int
        /// The part's first column.
        public let left: Int
        /// Rows of the whole layer.
        public let height: Int
        /// Columns of the whole layer.
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
    public func offset(of position: ActivationRequest.Position) -> Int {
        (position.row(height: place.height) - place.top) * values.shape.width + position.column(width: place.width)
            - place.left
    }

    /// Where a channel of the layer lies in `values`.
    public func position(of channel: Int) -> Int {
        guard let channels else { return channel }
        guard let position = channels.firstIndex(of: channel) else {
            preconditionFailure("channel \(channel) was not requested")
        }
        return position
    }
}
