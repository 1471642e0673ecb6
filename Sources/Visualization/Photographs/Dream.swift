import Networks
import Tensors

/// DeepDream: gradient ascent from a photograph in steps of a fixed mean size, over octaves from small to large. The detail that
/// an octave found is enlarged and added to the photograph of the next one (google/deepdream, dream.ipynb).
///
/// The network sees a picture that is larger than the plan's tile in tiles, so that no pass needs more memory than one tile's.
public struct Dream: PhotographProcess {
    /// The plan that it follows.
    public let plan: DreamPlan
    public private(set) var stepsDone = 0

    private let network: PreparedNetwork
    private let bound: BoundObjective
    private let references: [String: Batch.Sample]
    private let sizes: [Network.Size]
    private let photo: Tensor  // [channels, height, width]
    private let mask: Tensor?  // [1, height, width]
    private let workers: Workers
    /// The dream is grey: that of a network without colours, from noise.
    private let isGrey: Bool
    private var generator: RandomGenerator
    /// The photograph at this octave's size, what has become of it, and where it may change.
    private var base: Tensor
    private var current: Tensor
    private var weights: Tensor?

    /// - Parameters:
    ///   - pictures: those that the plan names, `[channels, height, width]` in 0…1: the photograph and the mask in the plan's
    ///     size, guides in any.
    ///   - carried: the previous frame's difference to its photograph, moved to where things are in this one and weighted,
    ///     in the plan's size.
    public init(
        _ plan: DreamPlan, model: Model, pictures: [String: Tensor], carried: Tensor? = nil, workers: Workers
    ) throws(RenderError) {
        let sizes = plan.octaveSizes
        let bound = try plan.boundObjective(at: sizes[0], model: model)
        self.plan = plan
        self.bound = bound
        self.workers = workers
        self.sizes = sizes
        network = try model.prepared(
            bound.requests, preprocessing: plan.preprocessing, convolution: plan.convolution)
        let shape = Shape(model.network.inputChannels, plan.height, plan.width)
        isGrey = plan.photo == nil && model.network.remarks.isGrey
        generator = RandomGenerator(seed: plan.seed)
        if let name = plan.photo {
            guard let picture = pictures[name] else { throw .picture(name, "it was not read") }
            guard picture.shape == shape else { throw .picture(name, "it is \(picture.shape), not \(shape)") }
            photo = picture
        } else {
            let noise = Self.noise(shape, isNatural: plan.naturalNoise ?? false, using: &generator, workers: workers)
            photo = isGrey ? noise.greyed() : noise
        }
        if let name = plan.mask {
            guard let picture = pictures[name] else { throw .picture(name, "it was not read") }
            guard picture.shape.area == shape.area else { throw .picture(name, "it is \(picture.shape), not \(shape)") }
            mask = picture.meanOverChannels()
        } else {
            mask = nil
        }
        var references: [String: Batch.Sample] = [:]
        for name in bound.objective.references {
            guard let picture = pictures[name] else { throw .picture(name, "it was not read") }
            for (layer, _) in bound.requests {
                do {
                    _ = try model.network.seenShape(of: layer, height: picture.shape.height, width: picture.shape.width)
                } catch {
                    let size = "\(picture.shape.width)x\(picture.shape.height)"
                    throw .picture(name, "it is shown as \(size), too small for \(layer); name a larger one")
                }
            }
            references[name] = Self.sample(picture, network, bound, workers)
        }
        self.references = references
        (base, current) = (photo, photo)
        enter(octave: 0, detail: carried)
    }

    /// Standard deviation of white noise to begin from.
    private static let whiteNoise: Float = 0.05
    /// That of natural noise before the colour map: about a third of a photograph's, so that the dream prevails.
    private static let naturalNoise: Float = 0.8

    /// A picture to begin from.
    private static func noise(
        _ shape: Shape, isNatural: Bool, using generator: inout RandomGenerator, workers: Workers
    ) -> Tensor {
        guard isNatural else {
            var noise = Tensor(shape, generator.normal(count: shape.count, standardDeviation: whiteNoise))
            noise.add(Tensor(shape, repeating: 0.5))
            return noise
        }
        let canvas = FourierImage(channels: shape.channels, height: shape.height, width: shape.width)
        var values = canvas.values(from: canvas.initial(using: &generator), workers: workers).output
        values.scale(by: naturalNoise * Float(Double(shape.count).squareRoot() / norm(values)))
        return ColourMap(channels: shape.channels)(values, workers: workers).output
    }

    /// Whether a plan can be followed, without computing or loading anything.
    ///
    /// - Parameter memory: bytes that may be used; nil for no limit.
    public static func check(_ plan: DreamPlan, model: Model, memory: Int? = nil) throws(RenderError) {
        let first = plan.octaveSizes[0]
        let bound = try plan.boundObjective(at: first, model: model)
        if plan.tile != nil {
            _ = try plan.boundObjective(
                at: Network.Size(height: min(first.height, Tiling.smallest), width: min(first.width, Tiling.smallest)), model: model)
        }
        for case .sameExtents(let what) in bound.objective.checks {
            throw .index("\(what) compares pictures of one size, and a dream has several; guide(…) does not mind")
        }
        let needed = try estimatedMemory(of: plan, model: model)
        if let memory, needed > memory {
            throw .memory(
                needed: needed, available: memory,
                advice: "try a smaller \(setting: .tile), \(setting: .memory) or \(setting: .size)")
        }
    }

    /// The largest tile whose dream stays within so many bytes; nil if the whole picture does.
    ///
    /// - Throws: `RenderError.memory` if not even the smallest tile does.
    public static func tile(for plan: DreamPlan, model: Model, memory: Int) throws(RenderError) -> Int? {
        if try estimatedMemory(plan, model: model, tile: nil) <= memory { return nil }
        let least = try estimatedMemory(plan, model: model, tile: Tiling.sides.lowerBound)
        guard least <= memory else {
            throw .memory(
                needed: least, available: memory, advice: "try a smaller \(setting: .size), or allow more \(setting: .memory)")
        }
        var side = min(max(plan.width, plan.height), Tiling.sides.upperBound) / Tiling.grid * Tiling.grid
        while side > Tiling.sides.lowerBound, try estimatedMemory(plan, model: model, tile: side) > memory { side -= Tiling.grid }
        return max(side, Tiling.sides.lowerBound)
    }

    /// Pictures of the whole size that are in memory together: the photograph as read, as planes and in the octave's size, the
    /// picture, its gradient, its predecessor, and those with which the file is written.
    private static let wholePictures = 8

    /// Bytes that a dream takes at most, about.
    public static func estimatedMemory(of plan: DreamPlan, model: Model) throws(RenderError) -> Int {
        try estimatedMemory(plan, model: model, tile: plan.tile)
    }

    private static func estimatedMemory(_ plan: DreamPlan, model: Model, tile: Int?) throws(RenderError) -> Int {
        let channels = model.network.inputChannels
        let (height, width) = (min(tile ?? plan.height, plan.height), min(tile ?? plan.width, plan.width))
        var pass = plan
        (pass.width, pass.height, pass.octaves, pass.mask) = (width, height, 1, nil)
        let bound = try pass.boundObjective(at: Network.Size(height: height, width: width), model: model)
        var render = RenderPlan(
            model: plan.model, weights: plan.weights, objective: plan.objective, width: width, height: height, transforms: "none")
        render.count = 1
        return bound.estimatedMemory(render, network: model.network)
            + 4 * wholePictures * channels * plan.width * plan.height
    }

    public var steps: Int { plan.steps }

    public var workDone: Double {
        let areas = sizes.map { Double($0.height * $0.width) }
        let all = areas.reduce(0, +) * Double(plan.iterations)
        guard all > 0 else { return 1 }
        let octave = stepsDone / max(plan.iterations, 1)
        let finished = areas[..<min(octave, areas.count)].reduce(0, +) * Double(plan.iterations)
        let begun = octave < areas.count ? areas[octave] * Double(stepsDone % plan.iterations) : 0
        return (finished + begun) / all
    }

    /// One step uphill; the first of an octave enlarges the detail first.
    public mutating func step() throws(RenderError) -> Float {
        precondition(stepsDone < steps, "the dream is over")
        if stepsDone > 0, stepsDone.isMultiple(of: plan.iterations) {
            var detail = current
            detail.add(base, scaledBy: -1)
            enter(octave: stepsDone / plan.iterations, detail: detail)
        }
        let jitter = plan.jitter
        let roll = (
            rows: generator.integer(below: 2 * jitter + 1) - jitter, columns: generator.integer(below: 2 * jitter + 1) - jitter
        )
        let shift = (rows: generator.integer(below: 1 << 16), columns: generator.integer(below: 1 << 16))
        var (score, gradient) = scoreAndGradient(roll: roll, shift: shift)
        guard score.isFinite else { throw .notFinite(step: stepsDone + 1) }
        if isGrey { gradient = gradient.greyed() }
        let mean = gradient.meanMagnitude()
        guard mean.isFinite else { throw .notFinite(step: stepsDone + 1) }
        // A gradient of zero has no direction.
        if mean > 0 { gradient.scale(by: 1 / mean) }
        if plan.totalVariation > 0 {
            let penalty = Objective.totalVariation().evaluate(Batch(samples: [Batch.Sample(image: current, activations: [:])]))
            gradient.add(penalty.gradients[0].image!, scaledBy: -plan.totalVariation)
        }
        if let weights { gradient.scaleEachChannel(by: weights) }
        current.add(gradient, scaledBy: plan.stepSize * (1 - plan.carried).squareRoot())
        current.clamp()
        stepsDone += 1
        return score
    }

    public func picture() -> Tensor {
        var change = current
        change.add(base, scaledBy: -1)
        change = change.scaled(toHeight: plan.height, width: plan.width, workers: workers)
        if let mask { change.scaleEachChannel(by: mask) }
        var result = photo
        result.add(change, scaledBy: plan.strength)
        result.clamp()
        return result
    }

    /// The photograph that the dream began with, `[channels, height, width]`.
    public var beginning: Tensor { photo }

    /// The objective on a picture, seen as the plan has it, without rolling.
    public func score(of picture: Tensor) throws(RenderError) -> Float {
        var sum = 0.0
        var area = 0
        for (row, column) in Self.tiles(of: picture.shape, side: plan.tile) {
            let seen = picture.cropped(
                top: row.seen.lowerBound, left: column.seen.lowerBound, height: row.seen.count, width: column.seen.count)
            let sample = Self.sample(seen, network, bound, workers)
            let score = bound.objective.evaluate(Batch(samples: [sample], references: references)).score
            sum += Double(score) * Double(row.core.count * column.core.count)
            area += row.core.count * column.core.count
        }
        let score = Float(sum / Double(area))
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    /// mean|∂score/∂x| of the first step without rolling, with which several layers can be balanced.
    public func gradientMagnitude() -> Float { scoreAndGradient(roll: (0, 0), shift: (0, 0)).1.meanMagnitude() }

    private mutating func enter(octave: Int, detail: Tensor?) {
        let size = sizes[octave]
        base = photo.scaled(toHeight: size.height, width: size.width, workers: workers)
        current = base
        weights = mask?.scaled(toHeight: size.height, width: size.width, workers: workers)
        guard let detail else { return }
        current.add(detail.scaled(toHeight: size.height, width: size.width, workers: workers))
        current.clamp()
    }

    private static func tiles(of shape: Shape, side: Int?, shift: (rows: Int, columns: Int) = (0, 0))
        -> [(row: Tiling.Piece, column: Tiling.Piece)]
    {
        let tiling = Tiling(height: shape.height, width: shape.width, side: side, shift: shift)
        return tiling.rows.flatMap { row in tiling.columns.map { (row, $0) } }
    }

    /// The score of the rolled picture, and its gradient at the picture.
    ///
    /// An objective is a mean over what a tile sees: with the tile's area its gradient weighs as much as in the whole.
    private func scoreAndGradient(roll: (rows: Int, columns: Int), shift: (rows: Int, columns: Int)) -> (Float, Tensor) {
        let pass = Pass(workers: workers, rectifier: plan.rectifier, poolGradient: plan.poolGradient)
        let shape = current.shape
        var gradient = Tensor(shape)
        var score = 0.0
        for (row, column) in Self.tiles(of: shape, side: plan.tile, shift: shift) {
            let seen = current.wrapped(
                top: row.seen.lowerBound - roll.rows, left: column.seen.lowerBound - roll.columns, height: row.seen.count,
                width: column.seen.count)
            let trace = network.forward(seen, pass)
            let sample = Batch.Sample(image: seen, activations: bound.activations(trace))
            let evaluation = bound.objective.evaluate(Batch(samples: [sample], references: references))
            var part = trace.backward(from: bound.seeds(evaluation.gradients[0]))
            if let direct = evaluation.gradients[0].image { part.add(direct) }
            let share = Double(row.core.count * column.core.count) / Double(shape.area)
            score += Double(evaluation.score) * share
            part.scale(by: Float(seen.shape.area) / Float(shape.area))
            gradient.setWrapped(
                part, from: (row.core.lowerBound - row.seen.lowerBound, column.core.lowerBound - column.seen.lowerBound),
                height: row.core.count, width: column.core.count,
                top: row.core.lowerBound - roll.rows, left: column.core.lowerBound - roll.columns)
        }
        return (Float(score), gradient)
    }

    private static func sample(_ picture: Tensor, _ network: PreparedNetwork, _ bound: BoundObjective, _ workers: Workers) -> Batch.Sample {
        let trace = network.forward(picture, Pass(workers: workers), remembering: false)
        return Batch.Sample(image: picture, activations: bound.activations(trace))
    }
}

extension Tensor {
    /// The mean of the channels in each.
    fileprivate func greyed() -> Tensor {
        let mean = meanOverChannels().elements
        return Tensor(shape, (0..<shape.channels).flatMap { _ in mean })
    }
}
