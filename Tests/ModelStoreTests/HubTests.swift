import Files
import Foundation
import ModelStore
import Models
import Networks
import TestSupport
import Testing

/// Models of Hugging Face's hub: from its programs' cache, or from a server that answers as the hub does.
@Suite struct HubTests {
    private static let resnet = try! UntrainedCheckpoint(Architecture.resnet18, classes: 7)

    /// A ResNet-18 under Hugging Face's names.
    private static let weights: Data = {
        let naming = Architecture.resnet18.namings.first { $0.program == "Hugging Face" }!
        let classifier = Set(Architecture.resnet18.parameterNames().classifier)
        return resnet.renamed { (classifier.contains($0) ? "" : naming.root) + naming.keys(of: $0)[0] }.safetensors
    }()

    private static let configuration = """
        {"model_type": "resnet", "id2label": {"0": "a", "1": "b", "2": "c", "3": "d", "4": "e", "5": "f", "6": "g"}}
        """
    private static let preprocessor = """
        {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.25, 0.25, 0.25], "size": {"shortest_edge": 224}, "crop_pct": 0.875}
        """

    /// Files of a folder by name.
    private func write(_ files: [String: Data], to folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, data) in files { try data.write(to: URL(filePath: "\(folder)/\(name)")) }
    }

    private func check(_ model: Model, _ name: String) throws {
        #expect(model.name == name && model.architecture?.name == "resnet18")
        #expect(model.classNames == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(model.preprocessing == Preprocessing(range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], resize: 256, crop: 224))
        let stem = model.network.nodes[0].layer.parameters[0]
        #expect(try stem.read() == Self.resnet.tensors["conv1.weight"]!.values)
    }

    private func load(_ training: TestTraining, _ name: String) throws -> Model {
        try training.library().load(ModelRequest(name: name)) { _, _ in true }
    }

    @Test(arguments: [
        ("hf:microsoft/resnet-18", "microsoft", "resnet-18"), ("timm/resnet50.a1_in1k", "timm", "resnet50.a1_in1k"),
        ("hf:timm/resnet50.a1_in1k", "timm", "resnet50.a1_in1k"),
    ])
    func namesAreRead(_ text: String, _ owner: String, _ name: String) throws {
        let hub = try #require(HubName(text))
        #expect(hub.owner == owner && hub.name == name)
    }

    @Test(arguments: ["resnet50", "hf:resnet50", "hf:a/b/c", "hf:../x", "hf:a/..", "hf:/x", "hf:a/", "other/x", "timm/", "hf:a/b c", "hf:a/.x"])
    func otherNamesAreNone(_ text: String) { #expect(HubName(text) == nil) }

    @Test func theCacheOfItsProgramsIsUsed() throws {
        let training = try TestTraining()
        training.variables["HF_HOME"] = "\(training.path)/hf"
        training.variables["LUCID_OFFLINE"] = "1"
        let model = "\(training.path)/hf/hub/models--some--body"
        try write(["main": Data("0123abcd".utf8)], to: "\(model)/refs")
        try write([
            "config.json": Data(Self.configuration.utf8), "preprocessor_config.json": Data(Self.preprocessor.utf8), "model.safetensors": Self.weights,
        ], to: "\(model)/snapshots/0123abcd")
        try check(try load(training, "hf:some/body"), "hf:some/body")
        #expect(try training.library().path(of: "hf:some/body") == "\(model)/snapshots/0123abcd/model.safetensors")
        let error = #expect(throws: StoreError.self) { try training.library().remove("hf:some/body") }
        #expect(error?.kind == .name)
        let missing = #expect(throws: StoreError.self) { try load(training, "hf:some/other") }
        #expect(missing?.kind == .unavailable && missing!.description.contains("lucid models pull hf:some/other"))
    }

    @Test func severalFilesWithAnIndexAreOne() throws {
        let training = try TestTraining()
        training.variables["HF_HUB_CACHE"] = "\(training.path)/hub"
        let folder = "\(training.path)/hub/models--some--body/snapshots/1"
        var (parts, map) = ([Self.resnet, Self.resnet], [String: String]())
        for (place, name) in Self.resnet.tensors.keys.sorted().enumerated() {
            parts[1 - place % 2].tensors[name] = nil
            map[name] = "model-0000\(place % 2 + 1)-of-00002.safetensors"
        }
        let index = try JSONSerialization.data(withJSONObject: ["metadata": ["total_size": 1], "weight_map": map])
        try write([
            "model.safetensors.index.json": index, "model-00001-of-00002.safetensors": parts[0].safetensors,
            "model-00002-of-00002.safetensors": parts[1].safetensors,
        ], to: folder)
        let model = try load(training, "hf:some/body")
        #expect(model.architecture?.name == "resnet18" && model.network.outputChannels == 7 && model.assumption != nil)
        // Its weights are those of all files: a change in one is another network.
        let digest = try weightsDigest(path: "\(folder)/model.safetensors.index.json")
        #expect(model.weightsSHA256 == digest)
        parts[1].tensors["fc.bias"]?.values[0] += 1
        parts[0].tensors["fc.bias"]?.values[0] += 1
        try write(["model-00001-of-00002.safetensors": parts[0].safetensors, "model-00002-of-00002.safetensors": parts[1].safetensors], to: folder)
        #expect(try weightsDigest(path: "\(folder)/model.safetensors.index.json") != digest)

        for (name, word) in [("../secret", "beside it"), ("model-3.safetensors", "model-3")] {
            map["fc.bias"] = name
            try write(["model.safetensors.index.json": JSONSerialization.data(withJSONObject: ["weight_map": map])], to: folder)
            let error = #expect(throws: WeightsError.self) { try openWeights(path: "\(folder)/model.safetensors.index.json") }
            #expect(error!.description.contains(word), "\(error!)")
        }
    }

    /// The hub's answers for a model, by path.
    private func answers(_ digest: String) -> [String: TestServer.Answer] {
        func file(_ text: String) -> TestServer.Answer { .whole(Array(text.utf8)) }
        let base = "/some/body"
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:\(digest)\nsize \(Self.weights.count)\n"
        return [
            "\(base)/resolve/main/config.json": file(Self.configuration), "\(base)/resolve/main/preprocessor_config.json": file(Self.preprocessor),
            "\(base)/raw/main/model.safetensors": file(pointer), "\(base)/resolve/main/model.safetensors": .file(Array(Self.weights), tag: "\"x\""),
        ]
    }

    @Test func itIsPulledAndHeldAgainstItsDigest() throws {
        let digest = sha256(of: Array(Self.weights))
        let server = try TestServer(.paths(answers(digest)))
        let training = try TestTraining(at: server)
        try check(try load(training, "hf:some/body"), "hf:some/body")
        let count = server.requests.count
        try check(try load(training, "hf:some/body"), "hf:some/body")
        #expect(server.requests.count == count)
        let library = try training.library()
        let path = try library.path(of: "hf:some/body")
        try library.verify("hf:some/body")
        var bytes = Self.weights
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: path))
        let damaged = #expect(throws: StoreError.self) { try library.verify("hf:some/body") }
        #expect(damaged?.kind == .badData)
        try library.remove("hf:some/body")
        #expect(throws: StoreError.self) { try library.path(of: "hf:some/body") }
    }

    @Test func anotherFileIsNotKept() throws {
        let server = try TestServer(.paths(answers(String(repeating: "0", count: 64))))
        let training = try TestTraining(at: server)
        let error = #expect(throws: StoreError.self) { try load(training, "hf:some/body") }
        #expect(error?.kind == .badData && error!.description.contains("SHA-256"))
        server.answer(.paths([:]))
        let none = #expect(throws: StoreError.self) { try load(training, "hf:some/nobody") }
        #expect(none?.kind == .unavailable && none!.description.contains("is hf:some/nobody the right name?"), "\(String(describing: none))")
    }

    /// timm's name of an architecture decides, as TensorFlow's weights have the same parameters.
    @Test func timmsNamesDecide() throws {
        let training = try TestTraining()
        training.variables["HF_HOME"] = "\(training.path)/hf"
        let naming = Architecture.mobilenet_v3_small.namings[0]
        let weights = try UntrainedCheckpoint(.mobilenet_v3_small, classes: 3).renamed { naming.keys(of: $0)[0] }.safetensors
        let bundled = try FileManager.default.contentsOfDirectory(atPath: "\(training.path)/models")
        #expect(!bundled.contains("hub.json"))
        try Data("""
            [{"architecture": "mobilenet_v3_small", "timm": "mobilenetv3_small_100", "names": ["timm/plain"]},
             {"architecture": "mobilenet_v3_small", "timm": "tf_mobilenetv3_small_100", "program": "timm, from TensorFlow", "names": []}]
            """.utf8).write(to: URL(filePath: "\(training.path)/models/hub.json"))
        for (name, timm, pads) in [("plain", "mobilenetv3_small_100", false), ("tf", "tf_mobilenetv3_small_100", true)] {
            let configuration = "{\"architecture\": \"\(timm)\", \"pretrained_cfg\": {\"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0.5, 0.5], \"input_size\": [3, 224, 224], \"crop_pct\": 0.9}}"
            try write(["config.json": Data(configuration.utf8), "model.safetensors": weights], to: "\(training.path)/hf/hub/models--timm--\(name)/snapshots/1")
            let model = try load(training, "timm/\(name)")
            #expect(model.network.layerNames.contains("features.0.pad") == pads)
            #expect(model.preprocessing.resize == 248 && model.preprocessing.mean == [0.5, 0.5, 0.5])
        }
        try write(["config.json": Data("{\"architecture\": \"seresnet50\"}".utf8)], to: "\(training.path)/hf/hub/models--timm--tf/snapshots/1")
        let error = #expect(throws: StoreError.self) { try load(training, "timm/tf") }
        #expect(error?.kind == .badData && error!.description.contains("seresnet50"))
        let listed = try training.library().listing.first { $0.name == "timm/plain" }
        #expect(listed?.state == .pulled && listed?.architecture == "mobilenet_v3_small")
    }

    /// timm's name tells what a file of weights does not: TensorFlow's padding, and timm's scaling of pictures.
    @Test func timmsNamesReadOnesOwnFiles() throws {
        let training = try TestTraining()
        try Data("""
            [{"architecture": "mobilenet_v3_small", "timm": "mobilenetv3_small_100", "names": [], "scaling": {"crop": 224, "share": 0.875}},
             {"architecture": "mobilenet_v3_small", "timm": "tf_mobilenetv3_small_100", "program": "timm, from TensorFlow", "names": [],
              "scaling": {"crop": 224, "share": 0.875, "isCentered": true}}]
            """.utf8).write(to: URL(filePath: "\(training.path)/models/hub.json"))
        let naming = Architecture.mobilenet_v3_small.namings[0]
        let file = "\(training.path)/mine.safetensors"
        try UntrainedCheckpoint(.mobilenet_v3_small, classes: 3).renamed { naming.keys(of: $0)[0] }.safetensors.write(to: URL(filePath: file))
        for (name, mean, pads) in [("mobilenetv3_small_100", Float(0.485), false), ("tf_mobilenetv3_small_100.in1k", 0.5, true)] {
            let model = try training.library().load(ModelRequest(name: "timm/\(name)", weights: file)) { _, _ in true }
            #expect(model.name == "timm/\(name)" && model.lookalike == nil && !model.hasItsOwnPreprocessing)
            #expect(model.network.layerNames.contains("features.0.pad") == pads)
            #expect(model.preprocessing.mean[0] == mean && model.preprocessing.resize == 256)
        }
        let plain = try training.library().load(ModelRequest(name: "mobilenet_v3_small", weights: file)) { _, _ in true }
        #expect(plain.lookalike == "timm/tf_mobilenetv3_small_100")
        for name in ["timm/mobilenetv3_tiny", "hf:some/body"] {
            let error = #expect(throws: StoreError.self) { try training.library().load(ModelRequest(name: name, weights: file)) { _, _ in true } }
            #expect(error?.kind == .name && error!.description.contains(name))
        }
    }

    /// transformers and timm build other layers of the same parameters where a configuration says so.
    @Test(arguments: [
        ("{\"model_type\": \"resnet\", \"hidden_act\": \"gelu\"}", "hidden_act gelu"),
        ("{\"model_type\": \"resnet\", \"downsample_in_bottleneck\": true}", "downsample_in_bottleneck true"),
        ("{\"architecture\": \"resnet18\", \"model_args\": {\"aa_layer\": \"blur\", \"num_classes\": 7}}", "aa_layer"),
    ])
    func aChangedNetworkIsRefused(_ configuration: String, _ word: String) throws {
        let training = try TestTraining()
        training.variables["HF_HOME"] = "\(training.path)/hf"
        try Data("[{\"architecture\": \"resnet18\", \"timm\": \"resnet18\", \"names\": []}]".utf8)
            .write(to: URL(filePath: "\(training.path)/models/hub.json"))
        let weights = word == "aa_layer" ? Self.resnet.safetensors : Self.weights
        try write(
            ["config.json": Data(configuration.utf8), "model.safetensors": weights], to: "\(training.path)/hf/hub/models--some--body/snapshots/1")
        let error = #expect(throws: StoreError.self) { try load(training, "hf:some/body") }
        #expect(error?.kind == .badData && error!.description.contains(word), "\(String(describing: error))")
    }

    @Test func everyNameInTheListIsOne() throws {
        let library = try ModelLibrary(folder: ModelFolder.find()!, Environment([:]))
        let hub = library.listing.filter { HubName($0.name) != nil }
        #expect(hub.count > 150 && Set(hub.map(\.name)).count == hub.count)
        for model in hub { #expect(Architecture.named(model.architecture) != nil && HubName(model.name)?.text == model.name) }
    }
}
