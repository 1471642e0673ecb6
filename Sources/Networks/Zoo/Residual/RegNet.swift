/// RegNet (Radosavovic et al. 2020, arXiv:2003.13678), as torchvision names its layers.
extension Architecture {
    /// The Y kind (with squeeze-and-excitation) of 0.4 billion multiply-adds: what the paper's rule makes of depth 16,
    /// initial width 48, slope 27.89, step 2.09 and groups of 8.
    public static let regnet_y_400mf = regular(
        "regnet_y_400mf", widths: [48, 104, 208, 440], depths: [1, 3, 6, 6], groupWidth: 8)
    /// 0.8 billion multiply-adds.
    public static let regnet_y_800mf = regular(
        "regnet_y_800mf", widths: [64, 144, 320, 784], depths: [1, 3, 8, 2], groupWidth: 16)
    /// 1.6 billion multiply-adds.
    public static let regnet_y_1_6gf = regular(
        "regnet_y_1_6gf", widths: [48, 120, 336, 888], depths: [2, 6, 17, 2], groupWidth: 24)
    /// 3.2 billion multiply-adds.
    public static let regnet_y_3_2gf = regular(
        "regnet_y_3_2gf", widths: [72, 216, 576, 1512], depths: [2, 5, 13, 1], groupWidth: 24)
    /// The X kind, without excitation, of 0.4 billion multiply-adds.
    public static let regnet_x_400mf = regular(
        "regnet_x_400mf", widths: [32, 64, 160, 400], depths: [1, 2, 7, 12], groupWidth: 16, excites: false)
    /// 0.8 billion multiply-adds.
    public static let regnet_x_800mf = regular(
        "regnet_x_800mf", widths: [64, 128, 288, 672], depths: [1, 3, 7, 5], groupWidth: 16, excites: false)
    /// 1.6 billion multiply-adds.
    public static let regnet_x_1_6gf = regular(
        "regnet_x_1_6gf", widths: [72, 168, 408, 912], depths: [2, 4, 10, 2], groupWidth: 24, excites: false)
    /// 3.2 billion multiply-adds.
    public static let regnet_x_3_2gf = regular(
        "regnet_x_3_2gf", widths: [96, 192, 432, 1008], depths: [2, 6, 15, 2], groupWidth: 48, excites: false)

    /// - Parameters:
    ///   - widths: channels of each stage.
    ///   - depths: blocks of each stage.
    ///   - groupWidth: channels of a group.
    ///   - excites: whether blocks have squeeze-and-excitation.
    private static func regular(
        _ name: String, widths: [Int], depths: [Int], groupWidth: Int, excites: Bool = true
    ) -> Architecture {
        Architecture(name: name) { network, classifier in
            var x = network.convolutionBlock(
                "stem", network.image, filters: 32, kernel: 3, stride: 2, activation: .relu)
            for (stage, (width, depth)) in zip(widths, depths).enumerated() {
                for block in 0..<depth {
                    x = bottleneck(
                        "trunk_output.block\(stage + 1).block\(stage + 1)-\(block)", x, width, stride: block == 0 ? 2 : 1)
                }
            }
            guard classifier else { return }
            network.classes("fc", network.globalMean("avgpool", "flatten", x))

            /// 1×1, 3×3 in groups, excitation, 1×1, added to what came in.
            func bottleneck(_ name: String, _ input: NetworkBuilder.Value, _ width: Int, stride: Int) -> NetworkBuilder.Value {
                var identity = input
                if input.channels != width || stride != 1 {
                    identity = network.convolutionBlock(
                        "\(name).proj", input, filters: width, kernel: 1, stride: stride, activation: .none)
                }
                var x = network.convolutionBlock("\(name).f.a", input, filters: width, kernel: 1, activation: .relu)
                x = network.convolutionBlock(
                    "\(name).f.b", x, filters: width, kernel: 3, stride: stride, groups: width / groupWidth,
                    activation: .relu)
                if excites {
                    // A quarter of what comes into the block, ties to even.
                    let squeeze = Int((0.25 * Double(input.channels)).rounded(.toNearestOrEven))
                    x = network.squeezeExcitation("\(name).f.se", x, squeeze: squeeze, activation: .relu, scale: .sigmoid)
                }
                x = network.convolutionBlock("\(name).f.c", x, filters: width, kernel: 1, activation: .none)
                x = network.addition("\(name).add", identity, x)
                return network.relu("\(name).activation", x)
            }
        }
        .trained("IMAGENET1K_V2", .imageNet(resize: 232))
        .named(timmRegularNames, huggingFaceRegularNames(excites))
    }

    private static let timmRegularNames: Naming = {
        func layer(_ own: String, _ theirs: String) -> [Naming.Rule] {
            [
                .init("trunk_output.block{}.block{}-{}.\(own).0.", "s{0}.b{2+1}.\(theirs).conv."),
                .init("trunk_output.block{}.block{}-{}.\(own).1.", "s{0}.b{2+1}.\(theirs).bn."),
            ]
        }
        return Naming("timm", [.init("stem.0.", "stem.conv."), .init("stem.1.", "stem.bn."), .init("fc.", "head.fc.")]
            + layer("f.a", "conv1") + layer("f.b", "conv2") + layer("f.c", "conv3") + layer("proj", "downsample")
            + [.init("trunk_output.block{}.block{}-{}.f.se.", "s{0}.b{2+1}.se.")])
    }()

    private static func huggingFaceRegularNames(_ excites: Bool) -> Naming {
        let own = "trunk_output.block{}.block{}-{}."
        let theirs = "encoder.stages.{0-1}.layers.{2}."
        func layer(_ name: String, _ path: String) -> [Naming.Rule] {
            [
                .init(own + "\(name).0.", theirs + "\(path).convolution."), .init(own + "\(name).1.", theirs + "\(path).normalization."),
            ]
        }
        return Naming("Hugging Face", root: "regnet.", [
            .init("stem.0.", "embedder.embedder.convolution."), .init("stem.1.", "embedder.embedder.normalization."),
            .init("fc.", "classifier.1."), .init(own + "f.se.fc1.", theirs + "layer.2.attention.0."),
            .init(own + "f.se.fc2.", theirs + "layer.2.attention.2."),
        ] + layer("f.a", "layer.0") + layer("f.b", "layer.1") + layer("f.c", excites ? "layer.3" : "layer.2") + layer("proj", "shortcut"))
    }
}
