import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A rule for a step uphill. It keeps what it remembers between steps.
public protocol Optimizer: Sendable {
    /// Moves the parameters along the gradient of the score.
    ///
    /// - Parameter pace: what the learning rate is multiplied by in this step.
    mutating func climb(_ parameters: inout Tensor, along gradient: Tensor, pace: Float, workers: Workers)
}

/// Adam (Kingma and Ba 2015, arXiv:1412.6980), as PyTorch computes it.
public struct Adam: Optimizer {
    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean gradient.
    public let beta1: Float
    /// Decay of the mean squared gradient.
    public let beta2: Float
    /// Keeps the division finite.
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

    public mutating func climb(_ parameters: inout Tensor, along gradient: Tensor, pace: Float = 1, workers: Workers) {
        step += 1
        var mean = self.mean.take() ?? Tensor(parameters.shape)
        var variance = self.variance.take() ?? Tensor(parameters.shape)
        AdamStep(
            beta1: beta1, beta2: beta2,
            rate: Float(Double(learningRate * pace) / (1 - pow(Double(beta1), Double(step)))),
            varianceCorrection: Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot()), epsilon: epsilon
        ).climb(&parameters, mean: &mean, variance: &variance, along: gradient, workers: workers)
        self.mean = mean
        self.variance = variance
    }
}

/// Gradient ascent with momentum, as PyTorch computes it: v ← momentum · v + g, x ← x + rate · v.
public struct StochasticGradient: Optimizer {
    /// Size of a step.
    public let learningRate: Float
    /// What is left of the velocity after a step.
    public let momentum: Float
    private var velocity: Tensor?

    public init(learningRate: Float, momentum: Float = 0.9) {
        self.learningRate = learningRate
        self.momentum = momentum
    }

    public mutating func climb(_ parameters: inout Tensor, along gradient: Tensor, pace: Float = 1, workers: Workers) {
        var velocity = self.velocity.take() ?? Tensor(parameters.shape)
        velocity.scale(by: momentum)
        velocity.add(gradient)
        parameters.add(velocity, scaledBy: learningRate * pace)
        self.velocity = velocity
    }
}

/// The optimizers that `--optimizer` names.
public enum OptimizerName: String, Sendable, CaseIterable, Codable {
    case adam, sgd

    /// The learning rate where none is asked for.
    public var defaultLearningRate: Float {
        switch self {
        case .adam: 0.07  // Lucid takes 0.05; a little more ends higher, measured on both bundled networks
        case .sgd: 0.05
        }
    }

    /// The optimizer itself, before its first step.
    public func optimizer(learningRate: Float) -> any Optimizer {
        switch self {
        case .adam: Adam(learningRate: learningRate)
        case .sgd: StochasticGradient(learningRate: learningRate)
        }
    }
}

/// How the learning rate changes on the way.
public enum ScheduleName: String, Sendable, CaseIterable, Codable {
    /// The same at every step, as Lucid has it.
    case constant
    /// Half a cosine from the full rate to none (Loshchilov and Hutter 2017, without restarts).
    case cosine
    /// Constant for three quarters of the way, then half a cosine down: the picture settles on what the last steps agree
    /// on instead of what the last transform asked for.
    case settle

    /// The share of the learning rate at a step counted from 0.
    public func pace(step: Int, of steps: Int) -> Float {
        let begin: Double
        switch self {
        case .constant: return 1
        case .cosine: begin = 0
        case .settle: begin = 0.75
        }
        let progress = Double(step) / Double(max(steps, 1))
        guard progress > begin else { return 1 }
        return Float(0.5 * (1 + cos(Double.pi * (progress - begin) / (1 - begin))))
    }
}
