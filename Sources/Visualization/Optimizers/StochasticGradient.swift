import Tensors

/// Gradient ascent with momentum, as PyTorch computes it: v ← momentum · v + g, x ← x + rate · v.
public struct StochasticGradient: Optimizer {
    public static let name = "sgd"
    public static let help = "gradient ascent with momentum"
    public static let hyperparameters = [Hyperparameter.share("momentum", default: 0.9)]
    public static let defaultLearningRate: Float = 0.05

    public static func valuesPerParameter(_ hyperparameters: [Float]) -> Int { 1 }

    /// Size of a step.
    public let learningRate: Float
    /// The share of the velocity that is kept in each step.
    public let momentum: Float
    private var velocities: [Tensor] = []

    /// - Parameter momentum: 0…1, the share of the velocity that is kept.
    public init(learningRate: Float, momentum: Float = 0.9) {
        self.learningRate = learningRate
        self.momentum = momentum
    }

    public init(learningRate: Float, hyperparameters: [Float]) {
        self.init(learningRate: learningRate, momentum: hyperparameters[0])
    }

    public mutating func update(
        _ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float = 1, workers: Workers
    ) {
        if velocities.isEmpty { velocities = parameters.map { Tensor($0.shape) } }
        for block in parameters.indices {
            velocities[block].scale(by: momentum)
            velocities[block].add(gradients[block])
            parameters[block].add(velocities[block], scaledBy: learningRate * learningRateFactor)
        }
    }
}

/// RMSprop, steps of about the same length for all parameters: v ← decay · v + (1 − decay) · g²,
/// x ← x + rate · g / (√v + 1e-8), as PyTorch computes it (Tieleman and Hinton 2012).
public struct RootMeanSquare: Optimizer {
    public static let name = "rmsprop"
    public static let help = "RMSprop (Tieleman and Hinton 2012)"
    public static let hyperparameters = [Hyperparameter.share("decay of the mean square", default: 0.99)]
    public static let defaultLearningRate: Float = 0.02

    public static func valuesPerParameter(_ hyperparameters: [Float]) -> Int { 1 }

    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean squared gradient.
    public let decay: Float
    private var variances: [Tensor] = []

    /// - Parameter decay: 0…1, the share of the mean square that is kept.
    public init(learningRate: Float, decay: Float = 0.99) {
        self.learningRate = learningRate
        self.decay = decay
    }

    public init(learningRate: Float, hyperparameters: [Float]) {
        self.init(learningRate: learningRate, decay: hyperparameters[0])
    }

    public mutating func update(
        _ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float = 1, workers: Workers
    ) {
        if variances.isEmpty { variances = parameters.map { Tensor($0.shape) } }
        let (decay, rate) = (decay, learningRate * learningRateFactor)
        for block in parameters.indices {
            parameters[block].withMutableElements { x in
                variances[block].withMutableElements { v in
                    gradients[block].withElements { g in
                        for i in x.indices {
                            v[i] = decay * v[i] + (1 - decay) * g[i] * g[i]
                            x[i] += rate * g[i] / (v[i].squareRoot() + 1e-8)
                        }
                    }
                }
            }
        }
    }
}
