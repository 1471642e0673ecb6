import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A rule for a step uphill. It keeps what it remembers between steps.
public protocol Optimizer: Sendable {
    /// Moves the parameters along the gradient of the score.
    mutating func climb(_ parameters: inout Tensor, along gradient: Tensor, workers: Workers)
}

/// Adam (Kingma and Ba 2015, arXiv:1412.6980), as PyTorch computes it.
public struct Adam: Optimizer {
    public let learningRate: Float
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    private var step = 0
    private var mean: Tensor?
    private var variance: Tensor?

    public init(learningRate: Float = 0.05, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }

    public mutating func climb(_ parameters: inout Tensor, along gradient: Tensor, workers: Workers) {
        step += 1
        var mean = self.mean.take() ?? Tensor(parameters.shape)
        var variance = self.variance.take() ?? Tensor(parameters.shape)
        AdamStep(
            beta1: beta1, beta2: beta2,
            rate: Float(Double(learningRate) / (1 - pow(Double(beta1), Double(step)))),
            varianceCorrection: Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot()), epsilon: epsilon
        ).climb(&parameters, mean: &mean, variance: &variance, along: gradient, workers: workers)
        self.mean = mean
        self.variance = variance
    }
}

/// Gradient ascent with momentum, as PyTorch computes it: v ← momentum · v + g, x ← x + rate · v.
public struct StochasticGradient: Optimizer {
    public let learningRate: Float
    public let momentum: Float
    private var velocity: Tensor?

    public init(learningRate: Float, momentum: Float = 0.9) {
        self.learningRate = learningRate
        self.momentum = momentum
    }

    public mutating func climb(_ parameters: inout Tensor, along gradient: Tensor, workers: Workers) {
        var velocity = self.velocity.take() ?? Tensor(parameters.shape)
        velocity.scale(by: momentum)
        velocity.add(gradient)
        parameters.add(velocity, scaledBy: learningRate)
        self.velocity = velocity
    }
}

/// The optimizers that `--optimizer` names.
public enum OptimizerName: String, Sendable, CaseIterable, Codable {
    case adam, sgd

    public var defaultLearningRate: Float {
        switch self {
        case .adam: 0.05  // Lucid's
        case .sgd: 0.05
        }
    }

    public func optimizer(learningRate: Float) -> any Optimizer {
        switch self {
        case .adam: Adam(learningRate: learningRate)
        case .sgd: StochasticGradient(learningRate: learningRate)
        }
    }
}
