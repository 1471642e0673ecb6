/// MNASNet-B1 (Tan et al. 2018, arXiv:1807.11626), as torchvision names its layers.
extension Architecture {
    /// Half the channels.
    public static let mnasnet0_5 = mnas("mnasnet0_5", width: 0.5)
    /// Three quarters of the channels.
    public static let mnasnet0_75 = mnas("mnasnet0_75", width: 0.75)
        .trained("IMAGENET1K_V1", .imageNet(resize: 232))
    /// The paper's.
    public static let mnasnet1_0 = mnas("mnasnet1_0", width: 1.0)
    /// 1.3 times the channels.
    public static let mnasnet1_3 = mnas("mnasnet1_3", width: 1.3)
        .trained("IMAGENET1K_V1", .imageNet(resize: 232))

    /// - Parameter width: scales the channels.
    private static func mnas(_ name: String, width: Double) -> Architecture {
        Architecture(name: name) { network, classifier in
            typealias Value = NetworkBuilder.Value
            /// Figure 7 of the paper: filters, kernel, stride of the first block, expansion, blocks.
            let stages = [
                (24, 3, 2, 3, 3), (40, 5, 2, 3, 3), (80, 5, 2, 6, 3), (96, 3, 1, 6, 2), (192, 5, 2, 6, 4), (320, 3, 1, 6, 1),
            ]
            func scaled(_ filters: Int) -> Int { widthDivisibleBy8(Double(filters) * width) }

            var x = network.image
            x = network.convolution("layers.0", x, filters: scaled(32), kernel: 3, stride: 2, padding: 1, bias: false)
            x = network.relu("layers.2", network.normalization("layers.1", x))
            x = network.convolution(
                "layers.3", x, filters: x.channels, kernel: 3, padding: 1, groups: x.channels, bias: false)
            x = network.relu("layers.5", network.normalization("layers.4", x))
            x = network.convolution("layers.6", x, filters: scaled(16), kernel: 1, bias: false)
            x = network.normalization("layers.7", x)
            for (stage, (filters, kernel, stride, expansion, blocks)) in stages.enumerated() {
                for block in 0..<blocks {
                    x = invertedResidual(
                        "layers.\(8 + stage).\(block)", x, filters: scaled(filters), kernel: kernel,
                        stride: block == 0 ? stride : 1, expansion: expansion)
                }
            }
            x = network.convolution("layers.14", x, filters: 1280, kernel: 1, bias: false)
            x = network.relu("layers.16", network.normalization("layers.15", x))
            guard classifier else { return }
            x = network.globalMean("mean_pool", "mean", x)
            network.classes("classifier.1", network.identity("classifier.0", x))

            /// 1×1 out, one kernel on each channel alone, 1×1 back without activation.
            func invertedResidual(
                _ name: String, _ input: Value, filters: Int, kernel: Int, stride: Int, expansion: Int
            ) -> Value {
                let inner = input.channels * expansion
                var x = network.convolution("\(name).layers.0", input, filters: inner, kernel: 1, bias: false)
                x = network.relu("\(name).layers.2", network.normalization("\(name).layers.1", x))
                x = network.convolution(
                    "\(name).layers.3", x, filters: inner, kernel: kernel, stride: stride, padding: kernel / 2,
                    groups: inner, bias: false)
                x = network.relu("\(name).layers.5", network.normalization("\(name).layers.4", x))
                x = network.convolution("\(name).layers.6", x, filters: filters, kernel: 1, bias: false)
                x = network.normalization("\(name).layers.7", x)
                guard stride == 1, input.channels == filters else { return x }
                return network.addition("\(name).add", x, input)
            }
        }
        .named(timmMNASNames)
    }

    private static let timmMNASNames: Naming = {
        let first: [(Int, String)] = [
            (0, "conv_stem."), (1, "bn1."), (3, "blocks.0.0.conv_dw."), (4, "blocks.0.0.bn1."), (6, "blocks.0.0.conv_pw."),
            (7, "blocks.0.0.bn2."), (14, "conv_head."), (15, "bn2."),
        ]
        let parts: [(Int, String)] = [(0, "conv_pw."), (1, "bn1."), (3, "conv_dw."), (4, "bn2."), (6, "conv_pwl."), (7, "bn3.")]
        return Naming("timm", [.init("classifier.1.", "classifier.")] + first.map { .init("layers.\($0).", $1) }
            + parts.map { .init("layers.{}.{}.layers.\($0).", "blocks.{0-7}.{1}.\($1)") })
    }()
}
