import Networks
import ONNX
import Tensors
import TestSupport
import Testing
import Visualization

/// torchvision's networks of segmentation, detection and transformers, by both exporters, for one size and for any, against ONNX Runtime:
/// scripts/goldens/onnx_torchvision.py.
@Suite struct TorchvisionTests {
    private static let golden = try! Golden("onnx_torchvision")
    static let names = try! golden.metadata("names", as: [String].self)
    private static let models: [String: [UInt8]] = try! {
        let sizes = try golden.metadata("sizes", as: [Int].self)
        let bytes = try golden.inflated("models", count: sizes.reduce(0, +))
        var (models, start): ([String: [UInt8]], Int) = ([:], 0)
        for (name, size) in zip(names, sizes) {
            models[name] = Array(bytes[start..<start + size])
            start += size
        }
        return models
    }()
    private static let side = 224
    private static let tolerance: Float = 1e-4

    private func load(_ name: String, _ size: Network.Size) throws -> Model {
        let gain = try Self.golden.metadata("gain", as: Float.self)
        let path = try ScratchFolder.shared.write("\(name).onnx", try #require(Self.models[name]))
        return try ONNXModel.load(path: path, size: size, weights: UntrainedWeights(gain: gain) { IntegerHash.values($0, $1) })
    }

    @Test(arguments: names)
    func itAgreesWithONNXRuntime(_ name: String) throws {
        let network = try load(name, Network.Size(height: Self.side, width: Self.side)).network
        #expect(network.remarks.unread.isEmpty, "\(network.unreadSummary ?? "")")
        let last = try network.layer(named: network.layerNames.last!)
        let prepared = try PreparedNetwork(network, requests: [last: .all], preprocessing: nil)
        let image = Tensor(Shape(3, Self.side, Self.side), IntegerHash.values("onnx/\(name)", 3 * Self.side * Self.side))
        try prepared.check(height: Self.side, width: Self.side)
        let output = prepared.forward(image, Pass(workers: Workers(2)), remembering: false)[last].values
        // Heads answer with a row for each anchor, [1, anchors, numbers].
        let isTable = name.hasPrefix("pyramid")
        let values = isTable ? FeatureMap(output).withElements { Array($0) } : output.elements
        let expected = try Self.golden.values(name)
        let samples = expected.indices.dropFirst().map { values[IntegerHash.position(name, $0 - 1, of: values.count)] }
        let error = max(
            relativeError(samples, Array(expected.dropFirst()), scale: expected[0]),
            abs((values.map(abs).max() ?? 0) - expected[0]) / expected[0])
        #expect(error < Self.tolerance, "\(name): \(error)")
    }

    /// At the size of the file, and at one that fits no stride.
    @Test(arguments: names)
    func aStepIsDrawn(_ name: String) throws {
        for (width, height) in [(Self.side, Self.side), (157, 93)] {
            let model = try load(name, Network.Size(height: height, width: width))
            let last = model.network.layerNames.last!
            var plan = RenderPlan(model: model.name, weights: "", objective: "channel(\(last),1)", width: width, height: height)
            plan.steps = 1
            plan.preprocessing = model.preprocessing
            var renderer = try Renderer(plan, model: model, workers: Workers(2))
            _ = try renderer.step()
            #expect(renderer.isAlive && renderer.pictures()[0].shape == Shape(3, height, width), "\(name) \(width)x\(height)")
        }
    }
}
