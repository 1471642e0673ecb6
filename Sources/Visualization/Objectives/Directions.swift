import Networks
import Tensors

/// A direction in a layer's channels: a weight for each, most of them zero perhaps.
public struct Direction: Sendable, Equatable {
    /// Channels and their weights, ascending, without zeros.
    public let weights: [(channel: Int, weight: Float)]

    /// - Parameter weights: by channel; zeros are dropped.
    public init(_ weights: [Int: Float]) {
        self.weights = weights.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// - Parameter vector: a weight for every channel.
    public init(_ vector: [Float]) { self.init(Dictionary(uniqueKeysWithValues: vector.enumerated().map { ($0, $1) })) }

    public static func == (left: Direction, right: Direction) -> Bool {
        left.weights.elementsEqual(right.weights) { $0 == $1 }
    }

    /// "5:1,10:-0.5"
    public var text: String { weights.map { "\($0.channel):\(plain($0.weight))" }.joined(separator: ",") }

    var norm: Double { weights.reduce(0.0) { $0 + Double($1.weight) * Double($1.weight) }.squareRoot() }
    var channels: Set<Int> { Set(weights.map(\.channel)) }
}

extension Objective {
    /// A direction of a layer: the mean over positions of dot · max(0.1, cos)^pow, with dot = Σ a·v over channels and
    /// cos = dot / ((1e-4 + ‖a‖)(1e-4 + ‖v‖)); with pow 0 the mean of dot (tensorflow/lucid, optvis/objectives.py).
    public static func direction(_ layer: String, _ direction: Direction, cosinePower power: Float = 0) -> Objective {
        directed(
            "direction(\(quoted(layer)),\(direction.text)\(powerText(power)))", "mean activation", layer, direction, power,
            positions: nil, check: .unit(layer: layer, channel: direction.weights.last?.channel))
    }

    /// A direction at one position, the middle by default.
    public static func directionNeuron(
        _ layer: String, _ direction: Direction, x: Int? = nil, y: Int? = nil, cosinePower power: Float = 0
    ) -> Objective {
        let place = (x.map { ",x=\($0)" } ?? "") + (y.map { ",y=\($0)" } ?? "")
        return directed(
            "direction_neuron(\(quoted(layer)),\(direction.text)\(place)\(powerText(power)))", "activation", layer, direction, power,
            positions: ActivationRequest.Position(x: x, y: y),
            check: .unit(layer: layer, channel: direction.weights.last?.channel, x: x, y: y))
    }

    /// The direction of a fixed picture's whole activation T, centred: Σ a_crop·T with a cut to T's extent or T to a's,
    /// times max(0.1, cos)^pow (tensorflow/lucid, tensor_direction).
    ///
    /// - Parameter reference: the picture's name in `Batch.references`.
    public static func tensorDirection(_ layer: String, of reference: String, cosinePower power: Float = 0) -> Objective {
        each(
            text: "tensor_direction(\(quoted(layer)),\(quoted(reference))\(powerText(power)))",
            measure: "product with the photograph's activation" + timesCosine(power), requests: [layer: .all],
            references: [reference], checks: [.unit(layer: layer)]
        ) { sample, references in
            let values = sample.activations[layer]!.values
            let target = references[reference]!.activations[layer]!.values
            let (height, width) = (min(values.shape.height, target.shape.height), min(values.shape.width, target.shape.width))
            let (top, left) = ((values.shape.height - height) / 2, (values.shape.width - width) / 2)
            let middle = target.cropped(
                top: (target.shape.height - height) / 2, left: (target.shape.width - width) / 2, height: height, width: width)
            let seen = values.cropped(top: top, left: left, height: height, width: width)
            let (dot, own, other) = (inner(seen, middle), norm(seen), norm(middle))
            let (factor, slope) = cosineFactor(dot: dot, cosine: dot / ((1e-4 + own) * (1e-4 + other)), power: power)
            // score = dot · factor(cos); ∂cos = ∂dot / (..) − cos · a / (‖a‖(1e-4 + ‖a‖)).
            var gradient = middle
            gradient.scale(by: Float(factor + slope / ((1e-4 + own) * (1e-4 + other))))
            if slope != 0, own > 0 {
                let cosine = dot / ((1e-4 + own) * (1e-4 + other))
                gradient.add(seen, scaledBy: Float(-slope * cosine / (own * (1e-4 + own))))
            }
            let whole = gradient.padded(
                top: top, left: left, height: values.shape.height, width: values.shape.width, value: 0)
            return SampleEvaluation(score: Float(dot * factor), layers: [layer: whole])
        }
    }

    /// - Parameter positions: one position, or nil for the mean over all.
    private static func directed(
        _ text: String, _ measure: String, _ layer: String, _ direction: Direction, _ power: Float, positions: ActivationRequest.Position?,
        check: ObjectiveCheck
    ) -> Objective {
        // Without the cosine the other channels do not matter.
        var request = ActivationRequest(channels: power == 0 ? direction.channels : nil)
        if let positions { request.positions = [positions] }
        return each(
            text: text, measure: "\(measure) along the direction" + timesCosine(power), requests: [layer: request], checks: [check]
        ) { sample, _ in
            let activation = sample.activations[layer]!
            let values = activation.values
            let area = values.shape.area
            let places = positions.map { activation.offset(of: $0) }.map { $0..<$0 + 1 } ?? 0..<area
            let weights = direction.weights.map { (start: activation.position(of: $0.channel) * area, weight: Double($0.weight)) }
            let length = 1e-4 + direction.norm
            var gradient = Tensor(values.shape)
            var score = 0.0
            values.withElements { a in
                gradient.withMutableElements { gradient in
                    for place in places {
                        let dot = weights.reduce(0.0) { $0 + $1.weight * Double(a[$1.start + place]) }
                        if power == 0 {
                            score += dot
                            for (start, weight) in weights { gradient[start + place] = Float(weight / Double(places.count)) }
                            continue
                        }
                        var squares = 0.0
                        for i in stride(from: place, to: a.count, by: area) { squares += Double(a[i]) * Double(a[i]) }
                        let own = squares.squareRoot()
                        let cosine = dot / ((1e-4 + own) * length)
                        let (factor, slope) = cosineFactor(dot: dot, cosine: cosine, power: power)
                        score += dot * factor
                        if slope != 0, own > 0 {
                            let pull = -slope * cosine / (own * (1e-4 + own)) / Double(places.count)
                            for i in stride(from: place, to: a.count, by: area) { gradient[i] += Float(pull * Double(a[i])) }
                        }
                        let push = (factor + slope / ((1e-4 + own) * length)) / Double(places.count)
                        for (start, weight) in weights { gradient[start + place] += Float(push * weight) }
                    }
                }
            }
            return SampleEvaluation(score: Float(score / Double(places.count)), layers: [layer: gradient])
        }
    }

    /// The end of a measure that the cosine sharpens.
    static func timesCosine(_ power: Float) -> String { power == 0 ? "" : " times the cosine" }

    /// max(0.1, cosine)^power, and dot times its derivative with respect to the cosine.
    static func cosineFactor(dot: Double, cosine: Double, power: Float) -> (factor: Double, slope: Double) {
        if power == 0 { return (1, 0) }
        let clipped = max(0.1, cosine)
        let factor = raise(clipped, to: Double(power))
        return (factor, cosine > 0.1 ? dot * Double(power) * factor / clipped : 0)
    }

    static func powerText(_ power: Float) -> String { power == 0 ? "" : ",pow=\(plain(power))" }
}

extension Objective.Function {
    static let direction = Self(
        name: "direction", usage: "direction(LAYER, CHANNEL:WEIGHT, ..., pow=P)",
        help: "a mix of channels; pow sharpens by the cosine"
    ) { arguments throws(ExpressionError) in
        let layer = try arguments.layer()
        let direction = try arguments.direction()
        return .direction(layer, direction, cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0)
    }
    static let directionNeuron = Self(
        name: "direction_neuron", usage: "direction_neuron(LAYER, CHANNEL:WEIGHT, ..., x=COLUMN, y=ROW, pow=P)",
        help: "the same at one position"
    ) { arguments throws(ExpressionError) in
        let layer = try arguments.layer()
        let direction = try arguments.direction()
        return .directionNeuron(
            layer, direction, x: try arguments.integer(named: "x"), y: try arguments.integer(named: "y"),
            cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0)
    }
    static let tensorDirection = Self(
        name: "tensor_direction", usage: "tensor_direction(LAYER, PHOTO, pow=P)",
        help: "the direction of a photo's whole activation"
    ) { arguments throws(ExpressionError) in
        .tensorDirection(
            try arguments.layer(), of: try arguments.photo(),
            cosinePower: try arguments.number(named: "pow", in: 0...16) ?? 0)
    }
}
