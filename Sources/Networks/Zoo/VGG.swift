/// VGG (Simonyan and Zisserman 2014, arXiv:1409.1556), as torchvision names its layers.
extension Architecture {
    /// Configuration A.
    public static let vgg11 = vgg("vgg11", blocks: a)
    /// Configuration B.
    public static let vgg13 = vgg("vgg13", blocks: b)
    /// Configuration D: 13 convolutions, 3 fully connected layers.
    public static let vgg16 = vgg("vgg16", blocks: d)
        .trained("IMAGENET1K_FEATURES", oxford)
        .styled(content: "features.20", style: ["features.1", "features.6", "features.11", "features.18", "features.25"])
        .dreamt(at: "features.21")
    /// Configuration E.
    public static let vgg19 = vgg("vgg19", blocks: e)
        .styled(content: "features.22", style: ["features.1", "features.6", "features.11", "features.20", "features.29"])
    /// Configuration A with batch normalization after each convolution.
    public static let vgg11_bn = vgg("vgg11_bn", blocks: a, normalized: true)
    /// Configuration B with batch normalization.
    public static let vgg13_bn = vgg("vgg13_bn", blocks: b, normalized: true)
    /// Configuration D with batch normalization.
    public static let vgg16_bn = vgg("vgg16_bn", blocks: d, normalized: true)
        .styled(content: "features.29", style: ["features.2", "features.9", "features.16", "features.26", "features.36"])
    /// Configuration E with batch normalization.
    public static let vgg19_bn = vgg("vgg19_bn", blocks: e, normalized: true)
        .styled(content: "features.32", style: ["features.2", "features.9", "features.16", "features.29", "features.42"])

    /// The Oxford weights in torchvision's form: RGB less a mean, all of values in 0…1 times 255.
    private static let oxford = Preprocessing(
        range: [0, 1], mean: [0.48235, 0.45882, 0.40784], std: [Float](repeating: 1.0 / 255, count: 3))

    // The style layers are those of Gatys et al. 2015 (arXiv:1508.06576): the first rectifier of each block, and for the
    // content the second of the fourth. The layer to dream of was chosen by eye.

    // Table 1 of the paper.
    private static let a = [[64], [128], [256, 256], [512, 512], [512, 512]]
    private static let b = [[64, 64], [128, 128], [256, 256], [512, 512], [512, 512]]
    private static let d = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]
    private static let e = [
        [64, 64], [128, 128], [256, 256, 256, 256], [512, 512, 512, 512], [512, 512, 512, 512],
    ]

    /// - Parameters:
    ///   - blocks: the filters of the 3×3 convolutions between two pools.
    ///   - normalized: batch normalization follows each convolution.
    private static func vgg(_ name: String, blocks: [[Int]], normalized: Bool = false) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.image
            var index = 0
            func next() -> String {
                defer { index += 1 }
                return "features.\(index)"
            }
            for block in blocks {
                for filters in block {
                    x = network.convolution(next(), x, filters: filters, kernel: 3, padding: 1)
                    if normalized { x = network.normalization(next(), x) }
                    x = network.relu(next(), x)
                }
                x = network.maxPooling(next(), x, kernel: 2, stride: 2)
            }
            guard classifier else { return }
            x = network.adaptiveAveragePooling("avgpool", x, to: 7)
            x = network.flatten("flatten", x, values: 512 * 7 * 7)
            x = network.linear("classifier.0", x, inputs: 512 * 7 * 7, outputs: 4096)
            x = network.relu("classifier.1", x)
            x = network.identity("classifier.2", x)
            x = network.linear("classifier.3", x, inputs: 4096, outputs: 4096)
            x = network.relu("classifier.4", x)
            x = network.identity("classifier.5", x)
            network.classes("classifier.6", x)
        }
        .named(timmNames)
    }

    /// timm computes the first two matrices as convolutions.
    private static let timmNames = Naming("timm", [
        .init("classifier.0.", "pre_logits.fc1."), .init("classifier.3.", "pre_logits.fc2."), .init("classifier.6.", "head.fc."),
    ])
}
