import Networks
import Tensors

/// Draws the pictures that a plan describes by gradient ascent from noise:
///
///     parameters → pictures → transforms → network → objective, and the gradient all the way back
public struct Renderer: Sendable {
    /// The plan that it follows.
    public let plan: RenderPlan
    /// Steps taken so far.
    public private(set) var stepsDone = 0
    /// Whether it has come to rest by the plan's criterion.
    public private(set) var hasConverged = false
    /// Whether some step had a gradient that was not zero everywhere.
    public private(set) var isAlive = false

    /// The network.
    public let model: Model
    let network: PreparedNetwork
    let bound: BoundObjective
    /// The sizes on the way.
    private let sections: [RenderPlan.Section]
    private var sectionIndex = 0
    /// The present size's.
    private(set) var parameterization: Parameterization
    private let classDirections: [Int: [Double]]
    /// The fixed pictures of the objective, in the plan's size.
    let references: [String: Tensor]
    let mask: Mask?
    let workers: Workers
    private(set) var generator: RandomGenerator
    private(set) var parameters: [Tensor]
    /// By picture, for canvases that show importance as opacity.
    private(set) var importance: [Importance] = []
    private var optimizer: any Optimizer
    private var convergence: Convergence

    /// Reads the plan, cuts the network to the layers that the objective needs, and draws the noise to start from.
    ///
    /// - Parameters:
    ///   - pictures: the fixed pictures that the plan names, `[channels, height, width]` in 0…1, of the network's channels and
    ///     in the plan's size.
    ///   - workers: threads; the picture does not depend on their number.
    ///   - isInterrupted: asked now and then while a canvas is fitted to the picture to start from.
    /// - Throws: `RenderError` where the plan cannot be followed.
    public init(
        _ plan: RenderPlan, model: Model, pictures: [String: Tensor] = [:], workers: Workers,
        isInterrupted: () -> Bool = { false }
    ) throws(RenderError) {
        let bound = try BoundObjective(plan, model: model)
        self.plan = plan
        self.model = model
        self.workers = workers
        self.bound = bound
        network = try model.prepared(bound.requests, preprocessing: plan.preprocessing, convolution: plan.convolution)
        do {
            classDirections = try model.network.classifierHead?.directions(of: bound.directedClasses) ?? [:]
        } catch {
            throw .weights(error)
        }
        sections = plan.sections
        convergence = Convergence(plan)
        parameterization = Self.parameterization(plan, model.network, sections[0].height, sections[0].width)
        optimizer = plan.optimizer.optimizer(learningRate: sections[0].learningRate)
        generator = RandomGenerator(seed: plan.seed)
        let size = Shape(model.network.inputChannels, plan.height, plan.width)
        for name in bound.pictures {
            guard let picture = pictures[name] else { throw .picture(name, "it was not read") }
            guard picture.shape == size else { throw .picture(name, "it is \(picture.shape), not \(size)") }
        }
        references = pictures.filter { bound.objective.references.contains($0.key) }
        if let start = plan.start, let picture = pictures[start] {
            let starts = Self.startingPictures(plan, from: picture, using: &generator)
            guard let fitted = parameterization.parameters(of: starts, workers: workers, isInterrupted: isInterrupted) else {
                throw .interrupted
            }
            parameters = fitted
        } else {
            parameters = parameterization.initial(using: &generator)
        }
        mask = plan.mask.map { name in
            let base = plan.start.flatMap { pictures[$0] } ?? Tensor(size, repeating: 0.5)
            return Mask(pictures[name]!, over: base)
        }
    }

    /// The opacity that a picture to start from is given; 1 would have no gradient behind the sigmoid.
    private static let startingOpacity: Float = 0.9
    /// Standard deviation of the noise that sets pictures apart which are drawn together from one start.
    private static let startingNoise: Float = 0.01

    private static func startingPictures(
        _ plan: RenderPlan, from picture: Tensor, using generator: inout RandomGenerator
    ) -> [Tensor] {
        let channels = picture.shape.channels
        let start = plan.alpha ? picture.channelRange(0..<channels, filledTo: channels + 1, with: startingOpacity) : picture
        var starts = [start]
        for _ in 1..<max(plan.count, 1) {
            var other = start
            other.add(Tensor(other.shape, generator.normal(count: other.shape.count, standardDeviation: startingNoise)))
            starts.append(other)
        }
        return starts
    }

    /// Whether the pictures are grey: those that a network draws from nothing which sees no colours. A photograph to begin from keeps
    /// its own.
    public var drawsGrey: Bool { Self.drawsGrey(plan, model.network) }

    private static func drawsGrey(_ plan: RenderPlan, _ network: Network) -> Bool { network.remarks.isGrey && plan.start == nil }

    static func parameterization(_ plan: RenderPlan, _ network: Network, _ height: Int, _ width: Int) -> Parameterization {
        let (channels, isGrey) = (network.inputChannels, drawsGrey(plan, network))
        let values = (isGrey ? 1 : channels) + (plan.alpha ? 1 : 0)
        let settings = CanvasSettings(
            channels: values, height: height, width: width, decayPower: plan.decayPower, plainDecay: plan.evenDecay != true,
            spectrum: plan.spectrum ?? .natural, startsFromPicture: plan.start != nil,
            spectrumBound: plan.spectrumBound.map { bounds($0, plan, channels: isGrey ? 1 : channels) })
        return Parameterization(
            plan.parameterization.canvas.init(settings),
            colour: ColourMap(channels: channels, decorrelated: plan.decorrelate, isGrey: isGrey), count: plan.count,
            shared: plan.shared ? SharedDetail(channels: values, height: height, width: width) : nil, isAligned: plan.aligned)
    }

    /// A bound for each channel of the values; an opacity has none.
    private static func bounds(_ bound: SpectrumLimits, _ plan: RenderPlan, channels: Int) -> [Float] {
        let isDecorrelated = plan.decorrelate && channels == 3
        let colours = (0..<channels).map { isDecorrelated && $0 > 0 ? bound.chroma : bound.luma }
        return plan.alpha ? colours + [.infinity] : colours
    }

    /// One step uphill.
    /// - Returns: the score before it, the mean over this step's draws of the transforms.
    public mutating func step() throws(RenderError) -> Float {
        if stepsDone >= sections[sectionIndex].steps.upperBound, sectionIndex + 1 < sections.count { enlarge() }
        let drawn = parameterization.pictures(from: parameters, workers: workers)
        let pictures = drawn.output.map { mask?.apply($0) ?? $0 }
        let pass = Pass(workers: workers, rectifier: plan.rectifier(atStep: stepsDone), poolGradient: plan.poolGradient)
        var gradients = pictures.map { Tensor($0.shape) }
        var score: Float = 0
        for _ in 0..<plan.crops {
            let evaluation = evaluate(pictures, pass, at: progress, step: stepsDone, using: &generator)
            guard evaluation.score.isFinite else { throw .notFinite(step: stepsDone + 1) }
            score += evaluation.score / Float(plan.crops)
            for index in gradients.indices {
                gradients[index].add(evaluation.gradients[index], scaledBy: 1 / Float(plan.crops))
            }
        }
        if !isAlive { isAlive = gradients.contains { $0.withElements { $0.contains { $0 != 0 } } } }
        if plan.parameterization.canvas.traits.contains(.importanceAsOpacity) { addImportance(gradients) }
        penalize(pictures, &gradients)
        if plan.normalizeGradient { for index in gradients.indices { Self.normalize(&gradients[index]) } }
        if let mask { gradients = gradients.map { mask.pullback($0) } }
        var ascent = drawn.pullback(gradients)
        if let longest = plan.clipGradient { Self.clip(&ascent, to: longest) }
        let own = sections[sectionIndex].steps
        let factor = plan.schedule.learningRateFactor(step: stepsDone - own.lowerBound, of: own.count)
        optimizer.update(&parameters, along: ascent, learningRateFactor: factor, workers: workers)
        stepsDone += 1
        if sectionIndex + 1 == sections.count, convergence.note(score, pictures) { hasConverged = true }
        return score
    }

    /// Goes on with the next larger picture, with an optimizer that remembers nothing.
    private mutating func enlarge() {
        sectionIndex += 1
        let section = sections[sectionIndex]
        let larger = Self.parameterization(plan, model.network, section.height, section.width)
        parameters = larger.parameters(from: parameters, of: parameterization, workers: workers)!
        parameterization = larger
        optimizer = plan.optimizer.optimizer(learningRate: section.learningRate)
    }

    /// The parameterization of the whole picture, and its parameters as they stand.
    var whole: (parameterization: Parameterization, parameters: [Tensor]) {
        guard sectionIndex + 1 < sections.count else { return (parameterization, parameters) }
        let larger = Self.parameterization(plan, model.network, plan.height, plan.width)
        return (larger, larger.parameters(from: parameters, of: parameterization, workers: workers)!)
    }

    /// Takes the penalties' shares off the score's gradient at each picture.
    private func penalize(_ pictures: [Tensor], _ gradients: inout [Tensor]) {
        for (index, picture) in pictures.enumerated() {
            let length = norm(gradients[index])
            for penalty in bound.penalties {
                let sample = Batch.Sample(image: picture, activations: [:], step: stepsDone)
                guard let own = penalty.objective.evaluate(Batch(samples: [sample])).gradients[0].image else { continue }
                let other = norm(own)
                if other > 0 { gradients[index].add(own, scaledBy: -Float(Double(penalty.share) * length / other)) }
            }
        }
    }

    private var progress: Float { Float(stepsDone) / Float(max(plan.steps - 1, 1)) }

    /// A picture as the objective sees it.
    func sample(_ picture: Tensor, _ trace: borrowing Trace, step: Int? = nil) -> Batch.Sample {
        var sample = Batch.Sample(image: picture, activations: bound.activations(trace), step: step)
        sample.classDirections = classDirections
        return sample
    }

    /// The score under one draw of the transforms, and its gradient at each picture.
    func evaluate(
        _ pictures: [Tensor], _ pass: Pass, at progress: Float, step: Int? = nil, using generator: inout RandomGenerator
    ) -> (score: Float, gradients: [Tensor]) {
        // Every picture goes through the same draw.
        let before = generator
        var fixed: [String: Batch.Sample] = [:]
        for (name, picture) in references {
            generator = before
            let seen = bound.transforms.opaque(
                picture, channels: model.network.inputChannels, at: progress, using: &generator, workers: workers)
            let trace = network.forward(seen.output, pass, remembering: false)
            fixed[name] = sample(picture, trace)
        }
        var samples: [Batch.Sample] = []
        var passes: [(seen: ValueAndPullback<Tensor, Tensor>, trace: RememberedTrace)] = []
        for picture in pictures {
            generator = before
            let seen = bound.transforms(picture, at: progress, using: &generator, workers: workers)
            let trace = network.forward(seen.output, pass)
            samples.append(sample(picture, trace, step: step))
            passes.append((seen, RememberedTrace(trace)))
        }
        let evaluation = bound.objective.evaluate(Batch(samples: samples, references: fixed))
        let gradients = zip(passes, evaluation.gradients).map { pass, part in
            var gradient = pass.seen.pullback(pass.trace.backward(from: bound.seeds(part)))
            if let direct = part.image { gradient.add(direct) }
            return gradient
        }
        return (evaluation.score, gradients)
    }

    private static func normalize(_ gradient: inout Tensor) {
        let length = norm(gradient)
        if length > 0 { gradient.scale(by: Float(Double(gradient.shape.count).squareRoot() / length)) }
    }

    private static func clip(_ gradients: inout [Tensor], to longest: Float) {
        let length = gradients.reduce(0.0) { $0 + inner($1, $1) }.squareRoot()
        guard length > Double(longest) else { return }
        for index in gradients.indices { gradients[index].scale(by: Float(Double(longest) / length)) }
    }

    private mutating func addImportance(_ gradients: [Tensor]) {
        if importance.isEmpty { importance = gradients.map { Importance($0.shape) } }
        for index in gradients.indices { importance[index].add(gradients[index]) }
    }
}

/// Between the objective's names for layers and the network's.
extension BoundObjective {
    /// The activations of a pass by the objective's names for the layers.
    package func activations(_ trace: borrowing Trace) -> [String: Activation] {
        var activations: [String: Activation] = [:]
        for name in objective.requests.keys { activations[name] = trace[layers[name]!] }
        return activations
    }

    /// An objective's gradients by the network's names for the layers.
    package func seeds(_ gradients: Evaluation.Gradients) -> [LayerName: Tensor] {
        var seeds: [LayerName: Tensor] = [:]
        for (name, gradient) in gradients.layers {
            let layer = layers[name]!
            if seeds[layer] == nil { seeds[layer] = gradient } else { seeds[layer]!.add(gradient) }
        }
        return seeds
    }
}

/// One pass that is kept until the objective has seen all pictures. It is used by one thread.
private final class RememberedTrace {
    private var trace: Trace?

    init(_ trace: consuming Trace) { self.trace = consume trace }

    /// The gradient at the image, once.
    func backward(from seeds: [LayerName: Tensor]) -> Tensor {
        guard let trace = trace.take() else { preconditionFailure("a pass goes back once") }
        return trace.backward(from: seeds)
    }
}
