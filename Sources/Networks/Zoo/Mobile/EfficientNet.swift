import Tensors

/// EfficientNet (Tan and Le 2019, arXiv:1905.11946), as torchvision names its layers.
extension Architecture {
    /// The network that was searched for.
    public static let efficientnet_b0 = efficient("efficientnet_b0", width: 1.0, depth: 1.0)
    /// B0 scaled for pictures of 240×240 pixels.
    public static let efficientnet_b1 = efficient("efficientnet_b1", width: 1.0, depth: 1.1)
        .trained("IMAGENET1K_V1", .imageNet(resize: 256, crop: 240))
        .trained("IMAGENET1K_V2", .imageNet(resize: 255, crop: 240))
    /// B0 scaled for pictures of 288×288 pixels.
    public static let efficientnet_b2 = efficient("efficientnet_b2", width: 1.1, depth: 1.2)
        .trained("IMAGENET1K_V1", .imageNet(resize: 288, crop: 288))
    /// B0 scaled for pictures of 300×300 pixels.
    public static let efficientnet_b3 = efficient("efficientnet_b3", width: 1.2, depth: 1.4)
        .trained("IMAGENET1K_V1", .imageNet(resize: 320, crop: 300))
    /// B0 scaled for pictures of 380×380 pixels.
    public static let efficientnet_b4 = efficient("efficientnet_b4", width: 1.4, depth: 1.8)
        .trained("IMAGENET1K_V1", .imageNet(resize: 384, crop: 380))
    /// B0 scaled for pictures of 456×456 pixels.
    public static let efficientnet_b5 = efficient("efficientnet_b5", width: 1.6, depth: 2.2, epsilon: 1e-3)
        .trained("IMAGENET1K_V1", .imageNet(resize: 456, crop: 456))
    /// B0 scaled for pictures of 528×528 pixels.
    public static let efficientnet_b6 = efficient("efficientnet_b6", width: 1.8, depth: 2.6, epsilon: 1e-3)
        .trained("IMAGENET1K_V1", .imageNet(resize: 528, crop: 528))
    /// B0 scaled for pictures of 600×600 pixels.
    public static let efficientnet_b7 = efficient("efficientnet_b7", width: 2.0, depth: 3.1, epsilon: 1e-3)
        .trained("IMAGENET1K_V1", .imageNet(resize: 600, crop: 600))

    /// - Parameters:
    ///   - width: scales the channels of B0.
    ///   - depth: scales the blocks of each stage of B0.
    ///   - epsilon: of every batch normalization.
    private static func efficient(_ name: String, width: Double, depth: Double, epsilon: Float = 1e-5) -> Architecture {
        /// Table 1 of the paper: expansion, kernel, stride of the first block, filters, blocks.
        let stages = [
            (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
            (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
        ]
        let depths = stages.map { Int((Double($0.4) * depth).rounded(.up)) }
        return Architecture(name: name) { network, classifier in
            var x = network.convolutionBlock(
                "features.0", network.image, filters: widthDivisibleBy8(32 * width), kernel: 3, stride: 2,
                epsilon: epsilon, activation: .function(.silu))
            for (stage, (expansion, kernel, stride, filters, _)) in stages.enumerated() {
                for block in 0..<depths[stage] {
                    x = invertedResidual(
                        "features.\(stage + 1).\(block)", x, expansion: expansion, kernel: kernel,
                        filters: widthDivisibleBy8(Double(filters) * width), stride: block == 0 ? stride : 1)
                }
            }
            x = network.convolutionBlock(
                "features.\(stages.count + 1)", x, filters: 4 * x.channels, kernel: 1, epsilon: epsilon,
                activation: .function(.silu))
            guard classifier else { return }
            x = network.globalMean("avgpool", "flatten", x)
            network.classes("classifier.1", network.identity("classifier.0", x))

            /// 1×1 out, one kernel on each channel alone, excitation, 1×1 back without activation.
            func invertedResidual(
                _ name: String, _ input: NetworkBuilder.Value, expansion: Int, kernel: Int, filters: Int, stride: Int
            ) -> NetworkBuilder.Value {
                var x = input
                var index = 0
                func next() -> String {
                    defer { index += 1 }
                    return "\(name).block.\(index)"
                }
                let inner = widthDivisibleBy8(Double(input.channels * expansion))
                if inner != input.channels {
                    x = network.convolutionBlock(
                        next(), x, filters: inner, kernel: 1, epsilon: epsilon, activation: .function(.silu))
                }
                x = network.convolutionBlock(
                    next(), x, filters: inner, kernel: kernel, stride: stride, groups: inner, epsilon: epsilon,
                    activation: .function(.silu))
                x = network.squeezeExcitation(
                    next(), x, squeeze: max(1, input.channels / 4), activation: .function(.silu), scale: .sigmoid)
                x = network.convolutionBlock(next(), x, filters: filters, kernel: 1, epsilon: epsilon, activation: .none)
                guard stride == 1, input.channels == filters else { return x }
                x = network.identity("\(name).stochastic_depth", x)
                return network.addition("\(name).add", x, input)
            }
        }
        .named(
            timmEfficientNames.normalizing(epsilon: 1e-5), huggingFaceEfficientNames(depths),
            timmEfficientNames.normalizing(epsilon: 1e-3).paddingBehind().meant(for: Naming.timmFromTensorFlow))
    }

    private static let timmEfficientNames = Naming("timm", [
        .init("features.0.0.", "conv_stem."), .init("features.0.1.", "bn1."), .init("features.8.0.", "conv_head."),
        .init("features.8.1.", "bn2."), .init("classifier.1.", "classifier."),
    ] + excitedRules(expands: false, "features.1.{}.block.", "blocks.0.{0}.", .timm(expands: false))
        + excitedRules(expands: true, "features.{}.{}.block.", "blocks.{0-1}.{1}.", .timm(expands: true)))

    /// Blocks count through all stages. The weights are those of Keras, with its padding and its ε.
    private static func huggingFaceEfficientNames(_ depths: [Int]) -> Naming {
        var rules: [Naming.Rule] = [
            .init("features.0.0.", "embeddings.convolution."), .init("features.0.1.", "embeddings.batchnorm."),
            .init("features.8.0.", "encoder.top_conv."), .init("features.8.1.", "encoder.top_bn."),
            .init("classifier.1.", "classifier."),
        ]
        let parts = BlockParts(
            expand: "expansion.expand_conv.", expandNorm: "expansion.expand_bn.", depthwise: "depthwise_conv.depthwise_conv.",
            depthwiseNorm: "depthwise_conv.depthwise_norm.", reduce: "squeeze_excite.reduce.", widen: "squeeze_excite.expand.",
            project: "projection.project_conv.", projectNorm: "projection.project_bn.")
        var number = 0
        for (stage, depth) in depths.enumerated() {
            for block in 0..<depth {
                rules += excitedRules(
                    expands: stage > 0, "features.\(stage + 1).\(block).block.", "encoder.blocks.\(number).", parts)
                number += 1
            }
        }
        return Naming("Hugging Face", root: "efficientnet.", rules).normalizing(epsilon: 1e-3).paddingBehind()
    }
}
