import Tensors

/// A function of each element: SiLU, GELU, sigmoid, or any other of one number.
public struct Nonlinearity: WeightlessLayer {
    /// Which one.
    public let function: any ElementwiseFunction

    /// One of the usual functions, which have a vectorised loop.
    public init(_ function: ActivationFunction) { self.function = function }

    /// A rarer one.
    public init(_ function: ScalarFunction) { self.function = function }

    public var traits: LayerTraits { [.channelwise, .keepsFeatures] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (input, function) = (inputs[0], function)
        return LayerResult(function(input, workers: pass.workers)) { gradient in
            [function.pullback(gradient, input: input, workers: pass.workers)]
        }
    }
}

/// min(max(x, 0), 6) (Howard et al. 2017, arXiv:1704.04861), a rectifier with two kinks: `RectifierGradient` decides what
/// both let through.
public struct ReLU6: WeightlessLayer {
    /// Has no parameters.
    public init() {}

    /// Where the upper kink is.
    private static let ceiling: Float = 6

    public var traits: LayerTraits { [.channelwise, .keepsFeatures] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let input = inputs[0]
        let function = ActivationFunction.relu6
        return LayerResult(function(input, workers: pass.workers)) { gradient in
            switch pass.rectifier {
            case .linear: return [gradient]
            case .plain: return [function.pullback(gradient, input: input, workers: pass.workers)]
            case .guided:
                var guided = function.pullback(gradient, input: input, workers: pass.workers)
                guided.keepPositive()
                return [guided]
            case .deconvolution:
                var positive = gradient
                positive.keepPositive()
                return [positive]
            case .redirected:
                // As RectifierGradient.redirected, and let down what would lower saturated inputs.
                var redirected = gradient
                let plain = function.pullback(redirected, input: input, workers: pass.workers)
                if plain.withElements({ $0.contains { $0 != 0 } }) { return [plain] }
                redirected.withMutableElements { values in
                    input.withElements { input in
                        for i in 0..<values.count
                        where input[i] < 0 && values[i] < 0 || input[i] > Self.ceiling && values[i] > 0 {
                            values[i] = 0
                        }
                    }
                }
                return [redirected]
            }
        }
    }
}
