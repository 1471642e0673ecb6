import Foundation
import Networks
import ONNX
import Tensors
import TestSupport
import Testing

/// Whole graphs of PyTorch's exporters and of tf2onnx against ONNX Runtime: scripts/goldens/onnx_networks.py.
@Suite struct ONNXNetworkTests {
    struct Case: Decodable {
        let height: Int
        let width: Int
        let gain: Float
        let nodes: [String]
    }

    private static let golden = try! Golden("onnx_networks")
    private static let cases = try! golden.metadata("cases", as: [String: Case].self)
    static let names = cases.keys.sorted()
    private static let tolerance: Float = 1e-4

    private static func path(_ name: String) -> String {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return "/\(tests)/Goldens/onnx/\(name).onnx"
    }

    private static func load(_ name: String) throws -> (network: Network, item: Case) {
        let item = try #require(cases[name])
        let weights = UntrainedWeights(gain: item.gain) { IntegerHash.values($0, $1) }
        let size = Network.Size(height: item.height, width: item.width)
        return (try ONNXModel.load(path: path(name), size: size, weights: weights).network, item)
    }

    private static func image(_ name: String, _ item: Case) -> Tensor {
        let shape = Shape(3, item.height, item.width)
        let values = IntegerHash.values("onnx/\(name)", shape.count)
        return name == "vgg_tensorflow" ? FeatureMapOrder.planes(values, shape) : Tensor(shape, values)
    }

    /// In ONNX's own order. An image's planes lie in it; other values have their channels last.
    private static func ordered(_ values: Tensor, isImage: Bool) -> [Float] {
        if isImage { return values.elements }
        let shape = values.shape
        var result = [Float](repeating: 0, count: shape.count)
        let planes = values.elements
        for c in 0..<shape.channels {
            for position in 0..<shape.area { result[position * shape.channels + c] = planes[c * shape.area + position] }
        }
        return result
    }

    @Test(arguments: names)
    func itAgreesWithONNXRuntime(_ name: String) throws {
        let (network, item) = try Self.load(name)
        let last = try network.layer(named: network.layerNames.last!)
        let layers = try item.nodes.map { try network.layer(named: $0) }
        let prepared = try PreparedNetwork(
            network, requests: Dictionary(uniqueKeysWithValues: ([last] + layers).map { ($0, ActivationRequest.all) }), preprocessing: nil)
        try prepared.check(height: item.height, width: item.width)
        let trace = prepared.forward(Self.image(name, item), Pass(workers: Workers(2)), remembering: false)
        let error = relativeError(trace[last].values.elements, try Self.golden.values(name))
        #expect(error < Self.tolerance, "\(name): \(error)")
        for (node, layer) in zip(item.nodes, layers) {
            let expected = try Self.golden.values("\(name)/\(node)")
            let values = Self.ordered(trace[layer].values, isImage: !name.hasPrefix("vit"))
            let samples = expected.indices.dropFirst().map { values[IntegerHash.position("\(name)/\(node)", $0 - 1, of: values.count)] }
            let error = max(
                relativeError(samples, Array(expected.dropFirst()), scale: expected[0]),
                abs((values.map(abs).max() ?? 0) - expected[0]) / expected[0])
            #expect(error < Self.tolerance, "\(name) \(node): \(error)")
        }
    }

    /// The way back through the whole graph: ⟨gradient, direction⟩ is the output's slope.
    @Test(arguments: ["resnet18", "vit_b_16", "open_sizes", "vgg_tensorflow"])
    func theSlopeIsTheGradient(_ name: String) throws {
        let (network, item) = try Self.load(name)
        let last = try network.layer(named: network.layerNames.last!)
        let prepared = try PreparedNetwork(network, requests: [last: .all], preprocessing: nil)
        let (image, pass) = (Self.image(name, item), Pass(workers: Workers(2)))
        let trace = prepared.forward(image, pass)
        let weights = IntegerHash.tensor("weights", trace[last].values.shape)
        let gradient = trace.backward(from: [last: weights])
        // Along the gradient, which is the direction that rounding disturbs least.
        let length = inner(gradient.elements, gradient.elements).squareRoot()
        func score(_ distance: Double) -> Double {
            var moved = image
            moved.add(gradient, scaledBy: Float(distance / length))
            return inner(prepared.forward(moved, pass, remembering: false)[last].values.elements, weights.elements)
        }
        let distance = 0.005
        let measured = (score(distance) - score(-distance)) / (2 * distance)
        #expect(abs(measured - length) < 0.05 * length, "\(name): \(length), measured \(measured)")
    }

    /// Networks that end in convolutions take any size; those made for one size say so.
    @Test func sizesAreFreeWhereTheyCanBe() throws {
        let resnet = try Self.load("resnet18").network
        let layer = try resnet.layer(named: "layer4")
        #expect(resnet.onlySize(for: layer) == nil)
        #expect(try resnet.shape(of: layer, height: 200, width: 300) == Shape(512, 7, 10))
        #expect(try resnet.shape(of: try resnet.layer(named: "fc"), height: 200, width: 300) == Shape(10, 1, 1))

        let vit = try Self.load("vit_b_16").network
        let block = try vit.layer(named: "encoder.layers.encoder_layer_0")
        #expect(vit.onlySize(for: block) == Network.Size(height: 224, width: 224))
        #expect(vit.onlySize(for: try vit.layer(named: "conv_proj")) == nil)
        #expect(throws: ShapeError.self) { try vit.shape(of: block, height: 256, width: 256) }

        let vgg = try Self.load("vgg16").network
        #expect(vgg.onlySize(for: try vgg.layer(named: "features.28")) == nil)
        #expect(vgg.onlySize(for: try vgg.layer(named: "classifier.3")) == Network.Size(height: 224, width: 224))

        let zoo = Architecture.vit_b_16.untrained()
        #expect(zoo.onlySize(for: try zoo.layer(named: "encoder.add")) == Network.Size(height: 224, width: 224))
        #expect(zoo.onlySize(for: try zoo.layer(named: "conv_proj")) == nil)
    }

    /// A graph whose extents are symbols, resolved at two sizes.
    @Test func openSizesAreResolvedAtTheSizeAskedFor() throws {
        let weights = UntrainedWeights { IntegerHash.values($0, $1) }
        for (height, width) in [(64, 80), (96, 64)] {
            let size = Network.Size(height: height, width: width)
            let network = try ONNXModel.load(path: Self.path("open_sizes"), size: size, weights: weights).network
            let last = try network.layer(named: network.layerNames.last!)
            #expect(try network.shape(of: last, height: height, width: width) == Shape(10, 1, 1))
        }
    }

    @Test(arguments: [
        ("vgg16", "features.10", "/features/features.10/Conv"), ("vgg16", "/features/features.11/Relu", "/features/features.11/Relu"),
        ("resnet18", "layer2.1", "/layer2/layer2.1/relu_1/Relu"), ("resnet18", "layer1", "/layer1/layer1.1/relu_1/Relu"),
        ("resnet18", "layer2.0.conv1", "/layer2/layer2.0/conv1/Conv"),
        ("resnet18_dynamo", "layer2.1.relu", "node_relu_8"), ("mobilenet_v2", "features.7.conv.2", "/features/features.7/conv/conv.2/Conv"),
        ("densenet121", "features.denseblock1.denselayer2", "/features/denseblock1/denselayer2/conv2/Conv"),
        ("vgg_tensorflow", "block1_conv2_1", "functional_1/block1_conv2_1/Relu"),
        ("vgg_tensorflow", "functional_1/block1_pool_1/MaxPool2d", "functional_1/block1_pool_1/MaxPool2d"),
    ])
    func modulesCanBeNamed(_ name: String, _ asked: String, _ expected: String) throws {
        let network = try Self.load(name).network
        #expect(try network.layer(named: asked).node == expected)
    }

    @Test func unknownNamesGetTheNearest() throws {
        let network = try Self.load("vgg16").network
        do {
            _ = try network.layer(named: "features.100")
            Issue.record("found")
        } catch {
            #expect("\(error)".contains("features.10"))
        }
    }

    @Test func theEndIsTakenForClasses() throws {
        let weights = UntrainedWeights { IntegerHash.values($0, $1) }
        let labels = (0..<10).map { "label \($0)" }
        let model = try ONNXModel.load(path: Self.path("vgg_tensorflow"), labels: { _ in labels }, weights: weights)
        #expect(model.classNames == labels)
        #expect(model.network.endsInProbabilities)
        #expect(model.preprocessing.range == [-1, 1] && model.assumption?.contains("-1 to 1") == true)
        let resnet = try ONNXModel.load(path: Self.path("resnet18"), weights: weights)
        #expect(resnet.classNames?.count == 10 && !resnet.network.endsInProbabilities)
        #expect(resnet.preprocessing.mean == [0.485, 0.456, 0.406])
        let told = try ONNXModel.load(path: Self.path("resnet18"), preprocessing: { _ in model.preprocessing }, weights: weights)
        #expect(told.assumption == nil && told.preprocessing == model.preprocessing)
    }

    @Test func withoutValuesItIsRefused() throws {
        let model = try ONNXModel.load(path: Self.path("resnet18"))
        let layer = try model.network.layer(named: "layer1")
        #expect(throws: WeightsError.self) { try PreparedNetwork(model.network, requests: [layer: .all], preprocessing: nil) }
    }
}
