import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Adam (Kingma and Ba 2015, arXiv:1412.6980), as PyTorch computes it; with weight decay AdamW (Loshchilov and Hutter 2019,
/// arXiv:1711.05101), which also shrinks the parameters by rate · decay.
public struct Adam: Optimizer {
    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean gradient.
    public let beta1: Float
    /// Decay of the mean squared gradient.
    public let beta2: Float
    /// Keeps the division finite.
    public let epsilon: Float
    /// By how much parameters shrink, times the rate.
    public let weightDecay: Float
    private var step = 0
    private var means: [Tensor] = []
    private var variances: [Tensor] = []

    public init(
        learningRate: Float = 0.05, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public mutating func climb(
        _ parameters: inout [Tensor], along gradients: [Tensor], pace: Float = 1, workers: Workers
    ) {
        step += 1
        if means.isEmpty {
            means = parameters.map { Tensor($0.shape) }
            variances = means
        }
        let rule = AdamStep(
            beta1: beta1, beta2: beta2,
            rate: Float(Double(learningRate * pace) / (1 - pow(Double(beta1), Double(step)))),
            varianceCorrection: Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot()), epsilon: epsilon)
        for block in parameters.indices {
            if weightDecay != 0 { parameters[block].scale(by: 1 - learningRate * pace * weightDecay) }
            rule.update(
                &parameters[block], mean: &means[block], variance: &variances[block], along: gradients[block],
                workers: workers)
        }
    }
}

/// Adam with Nesterov's momentum (Dozat 2016), as PyTorch computes it, with its momentum decay of 0.004.
public struct NesterovAdam: Optimizer {
    /// Size of a step.
    public let learningRate: Float
    /// Decay of the mean gradient.
    public let beta1: Float
    /// Decay of the mean squared gradient.
    public let beta2: Float
    private let epsilon = 1e-8
    private let momentumDecay = 0.004
    private var step = 0
    private var product = 1.0
    private var means: [Tensor] = []
    private var variances: [Tensor] = []

    public init(learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
    }

    private func momentum(at step: Int) -> Double {
        Double(beta1) * (1 - 0.5 * pow(0.96, Double(step) * momentumDecay))
    }

    public mutating func climb(
        _ parameters: inout [Tensor], along gradients: [Tensor], pace: Float = 1, workers: Workers
    ) {
        step += 1
        if means.isEmpty {
            means = parameters.map { Tensor($0.shape) }
            variances = means
        }
        let (current, next) = (momentum(at: step), momentum(at: step + 1))
        product *= current
        let rate = Double(learningRate * pace)
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
