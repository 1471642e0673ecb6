import Networks
import TestSupport
import Testing

/// Checkpoints with names of other times and other wrappers.
@Suite struct RenamedWeightsTests {
    private func loads(_ name: String, _ rename: (String) -> String) throws {
        let architecture = Architecture.named(name)!
        let checkpoint = try UntrainedCheckpoint(architecture, classes: 4).renamed(rename)
        #expect(try architecture.network(weights: checkpoint).outputChannels == 4)
        #expect(architecture.hasClassifier(in: checkpoint))
    }

    @Test func oldDenseNets() throws {
        try loads("densenet121") { name in
            guard name.contains("denselayer") else { return name }
            return name.replacing("norm1.", with: "norm.1.").replacing("norm2.", with: "norm.2.")
                .replacing("conv1.", with: "conv.1.").replacing("conv2.", with: "conv.2.")
        }
    }

    @Test func oldVisionTransformers() throws {
        try loads("vit_b_16") { $0.replacing("mlp.0.", with: "mlp.linear_1.").replacing("mlp.3.", with: "mlp.linear_2.") }
    }

    @Test(arguments: ["module.", "model.", "net.backbone."])
    func wrappers(_ prefix: String) throws { try loads("resnet18") { prefix + $0 } }

    /// A prefix of some names only is not one.
    @Test func aStrangerAmongThemIsReported() throws {
        let architecture = Architecture.named("resnet18")!
        let checkpoint = try UntrainedCheckpoint(architecture).renamed { $0 == "fc.bias" ? $0 : "model." + $0 }
        #expect(throws: WeightsError.self) { try architecture.network(weights: checkpoint) }
    }

    @Test func aClassifierCanBeLeftOut() throws {
        let architecture = Architecture.named("alexnet")!
        let network = try architecture.network(weights: UntrainedCheckpoint(architecture, classes: 3), classifier: false)
        #expect(network.layerNames.last?.hasPrefix("features.") == true)
    }
}
