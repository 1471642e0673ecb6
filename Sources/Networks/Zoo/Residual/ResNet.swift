/// Residual networks (He et al. 2015, arXiv:1512.03385) and their relatives ResNeXt (Xie et al. 2016, arXiv:1611.05431)
/// and wide residual networks (Zagoruyko and Komodakis 2016, arXiv:1605.07146), as torchvision names their layers.
extension Architecture {
    /// 18 layers with weights, in blocks of two.
    public static let resnet18 = residual("resnet18", blocks: [2, 2, 2, 2], bottleneck: nil)
    /// 34 layers.
    public static let resnet34 = residual("resnet34", blocks: [3, 4, 6, 3], bottleneck: nil)
    /// 50 layers, in blocks of three.
    public static let resnet50 = residual("resnet50", blocks: [3, 4, 6, 3], bottleneck: Bottleneck())
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    /// 101 layers.
    public static let resnet101 = residual("resnet101", blocks: [3, 4, 23, 3], bottleneck: Bottleneck())
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    /// 152 layers.
    public static let resnet152 = residual("resnet152", blocks: [3, 8, 36, 3], bottleneck: Bottleneck())
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    /// 32 groups, 4 channels each in the first stage.
    public static let resnext50_32x4d = residual(
        "resnext50_32x4d", blocks: [3, 4, 6, 3], bottleneck: Bottleneck(groups: 32, width: 4))
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    /// 32 groups of 8 channels.
    public static let resnext101_32x8d = residual(
        "resnext101_32x8d", blocks: [3, 4, 23, 3], bottleneck: Bottleneck(groups: 32, width: 8))
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    /// Twice the channels inside the blocks.
    public static let wide_resnet50_2 = residual(
        "wide_resnet50_2", blocks: [3, 4, 6, 3], bottleneck: Bottleneck(width: 128))
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
    /// Twice the channels inside the blocks of 101 layers.
    public static let wide_resnet101_2 = residual(
        "wide_resnet101_2", blocks: [3, 4, 23, 3], bottleneck: Bottleneck(width: 128))
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))

    /// The shape of a block of three convolutions.
    private struct Bottleneck {
        var groups = 1
        /// Channels of a group's 3×3 convolution in the first stage.
        var width = 64
        /// The last convolution's filters for each filter of a plain block.
        static let expansion = 4

        func inner(_ filters: Int) -> Int { filters * width / 64 * groups }
    }

    /// - Parameters:
    ///   - blocks: in each of the four stages, of 64, 128, 256 and 512 filters.
    ///   - bottleneck: nil for blocks of two 3×3 convolutions.
    private static func residual(_ name: String, blocks: [Int], bottleneck: Bottleneck?) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.image
            x = network.convolution("conv1", x, filters: 64, kernel: 7, stride: 2, padding: 3, bias: false)
            x = network.normalization("bn1", x)
            x = network.relu("relu", x)
            x = network.maxPooling("maxpool", x, kernel: 3, stride: 2, padding: 1)
            for (stage, count) in blocks.enumerated() {
                for index in 0..<count {
                    let stride = stage > 0 && index == 0 ? 2 : 1
                    x = block("layer\(stage + 1).\(index)", x, filters: 64 << stage, stride: stride)
                }
            }
            guard classifier else { return }
            network.classes("fc", network.globalMean("avgpool", "flatten", x))

            /// The convolutions' answer added to what came in, which passes a convolution of its own where its shape changes.
            func block(_ name: String, _ input: NetworkBuilder.Value, filters: Int, stride: Int) -> NetworkBuilder.Value {
                var x: NetworkBuilder.Value
                if let bottleneck {
                    let inner = bottleneck.inner(filters)
                    x = network.convolution("\(name).conv1", input, filters: inner, kernel: 1, bias: false)
                    x = network.relu("\(name).relu", network.normalization("\(name).bn1", x))
                    x = network.convolution(
                        "\(name).conv2", x, filters: inner, kernel: 3, stride: stride, padding: 1,
                        groups: bottleneck.groups, bias: false)
                    x = network.relu("\(name).relu_1", network.normalization("\(name).bn2", x))
                    x = network.convolution(
                        "\(name).conv3", x, filters: filters * Bottleneck.expansion, kernel: 1, bias: false)
                    x = network.normalization("\(name).bn3", x)
                } else {
                    x = network.convolution(
                        "\(name).conv1", input, filters: filters, kernel: 3, stride: stride, padding: 1, bias: false)
                    x = network.relu("\(name).relu", network.normalization("\(name).bn1", x))
                    x = network.convolution("\(name).conv2", x, filters: filters, kernel: 3, padding: 1, bias: false)
                    x = network.normalization("\(name).bn2", x)
                }
                var identity = input
                if stride != 1 || input.channels != x.channels {
                    identity = network.convolution(
                        "\(name).downsample.0", input, filters: x.channels, kernel: 1, stride: stride, bias: false)
                    identity = network.normalization("\(name).downsample.1", identity)
                }
                x = network.addition("\(name).add", x, identity)
                return network.relu(bottleneck == nil ? "\(name).relu_1" : "\(name).relu_2", x)
            }
        }
        .named(huggingFaceResidualNames)
    }

    /// timm's names are torchvision's.
    private static let huggingFaceResidualNames: Naming = {
        let layer = "encoder.stages.{0-1}.layers.{1}."
        return Naming("Hugging Face", root: "resnet.", [
            .init("conv1.", "embedder.embedder.convolution."), .init("bn1.", "embedder.embedder.normalization."),
            .init("layer{}.{}.conv{}.", layer + "layer.{2-1}.convolution."),
            .init("layer{}.{}.bn{}.", layer + "layer.{2-1}.normalization."),
            .init("layer{}.{}.downsample.0.", layer + "shortcut.convolution."),
            .init("layer{}.{}.downsample.1.", layer + "shortcut.normalization."), .init("fc.", "classifier.1."),
        ])
    }()
}
