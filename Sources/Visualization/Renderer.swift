import Networks
import Tensors

/// Climbs from noise to the pictures that a plan describes:
///
///     parameters → pictures → transforms → network → objective, and the gradient all the way back
public struct Renderer: Sendable {
    /// What is drawn.
    public let plan: RenderPlan
    /// Steps taken so far.
    public private(set) var stepsDone = 0
    /// The score has stopped rising, as the plan's criterion has it.
    public private(set) var hasConverged = false
    /// Some step had a gradient that was not zero everywhere.
    public private(set) var isAlive = false

    private let model: Model
    private let network: PreparedNetwork
    private let reading: Reading
    private let parameterization: Parameterization
    /// The fixed pictures of the objective, in the plan's size.
    private let references: [String: Tensor]
    private let mask: Mask?
    private let workers: Workers
    private var optimizer: any Optimizer
    private var generator: RandomGenerator
    private var parameters: [Tensor]
    private var scores: [Float] = []
    /// MaCo's: Σ over steps of |∂score/∂x|, summed over channels, for each picture.
    private var importance: [Tensor] = []

    /// Reads the plan, cuts the network to what the objective needs, and draws the noise to start from.
    ///
    /// - Parameters:
    ///   - pictures: those that the plan names, `[channels, height, width]` in 0…1, of the network's channels and in the
    ///     plan's size.
    ///   - workers: threads; the picture does not depend on them.
    ///   - isInterrupted: asked now and then while a canvas is fitted to the picture to start from.
    public init(
        _ plan: RenderPlan, model: Model, pictures: [String: Tensor] = [:], workers: Workers,
        isInterrupted: () -> Bool = { false }
    ) throws(RenderError) {
        let reading = try Reading(plan, model: model)
        self.plan = plan
        self.model = model
        self.workers = workers
        self.reading = reading
        network = try model.prepared(
            reading.requests, preprocessing: plan.preprocessing, convolution: plan.convolution)
        parameterization = Self.parameterization(plan, channels: model.network.inputChannels, plan.height, plan.width)
        optimizer = plan.optimizer.optimizer(learningRate: plan.learningRate)
        generator = RandomGenerator(seed: plan.seed)
        let size = Shape(model.network.inputChannels, plan.height, plan.width)
        for name in reading.pictures {
            guard let picture = pictures[name] else { throw .picture(name, "it was not read") }
            guard picture.shape == size else { throw .picture(name, "it is \(picture.shape), not \(size)") }
        }
        references = pictures.filter { reading.objective.references.contains($0.key) }
        if let start = plan.start, let picture = pictures[start] {
            let opaque = plan.alpha ? picture.channelRange(0..<size.channels, filledTo: size.channels + 1, with: 0.9) : picture
            // Pictures that are drawn together would stay alike without a little noise.
            var starts = [opaque]
            for _ in 1..<max(plan.count, 1) {
                var other = opaque
                other.add(Tensor(other.shape, generator.normal(count: other.shape.count, standardDeviation: 0.01)))
                starts.append(other)
            }
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

    private static func parameterization(_ plan: RenderPlan, channels: Int, _ height: Int, _ width: Int) -> Parameterization {
        let values = channels + (plan.alpha ? 1 : 0)
        let canvas = plan.parameterization.canvas(
            channels: values, height: height, width: width, decayPower: plan.decayPower, spectrum: plan.spectrum ?? .natural,
            holdsPictures: plan.start != nil)
        return Parameterization(
            canvas, colour: ColourMap(channels: channels, decorrelated: plan.decorrelate), count: plan.count,
            shared: plan.shared ? SharedDetail(channels: values, height: height, width: width) : nil)
    }

    /// Bytes that following a plan takes at most.
    public static func estimatedMemory(of plan: RenderPlan, model: Model) throws(RenderError) -> Int {
        try Reading(plan, model: model).estimatedMemory(plan, network: model.network)
    }

    /// Whether a plan can be followed, without computing or loading anything.
    ///
    /// - Parameter memory: bytes that may be used; nil for no limit.
    /// - Returns: bytes that it takes at most, about.
    @discardableResult
    public static func check(_ plan: RenderPlan, model: Model, memory: Int? = nil) throws(RenderError) -> Int {
        let reading = try Reading(plan, model: model)
        let needed = reading.estimatedMemory(plan, network: model.network)
        if let memory, needed > memory {
            throw .memory(needed: needed, available: memory, option: plan.outputSize == nil ? "--size" : "--size or --output-size")
        }
        return needed
    }

    /// The fixed pictures that a plan's objective, start and mask name.
    public static func pictures(of plan: RenderPlan, model: Model) throws(RenderError) -> [String] {
        try Reading(plan, model: model).pictures.sorted()
    }

    /// One step uphill.
    /// - Returns: the score before it, the mean over this step's draws of the transforms.
    public mutating func step() throws(RenderError) -> Float {
        let drawn = parameterization.pictures(from: parameters, workers: workers)
        let pictures = drawn.pictures.map { mask?.apply($0) ?? $0 }
        let pass = Pass(workers: workers, rectifier: plan.rectifier(atStep: stepsDone), poolGradient: plan.poolGradient)
        var gradients = pictures.map { Tensor($0.shape) }
        var score: Float = 0
        for _ in 0..<plan.crops {
            let evaluation = evaluate(pictures, pass, at: progress, using: &generator)
            guard evaluation.score.isFinite else { throw .notFinite(step: stepsDone + 1) }
            score += evaluation.score / Float(plan.crops)
            for index in gradients.indices {
                gradients[index].add(evaluation.gradients[index], scaledBy: 1 / Float(plan.crops))
            }
        }
        if !isAlive { isAlive = gradients.contains { $0.withElements { $0.contains { $0 != 0 } } } }
        if plan.parameterization == .maco { addImportance(gradients) }
        if plan.normalizeGradient { for index in gradients.indices { Self.normalize(&gradients[index]) } }
        if let mask { gradients = gradients.map { mask.pullback($0) } }
        var climb = drawn.pullback(gradients)
        if let longest = plan.clipGradient { Self.clip(&climb, to: longest) }
        let pace = plan.schedule.pace(step: stepsDone, of: plan.steps)
        optimizer.climb(&parameters, along: climb, pace: pace, workers: workers)
        stepsDone += 1
        note(score)
        return score
    }

    private var progress: Float { Float(stepsDone) / Float(max(plan.steps - 1, 1)) }

    /// One draw of the transforms: the score, and its gradient at each picture.
    private func evaluate(
        _ pictures: [Tensor], _ pass: Pass, at progress: Float, using generator: inout RandomGenerator
    ) -> (score: Float, gradients: [Tensor]) {
        // Every picture goes through the same draw.
        let before = generator
        var fixed: [String: Scene.Frame] = [:]
        for (name, picture) in references {
            generator = before
            let seen = reading.transforms.opaque(
                picture, channels: model.network.inputChannels, at: progress, using: &generator, workers: workers)
            let trace = network.forward(seen.output, pass, remembering: false)
            fixed[name] = Scene.Frame(image: picture, activations: activations(trace))
        }
        var frames: [Scene.Frame] = []
        var passes: [(seen: Mapping, trace: RememberedTrace)] = []
        for picture in pictures {
            generator = before
            let seen = reading.transforms(picture, at: progress, using: &generator, workers: workers)
            let trace = network.forward(seen.output, pass)
            frames.append(Scene.Frame(image: picture, activations: activations(trace)))
            passes.append((seen, RememberedTrace(trace)))
        }
        let evaluation = reading.objective.evaluate(Scene(frames: frames, references: fixed))
        let gradients = zip(passes, evaluation.frames).map { pass, part in
            var gradient = pass.seen.pullback(pass.trace.backward(from: reading.seeds(part)))
            if let direct = part.image { gradient.add(direct) }
            return gradient
        }
        return (evaluation.score, gradients)
    }

    private func activations(_ trace: borrowing Trace) -> [String: Activation] { reading.layers.mapValues { trace[$0] } }

    /// Steps whose mean scores are compared for convergence.
    private static let window = 50

    private mutating func note(_ score: Float) {
        guard let tolerance = plan.untilConverged else { return }
        scores.append(score)
        guard scores.count >= 2 * Self.window else { return }
        let before = scores[(scores.count - 2 * Self.window)..<(scores.count - Self.window)].reduce(0, +)
        let now = scores[(scores.count - Self.window)...].reduce(0, +)
        if abs(now - before) <= tolerance * abs(before) { hasConverged = true }
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
        if importance.isEmpty { importance = gradients.map { Tensor(Shape(1, $0.shape.height, $0.shape.width)) } }
        for index in gradients.indices {
            let area = gradients[index].shape.area
            importance[index].withMutableElements { sum in
                gradients[index].withElements { gradient in
                    for i in gradient.indices { sum[i % area] += abs(gradient[i]) }
                }
            }
        }
    }
}

extension Renderer {
    /// The pictures as they stand, `[channels, height, width]` in 0…1; with an opacity as the last channel if the plan has
    /// one.
    ///
    /// - Parameter size: other extents than the plan's, for a canvas that can be drawn at any size.
    public func pictures(size: (height: Int, width: Int)? = nil) -> [Tensor] {
        let drawing = size.map {
            Self.parameterization(plan, channels: model.network.inputChannels, $0.height, $0.width)
        }
        let pictures = (drawing ?? parameterization).pictures(from: parameters, workers: workers).pictures
        return size == nil ? pictures.map { mask?.apply($0) ?? $0 } : pictures
    }

    /// The pictures as they are shown: MaCo's with the parts that mattered opaque, their contrast between the 1st and the
    /// 99th percentile.
    public func shown(size: (height: Int, width: Int)? = nil) -> [Tensor] {
        let pictures = pictures(size: size)
        guard plan.parameterization == .maco, !importance.isEmpty, size == nil else { return pictures }
        return zip(pictures, importance).map { withImportance($0, $1) }
    }

    /// The objective on pictures as the network sees them without transforms.
    public func score(of pictures: [Tensor]) throws(RenderError) -> Float {
        let frames = pictures.map { frame($0) }
        let fixed = references.mapValues { frame($0) }
        let score = reading.objective.evaluate(Scene(frames: frames, references: fixed)).score
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    /// The mean score over some draws of the transforms, more for longer renders, which do not touch the render's own
    /// randomness.
    public func scoreWithTransforms(of pictures: [Tensor]) -> Float {
        let draws = min(8, max(1, plan.steps / 32))
        var own = RandomGenerator(seed: plan.seed ^ 0x7472_616e_7366_6f72)
        var sum: Float = 0
        for _ in 0..<draws {
            let before = own
            func seen(_ picture: Tensor) -> Scene.Frame {
                own = before
                let mapping = reading.transforms.opaque(
                    picture, channels: model.network.inputChannels, at: 1, using: &own, workers: workers)
                let trace = network.forward(mapping.output, Pass(workers: workers), remembering: false)
                return Scene.Frame(image: picture, activations: activations(trace))
            }
            let fixed = references.mapValues(seen)
            sum += reading.objective.evaluate(Scene(frames: pictures.map(seen), references: fixed)).score
        }
        return sum / Float(draws)
    }

    private func frame(_ picture: Tensor) -> Scene.Frame {
        let channels = model.network.inputChannels
        // What is transparent is grey.
        let seen =
            picture.shape.channels == channels
            ? picture
            : composite(picture, over: Tensor(Shape(channels, picture.shape.height, picture.shape.width), repeating: 0.5)).output
        // A network of one size sees finished pictures scaled to it as well.
        let fitted = reading.transforms.fitting?.resized(seen, workers).output ?? seen
        let trace = network.forward(fitted, Pass(workers: workers), remembering: false)
        return Scene.Frame(image: picture, activations: activations(trace))
    }

    /// Where the unit that the plan is about stands among its layer's channels when the picture is shown to the network:
    /// 1 for the one that fires most. Nil if the plan is not about one unit.
    public func rank(on picture: Tensor) throws(RenderError) -> Rank? {
        guard let unit = reading.unit, picture.shape.channels == model.network.inputChannels else { return nil }
        var request = ActivationRequest.all
        if let position = unit.position { request.positions = [position] }
        let whole = try model.prepared(
            [unit.layer: request], preprocessing: plan.preprocessing, convolution: plan.convolution)
        let seen = reading.transforms.fitting?.resized(picture, workers).output ?? picture
        let trace = whole.forward(seen, Pass(workers: workers), remembering: false)
        let activation = trace[unit.layer]
        let area = activation.values.shape.area
        let places = unit.position.map { activation.offset(of: $0) }.map { $0..<$0 + 1 } ?? 0..<area
        let answers = activation.values.withElements { values in
            (0..<activation.values.shape.channels).map { channel in
                places.reduce(0.0) { $0 + Double(values[channel * area + $1]) }
            }
        }
        let own = answers[unit.channel]
        let best = answers.indices.max { answers[$0] < answers[$1] }!
        return Rank(place: 1 + answers.count { $0 > own }, channels: answers.count, strongest: best)
    }

    /// Where a unit stands among its layer's channels.
    public struct Rank: Sendable, Codable, Equatable {
        /// 1 for the one that fires most.
        public let place: Int
        /// Of the layer.
        public let channels: Int
        /// The channel that fires most.
        public let strongest: Int
    }

    /// Σ|∂score/∂x| at each picture under one draw of the transforms: what two objectives are balanced by.
    ///
    /// - Parameter pictures: nil for the pictures as they stand.
    public func gradientMagnitudes(at pictures: [Tensor]? = nil) -> [Float] {
        var generator = generator
        let gradients = evaluate(pictures ?? self.pictures(), Pass(workers: workers), at: 0, using: &generator).gradients
        return gradients.map { gradient in gradient.withElements { $0.reduce(0) { $0 + abs($1) } } }
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

/// Keeps the picture as it was where a mask is black: base + mask · (picture − base).
struct Mask: Sendable {
    private let weights: [Float]  // [height · width]
    private let base: Tensor

    /// - Parameters:
    ///   - mask: its mean over channels counts.
    ///   - base: `[channels, height, width]`
    init(_ mask: Tensor, over base: Tensor) {
        let area = mask.shape.area
        let channels = mask.shape.channels
        weights = mask.withElements { values in
            (0..<area).map { i in (0..<channels).reduce(Float(0)) { $0 + values[$1 * area + i] } / Float(channels) }
        }
        self.base = base
    }

    func apply(_ picture: Tensor) -> Tensor {
        var result = picture
        result.withMutableElements { result in
            base.withElements { base in
                for i in base.indices { result[i] = base[i] + weights[i % weights.count] * (result[i] - base[i]) }
                // An opacity is what the mask leaves of it.
                for i in base.count..<result.count { result[i] *= weights[i % weights.count] }
            }
        }
        return result
    }

    func pullback(_ gradient: Tensor) -> Tensor {
        var result = gradient
        result.withMutableElements { result in
            for i in result.indices { result[i] *= weights[i % weights.count] }
        }
        return result
    }
}

/// Why a plan cannot be followed.
public enum RenderError: Error, CustomStringConvertible {
    case objective(String, ExpressionError)
    case transforms(String, TransformError)
    case layer(LayerNameError)
    /// A channel, a position or a picture that there is not.
    case index(String)
    /// A size that cannot be drawn, and why.
    case size(String, String)
    /// A fixed picture that cannot be used, and why.
    case picture(String, String)
    case weights(WeightsError)
    /// More bytes than there are, and the option that takes fewer.
    case memory(needed: Int, available: Int, option: String)
    /// The score stopped being a number.
    case notFinite(step: Int)
    /// Who asked for it wants it no more.
    case interrupted

    public var description: String {
        switch self {
        case .objective(let text, let error): "objective \"\(text)\", \(error)"
        case .transforms(let text, let error): "transforms \"\(text)\": \(error)"
        case .layer(let error): "\(error)"
        case .index(let reason): reason
        case .size(let size, let reason): "size \(size): \(reason)"
        case .picture(let name, let reason): "\(name): \(reason)"
        case .weights(let error): "\(error)"
        case .memory(let needed, let available, let option):
            "this picture would take \(gigabytes(needed)) of memory, and there are \(gigabytes(available)); try a smaller \(option)"
        case .notFinite(let step):
            "the score stopped being a number at step \(step); try a lower --learning-rate or another --seed"
        case .interrupted: "interrupted"
        }
    }
}

private func gigabytes(_ bytes: Int) -> String {
    let tenths = Int((Double(bytes) / 1e8).rounded(.up))
    return "\(tenths / 10).\(tenths % 10) GB"
}
