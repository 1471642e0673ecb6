import Networks
import Tensors

/// Climbs from noise to the picture that a plan describes:
///
///     parameters → image → transforms → network → objective, and the gradient all the way back
public struct Renderer: Sendable {
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
        self.plan = plan
        self.workers = workers
        do {
            objective = try Objective(parsing: plan.objective)
        } catch {
            throw .objective(plan.objective, error)
        }
        do {
            transforms = try TransformChain(parsing: plan.transforms)
        } catch {
            throw .transforms(plan.transforms, error)
        }
        layers = try Self.resolve(objective, in: model.network)
        try Self.check(objective, layers, plan: plan, transforms: transforms, network: model.network)
        var demands: [LayerName: Demand] = [:]
        for (name, demand) in objective.demands {
            demands[layers[name]!] = demands[layers[name]!].map { $0.union(demand) } ?? demand
        }
        do {
            network = try PreparedNetwork(model.network, demands: demands, preprocessing: model.preprocessing)
        } catch {
            throw .weights(error)
        }
        parameterization = plan.parameterization.parameterization(
            height: plan.height, width: plan.width, decayPower: plan.decayPower, decorrelated: plan.decorrelate)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
        generator = RandomGenerator(seed: plan.seed)
        parameters = parameterization.initial(using: &generator)
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
        optimizer.climb(&parameters, along: drawn.pullback(gradient), workers: workers)
        stepsDone += 1
        return evaluation.score
    }

    /// Steps until the plan is done or `goOn` says no; it is told each step's score.
    public mutating func run(_ goOn: (_ renderer: borrowing Renderer, _ score: Float) -> Bool) throws(RenderError) {
        while stepsDone < plan.steps {
            let score = try step()
            if !goOn(self, score) { return }
        }
    }

    /// The picture as it stands, `[3, height, width]` in 0…1.
    public func image() -> Tensor { parameterization.image(from: parameters, workers: workers).output }

    /// The objective on a picture, without transforms.
    public func score(of image: Tensor) throws(RenderError) -> Float {
        let trace = network.forward(image, Pass(workers: workers), remembering: false)
        let score = objective.evaluate(scene(image: image, trace)).score
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    private func scene(image: Tensor, _ trace: Trace) -> Scene {
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

    private static func resolve(_ objective: Objective, in network: Network) throws(RenderError)
        -> [String: LayerName]
    {
        var layers: [String: LayerName] = [:]
        for name in objective.demands.keys.sorted() {
            do {
                layers[name] = try network.layer(named: name)
            } catch {
                throw .layer(error)
            }
        }
        return layers
    }

    /// Holds the objective's channels and positions, and the picture's size, against the network.
    private static func check(
        _ objective: Objective, _ layers: [String: LayerName], plan: RenderPlan, transforms: TransformChain,
        network: Network
    ) throws(RenderError) {
        guard plan.width > 0, plan.height > 0 else { throw .size("\(plan.width)x\(plan.height)", "nothing to draw") }
        let extent = transforms.extent(of: Shape(3, plan.height, plan.width))
        for check in objective.checks {
            let layer = layers[check.layer]!
            let shape: Shape
            do {
                guard extent.smallest.height > 0, extent.smallest.width > 0 else {
                    throw ShapeError("the transforms leave nothing of the picture")
                }
                _ = try network.shape(of: layer, height: extent.smallest.height, width: extent.smallest.width)
                shape = try network.shape(of: layer, height: plan.height, width: plan.width)
            } catch {
                let smallest = smallestSize(for: layer, plan: plan, transforms: transforms, network: network)
                throw .size(
                    "\(plan.width)x\(plan.height)",
                    "too small for \(layer) (\(error)); try --size \(smallest) or --transforms none")
            }
            if let channel = check.channel, channel >= shape.channels {
                throw .index("\(layer) has the channels 0–\(shape.channels - 1); there is no channel \(channel)")
            }
            if let x = check.x, x >= shape.width {
                throw .index("\(layer) has the columns 0–\(shape.width - 1) at this size; there is no column \(x)")
            }
            if let y = check.y, y >= shape.height {
                throw .index("\(layer) has the rows 0–\(shape.height - 1) at this size; there is no row \(y)")
            }
        }
    }

    /// The side of the smallest square that the layer can be drawn at under these transforms.
    private static func smallestSize(
        for layer: LayerName, plan: RenderPlan, transforms: TransformChain, network: Network
    ) -> Int {
        for side in 1...1024 {
            let extent = transforms.extent(of: Shape(3, side, side)).smallest
            if extent.height > 0, extent.width > 0,
                (try? network.shape(of: layer, height: extent.height, width: extent.width)) != nil
            {
                return side
            }
        }
        return 224
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
        case .notFinite(let step):
            "the score stopped being a number at step \(step); try a lower --learning-rate or another --seed"
        }
    }
}
