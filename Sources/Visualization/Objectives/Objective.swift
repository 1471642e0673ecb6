import Networks
import Tensors

/// A score that pictures are drawn to raise. Higher is always better; a penalty has a negative weight.
///
///     0.5 * .channel("features.3", 5) - 0.1 * .totalVariation()
///
/// For several pictures that are drawn together, an objective of one picture takes the mean.
public struct Objective: Sendable {
    /// As the expression language spells it.
    public let text: String
    /// What its number says of a finished picture, in the field's words: "mean activation".
    public let measure: String
    /// The activations that it needs, by any name of a layer that the network knows; `logitsLayer` is its class scores.
    public let requests: [String: ActivationRequest]
    /// The names of the fixed pictures that it compares with.
    public let references: Set<String>
    /// Conditions that can be checked only once the network and the plan are known.
    let checks: [ObjectiveCheck]
    /// How tightly the text binds, to know where parentheses are needed.
    let binding: Binding
    /// The score and its gradients.
    package let evaluate: @Sendable (Batch) -> Evaluation

    /// From loose to tight.
    enum Binding: Int, Comparable {
        case sum, product, atom
        static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
    }

    init(
        text: String, measure: String, requests: [String: ActivationRequest] = [:], references: Set<String> = [], checks: [ObjectiveCheck] = [],
        binding: Binding = .atom, evaluate: @escaping @Sendable (Batch) -> Evaluation
    ) {
        self.text = text
        self.measure = measure
        self.requests = requests
        self.references = references
        self.checks = checks
        self.binding = binding
        self.evaluate = evaluate
    }

    /// An objective of one picture: the mean over the pictures that are drawn.
    ///
    /// - Parameter evaluate: from a drawn picture and the fixed ones.
    static func each(
        text: String, measure: String, requests: [String: ActivationRequest] = [:], references: Set<String> = [], checks: [ObjectiveCheck] = [],
        evaluate: @escaping @Sendable (Batch.Sample, [String: Batch.Sample]) -> SampleEvaluation
    ) -> Objective {
        Objective(text: text, measure: measure, requests: requests, references: references, checks: checks) { batch in
            var sum = Evaluation(score: 0, gradients: [])
            for sample in batch.samples {
                let evaluation = evaluate(sample, batch.references)
                sum.score += evaluation.score
                sum.gradients.append(evaluation.gradients)
            }
            if batch.samples.count > 1 { sum.scale(by: 1 / Float(batch.samples.count)) }
            return sum
        }
    }

    /// An objective of your own about one layer: the mean of a score of each picture that is drawn.
    ///
    /// Register a function of the same name, so that plans can call it (`Objective.register`).
    ///
    /// - Parameters:
    ///   - name: the function that makes this objective in the expression language.
    ///   - channel: the one channel that it is about; nil for the whole layer. Both stand first among the function's arguments.
    ///   - arguments: the function's other arguments, as expressions spell them.
    ///   - measure: what the score is, in a few words.
    ///   - evaluate: the score of the channel's activations `[1, height, width]`, or of the layer's `[channels, height, width]`,
    ///     and the gradient of the score, in the same shape. It is called from several threads.
    public init(
        function name: String, layer: String, channel: Int? = nil, arguments: [String] = [], measure: String = "score",
        evaluate: @escaping @Sendable (_ activations: Tensor) -> (score: Float, gradient: Tensor)
    ) {
        let call = [quoted(layer)] + [channel].compactMap { $0.map(String.init) } + arguments
        self = .each(
            text: "\(name)(\(call.joined(separator: ",")))", measure: measure, requests: [layer: channel.map { ActivationRequest.channels([$0]) } ?? .all],
            checks: [.unit(layer: layer, channel: channel)]
        ) { sample, _ in
            let activation = sample.activations[layer]!
            let (shape, range) = (activation.values.shape, channel.map { activation.range(of: $0) })
            guard let range else {
                let (score, gradient) = evaluate(activation.values)
                precondition(gradient.shape == shape, "the gradient of \(name) is \(gradient.shape), not \(shape)")
                return SampleEvaluation(score: score, layers: [layer: gradient])
            }
            let values = activation.values.withElements { Array($0[range]) }
            let (score, part) = evaluate(Tensor(Shape(1, shape.height, shape.width), values))
            precondition(part.shape.count == range.count, "the gradient of \(name) is \(part.shape), not one channel's")
            var gradient = Tensor(shape)
            gradient.withMutableElements { gradient in
                part.withElements { part in for (place, value) in zip(range, part) { gradient[place] = value } }
            }
            return SampleEvaluation(score: score, layers: [layer: gradient])
        }
    }

    /// The measure of a sum or a product: no field has a word for it.
    static let mixedMeasure = "value of the expression"

    /// The name that stands for the network's class scores in `requests`.
    public static let logitsLayer = "logits"

    /// The text, in parentheses where it binds less tightly than what surrounds it.
    func text(within binding: Binding) -> String { self.binding < binding ? "(\(text))" : text }
}

extension Objective {
    /// The one size of the picture at which a network can answer; nil where any will do that is large enough.
    public func onlySize(in network: Network) -> Network.Size? {
        requests.keys.sorted().lazy.compactMap { name in
            (try? network.layer(ofObjective: name)).flatMap { network.onlySize(for: $0) }
        }.first
    }
}

/// A condition on the network and the plan that an objective needs.
enum ObjectiveCheck: Sendable, Equatable {
    /// A layer, a channel and a position of it, and the part of the channel's map that counts.
    case unit(layer: String, channel: Int? = nil, x: Int? = nil, y: Int? = nil, part: MapPart = .whole)
    /// A class of a network whose classes are linear in some layer.
    case classDirection(Int)
    /// One of the pictures that are drawn together.
    case picture(Int)
    /// Pictures must have an opacity.
    case alpha
    /// It compares pictures that are drawn together: at least so many must be.
    case pictures(atLeast: Int, for: String)
    /// It compares a picture with a fixed one position by position: both must have the same extents.
    case sameExtents(String)
    /// It compares pictures but sees only one; always an error.
    case alone(String)
}
