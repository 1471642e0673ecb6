import Tensors

/// ConvNeXt (Liu et al. 2022, arXiv:2201.03545), as torchvision names its layers.
extension Architecture {
    /// The smallest of the paper.
    public static let convnext_tiny = convnext("convnext_tiny", widths: [96, 192, 384, 768], depths: [3, 3, 9, 3])
        .trained("IMAGENET1K_V1", .imageNet(resize: 236))
    /// The small model: deeper.
    public static let convnext_small = convnext("convnext_small", widths: [96, 192, 384, 768], depths: [3, 3, 27, 3])
        .trained("IMAGENET1K_V1", .imageNet(resize: 230))
    /// The base model: wider.
    public static let convnext_base = convnext("convnext_base", widths: [128, 256, 512, 1024], depths: [3, 3, 27, 3])
        .trained("IMAGENET1K_V1", .imageNet(resize: 232))

    private static func convnext(_ name: String, widths: [Int], depths: [Int]) -> Architecture {
        Architecture(name: name) { network, classifier in
            typealias Value = NetworkBuilder.Value
            var x = network.convolution("features.0.0", network.image, filters: widths[0], kernel: 4, stride: 4)
            x = network.layerNormalization("features.0.1", x)
            for (stage, (width, depth)) in zip(widths, depths).enumerated() {
                if stage > 0 {
                    x = layerNorm("features.\(2 * stage).0", x)
                    x = network.convolution("features.\(2 * stage).1", x, filters: width, kernel: 2, stride: 2)
                }
                for block in 0..<depth { x = residual("features.\(2 * stage + 1).\(block)", x) }
            }
            guard classifier else { return }
            x = network.adaptiveAveragePooling("avgpool", x, to: 1)
            x = layerNorm("classifier.0", x)
            x = network.flatten("classifier.1", x, values: x.channels)
            network.classes("classifier.2", x)

            func layerNorm(_ name: String, _ input: Value) -> Value {
                network.layerNormalization("\(name).layer_norm", input, prefix: name)
            }

            /// One 7×7 kernel on each channel alone, then a perceptron at each position, scaled and added to what came in.
            func residual(_ name: String, _ input: Value) -> Value {
                let width = input.channels
                var x = network.convolution(
                    "\(name).block.0", input, filters: width, kernel: 7, padding: 3, groups: width)
                x = network.identity("\(name).block.1", x)
                x = network.layerNormalization("\(name).block.2", x)
                x = network.linear("\(name).block.3", x, inputs: width, outputs: 4 * width)
                x = network.activation("\(name).block.4", x, .gelu)
                x = network.linear("\(name).block.5", x, inputs: 4 * width, outputs: width)
                x = network.identity("\(name).block.6", x)
                let factors = network.parameter("\(name).layer_scale", [width, 1, 1])
                x = network.add("\(name).mul", LayerScale(factors: factors), from: [x], channels: width)
                x = network.identity("\(name).stochastic_depth", x)
                return network.addition("\(name).add", x, input)
            }
        }
        .named(timmConvNeXtNames, paperConvNeXtNames, huggingFaceConvNeXtNames)
    }

    private static let timmConvNeXtNames = Naming("timm", [
        .init("features.0.", "stem."), .init("classifier.0.", "head.norm."), .init("classifier.2.", "head.fc."),
    ] + convNeXtRules(downsample: "stages.{stage}.downsample.{0}.", block: "stages.{stage}.blocks.{0}.", [
        "conv_dw.", "norm.", "mlp.fc1.", "mlp.fc2.", "gamma",
    ]))
    private static let paperConvNeXtNames = Naming("the paper's code", [
        .init("features.0.", "downsample_layers.0."), .init("classifier.0.", "norm."), .init("classifier.2.", "head."),
    ] + convNeXtRules(downsample: "downsample_layers.{stage}.{0}.", block: "stages.{stage}.{0}.", [
        "dwconv.", "norm.", "pwconv1.", "pwconv2.", "gamma",
    ]))
    private static let huggingFaceConvNeXtNames = Naming("Hugging Face", root: "convnext.", [
        .init("features.0.0.", "embeddings.patch_embeddings."), .init("features.0.1.", "embeddings.layernorm."),
        .init("classifier.0.", "convnext.layernorm."), .init("classifier.2.", "classifier."),
    ] + convNeXtRules(
        downsample: "encoder.stages.{stage}.downsampling_layer.{0}.", block: "encoder.stages.{stage}.layers.{0}.", [
            "dwconv.", "layernorm.", "pwconv1.", "pwconv2.", "layer_scale_parameter",
        ]))

    /// The rules of the four stages, which are every second module of torchvision's, with what halves the extent between.
    ///
    /// - Parameter parts: the names of the convolution, the normalization, the two linear maps and the scale of a block.
    private static func convNeXtRules(downsample: String, block: String, _ parts: [String]) -> [Naming.Rule] {
        let own = [".block.0.", ".block.2.", ".block.3.", ".block.5.", ".layer_scale"]
        return (0..<4).flatMap { stage -> [Naming.Rule] in
            func placed(_ text: String) -> String { text.replacing("{stage}", with: "\(stage)") }
            let halving = stage == 0 ? [] : [Naming.Rule("features.\(2 * stage).{}.", placed(downsample))]
            return halving + zip(own, parts).map { .init("features.\(2 * stage + 1).{}\($0)", placed(block) + $1) }
        }
    }
}
