import Networks
import TestSupport
import Testing

/// Checkpoints with names of other times and other wrappers, and with anything beside the weights.
@Suite struct RenamedWeightsTests {
    private static let small = Architecture.named("shufflenet_v2_x0_5")!
    private static let checkpoint = try! UntrainedCheckpoint(small, classes: 4)

    private func loads(_ name: String, _ rename: (String) -> String) throws {
        let architecture = Architecture.named(name)!
        let fit = try architecture.fit(UntrainedCheckpoint(architecture, classes: 4).renamed(rename))
        #expect(fit.network.outputChannels == 4 && fit.hasClasses && fit.unused == [])
    }

    /// A parameter's first number under the names of the file that it is read from.
    private func first(_ fit: ArchitectureFit) throws -> Float {
        try fit.network.nodes.lazy.flatMap(\.layer.parameters).first!.read()[0]
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

    @Test(arguments: ["", "module.", "model.", "net.backbone.", "state_dict/module._orig_mod.", "a/b/c/", "0/teacher.encoder."])
    func anyPrefixIsFound(_ prefix: String) throws {
        var checkpoint = Self.checkpoint.renamed { prefix + $0 }
        // Whatever else a training leaves in a file.
        for name in ["n_averaged", "loss.weight", "optimizer/state/0/exp_avg", "conv1.0", "epoch", "stage2"] {
            checkpoint.tensors["beside/\(name)"] = ([2], [1, 2])
        }
        checkpoint.tensors["n_averaged"] = ([], [1])
        let fit = try Self.small.fit(checkpoint)
        #expect(fit.network.outputChannels == 4 && fit.hasClasses && fit.others == [])
        #expect(fit.unused == (prefix.isEmpty ? ["n_averaged"] : []))
        let bare = prefix.split { $0 == "." || $0 == "/" }.last
        #expect(bare.map { fit.key.hasSuffix($0) } ?? (fit.key == "."))
    }

    /// timm's networks from TensorFlow have the names of its others, but not their padding.
    @Test func networksOfTheSameNamesAreTold() throws {
        let naming = Architecture.mobilenet_v3_small.namings.first { $0.program == "timm" }!
        let checkpoint = try UntrainedCheckpoint(.mobilenet_v3_small, classes: 4).renamed { naming.keys(of: $0)[0] }
        let plain = try Architecture.mobilenet_v3_small.fit(checkpoint)
        #expect(plain.program == "timm" && plain.lookalikes == [Naming.timmFromTensorFlow])
        let other = try Architecture.mobilenet_v3_small.fit(checkpoint, program: Naming.timmFromTensorFlow)
        #expect(other.lookalikes == [] && other.network.layerNames.contains("features.0.pad"))
        let own = try Architecture.mobilenet_v3_small.fit(UntrainedCheckpoint(.mobilenet_v3_small, classes: 4))
        #expect(own.lookalikes == [] && !own.network.layerNames.contains("features.0.pad"))
    }

    /// Swin's tables of distances follow from the windows, whose side the weights tell.
    @Test func windowsHaveTheSideOfTheirTable() throws {
        var checkpoint = try UntrainedCheckpoint(.swin_t, classes: 4)
        for name in checkpoint.tensors.keys where name.hasSuffix("relative_position_bias_table") {
            let heads = checkpoint.tensors[name]!.shape[1]
            checkpoint.tensors[name] = ([23 * 23, heads], [Float](repeating: 0.1, count: 23 * 23 * heads))
            checkpoint.tensors[name.replacing("bias_table", with: "index")] = ([144 * 144], [Float](repeating: 0, count: 144 * 144))
        }
        let fit = try Architecture.swin_t.fit(checkpoint)
        #expect(fit.hasClasses && fit.unused == [])
        let sides = fit.network.nodes.compactMap { ($0.layer as? WindowAttention).map { [$0.side, $0.shift] } }
        #expect(sides.prefix(2) == [[12, 0], [12, 6]] && sides.count == 12)
    }

    @Test func aStrangerAmongTheLayersIsReported() throws {
        let checkpoint = Self.checkpoint.renamed { $0 == "conv5.1.bias" ? $0 : "model." + $0 }
        let error = #expect(throws: WeightsError.self) { try Self.small.network(weights: checkpoint) }
        #expect(error!.reason.hasPrefix("conv5.1.bias is missing"), "\(error!)")
        // A deeper network of the same kind has all of the names, and more.
        let deeper = try UntrainedCheckpoint(Architecture.named("resnet34")!)
        let other = #expect(throws: WeightsError.self) { try Architecture.resnet18.network(weights: deeper) }
        #expect(other!.reason.contains("layer1.2.bn1.bias is unexpected"), "\(other!)")
    }

    /// Of several architectures with the same names the one whose shapes fit best is the nearest.
    @Test func theNearestHasTheShapesToo() throws {
        var resnet = try UntrainedCheckpoint(.resnet50)
        resnet.tensors["layer1.0.se.fc.weight"] = ([1, 1], [1])
        #expect(Architecture.fits(resnet).isEmpty && Architecture.nearest(to: resnet)?.name == "resnet50")
        var transformer = try UntrainedCheckpoint(.vit_ti_16)
        transformer.tensors["encoder.pos_embedding"] = ([1, 198, 192], [Float](repeating: 0, count: 198 * 192))
        #expect(Architecture.nearest(to: transformer)?.name == "vit_ti_16")
    }

    @Test func whatTheFileHasIsNamed() throws {
        let error = #expect(throws: WeightsError.self) { try Architecture.resnet18.network(weights: Self.checkpoint) }
        #expect(error!.reason.contains("it has conv1.0.weight, conv1.1.bias"), "\(error!)")
    }

    @Test func severalSetsAreAChoice() throws {
        var both = Self.checkpoint.renamed { "state_dict_ema/" + $0 }
        for (name, tensor) in Self.checkpoint.tensors {
            both.tensors["state_dict/module.\(name)"] = (tensor.shape, tensor.values.map { $0 + 1 })
            both.tensors["a/copy.\(name)"] = tensor
        }
        let fit = try Self.small.fit(both)
        // The copy is none of its own.
        #expect(fit.key == "state_dict/module" && fit.others == ["a/copy"])
        let value = Self.checkpoint.tensors["conv1.0.weight"]!.values[0]
        #expect(try first(fit) == value + 1)
        for key in ["state_dict_ema", "a/copy", "a"] {
            let asked = try Self.small.fit(both, key: key)
            #expect(try first(asked) == value && asked.others == ["state_dict/module"] && asked.isAsked, "\(key)")
        }
        let error = #expect(throws: WeightsError.self) { try Self.small.fit(both, key: "ema") }
        #expect(error!.reason.contains("state_dict/module, a/copy, state_dict_ema"), "\(error!)")
    }

    /// A head of one's own: the layers before it are there, the classes are not.
    @Test func anotherHeadIsLeftOut() throws {
        let head = Self.checkpoint.renamed { $0.replacing("fc.", with: "fc.1.") }
        let fit = try Self.small.fit(head)
        #expect(!fit.hasClasses && fit.unused == ["fc.1.bias", "fc.1.weight"])
        #expect(fit.network.layerNames.last == "conv5.2")
        // Part of it may be the usual one.
        let alexnet = Architecture.named("alexnet")!
        let part = try alexnet.fit(UntrainedCheckpoint(alexnet, classes: 3).renamed { $0.replacing("classifier.6.", with: "classifier.6.0.") })
        #expect(!part.hasClasses && part.unused == ["classifier.6.0.bias", "classifier.6.0.weight"])
        #expect(part.network.layerNames.last == "classifier.5")
        // Means and variances that normalizations only measure are of use all the same.
        let mobile = Architecture.mobilenet_v3_small
        let other = try mobile.fit(UntrainedCheckpoint(mobile, classes: 3).renamed { $0.replacing("classifier.3.", with: "classifier.3.0.") })
        #expect(!other.hasClasses && other.unused == ["classifier.3.0.bias", "classifier.3.0.weight"])
    }

    @Test(arguments: [1, 2, 4, 12], ["shufflenet_v2_x0_5", "googlenet", "inceptionv1"])
    func theStemDecidesAboutTheChannels(_ channels: Int, _ name: String) throws {
        let architecture = Architecture.named(name)!
        var checkpoint = try UntrainedCheckpoint(architecture, classes: 4)
        let stem = architecture.parameterNames().layers[0]
        let shape = checkpoint.tensors[stem]!.shape
        let (count, size) = (shape[0], shape[2] * shape[3])
        checkpoint.tensors[stem] = ([count, channels] + shape[2...], [Float](repeating: 0.1, count: count * channels * size))
        let network = try architecture.network(weights: checkpoint)
        #expect(network.inputChannels == channels)
        _ = try network.shapes(forHeight: 64, width: 64)
    }

    @Test func aClassifierCanBeLeftOut() throws {
        let architecture = Architecture.named("alexnet")!
        let fit = try architecture.fit(UntrainedCheckpoint(architecture, classes: 3), classifier: false)
        #expect(fit.network.layerNames.last?.hasPrefix("features.") == true && fit.unused == [])
    }
}
