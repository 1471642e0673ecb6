/// The ways to say which part of a picture a score comes from.
public enum AttributionMethod: String, Sendable, CaseIterable, Codable {
    /// At a layer: Σ over channels of activation times gradient, at each position.
    case gradientTimesActivation = "grad-x-activation"
    /// At a layer: activations weighed by their channel's mean gradient (Selvaraju et al. 2017, arXiv:1610.02391).
    case gradCAM = "grad-cam"
    /// Grad-CAM with weights by powers of the gradient (Chattopadhay et al. 2018, arXiv:1710.11063).
    case gradCAMPlusPlus = "grad-cam++"
    /// Grad-CAM with weights whose parts sum up to the score (Fu et al. 2020, arXiv:2008.02312).
    case xGradCAM = "xgrad-cam"
    /// At a layer: positive gradients weigh each activation at its own position (Jiang et al. 2021).
    case layerCAM = "layer-cam"
    /// At a layer: the first principal component of the activations, whatever the score (Muhammad and Yeasin 2020,
    /// arXiv:2008.00299).
    case eigenCAM = "eigen-cam"
    /// At a layer: its share of integrated gradients (Dhamdhere, Sundararajan and Yan 2018, arXiv:1805.12233).
    case conductance
    /// At a layer: integrated gradients on the way of its own activations from the baseline's to the picture's.
    case activationPath = "activation-path"
    /// Integrated gradients on the way from a baseline to the picture (Sundararajan, Taly and Yan 2017, arXiv:1703.01365).
    case integrated
    /// Integrated gradients from baselines drawn among photographs, at random points of the ways (Erion et al. 2021, arXiv:1906.10670).
    case expectedGradients = "expected-gradients"
    /// The magnitude of the gradient at each pixel (Simonyan, Vedaldi and Zisserman 2013, arXiv:1312.6034).
    case saliency
    /// The gradient at each pixel times the network's input there.
    case inputTimesGradient = "input-x-gradient"
    /// The mean of the gradients at noisy copies of the picture (Smilkov et al. 2017, arXiv:1706.03825).
    case smoothGrad = "smoothgrad"
    /// The mean of those gradients' squares.
    case squaredSmoothGrad = "smoothgrad-squared"
    /// The variance of those gradients (Adebayo et al. 2018, arXiv:1810.03307).
    case varGrad = "vargrad"
    /// How far the score falls while a patch is covered (Zeiler and Fergus 2013, arXiv:1311.2901).
    case occlusion
    /// The mean score of pictures behind random masks that show the pixel (Petsiuk, Das and Saenko 2018, arXiv:1806.07421).
    case rise
    /// The gradient with rectifiers that let through what is positive both ways (Springenberg et al. 2014,
    /// arXiv:1412.6806).
    case guided
    /// The gradient with rectifiers that let through what is positive on the way back (Zeiler and Fergus 2013,
    /// arXiv:1311.2901).
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

    /// Things that a method may go by, beside the score and the picture.
    public enum Part: Sendable {
        /// The picture without evidence.
        case baseline
        /// Points of a path.
        case steps
        /// The way that they are placed.
        case rule
        /// Noisy copies, random points of paths, or masks.
        case samples
        /// The deviation of the copies' noise.
        case noise
        /// The side of a patch.
        case patch
        /// Chance: of noise, draws and masks, and of a baseline that is noise.
        case seed
        /// A gradient of pixels, whose waves can be left out.
        case lowPass
    }

    /// The parts that it uses: others change nothing.
    public var parts: Set<Part> {
        switch self {
        case .gradientTimesActivation, .gradCAM, .gradCAMPlusPlus, .xGradCAM, .layerCAM, .eigenCAM: []
        case .conductance: [.baseline, .steps, .seed]
        case .activationPath: [.steps, .rule]
        case .integrated: [.baseline, .steps, .rule, .seed, .lowPass]
        case .expectedGradients: [.baseline, .samples, .seed, .lowPass]
        case .saliency, .inputTimesGradient, .guided, .deconvolution: [.lowPass]
        case .smoothGrad, .squaredSmoothGrad, .varGrad: [.samples, .noise, .seed, .lowPass]
        case .occlusion: [.baseline, .patch, .seed]
        case .rise: [.baseline, .samples, .seed]
        }
    }

    /// It compares the picture with a baseline.
    public var usesBaseline: Bool { parts.contains(.baseline) }

    /// Another score gives another map.
    public var followsScore: Bool { self != .eigenCAM }

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
