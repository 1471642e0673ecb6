import Tensors

/// Swin transformers (Liu et al. 2021, arXiv:2103.14030), as torchvision names their modules: attention within windows, which
/// are shifted in every second layer, at four extents.
extension Architecture {
    /// The tiny model.
    public static let swin_t = swin("swin_t", width: 96, depths: [2, 2, 6, 2], heads: [3, 6, 12, 24], resize: 232)
    /// The small model: deeper.
    public static let swin_s = swin("swin_s", width: 96, depths: [2, 2, 18, 2], heads: [3, 6, 12, 24], resize: 246)
    /// The base model: wider.
    public static let swin_b = swin("swin_b", width: 128, depths: [2, 2, 18, 2], heads: [4, 8, 16, 32], resize: 238)

    /// PyTorch's own ε, not that of other transformers.
    private static let epsilon: Float = 1e-5
    /// Positions on a side of the paper's windows, where no weights say otherwise.
    private static let usualSide = 7

    /// - Parameters:
    ///   - width: channels of the first stage, which double from stage to stage.
    ///   - depths: layers in each stage.
    ///   - heads: of each attention in each stage.
    ///   - resize: the shorter side that photographs got in torchvision's training.
    private static func swin(_ name: String, width: Int, depths: [Int], heads: [Int], resize: Int) -> Architecture {
        Architecture(name: name) { network, classifier in
            typealias Value = NetworkBuilder.Value
            // (2 · side − 1)² distances.
            let stored = network.shape(of: "features.1.0.attn.relative_position_bias_table")?.first ?? 0
            let root = 1...1 << 16 ~= stored ? Int(Double(stored).squareRoot().rounded()) : 2 * usualSide - 1
            let side = (root + 1) / 2

            var x = network.convolution("features.0.0", network.image, filters: width, kernel: 4, stride: 4)
            x = network.identity("features.0.1", x)
            x = network.layerNormalization("features.0.2", x, epsilon: epsilon)
            for (stage, depth) in depths.enumerated() {
                if stage > 0 { x = merged("features.\(2 * stage)", x) }
                for index in 0..<depth {
                    x = block("features.\(2 * stage + 1).\(index)", x, heads[stage], shift: index % 2 == 0 ? 0 : side / 2)
                }
            }
            x = network.layerNormalization("norm", x, epsilon: epsilon)
            guard classifier else { return }
            x = network.identity("permute", x)
            network.classes("head", network.globalMean("avgpool", "flatten", x))

            /// Half the extent, twice the channels.
            func merged(_ name: String, _ input: Value) -> Value {
                var x = network.add("\(name)._patch_merging_pad", PatchMerging(), from: [input], channels: 4 * input.channels)
                x = network.layerNormalization("\(name).norm", x, epsilon: epsilon)
                return network.linear("\(name).reduction", x, inputs: x.channels, outputs: 2 * input.channels, bias: false)
            }

            /// Attention within windows, then a perceptron at each position, both added to what came in.
            func block(_ name: String, _ input: Value, _ heads: Int, shift: Int) -> Value {
                let width = input.channels
                var x = network.layerNormalization("\(name).norm1", input, epsilon: epsilon)
                x = attention("\(name).attn", x, heads, shift)
                x = network.identity("\(name).stochastic_depth", x)
                let attended = network.addition("\(name).add", input, x)
                x = network.layerNormalization("\(name).norm2", attended, epsilon: epsilon)
                x = network.linear("\(name).mlp.0", x, inputs: width, outputs: 4 * width)
                x = network.activation("\(name).mlp.1", x, .gelu)
                x = network.identity("\(name).mlp.2", x)
                x = network.linear("\(name).mlp.3", x, inputs: 4 * width, outputs: width)
                x = network.identity("\(name).mlp.4", x)
                x = network.identity("\(name).stochastic_depth_1", x)
                return network.addition("\(name).add_1", attended, x)
            }

            func attention(_ name: String, _ input: Value, _ heads: Int, _ shift: Int) -> Value {
                let width = input.channels
                let layer = WindowAttention(
                    channels: width, heads: heads, side: side, shift: shift,
                    inputWeights: network.parameter("\(name).qkv.weight", [3 * width, width]),
                    inputBiases: network.parameter("\(name).qkv.bias", [3 * width]),
                    outputWeights: network.parameter("\(name).proj.weight", [width, width]),
                    outputBiases: network.parameter("\(name).proj.bias", [width]),
                    positionBiases: network.parameter(
                        "\(name).relative_position_bias_table", [(2 * side - 1) * (2 * side - 1), heads]))
                return network.add(name, layer, from: [input], channels: width)
            }
        }
        .trained(on: .imageNet(resize: resize))
        .named(timmSwinNames, paperSwinNames, huggingFaceSwinNames)
    }

    /// timm halves the extent at the beginning of a stage, the paper's code at the end of the one before.
    private static let timmSwinNames = Naming(
        "timm", [.init("head.", "head.fc.")] + swinRules(downsample: { "layers.\($0 + 1).downsample." }))
    private static let paperSwinNames = Naming("the paper's code", swinRules(downsample: { "layers.\($0).downsample." }))

    private static let huggingFaceSwinNames: Naming = {
        var rules: [Naming.Rule] = [
            .init("features.0.0.", "embeddings.patch_embeddings.projection."), .init("features.0.2.", "embeddings.norm."),
            .init("norm.", "layernorm."), .init("head.", "classifier."),
        ]
        for stage in 0..<4 {
            let (own, theirs) = ("features.\(2 * stage + 1).{}.", "encoder.layers.\(stage).blocks.{0}.")
            let attention = theirs + "attention.self."
            rules += [
                .init("\(own)norm1.", theirs + "layernorm_before."), .init("\(own)norm2.", theirs + "layernorm_after."),
                .init("\(own)attn.qkv.", attention + "query.", attention + "key.", attention + "value."),
                .init("\(own)attn.proj.", theirs + "attention.output.dense."), .init("\(own)attn.", attention),
                .init("\(own)mlp.0.", theirs + "intermediate.dense."), .init("\(own)mlp.3.", theirs + "output.dense."),
                .init("features.\(2 * stage + 2).", "encoder.layers.\(stage).downsample."),
            ]
        }
        return Naming("Hugging Face", root: "swin.", rules)
    }()

    /// - Parameter downsample: the module behind a stage that halves the extent.
    private static func swinRules(downsample: (Int) -> String) -> [Naming.Rule] {
        [.init("features.0.0.", "patch_embed.proj."), .init("features.0.2.", "patch_embed.norm.")]
            + (0..<4).flatMap { stage -> [Naming.Rule] in
                let (own, theirs) = ("features.\(2 * stage + 1).{}.", "layers.\(stage).blocks.{0}.")
                return [
                    .init("\(own)mlp.0.", theirs + "mlp.fc1."), .init("\(own)mlp.3.", theirs + "mlp.fc2."), .init(own, theirs),
                    .init("features.\(2 * stage + 2).", downsample(stage)),
                ]
            }
    }
}
