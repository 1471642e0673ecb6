/// The ways to say which part of a picture a score comes from.
public enum AttributionMethod: String, Sendable, CaseIterable, Codable {
    case gradientTimesActivation = "grad-x-activation"
    case gradCAM = "grad-cam"
    case gradCAMPlusPlus = "grad-cam++"
    case xGradCAM = "xgrad-cam"
    case layerCAM = "layer-cam"
    case eigenCAM = "eigen-cam"
    case conductance
    case activationPath = "activation-path"
    case integrated
    case expectedGradients = "expected-gradients"
    case saliency
    case inputTimesGradient = "input-x-gradient"
    case smoothGrad = "smoothgrad"
    case squaredSmoothGrad = "smoothgrad-squared"
    case varGrad = "vargrad"
    case occlusion
    case rise
    case guided
    case deconvolution

    /// The map lies over the positions of a layer, not over pixels.
    public var isOfLayer: Bool {
        switch self {
        case .gradientTimesActivation, .gradCAM, .gradCAMPlusPlus, .xGradCAM, .layerCAM, .eigenCAM, .conductance, .activationPath: true
        default: false
        }
    }

    /// Values below 0 speak against the score.
    public var isSigned: Bool {
        switch self {
        case .gradCAM, .gradCAMPlusPlus, .xGradCAM, .saliency, .squaredSmoothGrad, .varGrad: false
        default: true
        }
    }

    /// The values add up to the difference of the scores of picture and baseline, up to the error of the path.
    public var isComplete: Bool { [.integrated, .expectedGradients, .conductance, .activationPath].contains(self) }

    /// The values' sum over channels is the map.
    public var addsUpToItsMap: Bool { !isOfLayer || [.gradientTimesActivation, .conductance, .activationPath].contains(self) }

    /// It compares the picture with a baseline.
    public var usesBaseline: Bool {
        switch self {
        case .integrated, .expectedGradients, .conductance, .occlusion, .rise: true
        default: false
        }
    }

    /// Something that a reader of the map must know; nil where there is nothing.
    public var warning: String? {
        switch self {
        case .guided, .deconvolution:
            "maps by \(rawValue) hardly change when the network's weights are made random: they show edges, not evidence (Adebayo et al. 2018)"
        case .eigenCAM: "eigen-cam shows what the layer responds to most, whatever the target"
        default: nil
        }
    }
}
