import Networks
import Tensors

extension Renderer {
    /// A size that a plan's transforms leave and the network does not take, and the size in which it sees it; nil where it takes all.
    public static func scaling(of plan: RenderPlan, model: Model) -> (left: Network.Size, seen: Network.Size)? {
        guard let bound = try? BoundObjective(plan, model: model) else { return nil }
        let fit = SizeFit(model.network, layers: Set(bound.requests.keys))
        for section in plan.sections {
            let extent = bound.transforms.extent(of: Shape(model.network.inputChannels, section.height, section.width))
            for shape in [extent.smallest, extent.largest] {
                let left = Network.Size(height: shape.height, width: shape.width)
                if let seen = fit.next(left), seen != left { return (left, seen) }
            }
        }
        return nil
    }

    /// The pictures as they stand, `[channels, height, width]` in 0…1; with an opacity as the last channel if the plan has
    /// one.
    ///
    /// - Parameter size: other extents than the plan's, for a canvas that can be drawn at any size.
    public func pictures(size: (height: Int, width: Int)? = nil) -> [Tensor] {
        let (parameterization, parameters) = whole
        guard let size else { return parameterization.pictures(from: parameters, workers: workers).output.map { mask?.apply($0) ?? $0 } }
        let drawing = Self.parameterization(plan, model.network, size.height, size.width)
        return drawing.finished(from: parameters, workers: workers)
    }

    /// The pictures as they are shown: where the canvas says so, with the parts that mattered opaque.
    public func shown(size: (height: Int, width: Int)? = nil) -> [Tensor] {
        let pictures = pictures(size: size)
        guard !importance.isEmpty, size == nil else { return pictures }
        return zip(pictures, importance).map { withImportance($0, $1.values) }
    }

    /// The objective on pictures as the network sees them without transforms.
    public func score(of pictures: [Tensor]) throws(RenderError) -> Float {
        let samples = pictures.map { sample($0) }
        let fixed = references.mapValues { sample($0) }
        let score = bound.objective.evaluate(Batch(samples: samples, references: fixed)).score
        guard score.isFinite else { throw .notFinite(step: stepsDone) }
        return score
    }

    /// The mean score over some draws of the transforms, more for longer renders. It has random numbers of its own, so that the
    /// render is the same with it and without.
    public func scoreWithTransforms(of pictures: [Tensor]) -> Float {
        let draws = min(8, max(1, plan.steps / 32))
        var own = RandomGenerator(seed: plan.seed ^ Self.scoringSeed)
        var sum: Float = 0
        for _ in 0..<draws {
            let before = own
            func seen(_ picture: Tensor) -> Batch.Sample {
                own = before
                let mapping = bound.transforms.opaque(
                    picture, channels: model.network.inputChannels, at: 1, using: &own, workers: workers)
                let trace = network.forward(mapping.output, Pass(workers: workers), remembering: false)
                return sample(picture, trace)
            }
            let fixed = references.mapValues(seen)
            sum += bound.objective.evaluate(Batch(samples: pictures.map(seen), references: fixed)).score
        }
        return sum / Float(draws)
    }

    /// The letters "transfor" in ASCII.
    private static let scoringSeed: UInt64 = 0x7472_616e_7366_6f72

    private func sample(_ picture: Tensor) -> Batch.Sample {
        let channels = model.network.inputChannels
        // Transparent parts are seen as grey.
        let seen =
            picture.shape.channels == channels
            ? picture
            : composite(picture, over: Tensor(Shape(channels, picture.shape.height, picture.shape.width), repeating: 0.5)).output
        // A network of one size sees finished pictures scaled to it as well.
        let fitted = bound.transforms.finalResize?.resized(seen, workers).output ?? seen
        let trace = network.forward(fitted, Pass(workers: workers), remembering: false)
        return sample(picture, trace)
    }

    /// The rank of the plan's unit among its layer's channels by activation when the network sees the picture; nil if the plan
    /// is not about one unit.
    public func rank(on picture: Tensor) throws(RenderError) -> Rank? {
        guard let unit = bound.unit, picture.shape.channels == model.network.inputChannels else { return nil }
        var request = ActivationRequest.all
        if let position = unit.position { request.positions = [position] }
        let whole = try model.prepared(
            [unit.layer: request], preprocessing: plan.preprocessing, convolution: plan.convolution)
        let seen = bound.transforms.finalResize?.resized(picture, workers).output ?? picture
        let trace = whole.forward(seen, Pass(workers: workers), remembering: false)
        let activation = trace[unit.layer]
        let area = activation.values.shape.area
        let sums =
            if let position = unit.position {
                activation.values.withElements { values in
                    (0..<activation.values.shape.channels).map { Double(values[$0 * area + activation.offset(of: position)]) }
                }
            } else {
                unit.part.means(of: activation.values)
            }
        // A map of both signs may sum to 0.
        let places = unit.position.map { activation.offset(of: $0) }.map { $0..<$0 + 1 } ?? 0..<area
        let isSilent = activation.values.withElements { values in
            places.allSatisfy { values[unit.channel * area + $0] == 0 }
        }
        let own = sums[unit.channel]
        return Rank(
            channel: unit.channel, place: 1 + sums.count { $0 > own }, placeFromBelow: 1 + sums.count { $0 < own }, channels: sums.count,
            strongest: sums.indices.max { sums[$0] < sums[$1] }!, weakest: sums.indices.min { sums[$0] < sums[$1] }!,
            isOfClasses: model.classNames != nil && unit.layer == model.network.logitsLayer, answers: !isSilent || !sums.contains { $0 != 0 })
    }

    /// The rank of a unit among its layer's channels.
    public struct Rank: Sendable, Codable, Equatable {
        /// The unit's channel, or class.
        public let channel: Int
        /// 1 for the channel with the largest activation.
        public let place: Int
        /// 1 for the channel with the smallest activation.
        public let placeFromBelow: Int
        /// Channels of the layer.
        public let channels: Int
        /// The channel with the largest activation.
        public let strongest: Int
        /// The channel with the smallest activation.
        public let weakest: Int
        /// Whether the channels are a classifier's classes.
        public let isOfClasses: Bool
        /// Whether it says anything of the picture: false where it is 0 everywhere and others are not.
        public let answers: Bool
    }

    /// Σ|∂score/∂x| at each picture under one draw of the transforms, with which two objectives can be balanced.
    ///
    /// - Parameter pictures: nil for the pictures as they stand.
    public func gradientMagnitudes(at pictures: [Tensor]? = nil) -> [Float] {
        var generator = generator
        let gradients = evaluate(pictures ?? self.pictures(), Pass(workers: workers), at: 0, step: RenderPlan.redirectedSteps, using: &generator).gradients
        return gradients.map { gradient in gradient.withElements { $0.reduce(0) { $0 + abs($1) } } }
    }
}
