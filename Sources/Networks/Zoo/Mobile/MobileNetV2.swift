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
}
