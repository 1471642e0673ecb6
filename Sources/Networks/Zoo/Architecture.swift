/// An architecture under torchvision's name: how its layers follow each other, and its own defaults.
public struct Architecture: Sendable {
    /// torchvision's name.
    public let name: String
    /// The names that other programs, and older versions of torchvision, give the parameters.
    package private(set) var namings: [Naming] = []
    /// Adds the nodes. `classifier` is false where the weights end with the convolutions.
    let build: @Sendable (_ network: inout NetworkBuilder, _ classifier: Bool) -> Void
    /// The preprocessing of its trainings, by torchvision's names for them, e.g. "IMAGENET1K_V2", where it is not
    /// `usualPreprocessing`.
    private(set) var preprocessings: [String: Preprocessing] = [:]
    /// The preprocessing of every other training.
    private(set) var usualPreprocessing = Preprocessing.imageNet()
    /// The layers at which a style transfer usually compares pictures; nil takes layers spread over the depth.
    public private(set) var styleLayers: (content: String, style: [String])?
    /// The layer that is usually dreamt of; nil takes one at two thirds of the depth.
    public private(set) var dreamLayer: String?

    init(name: String, build: @escaping @Sendable (_ network: inout NetworkBuilder, _ classifier: Bool) -> Void) {
        self.name = name
        self.build = build
    }

    /// Every architecture there is. A new one is one file and one name here.
    public static let all: [Architecture] = [
        .alexnet, .convnext_base, .convnext_small, .convnext_tiny, .densenet121, .densenet161, .densenet169, .densenet201, .efficientnet_b0,
        .efficientnet_b1, .efficientnet_b2, .efficientnet_b3, .efficientnet_b4, .efficientnet_b5,
        .efficientnet_b6, .efficientnet_b7, .googlenet, .inception_v3, .inceptionv1, .mnasnet0_5, .mnasnet0_75,
        .mnasnet1_0, .mnasnet1_3, .mobilenet_v2, .mobilenet_v3_large, .mobilenet_v3_small, .regnet_x_1_6gf,
        .regnet_x_3_2gf, .regnet_x_400mf, .regnet_x_800mf, .regnet_y_1_6gf, .regnet_y_3_2gf, .regnet_y_400mf, .regnet_y_800mf,
        .resnet101, .resnet152, .resnet18, .resnet34, .resnet50, .resnext101_32x8d, .resnext50_32x4d,
        .shufflenet_v2_x0_5, .shufflenet_v2_x1_0, .shufflenet_v2_x1_5, .shufflenet_v2_x2_0, .squeezenet1_0,
        .squeezenet1_1, .swin_b, .swin_s, .swin_t, .vgg11, .vgg11_bn, .vgg13, .vgg13_bn, .vgg16, .vgg16_bn, .vgg19, .vgg19_bn, .vit_b_16,
        .vit_b_32, .vit_s_16, .vit_ti_16, .wide_resnet101_2, .wide_resnet50_2,
    ]

    /// The architecture of a name in `all`.
    public static func named(_ name: String) -> Architecture? { all.first { $0.name == name } }

    /// The network of this architecture over the weights of a store; see `fit`.
    public func network(weights: any WeightStore, classifier: Bool = true) throws(WeightsError) -> Network {
        try fit(weights, classifier: classifier).network
    }

    /// The network of this architecture with weights that nobody trained: to list its layers, or to time it.
    public func untrained(classifier: Bool = true) -> Network {
        guard let network = try? network(weights: UntrainedWeights(), classifier: classifier) else {
            preconditionFailure("\(name) does not take every parameter")
        }
        return network
    }
}

/// An architecture's own defaults, told in its file.
extension Architecture {
    /// With the preprocessing of the training of this name.
    func trained(_ weights: String, _ preprocessing: Preprocessing) -> Architecture {
        var copy = self
        copy.preprocessings[weights] = preprocessing
        return copy
    }

    /// With the preprocessing of every training that has none of its own.
    func trained(on preprocessing: Preprocessing) -> Architecture {
        var copy = self
        copy.usualPreprocessing = preprocessing
        return copy
    }

    /// With other names for the parameters.
    func named(_ namings: Naming...) -> Architecture {
        var copy = self
        copy.namings += namings
        return copy
    }

    /// With the layers at which a style transfer usually compares pictures, shallow to deep.
    func styled(content: String, style: [String]) -> Architecture {
        var copy = self
        copy.styleLayers = (content, style)
        return copy
    }

    /// With the layer that is usually dreamt of.
    func dreamt(at layer: String) -> Architecture {
        var copy = self
        copy.dreamLayer = layer
        return copy
    }
}

extension Preprocessing {
    /// ImageNet's mean colour, of values in 0…1.
    public static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
    /// ImageNet's deviation of each colour, of values in 0…1.
    public static let imageNetDeviation: [Float] = [0.229, 0.224, 0.225]

    /// ImageNet's mean and deviation, with torchvision's `resize_size` and `crop_size` of a training: the shorter side that a
    /// photograph gets, and the side of the square that is classified, in pixels. Its newer recipe resizes to 232.
    public static func imageNet(resize: Int = 256, crop: Int = 224) -> Preprocessing {
        Preprocessing(range: [0, 1], mean: imageNetMean, std: imageNetDeviation, resize: resize, crop: crop)
    }

    /// The preprocessing of an architecture's weights.
    ///
    /// - Parameter weights: torchvision's name for a training, e.g. "IMAGENET1K_V2".
    public static func training(_ weights: String = "IMAGENET1K_V1", of architecture: String) -> Preprocessing {
        guard let architecture = Architecture.named(architecture) else { return imageNet() }
        return architecture.preprocessings[weights] ?? architecture.usualPreprocessing
    }
}
