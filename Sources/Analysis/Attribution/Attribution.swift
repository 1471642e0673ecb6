import Networks
import Tensors
import Visualization

/// Which part of a picture a score comes from, by one method.
public struct Attribution: Sendable {
    /// The value of each pixel or position in each channel, `[channels, height, width]`; one channel where the method has no more.
    public let values: Tensor
    /// Over pixels or positions, `[1, height, width]`.
    public let map: Tensor
    /// Σ over positions of gradient times activation, or of the conductance, for each channel of the layer; nil of pixels.
    public let channels: [Double]?
    /// The score of the picture.
    public let score: Float
    /// The score of the baseline; nil where the method has none.
    public let baselineScore: Float?

    /// How a method goes about it.
    public struct Recipe: Sendable, Codable, Equatable {
        /// The way that the score is followed back to the picture, or that the picture is changed.
        public var method = AttributionMethod.gradientTimesActivation
        /// Points of a path.
        public var steps = 50
        /// How the points of the path are placed and weighed.
        public var rule = PathRule.gauss
        /// Noisy copies, or masks.
        public var samples = 50
        /// The deviation of their noise in 0…1.
        public var noise: Float = 0.15
        /// The side of a patch in pixels; half of it is from one patch to the next.
        public var patch = 32
        /// Seed of the noise, and of the masks.
        public var seed: UInt64 = 0

        /// The usual method with its usual numbers.
        public init() {}

        /// Passes through the network that it takes for pictures of this size.
        public func passes(height: Int, width: Int) -> Int {
            switch method {
            case .integrated, .conductance: steps
            case .smoothGrad, .squaredSmoothGrad, .varGrad, .rise: samples
            case .occlusion: PictureScore.occlusions(patch: patch, stride: stride, height: height, width: width)
            default: 1
            }
        }

        var stride: Int { max(1, patch / 2) }

        /// How rectifiers change the gradient.
        public var rectifier: RectifierGradient {
            switch method {
            case .guided: .guided
            case .deconvolution: .deconvolution
            default: .plain
            }
        }
    }

    /// - Parameters:
    ///   - score: made for the layer and the recipe's rectifier.
    ///   - layer: of a map over its positions; nil of one over pixels.
    ///   - picture: `[channels, height, width]` in 0…1.
    ///   - baseline: in the picture's shape.
    ///   - progress: told of each pass; return false to end.
    /// - Returns: nil if it was ended.
    public init?(
        _ recipe: Recipe, of score: PictureScore, layer: LayerName?, at picture: Tensor, baseline: Tensor, progress: () -> Bool = { true }
    ) {
        let method = recipe.method
        if method.isOfLayer {
            let layer = layer!
            if method == .conductance {
                guard let values = score.conductance(of: layer, at: picture, from: baseline, steps: recipe.steps, progress: progress) else {
                    return nil
                }
                (self.values, map, channels) = (values, values.sumOverChannels(), values.sumsOfChannels())
                (self.score, baselineScore) = (score(picture), score(baseline))
                return
            }
            guard progress() else { return nil }
            let evidence = score.evidence(at: picture)
            let (a, g) = (evidence.activations[layer]!, evidence.gradients[layer]!)
            self.score = evidence.score
            (values, channels, baselineScore) = (a.times(g), LayerAttribution.ofChannels(a, g), nil)
            map = switch method {
            case .gradCAM: LayerAttribution.gradCAM(a, g)
            case .gradCAMPlusPlus: LayerAttribution.gradCAMPlusPlus(a, g)
            case .xGradCAM: LayerAttribution.xGradCAM(a, g)
            case .layerCAM: LayerAttribution.layerCAM(a, g)
            case .eigenCAM: LayerAttribution.eigenCAM(a)
            default: LayerAttribution.gradientTimesActivation(a, g)
            }
            return
        }
        let found: Tensor?
        var own: Float?
        switch method {
        case .integrated:
            found = score.integratedGradients(at: picture, from: baseline, steps: recipe.steps, rule: recipe.rule, progress: progress)
        case .smoothGrad, .squaredSmoothGrad, .varGrad:
            found = score.smoothedGradients(
                at: picture, method == .smoothGrad ? .mean : method == .varGrad ? .variance : .square, samples: recipe.samples,
                deviation: recipe.noise, seed: recipe.seed, progress: progress)
        case .occlusion:
            found = score.occlusion(at: picture, baseline: baseline, patch: recipe.patch, stride: recipe.stride, progress: progress)
        case .rise:
            found = score.maskedScores(at: picture, baseline: baseline, masks: recipe.samples, seed: recipe.seed, progress: progress)
        default:  // saliency, input times gradient, guided, deconvolution
            guard progress() else { return nil }
            let (value, gradient) = score.gradient(at: picture)
            (own, found) = (value, method == .inputTimesGradient ? picture.times(gradient) : gradient)
        }
        guard let found else { return nil }
        (values, channels) = (found, nil)
        // A gradient's sign says which way a pixel should change; how much it matters is its size.
        map = method == .saliency ? found.map { abs($0) }.sumOverChannels() : found.sumOverChannels()
        self.score = own ?? score(picture)
        baselineScore = method.usesBaseline ? score(baseline) : nil
    }
}
