import Tensors

/// Gradient ascent with momentum, as PyTorch computes it: v ← momentum · v + g, x ← x + rate · v.
public struct StochasticGradient: Optimizer {
    /// Size of a step.
    public let learningRate: Float
    /// What is left of the velocity after a step.
    public let momentum: Float
    private var velocities: [Tensor] = []

    public init(learningRate: Float, momentum: Float = 0.9) {
        self.learningRate = learningRate
        self.momentum = momentum
    }

    public mutating func climb(
        _ parameters: inout [Tensor], along gradients: [Tensor], pace: Float = 1, workers: Workers
    ) {
        if velocities.isEmpty { velocities = parameters.map { Tensor($0.shape) } }
        for block in parameters.indices {
            velocities[block].scale(by: momentum)
            velocities[block].add(gradients[block])
            parameters[block].add(velocities[block], scaledBy: learningRate * pace)
        }
    }
}

/// Steps of one length for all parameters, whatever the gradient's: v ← decay · v + (1 − decay) · g²,
/// x ← x + rate · g / (√v + 1e-8), as PyTorch computes it (Tieleman and Hinton 2012).
public struct RootMeanSquare: Optimizer {
    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean squared gradient.
    public let decay: Float
    private var variances: [Tensor] = []

    public init(learningRate: Float, decay: Float = 0.99) {
        self.learningRate = learningRate
        self.decay = decay
    }

    public mutating func climb(
        _ parameters: inout [Tensor], along gradients: [Tensor], pace: Float = 1, workers: Workers
    ) {
        if variances.isEmpty { variances = parameters.map { Tensor($0.shape) } }
        let (decay, rate) = (decay, learningRate * pace)
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
