import Networks
import Tensors
import Visualization

/// Which part of a picture a score comes from, by one method.
public struct Attribution: Sendable {
    /// The value of each pixel or position in each channel, `[channels, height, width]`; one channel where the method has no more.
    public let values: Tensor
    /// Over pixels or positions, `[1, height, width]`.
    public let map: Tensor
    /// Of each channel of the layer; nil of pixels.
    public let channels: [Channel]?
    /// The score of the picture.
    public let score: Float
    /// The score of the baseline, the mean of several; nil where the method has none.
    public let baselineScore: Float?

    /// What one channel of a layer has to do with a score.
    public struct Channel: Sendable {
        /// Σ over positions of gradient times activation, or of what the method gives instead.
        public let attribution: Double
        /// The mean over positions.
        public let activation: Double
        /// The score's, the mean over positions.
        public let gradient: Double
    }

    /// How a method goes about it.
    public struct Recipe: Sendable, Codable, Equatable {
        /// The way that the score is followed back to the picture, or that the picture is changed.
        public var method = AttributionMethod.gradientTimesActivation
        /// Points of a path.
        public var steps = 50
        /// How the points of the path are placed and weighed.
        public var rule = PathRule.gauss
        /// Noisy copies, random points of paths, or masks.
        public var samples = 50
        /// The deviation of their noise in 0…1.
        public var noise: Float = 0.15
        /// The side of a patch in pixels; half of it is from one patch to the next.
        public var patch = 32
        /// Seed of the noise, and of the masks.
        public var seed: UInt64 = 0
        /// Only waves of at most so many periods across the picture are left of a map of pixels; nil for all.
        public var lowPass: Int?

        /// The usual method with its usual numbers.
        public init() {}

        /// Passes through the network that it takes for pictures of this size.
        public func passes(height: Int, width: Int) -> Int {
            switch method {
            case .integrated, .conductance, .activationPath: steps
            case .expectedGradients, .smoothGrad, .squaredSmoothGrad, .varGrad, .rise: samples
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
    ///   - baselines: in the picture's shape; all of them for expected gradients, the first for others.
    ///   - progress: told of each pass; return false to end.
    /// - Returns: nil if it was ended.
    public init?(
        _ recipe: Recipe, of score: PictureScore, layer: LayerName?, at picture: Tensor, baselines: [Tensor], progress: () -> Bool = { true }
    ) {
        let found = layer.map { Self.overPositions(recipe, score, $0, picture, baselines[0], progress) }
            ?? Self.overPixels(recipe, score, picture, baselines, progress)
        guard let found else { return nil }
        self = found
    }

    private init(_ values: Tensor, map: Tensor? = nil, channels: [Channel]? = nil, score: Float, baselineScore: Float? = nil) {
        (self.values, self.map) = (values, map ?? values.sumOverChannels())
        (self.channels, self.score, self.baselineScore) = (channels, score, baselineScore)
    }

    private static func overPositions(
        _ recipe: Recipe, _ score: PictureScore, _ layer: LayerName, _ picture: Tensor, _ baseline: Tensor, _ progress: () -> Bool
    ) -> Attribution? {
        let method = recipe.method
        let evidence = score.evidence(at: picture)
        let (a, g) = (evidence.activations[layer]!, evidence.gradients[layer]!)
        let area = Double(a.shape.area)
        func channels(_ values: Tensor) -> [Channel] {
            zip(values.sumsOfChannels(), zip(a.sumsOfChannels(), g.sumsOfChannels())).map {
                Channel(attribution: $0, activation: $1.0 / area, gradient: $1.1 / area)
            }
        }
        switch method {
        case .conductance:
            guard let values = score.conductance(of: layer, at: picture, from: baseline, steps: recipe.steps, progress: progress) else {
                return nil
            }
            return Attribution(values, channels: channels(values), score: evidence.score, baselineScore: score(baseline))
        case .activationPath:
            guard let behind = score.behind(layer),
                let values = behind.activationPath(to: a, steps: recipe.steps, rule: recipe.rule, progress: progress)
            else { return nil }
            return Attribution(values, channels: channels(values), score: evidence.score, baselineScore: behind(Tensor(a.shape)))
        default:
            guard progress() else { return nil }
            let values = a.times(g)
            let map = switch method {
            case .gradCAM: LayerAttribution.gradCAM(a, g)
            case .gradCAMPlusPlus: LayerAttribution.gradCAMPlusPlus(a, g)
            case .xGradCAM: LayerAttribution.xGradCAM(a, g)
            case .layerCAM: LayerAttribution.layerCAM(a, g)
            case .eigenCAM: LayerAttribution.eigenCAM(a)
            default: values.sumOverChannels()
            }
            return Attribution(values, map: map, channels: channels(values), score: evidence.score)
        }
    }

    private static func overPixels(
        _ recipe: Recipe, _ score: PictureScore, _ picture: Tensor, _ baselines: [Tensor], _ progress: () -> Bool
    ) -> Attribution? {
        let method = recipe.method
        let found: Tensor?
        var own: Float?
        switch method {
        case .integrated:
            found = score.integratedGradients(
                at: picture, from: baselines[0], steps: recipe.steps, rule: recipe.rule, progress: progress)
        case .expectedGradients:
            let draws = PictureScore.draws(recipe.samples, from: baselines.count, seed: recipe.seed)
            found = score.expectedGradients(at: picture, from: draws.map { (baselines[$0.baseline], $0.position) }, progress: progress)
        case .smoothGrad, .squaredSmoothGrad, .varGrad:
            found = score.smoothedGradients(
                at: picture, method == .smoothGrad ? .mean : method == .varGrad ? .variance : .square, samples: recipe.samples,
                deviation: recipe.noise, seed: recipe.seed, progress: progress)
        case .occlusion:
            found = score.occlusion(at: picture, baseline: baselines[0], patch: recipe.patch, stride: recipe.stride, progress: progress)
        case .rise:
            found = score.maskedScores(at: picture, baseline: baselines[0], masks: recipe.samples, seed: recipe.seed, progress: progress)
        default:  // saliency, input times gradient, guided, deconvolution
            guard progress() else { return nil }
            let (value, gradient) = score.gradient(at: picture)
            (own, found) = (value, method == .inputTimesGradient ? picture.times(gradient) : gradient)
        }
        guard let found else { return nil }
        let values = recipe.lowPass.map { found.lowPassed(periods: $0) } ?? found
        let used = method == .expectedGradients ? baselines : Array(baselines.prefix(1))
        return Attribution(
            values,
            // A gradient's sign says which way a pixel should change; how much it matters is its size.
            map: method == .saliency ? values.map { abs($0) }.sumOverChannels() : nil, score: own ?? score(picture),
            baselineScore: method.usesBaseline ? used.reduce(Float(0)) { $0 + score($1) } / Float(used.count) : nil)
    }
}
