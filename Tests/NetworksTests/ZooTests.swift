import Networks
import Tensors
import TestSupport
import Testing

/// Every architecture against torchvision, with weights that a hash makes on both sides: scripts/goldens/zoo.py.
@Suite struct ZooTests {
    struct Case: Decodable {
        let height: Int
        let width: Int
        let gain: Float
        let seed: Int
        let logit: Int
        let layers: [String]
    }

    private static let layerSamples = 16
    private static let gradientSamples = 48
    private static let outputTolerance: Float = 1e-4
    private static let gradientTolerance: Float = 1e-3
    /// Rounding here may turn on or off a rectifier that PyTorch's does not, although the goldens' images were chosen to lie
    /// clear of such kinks: the gradient then jumps by less than this, and keeps its direction.
    private static let jump: Float = 0.05

    private static func weights(gain: Float) -> UntrainedWeights {
        UntrainedWeights(gain: gain) { IntegerHash.values($0, $1) }
    }

    /// The node that ends in the classes' scores.
    private func logits(_ network: Network) throws -> LayerName {
        try network.layer(named: network.layerNames.last { $0 != "softmax2" }!)
    }

    private func sampled(_ name: String, _ values: [Float], _ count: Int) -> [Float] {
        (0..<count).map { values[IntegerHash.position(name, $0, of: values.count)] }
    }

    /// The largest error of one layer or gradient, as a share of the golden's largest magnitude.
    private func error(_ name: String, _ values: [Float], _ golden: ArraySlice<Float>) -> Float {
        let samples = Array(golden.dropFirst())
        let largest = abs((values.map(abs).max() ?? 0) - golden.first!) / golden.first!
        return max(largest, relativeError(sampled(name, values, samples.count), samples, scale: golden.first!))
    }

    @Test(arguments: Architecture.all.map(\.name))
    func itAgreesWithTorchvision(_ name: String) throws {
        let golden = try Golden("zoo")
        let item = try #require(try golden.metadata("cases", as: [String: Case].self)[name])
        let network = try Architecture.named(name)!.network(weights: Self.weights(gain: item.gain))
        let logits = try logits(network)
        let layers = try item.layers.map { try network.layer(named: $0) }
        let prepared = try PreparedNetwork(
            network, requests: Dictionary(uniqueKeysWithValues: ([logits] + layers).map { ($0, ActivationRequest.all) }),
            preprocessing: nil)
        try prepared.check(height: item.height, width: item.width)
        let image = IntegerHash.tensor("zoo-\(item.seed)", Shape(3, item.height, item.width))
        let trace = prepared.forward(image, Pass(workers: Workers(2)))

        let outputs = try golden.values(name)
        let row = 1 + Self.layerSamples
        for (index, (label, layer)) in zip(["logits"] + item.layers, [logits] + layers).enumerated() {
            let error = error("\(name)/\(label)", trace[layer].values.elements, outputs[index * row..<(index + 1) * row])
            #expect(error < Self.outputTolerance, "\(name) \(label): \(error)")
        }

        var seed = Tensor(trace[logits].values.shape)
        seed.withMutableElements { $0[item.logit] = 1 }
        let gradient = trace.backward(from: [logits: seed]).elements
        let expected = try golden.values("\(name)/gradient")
        let error = error("\(name)/gradient", gradient, expected[...])
        if error >= Self.gradientTolerance {
            #expect(error < Self.jump && network.hasKinks, "\(name) gradient: \(error)")
            let (a, b) = (sampled("\(name)/gradient", gradient, Self.gradientSamples), Array(expected.dropFirst()))
            let cosine = inner(a, b) / (inner(a, a) * inner(b, b)).squareRoot()
            #expect(cosine > 0.999, "\(name): \(cosine)")
        }
    }

    /// Normalizations folded into convolutions, rectifiers merged into what comes before them, masks left to readers: all
    /// that looking at a layer in between undoes.
    @Test(arguments: [
        ("resnet18", "layer2"), ("densenet121", "features.denseblock2"), ("mobilenet_v2", "features.4"),
        ("shufflenet_v2_x0_5", "stage2.1"), ("inceptionv1", "mixed3b"), ("efficientnet_b0", "features.3"),
    ], RectifierGradient.allCases)
    func foldingAndMergingChangeNothing(_ item: (String, String), _ rule: RectifierGradient) throws {
        let network = try Architecture.named(item.0)!.network(weights: Self.weights(gain: 2))
        let layer = try network.layer(named: item.1)
        let all = network.layerNames.prefix { $0 != layer.node }
        let kept = [[layer], try all.map { try network.layer(named: $0) } + [layer]]
        let image = IntegerHash.tensor("image", Shape(3, 40, 44))
        let results = try kept.map { kept in
            let prepared = try PreparedNetwork(
                network, requests: Dictionary(uniqueKeysWithValues: kept.map { ($0, ActivationRequest.all) }), preprocessing: nil)
            let trace = prepared.forward(image, Pass(workers: Workers(2), rectifier: rule))
            let values = trace[layer].values
            return (values.elements, trace.backward(from: [layer: IntegerHash.tensor("seed", values.shape)]).elements)
        }
        #expect(relativeError(results[0].0, results[1].0) < 1e-4)
        let (a, b) = (results[0].1, results[1].1)
        let cosine = inner(a, b) / (inner(a, a) * inner(b, b)).squareRoot()
        #expect(cosine > 0.9999, "\(item.0): \(cosine)")
    }

    /// Computing some channels of a layer gives what computing all of it gives.
    @Test(arguments: ["resnet18", "shufflenet_v2_x0_5", "mobilenet_v3_small", "inceptionv1", "squeezenet1_0"])
    func channelsOnTheirOwnAgreeWithTheWhole(_ name: String) throws {
        let network = try Architecture.named(name)!.network(weights: Self.weights(gain: 2))
        let image = IntegerHash.tensor("image", Shape(3, 64, 68))
        for (index, summary) in try network.summary(height: 64, width: 68).enumerated() where index % 5 == 1 {
            let layer = try network.layer(named: summary.name)
            let chosen = [1, summary.channels / 2, summary.channels - 1]
            let results = try [ActivationRequest.all, .channels(Set(chosen))].map { request in
                let prepared = try PreparedNetwork(network, requests: [layer: request], preprocessing: nil)
                let trace = prepared.forward(image, Pass(workers: Workers(2)))
                let activation = trace[layer]
                var seed = Tensor(activation.values.shape)
                let area = seed.shape.area
                var values: [Float] = []
                for channel in Set(chosen).sorted() {
                    let start = activation.position(of: channel) * area
                    values += activation.values.elements[start..<start + area]
                    seed.withMutableElements { seed in
                        for i in 0..<area { seed[start + i] = IntegerHash.value("seed \(channel)", i) }
                    }
                }
                return (values, trace.backward(from: [layer: seed]).elements)
            }
            #expect(relativeError(results[1].0, results[0].0) < 2e-4, "\(name) \(summary.name)")
            let (part, whole) = (results[1].1, results[0].1)
            let cosine = inner(part, whole) / (inner(part, part) * inner(whole, whole) + 1e-30).squareRoot()
            #expect(cosine > 0.9999 || inner(whole, whole) < 1e-20, "\(name) \(summary.name): \(cosine)")
        }
    }

    /// Only the front of a vision transformer passes a restriction on: attention looks at every channel.
    @Test func channelsOfTheEmbeddingAgreeWithTheWhole() throws {
        let network = try Architecture.vit_b_16.network(weights: Self.weights(gain: 1))
        let layer = try network.layer(named: "encoder.add")
        let image = IntegerHash.tensor("image", Shape(3, 224, 224))
        let results = try [ActivationRequest.all, .channels([5, 700])].map { request in
            let prepared = try PreparedNetwork(network, requests: [layer: request], preprocessing: nil)
            let trace = prepared.forward(image, Pass(workers: Workers(2)), remembering: false)
            let values = trace[layer].values
            return [5, 700].flatMap { channel in
                (0..<values.shape.height).map { values[trace[layer].position(of: channel), $0, 0] }
            }
        }
        #expect(relativeError(results[1], results[0]) < 1e-5)
    }

    /// torchvision's counts of parameters.
    @Test(arguments: [
        ("alexnet", 61_100_840), ("resnet50", 25_557_032), ("densenet121", 7_978_856), ("mobilenet_v2", 3_504_872),
        ("vgg16_bn", 138_365_992), ("efficientnet_b3", 12_233_232), ("vit_b_16", 86_567_656),
        ("convnext_tiny", 28_589_128), ("regnet_y_400mf", 4_344_144), ("shufflenet_v2_x1_0", 2_278_604),
        ("mnasnet1_0", 4_383_312), ("squeezenet1_0", 1_248_424),
    ])
    func architecturesHaveTheirKnownSize(_ name: String, _ parameters: Int) throws {
        let rows = try Architecture.named(name)!.untrained().summary(height: 224, width: 224)
        #expect(rows.reduce(0) { $0 + $1.parameters } == parameters)
    }
}

extension Network {
    /// Whether its gradient jumps: a rectifier or a maximum is among its layers.
    fileprivate var hasKinks: Bool { nodes.contains { $0.layer is ReLU || $0.layer is ReLU6 || $0.layer is MaxPooling } }
}
