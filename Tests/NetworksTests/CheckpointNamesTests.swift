import Files
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing

/// Architectures under the names of timm and Hugging Face, with weights that a hash of those names makes on both sides:
/// scripts/goldens/checkpoint_names.py.
@Suite struct CheckpointNamesTests {
    struct Case: Decodable {
        let architecture: String
        let height: Int
        let width: Int
        let gain: Float
        let names: String
    }

    private static let tolerance: Float = 1e-4

    /// The rule of the script's first lines.
    private struct Hashed: WeightStore {
        let file = "hashed"
        let shapes: [String: [Int]]
        let gain: Float

        func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
            let (count, first) = (shape.reduce(1, *), shape.first ?? 1)
            if isMatrix(name, count, first) {
                return IntegerHash.values(name, count, scale: (3 * gain * Float(first) / Float(count)).squareRoot())
            }
            var values = IntegerHash.values(name, count)
            func map(_ value: (Float) -> Float) { for i in values.indices { values[i] = value(values[i]) } }
            if name.hasSuffix("running_var") {
                map { 0.5 + abs($0) }
            } else if name.hasSuffix("gamma") || name.hasSuffix("layer_scale_parameter") {
                map { 0.5 + 0.25 * $0 }
            } else if name.hasSuffix("cls_token") || name.hasSuffix("pos_embed") || name.hasSuffix("position_embeddings") {
                map { 0.5 * $0 }
            } else if name.hasSuffix("weight") {
                map { 1 + 0.25 * $0 }
            } else {
                map { 0.1 * $0 }
            }
            return values
        }

        private static let special = ["running_var", "gamma", "layer_scale_parameter", "cls_token", "pos_embed", "position_embeddings"]

        private func isMatrix(_ name: String, _ count: Int, _ first: Int) -> Bool {
            count > first && !Self.special.contains { name.hasSuffix($0) }
        }
    }

    /// Remembers all parameters that are asked for.
    private final class Asked: WeightStore {
        let file = "asked"
        let shapes: [String: [Int]] = [:]
        let parameters = Mutex<[String: [Int]]>([:])

        func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] { [] }
        func check(_ parameters: [Parameter]) throws(WeightsError) {
            self.parameters.withLock { all in for parameter in parameters { all[parameter.name] = parameter.shape } }
        }
    }

    /// A checkpoint under a program's names, as many as the architecture has parameters.
    private static func checkpoint(_ architecture: Architecture, _ naming: Naming, gain: Float) -> Hashed {
        let classifier = Set(architecture.parameterNames().classifier)
        var shapes: [String: [Int]] = [:]
        let asked = Asked()
        _ = try! architecture.network(weights: asked)
        for (name, shape) in asked.parameters.withLock({ $0 }) {
            let keys = naming.keys(of: name)
            for key in keys {
                shapes[(classifier.contains(name) ? "" : naming.root) + key] = [shape[0] / keys.count] + shape.dropFirst()
            }
        }
        return Hashed(shapes: shapes, gain: gain)
    }

    private static let cases: [String] = {
        let golden = try! Golden("checkpoint_names")
        return try! golden.metadata("cases", as: [String: Case].self).keys.sorted()
    }()

    @Test(arguments: cases)
    func itAnswersAsThere(_ name: String) throws {
        let golden = try Golden("checkpoint_names")
        let item = try #require(try golden.metadata("cases", as: [String: Case].self)[name])
        let architecture = Architecture.named(item.architecture)!
        let isFromTensorFlow = name.hasPrefix("timm/tf_")
        let program = isFromTensorFlow ? Naming.timmFromTensorFlow : name.hasPrefix("timm/") ? "timm" : "Hugging Face"
        // Only who knows the program knows that it does not transform its pictures.
        let mustAsk = isFromTensorFlow || name == "timm/inception_v3"
        // timm has torchvision's own names for some.
        let namings = [Naming.own] + architecture.namings.filter { $0.program == program }
        let checkpoints = namings.map { Self.checkpoint(architecture, $0, gain: item.gain) }
        let checkpoint = try #require(
            checkpoints.first { sha256(of: Array($0.shapes.keys.sorted().map { "\($0)\n" }.joined().utf8)) == item.names },
            "\(name) has other names")

        let network = try architecture.fit(checkpoint, program: mustAsk ? program : nil).network
        let logits = network.logitsLayer
        let prepared = try PreparedNetwork(network, requests: [logits: .all], preprocessing: nil)
        let image = IntegerHash.tensor("checkpoint", Shape(3, item.height, item.width))
        let values = prepared.forward(image, Pass(workers: Workers(2)), remembering: false)[logits].values.elements
        let expected = try golden.values(name)
        let samples = (0..<expected.count - 1).map { values[IntegerHash.position(name, $0, of: values.count)] }
        #expect(relativeError(samples, Array(expected.dropFirst()), scale: expected[0]) < Self.tolerance, "\(name)")
        #expect(abs((values.map(abs).max() ?? 0) - expected[0]) < Self.tolerance * expected[0], "\(name)")
    }

    /// Other programs' extents: vectors where torchvision has extents of 1, kernels where it has matrices.
    @Test func extentsOfOneDoNotMatter() throws {
        let convnext = Self.checkpoint(.convnext_tiny, Architecture.convnext_tiny.namings[0], gain: 1)
        var shapes = convnext.shapes
        for (name, shape) in shapes where name.hasSuffix("gamma") { shapes[name] = [shape[0]] }
        for (name, shape) in shapes where name.hasSuffix("fc1.weight") { shapes[name] = shape + [1, 1] }
        #expect(try Architecture.convnext_tiny.fit(Hashed(shapes: shapes, gain: 1)).program == "timm")
        shapes["stages.0.blocks.0.gamma"] = [95]
        #expect(throws: WeightsError.self) { try Architecture.convnext_tiny.fit(Hashed(shapes: shapes, gain: 1)) }

        let vgg = Self.checkpoint(.vgg11, Architecture.vgg11.namings[0], gain: 1)
        shapes = vgg.shapes
        shapes["pre_logits.fc1.weight"] = [4096, 512, 7, 7]
        shapes["pre_logits.fc2.weight"] = [4096, 4096, 1, 1]
        let fit = try Architecture.vgg11.fit(Hashed(shapes: shapes, gain: 1))
        #expect(fit.hasClasses && fit.program == "timm")
        // A file of the layers alone has no root before its names.
        let naming = Architecture.vit_b_16.namings.first { $0.root == "vit." }!
        let vit = Self.checkpoint(.vit_b_16, naming, gain: 1)
        let bare = vit.shapes.filter { !$0.key.hasPrefix("classifier") }.map { (String($0.key.dropFirst(4)), $0.value) }
        #expect(try !Architecture.vit_b_16.fit(Hashed(shapes: Dictionary(uniqueKeysWithValues: bare), gain: 1)).hasClasses)
    }
}
