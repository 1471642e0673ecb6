import Networks
import Tensors

/// Climbs from noise to the picture that a plan describes:
///
///     parameters → image → transforms → network → objective, and the gradient all the way back
public struct Renderer: Sendable {
    /// What is drawn.
    public let plan: RenderPlan
    /// Steps taken so far.
    public private(set) var stepsDone = 0

    private let network: PreparedNetwork
    private let layers: [String: LayerName]  // by the objective's names
    private let objective: Objective
    private let parameterization: any Parameterization
    private let transforms: TransformChain
    private let workers: Workers
    private var optimizer: any Optimizer
    private var generator: RandomGenerator
    private var parameters: Tensor

    /// Reads the plan, cuts the network to what the objective needs, and draws the noise to start from.
    ///
    /// - Parameter workers: threads; the picture does not depend on them.
    public init(_ plan: RenderPlan, model: Model, workers: Workers) throws(RenderError) {
        let reading = try Reading(plan, network: model.network)
        self.plan = plan
        self.workers = workers
        objective = reading.objective
        transforms = reading.transforms
        layers = reading.layers
        do {
            network = try PreparedNetwork(
                model.network, demands: reading.demands, preprocessing: model.preprocessing,
                convolution: plan.convolution, sharing: model.loaded)
        } catch {
            throw .weights(error)
        }
        parameterization = plan.parameterization.parameterization(
            height: plan.height, width: plan.width, decayPower: plan.decayPower, decorrelated: plan.decorrelate)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
        generator = RandomGenerator(seed: plan.seed)
        parameters = parameterization.initial(using: &generator)
    }

    /// Whether a plan can be followed, without computing or loading anything.
    ///
    /// - Parameter memory: bytes that may be used; nil for no limit.
    public static func check(_ plan: RenderPlan, model: Model, memory: Int? = nil) throws(RenderError) {
        let reading = try Reading(plan, network: model.network)
        let needed = reading.estimatedMemory(plan, network: model.network)
        if let memory, needed > memory { throw .memory(needed: needed, available: memory) }
    }

    /// One step uphill.
    /// - Returns: the score before it, with this step's transforms.
    public mutating func step() throws(RenderError) -> Float {
        let drawn = parameterization.image(from: parameters, workers: workers)
        let seen = transforms(drawn.output, using: &generator, workers: workers)
        let rectifier = stepsDone < RenderPlan.redirectedSteps ? plan.rectifier : .plain
        let trace = network.forward(seen.output, Pass(workers: workers, rectifier: rectifier))
        let evaluation = objective.evaluate(scene(image: drawn.output, trace))
        guard evaluation.score.isFinite else { throw .notFinite(step: stepsDone + 1) }

        var gradient = seen.pullback(trace.backward(from: seeds(evaluation)))
        if let direct = evaluation.image { gradient.add(direct) }
        let pace = plan.schedule.pace(step: stepsDone, of: plan.steps)
        optimizer.climb(&parameters, along: drawn.pullback(gradient), pace: pace, workers: workers)
        stepsDone += 1
        return evaluation.score
    }

    /// The picture as it stands, `[3, height, width]` in 0…1.
    public func image() -> Tensor { parameterization.image(from: parameters, workers: workers).output }

    /// The objective on a picture, without transforms but the scaling that a network of one size needs.
    public func score(of image: Tensor) throws(RenderError) -> Float {
        let seen = transforms.fitting?.resized(image, workers).output ?? image
        let trace = network.forward(seen, Pass(workers: workers), remembering: false)
        let score = objective.evaluate(scene(image: image, trace)).score
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    private func scene(image: Tensor, _ trace: borrowing Trace) -> Scene {
        Scene(image: image, activations: layers.mapValues { trace[$0] })
    }

    private func seeds(_ evaluation: Evaluation) -> [LayerName: Tensor] {
        var seeds: [LayerName: Tensor] = [:]
        for (name, gradient) in evaluation.layers {
            let layer = layers[name]!
            if seeds[layer] == nil { seeds[layer] = gradient } else { seeds[layer]!.add(gradient) }
        }
        return seeds
    }
}

/// Why a plan cannot be followed.
public enum RenderError: Error, CustomStringConvertible {
    case objective(String, ExpressionError)
    case transforms(String, TransformError)
    case layer(LayerNameError)
    /// A channel or position that the layer does not have.
    case index(String)
    /// A size that cannot be drawn, and why.
    case size(String, String)
    case weights(WeightsError)
    /// More bytes than there are.
    case memory(needed: Int, available: Int)
    /// The score stopped being a number.
    case notFinite(step: Int)

    public var description: String {
        switch self {
        case .objective(let text, let error): "objective \"\(text)\", \(error)"
        case .transforms(let text, let error): "transforms \"\(text)\": \(error)"
        case .layer(let error): "\(error)"
        case .index(let reason): reason
        case .size(let size, let reason): "size \(size): \(reason)"
        case .weights(let error): "\(error)"
        case .memory(let needed, let available):
            "this picture would take \(gigabytes(needed)) of memory, and there are \(gigabytes(available)); try a smaller --size"
        case .notFinite(let step):
            "the score stopped being a number at step \(step); try a lower --learning-rate or another --seed"
        }
    }
}

private func gigabytes(_ bytes: Int) -> String {
    let tenths = Int((Double(bytes) / 1e8).rounded(.up))
    return "\(tenths / 10).\(tenths % 10) GB"
}
