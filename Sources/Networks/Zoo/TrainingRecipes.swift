/// What torchvision's weights were trained to see, by architecture; the one place for it.
extension Preprocessing {
    /// ImageNet's mean colour, of values in 0…1.
    public static let imageNetMean: [Float] = [0.485, 0.456, 0.406]
    /// ImageNet's deviation of each colour, of values in 0…1.
    public static let imageNetDeviation: [Float] = [0.229, 0.224, 0.225]

    /// ImageNet's mean and deviation, with the extents that a photograph gets before it is classified.
    public static func imageNet(resize: Int = 256, crop: Int = 224) -> Preprocessing {
        Preprocessing(range: [0, 1], mean: imageNetMean, std: imageNetDeviation, resize: resize, crop: crop)
    }

    /// Where the extents are not 256 and 224: torchvision's `resize_size` and `crop_size` of the named weights.
    private static let extents: [String: [String: (resize: Int, crop: Int)]] = [
        "IMAGENET1K_V1": [
            "convnext_tiny": (236, 224), "efficientnet_b1": (256, 240), "efficientnet_b2": (288, 288),
            "efficientnet_b3": (320, 300), "efficientnet_b4": (384, 380), "efficientnet_b5": (456, 456),
            "efficientnet_b6": (528, 528), "efficientnet_b7": (600, 600), "inception_v3": (342, 299),
            "mnasnet0_75": (232, 224), "mnasnet1_3": (232, 224), "shufflenet_v2_x1_5": (232, 224),
            "shufflenet_v2_x2_0": (232, 224),
        ],
        // torchvision's newer training recipe resizes to 232 whatever the network.
        "IMAGENET1K_V2": [
            "efficientnet_b1": (255, 240), "mobilenet_v2": (232, 224), "mobilenet_v3_large": (232, 224),
            "regnet_y_400mf": (232, 224), "resnet50": (232, 224), "resnet101": (232, 224), "resnet152": (232, 224),
            "resnext50_32x4d": (232, 224), "resnext101_32x8d": (232, 224), "wide_resnet50_2": (232, 224),
            "wide_resnet101_2": (232, 224),
        ],
        "IMAGENET1K_SWAG_E2E_V1": ["vit_b_16": (384, 384)],
        "IMAGENET1K_SWAG_LINEAR_V1": ["vit_b_16": (224, 224)],
    ]

    /// The preprocessing of an architecture's weights.
    ///
    /// - Parameter weights: torchvision's name for a training, e.g. "IMAGENET1K_V2".
    public static func training(_ weights: String = "IMAGENET1K_V1", of architecture: String) -> Preprocessing {
        switch (architecture, weights) {
        case ("inceptionv1", _):
            // TensorFlow's inception5h takes RGB in 0…255 less 117.
            return Preprocessing(range: [0, 255], mean: [117, 117, 117], std: [1, 1, 1])
        case ("vgg16", "IMAGENET1K_FEATURES"):
            // The Oxford weights in torchvision's form: RGB less a mean, all of values in 0…1 times 255.
            return Preprocessing(
                range: [0, 1], mean: [0.48235, 0.45882, 0.40784], std: [Float](repeating: 1.0 / 255, count: 3))
        default:
            guard let (resize, crop) = extents[weights]?[architecture] else { return imageNet() }
            return imageNet(resize: resize, crop: crop)
        }
    }
}
