import Kernels

/// A function of one number that is applied to every element of a map.
public protocol ElementwiseFunction: Sendable {
    /// f(x) of every element.
    func callAsFunction(_ input: FeatureMap, workers: Workers) -> FeatureMap

    /// From a gradient at the output to one at the input.
    func pullback(_ gradient: FeatureMap, input: FeatureMap, workers: Workers) -> FeatureMap
}

/// A smooth or clipped function of one number, and its derivative.
public enum ActivationFunction: ElementwiseFunction {
    /// min(max(x, 0), 6); negative values leave −0.0.
    case relu6
    /// 1 / (1 + exp(−x)).
    case sigmoid
    /// min(max(x + 3, 0), 6) / 6.
    case hardSigmoid
    /// x · sigmoid(x).
    case silu
    /// x · hard sigmoid(x).
    case hardSwish
    /// x · Φ(x), Φ the normal distribution by the error function itself, not by its tanh approximation.
    case gelu

    private var kind: Int32 {
        switch self {
        case .relu6: Int32(KERNELS_RELU6)
        case .sigmoid: Int32(KERNELS_SIGMOID)
        case .hardSigmoid: Int32(KERNELS_HARD_SIGMOID)
        case .silu: Int32(KERNELS_SILU)
        case .hardSwish: Int32(KERNELS_HARD_SWISH)
        case .gelu: Int32(KERNELS_GELU)
        }
    }

    /// f(x) of every element.
    public func callAsFunction(_ input: FeatureMap, workers: Workers) -> FeatureMap {
        var result = FeatureMap(uninitialized: input.shape)
        let kind = kind
        result.withMutableElements { result in
            input.withElements { input in
                let (target, source) = (result.baseAddress!, input.baseAddress!)
                eachPiece(of: input.count, workers) {
                    kernels_activate(kind, target + $0.lowerBound, source + $0.lowerBound, $0.count)
                }
            }
        }
        return result
    }

    /// From a gradient at the output to one at the input.
    public func pullback(_ gradient: FeatureMap, input: FeatureMap, workers: Workers) -> FeatureMap {
        precondition(gradient.shape == input.shape)
        var result = FeatureMap(uninitialized: input.shape)
        let kind = kind
        result.withMutableElements { result in
            gradient.withElements { gradient in
                input.withElements { input in
                    let (target, gradient, input) = (result.baseAddress!, gradient.baseAddress!, input.baseAddress!)
                    eachPiece(of: result.count, workers) { range in
                        let start = range.lowerBound
                        kernels_activation_gradient(kind, target + start, gradient + start, input + start, range.count)
                    }
                }
            }
        }
        return result
    }
}
