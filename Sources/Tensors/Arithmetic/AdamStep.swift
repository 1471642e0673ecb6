import Kernels

/// The moments of Adam's running averages and the rate of one step.
public struct AdamStep {
    /// Decay of the mean.
    public var beta1: Float
    /// Decay of the variance.
    public var beta2: Float
    /// learning rate / (1 − β₁ᵗ)
    public var rate: Float
    /// 1 / √(1 − β₂ᵗ)
    public var varianceCorrection: Float
    /// Keeps the division finite.
    public var epsilon: Float

    /// The factors of the step t, counted from 1, after its corrections for the start from 0.
    public init(beta1: Float, beta2: Float, rate: Float, varianceCorrection: Float, epsilon: Float) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.rate = rate
        self.varianceCorrection = varianceCorrection
        self.epsilon = epsilon
    }

    /// parameters += rate · m / (√v · correction + ε), after m and v have taken in the gradient (Kingma and Ba 2015).
    public func update(
        _ parameters: inout Tensor, mean: inout Tensor, variance: inout Tensor, along gradient: Tensor,
        workers: Workers
    ) {
        let count = parameters.shape.count
        precondition(mean.shape.count == count && variance.shape.count == count && gradient.shape.count == count)
        parameters.withMutableElements { parameters in
            mean.withMutableElements { mean in
                variance.withMutableElements { variance in
                    gradient.withElements { gradient in
                        eachPiece(of: count, workers) { range in
                            let start = range.lowerBound
                            kernels_adam(
                                parameters.baseAddress! + start, mean.baseAddress! + start,
                                variance.baseAddress! + start, gradient.baseAddress! + start, range.count, beta1, beta2,
                                rate, varianceCorrection, epsilon)
                        }
                    }
                }
            }
        }
    }
}
