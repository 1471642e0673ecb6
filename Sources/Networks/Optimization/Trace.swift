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
        let seeds = Dictionary(uniqueKeysWithValues: seeds.map { ($0.node, $1) })
        let workers = self.workers
        var gradients = [FeatureMap?](repeating: nil, count: inputs.count)
        var imageGradient: FeatureMap?
        func accumulate(_ part: consuming FeatureMap, onto sum: inout FeatureMap?) {
            if sum == nil { sum = part } else { sum!.add(part, workers: workers) }
        }
        for index in inputs.indices.reversed() {
            guard let pullback = pullbacks.popLast()! else { continue }
            if let seed = names[index].flatMap({ seeds[$0] }) {
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
        var gradient = imageGradient?.planes(workers: workers) ?? Tensor(Shape(imageShape.channels, view.rows.count, view.columns.count))
        if let preprocessing { gradient = preprocessing.pullback(gradient, workers: workers) }
        if !view.isWhole {
            gradient = gradient.padded(
                top: view.rows.lowerBound, left: view.columns.lowerBound, height: imageShape.height, width: imageShape.width,
                value: 0, workers: workers)
        }
        return scaling?.adjoint(gradient, workers: workers) ?? gradient
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
