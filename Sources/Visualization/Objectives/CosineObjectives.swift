import Networks
import Tensors

/// Objectives that climb a direction among pooled features times its cosine. The length of the features stands for all other
/// evidence in the picture, so dividing by it forbids textures that raise many units at once: one whole thing appears instead of
/// many.
extension Objective {
    /// The name that stands, in `requests`, for what the network's last linear layer takes (`Network.classifierHead`).
    public static let classFeaturesLayer = "class_features"

    /// A channel among its layer's means: `directionCosine` along the channel alone.
    public static func channelCosine(_ layer: String, _ channel: Int, power: Float = 1, of part: MapPart = .whole) -> Objective {
        pooled(
            "channel_cosine(\(quoted(layer)),\(channel)\(power == 1 ? "" : powerText(power))\(part.argument))", "mean activation", layer,
            Direction([channel: 1]), power, part, channel: channel)
    }

    /// A direction among a layer's means. With a the mean of each channel's part, ã = a − mean(a), d = ã · v and c = d / (‖ã‖ ‖v‖):
    ///
    ///     d · max(0.1, c)^power
    ///
    /// In the first steps of a render it is the plain a · v instead: a unit that does not answer to noise would stay silent
    /// otherwise. A finished picture is told its a · v as well, which is what the unit answers.
    public static func directionCosine(
        _ layer: String, _ direction: Direction, power: Float = 1, of part: MapPart = .whole
    ) -> Objective {
        pooled(
            "direction_cosine(\(quoted(layer)),\(direction.text)\(power == 1 ? "" : powerText(power))\(part.argument))", "mean activation along the direction", layer,
            direction, power, part, channel: direction.weights.last?.channel)
    }

    /// From one channel of a layer in the first picture to another in the last: the sum over the pictures n of N of
    /// `directionCosine` along (1 − w) · first + w · last with w = n / (N − 1).
    public static func interpolateCosine(
        _ layer: String, _ first: Int, _ last: Int, power: Float = 1, of part: MapPart = .whole
    ) -> Objective {
        Objective(
            text: "interpolate_cosine(\(quoted(layer)),\(first),\(last)\(power == 1 ? "" : powerText(power))\(part.argument))",
            measure: "sum of mean activations along the row", requests: [layer: .all],
            checks: [
                .unit(layer: layer, channel: first, part: part), .unit(layer: layer, channel: last, part: part),
                .pictures(atLeast: 2, for: "interpolate_cosine"),
            ]
        ) { batch in
            var sum = Evaluation(score: 0, gradients: [])
            for (index, sample) in batch.samples.enumerated() {
                let share = Float(index) / Float(max(batch.samples.count - 1, 1))
                let direction = Direction([first: 1 - share, last: share])
                let (score, gradient) = pooledCosine(sample, layer, direction, power, part)
                sum.score += score
                sum.gradients.append(Evaluation.Gradients(layers: [layer: gradient]))
            }
            return sum
        }
    }

    private static func pooled(
        _ text: String, _ measure: String, _ layer: String, _ direction: Direction, _ power: Float, _ part: MapPart, channel: Int?
    ) -> Objective {
        each(
            text: text, measure: measure, requests: [layer: .all], checks: [.unit(layer: layer, channel: channel, part: part)]
        ) { sample, _ in
            let (score, gradient) = pooledCosine(sample, layer, direction, power, part)
            return SampleEvaluation(score: score, layers: [layer: gradient])
        }
    }

    /// The score of `directionCosine` for one picture, and its gradient at the layer.
    private static func pooledCosine(
        _ sample: Batch.Sample, _ layer: String, _ direction: Direction, _ power: Float, _ part: MapPart
    ) -> (score: Float, gradient: Tensor) {
        let values = sample.activations[layer]!.values
        let means = part.means(of: values)
        var along = [Double](repeating: 0, count: means.count)
        for (channel, weight) in direction.weights { along[channel] = Double(weight) }
        let isPlain = means.count == 1 || sample.step.map { $0 < RenderPlan.redirectedSteps } ?? true
        if isPlain {
            return (Float(zip(means, along).reduce(0) { $0 + $1.0 * $1.1 }), part.spread(along, over: values, wakesSilent: true))
        }
        let middle = means.reduce(0, +) / Double(means.count)
        var (score, gradient) = cosineScore(of: means.map { $0 - middle }, along: along, power: power)
        let mean = gradient.reduce(0, +) / Double(means.count)
        for index in gradient.indices { gradient[index] -= mean }
        return (Float(score), part.spread(gradient, over: values, wakesSilent: false))
    }

    /// A class among the features that the classifier takes. With a the mean of each feature, v the class's weights less the
    /// mean of all classes' and c = a · v / (‖a‖ ‖v‖):
    ///
    ///     a · v · max(0.1, c)^power
    ///
    /// A finished picture is told its class's score.
    public static func classDirection(_ index: Int, power: Float = 2) -> Objective {
        each(
            text: "class_direction(\(index)\(power == 2 ? "" : powerText(power)))", measure: "logit",
            requests: [classFeaturesLayer: .all, logitsLayer: .channels([index])],
            checks: [.unit(layer: logitsLayer, channel: index), .classDirection(index)]
        ) { sample, _ in
            if sample.step == nil {
                let (score, gradient) = mean(of: index, in: sample.activations[logitsLayer]!)
                return SampleEvaluation(score: score, layers: [logitsLayer: gradient])
            }
            let values = sample.activations[classFeaturesLayer]!.values
            let (score, gradient) = cosineScore(of: MapPart.whole.means(of: values), along: sample.classDirections[index]!, power: power)
            return SampleEvaluation(
                score: Float(score), layers: [classFeaturesLayer: MapPart.whole.spread(gradient, over: values, wakesSilent: false)])
        }
    }

    /// a · v · max(0.1, c)^power with c = a · v / (‖a‖ ‖v‖ + 1e-6), and its gradient at a:
    ///
    ///     v · (factor + slope / (‖a‖ ‖v‖)) − a · slope · c / ‖a‖²
    static func cosineScore(of a: [Double], along v: [Double], power: Float) -> (score: Double, gradient: [Double]) {
        func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let dot = zip(a, v).reduce(0) { $0 + $1.0 * $1.1 }
        let (own, other) = (length(a), length(v))
        let product = own * other + 1e-6
        let (factor, slope) = cosineFactor(dot: dot, cosine: dot / product, power: power)
        let push = factor + slope / product
        let pull = own > 0 ? slope * dot / (product * product) * other / own : 0
        return (dot * factor, zip(a, v).map { push * $1 - pull * $0 })
    }
}

extension Objective.Function {
    static let channelCosine = Self(
        name: "channel_cosine", usage: "channel_cosine(LAYER, INDEX, pow=P, of=PART)",
        help: "a channel's share of its layer's means times its cosine to the power P, by default 1; of=positive or of=negative: of the maps' positive or negative parts"
    ) { arguments throws(ExpressionError) in
        .channelCosine(
            try arguments.layer(), try arguments.integer("a channel"), power: try arguments.number(named: "pow", in: 0...16) ?? 1,
            of: try arguments.choice(named: "of", of: MapPart.self) ?? .whole)
    }
    static let directionCosine = Self(
        name: "direction_cosine", usage: "direction_cosine(LAYER, CHANNEL:WEIGHT, ..., pow=P, of=PART)",
        help: "the same for a mix of channels"
    ) { arguments throws(ExpressionError) in
        let layer = try arguments.layer()
        let direction = try arguments.direction()
        return .directionCosine(
            layer, direction, power: try arguments.number(named: "pow", in: 0...16) ?? 1,
            of: try arguments.choice(named: "of", of: MapPart.self) ?? .whole)
    }
    static let interpolateCosine = Self(
        name: "interpolate_cosine", usage: "interpolate_cosine(LAYER, INDEX, INDEX, pow=P, of=PART)",
        help: "the same from one channel in the first picture to another in the last"
    ) { arguments throws(ExpressionError) in
        .interpolateCosine(
            try arguments.layer(), try arguments.integer("a channel"), try arguments.integer("a channel"),
            power: try arguments.number(named: "pow", in: 0...16) ?? 1, of: try arguments.choice(named: "of", of: MapPart.self) ?? .whole)
    }
    static let classDirection = Self(
        name: "class_direction", usage: "class_direction(INDEX or LABEL, pow=P)",
        help: "a class's direction among the pooled features times its cosine to the power P, by default 2"
    ) { arguments throws(ExpressionError) in
        let index = try arguments.classNumber()
        return .classDirection(index, power: try arguments.number(named: "pow", in: 0...16) ?? 2)
    }
}
