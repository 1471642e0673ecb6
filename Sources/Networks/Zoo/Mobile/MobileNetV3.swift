import Tensors

/// MobileNetV3 (Howard et al. 2019, arXiv:1905.02244), as torchvision names its layers.
extension Architecture {
    /// Table 2 of the paper.
    public static let mobilenet_v3_small = mobile(
        "mobilenet_v3_small", last: 1024, stages: [1, 2, 3, 2, 3],
        blocks: [
            MobileBlock(3, 16, 16, true, .relu, 2), MobileBlock(3, 72, 24, false, .relu, 2),
            MobileBlock(3, 88, 24, false, .relu, 1), MobileBlock(5, 96, 40, true, swish, 2),
            MobileBlock(5, 240, 40, true, swish, 1), MobileBlock(5, 240, 40, true, swish, 1),
            MobileBlock(5, 120, 48, true, swish, 1), MobileBlock(5, 144, 48, true, swish, 1),
            MobileBlock(5, 288, 96, true, swish, 2), MobileBlock(5, 576, 96, true, swish, 1),
            MobileBlock(5, 576, 96, true, swish, 1),
        ])
    /// Table 1 of the paper.
    public static let mobilenet_v3_large = mobile(
        "mobilenet_v3_large", last: 1280, stages: [1, 2, 3, 4, 2, 3],
        blocks: [
            MobileBlock(3, 16, 16, false, .relu, 1), MobileBlock(3, 64, 24, false, .relu, 2),
            MobileBlock(3, 72, 24, false, .relu, 1), MobileBlock(5, 72, 40, true, .relu, 2),
            MobileBlock(5, 120, 40, true, .relu, 1), MobileBlock(5, 120, 40, true, .relu, 1),
            MobileBlock(3, 240, 80, false, swish, 2), MobileBlock(3, 200, 80, false, swish, 1),
            MobileBlock(3, 184, 80, false, swish, 1), MobileBlock(3, 184, 80, false, swish, 1),
            MobileBlock(3, 480, 112, true, swish, 1), MobileBlock(3, 672, 112, true, swish, 1),
            MobileBlock(5, 672, 160, true, swish, 2), MobileBlock(5, 960, 160, true, swish, 1),
            MobileBlock(5, 960, 160, true, swish, 1),
        ])
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))

    /// One row of the tables.
    private struct MobileBlock {
        let kernel: Int
        let expansion: Int
        let filters: Int
        let excites: Bool
        let activation: BlockActivation
        let stride: Int

        init(
            _ kernel: Int, _ expansion: Int, _ filters: Int, _ excites: Bool, _ activation: BlockActivation, _ stride: Int
        ) {
            self.kernel = kernel
            self.expansion = expansion
            self.filters = filters
            self.excites = excites
            self.activation = activation
            self.stride = stride
        }
    }

    /// The paper's h-swish.
    private static let swish = BlockActivation.function(.hardSwish)
    /// ε of every batch normalization here.
    private static let epsilon: Float = 1e-3

    /// - Parameter stages: the blocks between two changes of the filters, as timm counts them.
    private static func mobile(_ name: String, last: Int, stages: [Int], blocks: [MobileBlock]) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.convolutionBlock(
                "features.0", network.image, filters: 16, kernel: 3, stride: 2, epsilon: epsilon,
                activation: swish)
            for (index, block) in blocks.enumerated() { x = invertedResidual("features.\(index + 1)", x, block) }
            x = network.convolutionBlock(
                "features.\(blocks.count + 1)", x, filters: 6 * x.channels, kernel: 1, epsilon: epsilon,
                activation: swish)
            guard classifier else { return }
            x = network.globalMean("avgpool", "flatten", x)
            x = network.linear("classifier.0", x, inputs: x.channels, outputs: last)
            x = network.activation("classifier.1", x, .hardSwish)
            network.classes("classifier.3", network.identity("classifier.2", x))

            /// 1×1 out, one kernel on each channel alone, excitation, 1×1 back without activation.
            func invertedResidual(_ name: String, _ input: NetworkBuilder.Value, _ block: MobileBlock) -> NetworkBuilder.Value {
                var x = input
                var index = 0
                func next() -> String {
                    defer { index += 1 }
                    return "\(name).block.\(index)"
                }
                if block.expansion != input.channels {
                    x = network.convolutionBlock(
                        next(), x, filters: block.expansion, kernel: 1, epsilon: epsilon, activation: block.activation)
                }
                x = network.convolutionBlock(
                    next(), x, filters: block.expansion, kernel: block.kernel, stride: block.stride,
                    groups: block.expansion, epsilon: epsilon, activation: block.activation)
                if block.excites {
                    x = network.squeezeExcitation(
                        next(), x, squeeze: widthDivisibleBy8(Double(block.expansion / 4)), activation: .relu,
                        scale: .hardSigmoid)
                }
                x = network.convolutionBlock(
                    next(), x, filters: block.filters, kernel: 1, epsilon: epsilon, activation: .none)
                guard block.stride == 1, input.channels == block.filters else { return x }
                return network.addition("\(name).add", x, input)
            }
        }
        .named(
            timmMobileNetV3Names(stages, blocks),
            timmMobileNetV3Names(stages, blocks).normalizing(epsilon: 1e-3).paddingBehind().meant(for: Naming.timmFromTensorFlow))
    }

    /// timm's ε is PyTorch's.
    private static func timmMobileNetV3Names(_ stages: [Int], _ blocks: [MobileBlock]) -> Naming {
        let end = blocks.count + 1
        var rules: [Naming.Rule] = [
            .init("features.0.0.", "conv_stem."), .init("features.0.1.", "bn1."),
            .init("features.\(end).0.", "blocks.\(stages.count).0.conv."), .init("features.\(end).1.", "blocks.\(stages.count).0.bn1."),
            .init("classifier.0.", "conv_head."), .init("classifier.3.", "classifier."),
        ]
        var (index, channels) = (0, 16)
        for (stage, count) in stages.enumerated() {
            for place in 0..<count {
                let block = blocks[index]
                let expands = block.expansion != channels
                rules += excitedRules(
                    expands: expands, excites: block.excites, "features.\(index + 1).block.", "blocks.\(stage).\(place).",
                    .timm(expands: expands))
                (index, channels) = (index + 1, block.filters)
            }
        }
        return Naming("timm", rules).normalizing(epsilon: 1e-5)
    }
}
