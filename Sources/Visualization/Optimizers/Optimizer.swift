import Tensors

/// A rule for a step uphill. It keeps what it remembers between steps.
public protocol Optimizer: Sendable {
    /// Moves the parameters along the gradient of the score.
    ///
    /// - Parameters:
    ///   - parameters: blocks, always the same number in the same shapes.
    ///   - gradients: one for each block.
    ///   - pace: what the learning rate is multiplied by in this step.
    mutating func climb(_ parameters: inout [Tensor], along gradients: [Tensor], pace: Float, workers: Workers)
}

/// The optimizers that `--optimizer` names, with their own numbers: `adam`, `adam(0.5, 0.99)`, `sgd(0.9)`, `rmsprop(0.999)`,
/// `lbfgs(100)`.
public struct OptimizerChoice: Sendable, CodableByText, Equatable {
    /// The rules.
    public enum Name: String, Sendable, CaseIterable {
        case adam, adamw, nadam, sgd, rmsprop, lbfgs

        /// Its own numbers where none are given: the decays of the means, the momentum, the decay, the history.
        var defaults: [Float] {
            switch self {
            case .adam, .adamw, .nadam: [0.9, 0.999]
            case .sgd: [0.9]
            case .rmsprop: [0.99]
            case .lbfgs: [100]
            }
        }
    }

    /// The rule.
    public let name: Name
    private let numbers: [Float]

    /// - Parameter numbers: in the rule's order; nil for its defaults.
    public init(_ name: Name, _ numbers: [Float]? = nil) {
        self.name = name
        self.numbers = numbers ?? name.defaults
    }

    /// Reads "adam" or "rmsprop(0.999)"; nil if it cannot be.
    public init?(_ text: String) {
        let head = text.prefix { $0 != "(" }
        guard let name = Name(rawValue: head.trimmed) else { return nil }
        var numbers = name.defaults
        let rest = text.dropFirst(head.count).trimmed
        if !rest.isEmpty {
            guard rest.first == "(", rest.last == ")" else { return nil }
            let words = rest.dropFirst().dropLast().split(separator: ",").map { Float($0.trimmed) }
            guard words.count == numbers.count, words.allSatisfy({ $0 != nil && $0! >= 0 }) else { return nil }
            numbers = words.map { $0! }
        }
        let isHistory = (1...10_000).contains(numbers[0]) && numbers[0] == numbers[0].rounded()
        guard name == .lbfgs ? isHistory : numbers.allSatisfy({ $0 < 1 }) else { return nil }
        self.name = name
        self.numbers = numbers
    }

    public var description: String {
        numbers == name.defaults ? name.rawValue : "\(name.rawValue)(\(numbers.map(plain).joined(separator: ",")))"
    }

    /// The learning rate where none is asked for.
    public var defaultLearningRate: Float {
        switch name {
        case .adam: 0.07  // Lucid takes 0.05; a little more ends higher, measured on both bundled networks
        case .nadam: 0.07
        case .adamw: 0.07
        case .sgd: 0.05
        case .rmsprop: 0.02
        case .lbfgs: 1
        }
    }

    /// Pictures of the size of the parameters that it remembers between steps.
    public var remembered: Int {
        switch name {
        case .adam, .adamw, .nadam: 2
        case .sgd, .rmsprop: 1
        case .lbfgs: 2 * Int(numbers[0])
        }
    }

    /// The optimizer itself, before its first step.
    public func optimizer(learningRate: Float) -> any Optimizer {
        switch name {
        case .adam: Adam(learningRate: learningRate, beta1: numbers[0], beta2: numbers[1])
        case .adamw: Adam(learningRate: learningRate, beta1: numbers[0], beta2: numbers[1], weightDecay: 0.01)
        case .nadam: NesterovAdam(learningRate: learningRate, beta1: numbers[0], beta2: numbers[1])
        case .sgd: StochasticGradient(learningRate: learningRate, momentum: numbers[0])
        case .rmsprop: RootMeanSquare(learningRate: learningRate, decay: numbers[0])
        case .lbfgs: LimitedMemoryBFGS(learningRate: learningRate, history: Int(numbers[0]))
        }
    }
}
