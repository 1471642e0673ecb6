import Tensors

/// max(x, 0).
///
/// A negative input leaves −0.0, an input of exactly zero +0.0: the sign bit tells `RectifierGradient.redirected` on which
/// side of the kink a value was, so that nobody has to keep the input.
public struct ReLU: WeightlessLayer {
    /// Has no parameters.
    public init() {}

    public var traits: LayerTraits { [.channelwise, .rectifies, .keepsFeatures, .mergesIntoPrevious] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        var output = inputs[0]
        output.rectify(workers: pass.workers)
        guard pass.remembers else { return LayerResult(output) { _ in [] } }
        let signs = pass.rectifier.signs(of: output, workers: pass.workers)
        return LayerResult(output) { (gradient: consuming FeatureMap) in
            [pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)]
        }
    }
}

/// How a rectifier changes a gradient of the score on its way back.
public enum RectifierGradient: String, Sendable, CaseIterable, Codable {
    /// The derivative: the gradient where the input was positive, else 0 (also at 0, as PyTorch has it).
    case plain
    /// Lucid's `redirected_relu_grad`: where the plain gradient of the whole activation vanishes, let through what would
    /// raise negative inputs, so that a dead unit can come alive. With g the gradient of the loss, that is g except
    /// where x < 0 and g > 0; the score's gradient is −g.
    case redirected
    /// Guided back-propagation (Springenberg et al. 2015): the plain gradient where it raises the score.
    case guided
    /// Zeiler and Fergus 2014: the gradient where it raises the score, whatever the input was.
    case deconvolution
    /// The rectifier taken for the identity.
    case linear

    /// The signs of a rectifier's output (−0.0 for negative inputs) that the pullback needs.
    package func signs(of output: FeatureMap, workers: Workers) -> SignMap? {
        switch self {
        case .linear: nil
        case .plain, .guided, .deconvolution: output.signs(workers: workers)
        case .redirected: SignMap(output, signed: true, workers: workers)
        }
    }

    /// - Parameters:
    ///   - gradient: of the score with respect to the rectifier's output.
    ///   - signs: what `signs(of:)` remembered.
    package func pullback(_ gradient: consuming FeatureMap, signs: SignMap?, workers: Workers) -> FeatureMap {
        guard let signs else { return gradient }
        var result = consume gradient  // in place, if nobody else holds it
        switch self {
        case .linear: break
        case .plain: result.mask(signs, workers: workers)
        case .guided:
            result.mask(signs, workers: workers)
            result.keepPositive()
        case .deconvolution: result.keepPositive()
        case .redirected:
            if result.isAlive(under: signs) {
                result.mask(signs, workers: workers)
            } else {
                result.redirect(signs, workers: workers)
            }
        }
        return result
    }
}

extension FeatureMap {
    /// Sets what is below 0 to 0.
    mutating func keepPositive() {
        withMutableElements { values in
            for i in 0..<values.count where values[i] < 0 { values[i] = 0 }
        }
    }
}
