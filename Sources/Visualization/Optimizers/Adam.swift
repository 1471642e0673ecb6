import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension OptimizerChoice {
    /// Adam with its defaults, the optimizer of plans that name none.
    public static let adam = OptimizerChoice(Adam.self)
}

/// Adam (Kingma and Ba 2015, arXiv:1412.6980), as PyTorch computes it.
public struct Adam: Optimizer {
    public static let name = "adam"
    public static let help = "Adam (Kingma and Ba 2015)"
    public static let hyperparameters = [
        Hyperparameter.share("decay of the mean", default: 0.9), .share("decay of the mean square", default: 0.999),
    ]
    /// Lucid takes 0.05. A little more ends at higher scores, measured on both bundled networks.
    public static let defaultLearningRate: Float = 0.07

    public static func valuesPerParameter(_ hyperparameters: [Float]) -> Int { 2 }

    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean gradient.
    public let beta1: Float
    /// Decay of the mean squared gradient.
    public let beta2: Float
    /// Keeps the division finite.
    public let epsilon: Float
    /// Parameters shrink by this share times the rate in every step; 0 for plain Adam.
    public let weightDecay: Float
    private var step = 0
    private var means: [Tensor] = []
    private var variances: [Tensor] = []

    /// The numbers of the paper, but for the rate, which is Lucid's.
    public init(
        learningRate: Float = 0.05, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public init(learningRate: Float, hyperparameters: [Float]) {
        self.init(learningRate: learningRate, beta1: hyperparameters[0], beta2: hyperparameters[1])
    }

    public mutating func update(
        _ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float = 1, workers: Workers
    ) {
        step += 1
        if means.isEmpty {
            means = parameters.map { Tensor($0.shape) }
            variances = means
        }
        let rule = AdamStep(
            beta1: beta1, beta2: beta2,
            rate: Float(Double(learningRate * learningRateFactor) / (1 - pow(Double(beta1), Double(step)))),
            varianceCorrection: Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot()), epsilon: epsilon)
        for block in parameters.indices {
            if weightDecay != 0 { parameters[block].scale(by: 1 - learningRate * learningRateFactor * weightDecay) }
            rule.update(
                &parameters[block], mean: &means[block], variance: &variances[block], along: gradients[block],
                workers: workers)
        }
    }
}

/// Adam with decoupled weight decay of 0.01, PyTorch's default (Loshchilov and Hutter 2019, arXiv:1711.05101).
public struct AdamW: Optimizer {
    public static let name = "adamw"
    public static let help = "Adam with weight decay (Loshchilov and Hutter 2019)"
    public static let hyperparameters = Adam.hyperparameters
    public static let defaultLearningRate = Adam.defaultLearningRate
    private static let weightDecay: Float = 0.01
    private var adam: Adam

    public static func valuesPerParameter(_ hyperparameters: [Float]) -> Int { Adam.valuesPerParameter(hyperparameters) }

    public init(learningRate: Float, hyperparameters: [Float]) {
        adam = Adam(
            learningRate: learningRate, beta1: hyperparameters[0], beta2: hyperparameters[1], weightDecay: Self.weightDecay)
    }

    public mutating func update(
        _ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float = 1, workers: Workers
    ) {
        adam.update(&parameters, along: gradients, learningRateFactor: learningRateFactor, workers: workers)
    }
}

/// Adam with Nesterov's momentum (Dozat 2016), as PyTorch computes it.
public struct NesterovAdam: Optimizer {
    public static let name = "nadam"
    public static let help = "Adam with Nesterov's momentum (Dozat 2016)"
    public static let hyperparameters = Adam.hyperparameters
    public static let defaultLearningRate = Adam.defaultLearningRate

    public static func valuesPerParameter(_ hyperparameters: [Float]) -> Int { 2 }

    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean gradient.
    public let beta1: Float
    /// Decay of the mean squared gradient.
    public let beta2: Float
    private let epsilon = 1e-8
    private let momentumDecay = 0.004  // PyTorch's default
    private var step = 0
    private var product = 1.0
    private var means: [Tensor] = []
    private var variances: [Tensor] = []

    /// The decays of the paper.
    public init(learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
    }

    public init(learningRate: Float, hyperparameters: [Float]) {
        self.init(learningRate: learningRate, beta1: hyperparameters[0], beta2: hyperparameters[1])
    }

    private func momentum(at step: Int) -> Double {
        Double(beta1) * (1 - 0.5 * pow(0.96, Double(step) * momentumDecay))
    }

    public mutating func update(
        _ parameters: inout [Tensor], along gradients: [Tensor], learningRateFactor: Float = 1, workers: Workers
    ) {
        step += 1
        if means.isEmpty {
            means = parameters.map { Tensor($0.shape) }
            variances = means
        }
        let (current, next) = (momentum(at: step), momentum(at: step + 1))
        product *= current
        let rate = Double(learningRate * learningRateFactor)
        let own = Float(rate * (1 - current) / (1 - product))
        let mean = Float(rate * next / (1 - product * next))
        let correction = Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot())
        let (beta1, beta2, epsilon) = (beta1, beta2, Float(epsilon))
        for block in parameters.indices {
            parameters[block].withMutableElements { x in
                means[block].withMutableElements { m in
                    variances[block].withMutableElements { v in
                        gradients[block].withElements { g in
                            for i in x.indices {
                                m[i] = beta1 * m[i] + (1 - beta1) * g[i]
                                v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i]
                                x[i] += (own * g[i] + mean * m[i]) / (v[i].squareRoot() * correction + epsilon)
                            }
                        }
                    }
                }
            }
        }
    }
}
