/// MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381), as torchvision names its layers.
extension Architecture {
    /// Width 1.
    public static let mobilenet_v2 = Architecture(name: "mobilenet_v2") { network, classifier in
        /// Table 2 of the paper: expansion, filters, blocks, stride of the first block.
        let stages = [
            (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
        ]
        var x = network.convolutionBlock(
            "features.0", network.image, filters: 32, kernel: 3, stride: 2, activation: .function(.relu6))
        var index = 1
        for (expansion, filters, blocks, stride) in stages {
            for block in 0..<blocks {
                x = invertedResidual(
                    "features.\(index)", x, expansion: expansion, filters: filters, stride: block == 0 ? stride : 1)
                index += 1
            }
        }
        x = network.convolutionBlock("features.\(index)", x, filters: 1280, kernel: 1, activation: .function(.relu6))
        guard classifier else { return }
        x = network.globalMean("adaptive_avg_pool2d", "flatten", x)
        network.classes("classifier.1", network.identity("classifier.0", x))

        /// A wide middle between narrow ends: 1×1 out, 3×3 on each channel alone, 1×1 back without activation.
        func invertedResidual(
            _ name: String, _ input: NetworkBuilder.Value, expansion: Int, filters: Int, stride: Int
        ) -> NetworkBuilder.Value {
            var x = input
            var index = 0
            let inner = input.channels * expansion
            if expansion != 1 {
                x = network.convolutionBlock("\(name).conv.0", x, filters: inner, kernel: 1, activation: .function(.relu6))
                index += 1
            }
            x = network.convolutionBlock(
                "\(name).conv.\(index)", x, filters: inner, kernel: 3, stride: stride, groups: inner,
                activation: .function(.relu6))
            x = network.convolution("\(name).conv.\(index + 1)", x, filters: filters, kernel: 1, bias: false)
            x = network.normalization("\(name).conv.\(index + 2)", x)
            guard stride == 1, input.channels == filters else { return x }
            return network.addition("\(name).add", input, x)
        }
    }
    .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    .named(timmMobileNetV2Names, huggingFaceMobileNetV2Names)

    /// torchvision counts the blocks, timm the stages and the blocks in each.
    private static let timmMobileNetV2Names: Naming = {
        var rules: [Naming.Rule] = [
            .init("features.0.0.", "conv_stem."), .init("features.0.1.", "bn1."), .init("features.18.0.", "conv_head."),
            .init("features.18.1.", "bn2."), .init("classifier.1.", "classifier."),
        ]
        var index = 1
        for (stage, blocks) in [1, 2, 3, 4, 3, 3, 1].enumerated() {
            for block in 0..<blocks {
                rules += linearRules(expands: stage > 0, index, "blocks.\(stage).\(block).", .timm(expands: stage > 0))
                index += 1
            }
        }
        return Naming("timm", rules)
    }()

    /// The weights are TensorFlow's, with its padding and its ε.
    private static let huggingFaceMobileNetV2Names: Naming = {
        func both(_ own: String, _ theirs: String) -> [Naming.Rule] {
            [.init("\(own)0.", "\(theirs).convolution."), .init("\(own)1.", "\(theirs).normalization.")]
        }
        var rules = both("features.0.", "conv_stem.first_conv") + both("features.18.", "conv_1x1")
        rules.append(.init("classifier.1.", "classifier."))
        for index in 1...17 {
            let theirs = index == 1 ? "conv_stem." : "layer.\(index - 2)."
            let parts = BlockParts(
                expand: "expand_1x1.convolution.", expandNorm: "expand_1x1.normalization.", depthwise: "conv_3x3.convolution.",
                depthwiseNorm: "conv_3x3.normalization.", project: "reduce_1x1.convolution.", projectNorm: "reduce_1x1.normalization.")
            rules += linearRules(expands: index > 1, index, theirs, parts)
        }
        return Naming("Hugging Face", root: "mobilenet_v2.", rules).normalizing(epsilon: 1e-3).paddingBehind()
    }()

    /// The rules of one block, whose projection stands beside the others in torchvision's list.
    private static func linearRules(expands: Bool, _ index: Int, _ theirs: String, _ parts: BlockParts) -> [Naming.Rule] {
        let own = "features.\(index).conv."
        let last = expands ? 2 : 1
        let expansion: [Naming.Rule] =
            expands ? [.init("\(own)0.0.", theirs + parts.expand), .init("\(own)0.1.", theirs + parts.expandNorm)] : []
        return expansion + [
            .init("\(own)\(last - 1).0.", theirs + parts.depthwise), .init("\(own)\(last - 1).1.", theirs + parts.depthwiseNorm),
            .init("\(own)\(last).", theirs + parts.project), .init("\(own)\(last + 1).", theirs + parts.projectNorm),
        ]
    }
}
