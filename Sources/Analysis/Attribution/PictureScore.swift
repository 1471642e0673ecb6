import Networks
import Tensors
import Visualization

/// A score of a network as a function of one picture: its value, and its gradients at the picture and at layers.
public struct PictureScore: Sendable {
    /// The extents of the pictures that it takes, `[channels, height, width]`.
    public let shape: Shape
    /// The network whose score it is.
    public let model: Model
    /// The layers whose activations and gradients can be asked for.
    public let layers: Set<LayerName>
    private let bound: BoundObjective
    private let network: PreparedNetwork
    private let classDirections: [Int: [Double]]
    private let pass: Pass
    private let convolution: ConvolutionChoice
    private let shuffle: WeightShuffle?

    /// The activations of layers, and a score's gradients there.
    public struct Evidence: Sendable {
        /// The score of the picture, before any softmax where the target is a class.
        public let score: Float
        /// Whole, `[channels, height, width]`.
        public let activations: [LayerName: Tensor]
        /// In the same shapes.
        public let gradients: [LayerName: Tensor]
        /// At the picture, `[channels, height, width]`; nil where it was not asked for.
        public let image: Tensor?
    }

    /// - Parameters:
    ///   - objective: an expression of the objective language; higher is more.
    ///   - layers: those whose activations and gradients will be asked for.
    ///   - rectifier: how rectifiers change a gradient on its way back; the derivative is `plain`.
    ///   - convolution: the algorithms that convolutions may use.
    ///   - shuffle: which weights are not to be the trained ones.
    ///   - workers: threads; results do not depend on their number.
    /// - Throws: `RenderError` where the network has no such layer, channel or class, or takes no pictures of this size.
    public init(
        _ objective: String, model: Model, height: Int, width: Int, layers: Set<LayerName> = [],
        rectifier: RectifierGradient = .plain, convolution: ConvolutionChoice = .auto, shuffle: WeightShuffle? = nil, workers: Workers
    ) throws(RenderError) {
        shape = Shape(model.network.inputChannels, height, width)
        (self.model, self.layers) = (model, layers)
        var plan = RenderPlan(model: model.name, weights: model.weightsSHA256, objective: objective)
        (plan.height, plan.width, plan.transforms) = (height, width, "none")
        bound = try BoundObjective(plan, model: model)
        var requests = bound.requests
        for layer in layers { requests[layer] = .all }
        network = try model.prepared(requests, preprocessing: nil, convolution: convolution, shuffle: shuffle)
        (self.convolution, self.shuffle) = (convolution, shuffle)
        do {
            classDirections = try model.network.classifierHead?.directions(of: bound.directedClasses) ?? [:]
        } catch {
            throw .weights(error)
        }
        pass = Pass(workers: workers, rectifier: rectifier)
    }

    /// The layers that the score is a function of.
    public var targets: Set<LayerName> { Set(bound.requests.keys) }

    /// The score of a picture, `[channels, height, width]` in 0…1.
    public func callAsFunction(_ picture: Tensor) -> Float {
        evaluate(picture, network.forward(picture, pass, remembering: false)).score
    }

    /// The score, and its gradient with respect to the picture.
    public func gradient(at picture: Tensor) -> (score: Float, gradient: Tensor) {
        let evidence = evidence(at: picture, layers: [], image: true)
        return (evidence.score, evidence.image!)
    }

    /// The activations of all of `layers` for a picture, and the score's gradients there.
    ///
    /// - Parameter image: ask for the gradient at the picture as well.
    public func evidence(at picture: Tensor, image: Bool = false) -> Evidence { evidence(at: picture, layers: layers, image: image) }

    private func evidence(at picture: Tensor, layers: Set<LayerName>, image: Bool) -> Evidence {
        let trace = network.forward(picture, pass)
        let evaluation = evaluate(picture, trace)
        let activations = Dictionary(uniqueKeysWithValues: layers.map { ($0, trace[$0].values) })
        let found = trace.gradients(from: bound.seeds(evaluation.gradients[0]), at: layers, image: image)
        var atImage = found.image
        if let own = evaluation.gradients[0].image { atImage?.add(own) }
        return Evidence(score: evaluation.score, activations: activations, gradients: found.layers, image: atImage)
    }

    /// The same score as a function of a layer's output alone; nil where it also comes from the picture by other ways.
    public func behind(_ layer: LayerName) -> LayerScore? {
        let requests = bound.requests
        let size = Network.Size(height: shape.height, width: shape.width)
        guard !requests.isEmpty, let part = try? model.network.part(behind: layer, to: Set(requests.keys), at: size),
            let network = try? PreparedNetwork(part, requests: requests, preprocessing: nil, convolution: convolution, shuffle: shuffle)
        else { return nil }
        return LayerScore(network, pass) { [self] trace in
            let evaluation = evaluate(Tensor(shape), trace)
            return (evaluation.score, bound.seeds(evaluation.gradients[0]))
        }
    }

    private func evaluate(_ picture: Tensor, _ trace: borrowing Trace) -> Evaluation {
        var sample = Batch.Sample(image: picture, activations: bound.activations(trace))
        sample.classDirections = classDirections
        return bound.objective.evaluate(Batch(samples: [sample]))
    }
}
