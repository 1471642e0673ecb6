import Networks
import Tensors

/// A score to climb: higher is better, always; a penalty is a negative weight.
///
///     0.5 * .channel("features.3", 5) - 0.1 * .totalVariation()
///
/// Of several pictures that are drawn together, an objective of one picture takes the mean.
public struct Objective: Sendable {
    /// As the expression language spells it.
    public let text: String
    /// What must be known of which layers, by any name that the network knows; `logitsLayer` is its class scores.
    public let requests: [String: ActivationRequest]
    /// The fixed pictures that it looks at, by name.
    public let references: Set<String>
    /// Extents that make sense only once the network and the plan are known: channels, positions, pictures.
    let checks: [ObjectiveCheck]
    /// How tightly the text binds, for those who put it together with others.
    let binding: Binding
    /// The score and its gradients.
    package let evaluate: @Sendable (Scene) -> Evaluation

    /// From loose to tight.
    enum Binding: Int, Comparable {
        case sum, product, atom
        static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
    }

    init(
        text: String, requests: [String: ActivationRequest] = [:], references: Set<String> = [], checks: [ObjectiveCheck] = [],
        binding: Binding = .atom, evaluate: @escaping @Sendable (Scene) -> Evaluation
    ) {
        self.text = text
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
        text: String, requests: [String: ActivationRequest] = [:], references: Set<String> = [], checks: [ObjectiveCheck] = [],
        evaluate: @escaping @Sendable (Scene.Frame, [String: Scene.Frame]) -> FrameEvaluation
    ) -> Objective {
        Objective(text: text, requests: requests, references: references, checks: checks) { scene in
            var sum = Evaluation(score: 0, frames: [])
            for frame in scene.frames {
                let evaluation = evaluate(frame, scene.references)
                sum.score += evaluation.score
                sum.frames.append(evaluation.gradients)
            }
            if scene.frames.count > 1 { sum.scale(by: 1 / Float(scene.frames.count)) }
            return sum
        }
    }

    /// The name that stands for the network's class scores in `requests`.
    public static let logitsLayer = "logits"

    /// What the text must be put in parentheses for.
    func text(within binding: Binding) -> String { self.binding < binding ? "(\(text))" : text }
}

extension Objective {
    /// The one size of the picture at which a network can answer; nil where any will do that is large enough.
    public func onlySize(in network: Network) -> Network.Size? {
        requests.keys.sorted().lazy.compactMap { name in
            (try? name == Self.logitsLayer ? network.logitsLayer : network.layer(named: name)).flatMap { network.onlySize(for: $0) }
        }.first
    }
}

/// Something that an objective names, to be held against the network and the plan.
enum ObjectiveCheck: Sendable {
    /// A layer, and a channel and a position of it.
    case unit(layer: String, channel: Int? = nil, x: Int? = nil, y: Int? = nil)
    /// One of the pictures that are drawn together.
    case picture(Int)
    /// Pictures must have an opacity.
    case alpha
    /// It compares pictures: at least so many must be drawn.
    case pictures(atLeast: Int, for: String)
    /// It holds a picture against a fixed one place by place: both must have the same extents.
    case sameExtents(String)
    /// It compares pictures, and is shown one.
    case alone(String)
}
