import Tensors

/// The vision transformer (Dosovitskiy et al. 2020, arXiv:2010.11929), as torchvision names its modules. Its positions are
/// those of 224×224 pixels, so it takes no other size.
extension Architecture {
    /// The base model on patches of 16×16 pixels.
    public static let vit_b_16 = transformer("vit_b_16", patch: 16, layers: 12, heads: 12, width: 768, inner: 3072)
        .trained("IMAGENET1K_SWAG_E2E_V1", .imageNet(resize: 384, crop: 384))
        .trained("IMAGENET1K_SWAG_LINEAR_V1", .imageNet(resize: 224))

    /// The base model on patches of 32×32 pixels.
    public static let vit_b_32 = transformer("vit_b_32", patch: 32, layers: 12, heads: 12, width: 768, inner: 3072)
    /// The small model, ViT-S/16 of Touvron et al. 2020 (arXiv:2012.12877), which torchvision does not have.
    public static let vit_s_16 = transformer("vit_s_16", patch: 16, layers: 12, heads: 6, width: 384, inner: 1536)
    /// The tiny model of the same paper.
    public static let vit_ti_16 = transformer("vit_ti_16", patch: 16, layers: 12, heads: 3, width: 192, inner: 768)

    /// The layers of a perceptron had names before they had numbers.
    private static let oldTransformerNames = Naming("torchvision before 0.13", [
        .init("encoder.layers.encoder_layer_{}.mlp.0.", "encoder.layers.encoder_layer_{0}.mlp.linear_1."),
        .init("encoder.layers.encoder_layer_{}.mlp.3.", "encoder.layers.encoder_layer_{0}.mlp.linear_2."),
    ])
    /// timm's ViT and DeiT, and the papers' own code.
    private static let timmTransformerNames = Naming("timm", [
        .init("class_token", "cls_token"), .init("encoder.pos_embedding", "pos_embed"), .init("conv_proj.", "patch_embed.proj."),
        .init("encoder.layers.encoder_layer_{}.ln_{}.", "blocks.{0}.norm{1}."),
        .init("encoder.layers.encoder_layer_{}.self_attention.in_proj_", "blocks.{0}.attn.qkv."),
        .init("encoder.layers.encoder_layer_{}.self_attention.out_proj.", "blocks.{0}.attn.proj."),
        .init("encoder.layers.encoder_layer_{}.mlp.0.", "blocks.{0}.mlp.fc1."),
        .init("encoder.layers.encoder_layer_{}.mlp.3.", "blocks.{0}.mlp.fc2."), .init("encoder.ln.", "norm."),
        .init("heads.head.", "head."),
    ])

    /// Hugging Face's ViT ("vit.") and DeiT ("deit.").
    private static func huggingFaceTransformerNames(_ root: String) -> Naming {
        let layer = "encoder.layers.encoder_layer_{}."
        return Naming("Hugging Face", root: root, [
            .init("class_token", "embeddings.cls_token"), .init("encoder.pos_embedding", "embeddings.position_embeddings"),
            .init("conv_proj.", "embeddings.patch_embeddings.projection."),
            .init("\(layer)ln_1.", "encoder.layer.{0}.layernorm_before."), .init("\(layer)ln_2.", "encoder.layer.{0}.layernorm_after."),
            .init(
                "\(layer)self_attention.in_proj_", "encoder.layer.{0}.attention.attention.query.",
                "encoder.layer.{0}.attention.attention.key.", "encoder.layer.{0}.attention.attention.value."),
            .init("\(layer)self_attention.out_proj.", "encoder.layer.{0}.attention.output.dense."),
            .init("\(layer)mlp.0.", "encoder.layer.{0}.intermediate.dense."), .init("\(layer)mlp.3.", "encoder.layer.{0}.output.dense."),
            .init("encoder.ln.", "layernorm."), .init("heads.head.", "classifier."),
        ]).normalizing(layerEpsilon: 1e-12)
    }

    /// - Parameters:
    ///   - patch: pixels on a side of a patch.
    ///   - heads: of each attention.
    ///   - width: channels of a position.
    ///   - inner: channels inside the perceptrons.
    private static func transformer(
        _ name: String, patch: Int, layers: Int, heads: Int, width: Int, inner: Int
    ) -> Architecture {
        Architecture(name: name) { network, classifier in
            typealias Value = NetworkBuilder.Value
            // One position beside those of a square.
            let stored = network.shape(of: "encoder.pos_embedding")?.dropFirst().first ?? 0
            let rows = 2...1 << 16 ~= stored ? Int(Double(stored - 1).squareRoot().rounded()) : 224 / patch
            let (positions, side) = (1 + rows * rows, rows * patch)
            network.onlySize = Network.Size(height: side, width: side)
            var x = network.convolution("conv_proj", network.image, filters: width, kernel: patch, stride: patch)
            x = network.add(
                "cat", ClassToken(token: network.parameter("class_token", [1, 1, width])), from: [x], channels: width)
            let embedding = network.parameter("encoder.pos_embedding", [1, positions, width])
            x = network.add("encoder.add", PositionEmbedding(embedding: embedding), from: [x], channels: width)
            x = network.identity("encoder.dropout", x)
            for index in 0..<layers { x = encoderLayer("encoder.layers.encoder_layer_\(index)", x) }
            x = network.layerNormalization("encoder.ln", x)
            guard classifier else { return }
            // torchvision's graph counts the other uses of indexing first.
            x = network.add("getitem_5", FirstPosition(), from: [x], channels: width)
            network.classes("heads.head", x)

            /// Attention between the positions, then a perceptron at each, both added to what came in.
            func encoderLayer(_ name: String, _ input: Value) -> Value {
                var x = network.layerNormalization("\(name).ln_1", input)
                x = attention("\(name).self_attention", x)
                x = network.identity("\(name).dropout", x)
                let attended = network.addition("\(name).add", x, input)
                x = network.layerNormalization("\(name).ln_2", attended)
                x = network.linear("\(name).mlp.0", x, inputs: width, outputs: inner)
                x = network.activation("\(name).mlp.1", x, .gelu)
                x = network.identity("\(name).mlp.2", x)
                x = network.linear("\(name).mlp.3", x, inputs: inner, outputs: width)
                x = network.identity("\(name).mlp.4", x)
                return network.addition("\(name).add_1", attended, x)
            }

            func attention(_ name: String, _ input: Value) -> Value {
                let layer = SelfAttention(
                    channels: width, heads: heads,
                    inputWeights: network.parameter("\(name).in_proj_weight", [3 * width, width]),
                    inputBiases: network.parameter("\(name).in_proj_bias", [3 * width]),
                    outputWeights: network.parameter("\(name).out_proj.weight", [width, width]),
                    outputBiases: network.parameter("\(name).out_proj.bias", [width]))
                let (probabilities, mixture) = layer.divided
                let attention = network.add("\(name).probabilities", probabilities, from: [input], channels: heads)
                return network.add(name, mixture, from: [input, attention], channels: width)
            }
        }
        .named(
            oldTransformerNames, timmTransformerNames, huggingFaceTransformerNames("vit."), huggingFaceTransformerNames("deit."))
    }
}
