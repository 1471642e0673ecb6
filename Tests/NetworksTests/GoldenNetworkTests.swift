import Networks
import Tensors
import TestSupport
import Testing

/// The bundled networks against torchvision: scripts/goldens/activations.py, layer_gradients.py, input_gradients.py.
@Suite struct GoldenNetworkTests {
    private let image = IntegerHash.tensor("image", Shape(3, 97, 83), scale: 64)

    /// Both ways to convolve; Winograd's rounding is larger.
    @Test(arguments: ["squeezenet1_1", "vgg16"], [ConvolutionChoice.plain, .auto])
    func activationsAgree(_ name: String, _ convolution: ConvolutionChoice) throws {
        let network = try bundledModel(name).network
        let golden = try Golden("activations")
        let layers = golden.names.filter { $0.hasPrefix("\(name)/") && $0.split(separator: "/").count == 2 }
            .map { $0 == "\(name)/logits" ? "flatten" : String($0.dropFirst(name.count + 1)) }
        #expect(layers.count > 25)
        let requests = Dictionary(try layers.map { (try network.layer(named: $0), ActivationRequest.all) }) { a, _ in a }
        let prepared = try PreparedNetwork(network, requests: requests, preprocessing: nil, convolution: convolution)
        let trace = prepared.forward(image, Pass(workers: Workers(2)), remembering: false)
        for layer in layers {
            let key = "\(name)/\(layer == "flatten" ? "logits" : layer)"
            let values = trace[try network.layer(named: layer)].values
            let shape = try golden.values("\(key)/shape").map { Int($0) }
            #expect([values.shape.channels, values.shape.height, values.shape.width] == shape)
            let sampled = values.elements
            let actual = (0..<24).map { sampled[IntegerHash.position(key, $0, of: sampled.count)] }
            let error = relativeError(actual, try golden.values(key), scale: try golden.values("\(key)/absmax")[0])
            #expect(error < (convolution == .plain ? 1e-5 : 1e-4), "\(layer): \(error)")
        }
    }

    @Test(arguments: ["squeezenet1_1", "vgg16"], [ConvolutionChoice.plain, .auto])
    func everyLayersGradientAgrees(_ name: String, _ convolution: ConvolutionChoice) throws {
        let network = try bundledModel(name).network
        let golden = try Golden("layer_gradients")
        let shapes = try network.shapes(forHeight: 97, width: 83).map(\.shape)
        let pass = Pass(workers: Workers(2))
        var checked = 0
        for (index, node) in network.nodes.enumerated() {
            let key = "\(name)/\(node.name)"
            guard golden.file.shapes["\(key)/output"] != nil else { continue }
            checked += 1
            let input = node.inputs[0] < 0 ? Shape(3, 97, 83) : shapes[node.inputs[0]]
            let layer = try node.layer.prepared(for: Preparation(convolution: convolution))
            let step = layer([IntegerHash.tensor("\(key)/input", input)], pass)
            let gradient = step.pullback(IntegerHash.tensor("\(key)/gradient", shapes[index]))[0]
            for (what, values) in [("output", step.output.elements), ("input_gradient", gradient.elements)] {
                let place = "\(key)/\(what)"
                let actual = (0..<24).map { values[IntegerHash.position(place, $0, of: values.count)] }
                let error = relativeError(actual, try golden.values(place), scale: try golden.values("\(place)/absmax")[0])
                #expect(error < (convolution == .plain ? 1e-5 : 1e-4), "\(place): \(error)")
            }
        }
        #expect(checked > 25)
    }

    private struct InputCase: Decodable {
        let seed: Int
        let cosine: Bool
    }

    @Test(arguments: [ConvolutionChoice.plain, .auto])
    func theImagesGradientAgrees(_ convolution: ConvolutionChoice) throws {
        let golden = try Golden("input_gradients")
        for (key, item) in try golden.metadata("cases", as: [String: InputCase].self) {
            let parts = key.split(separator: "/").map(String.init)
            let network = try bundledModel(parts[0]).network
            let (layer, channel) = (try network.layer(named: parts[1]), Int(parts[2])!)
            let prepared = try PreparedNetwork(
                network, requests: [layer: .channels([channel])], preprocessing: nil, convolution: convolution)
            let image = IntegerHash.tensor("image-\(item.seed)", Shape(3, 40, 44), scale: 64)
            let trace = prepared.forward(image, Pass(workers: Workers(2)))
            let values = trace[layer].values
            let score = values.elements.reduce(0, +) / Float(values.shape.area)
            let expected = try golden.values("\(key)/score")[0]
            #expect(abs(score - expected) <= 1e-4 * abs(expected) + 1e-4, "\(key): \(score), not \(expected)")
            let seed = Tensor(values.shape, repeating: 1 / Float(values.shape.area))
            let gradient = trace.backward(from: [layer: seed]).elements
            let exact = try golden.values("\(key)/gradient")
            if convolution == .plain, !item.cosine {
                #expect(relativeError(gradient, exact) < 1e-4, "\(key): \(relativeError(gradient, exact))")
            }
            // Where rounding flips a rectifier the gradient jumps; its direction stays.
            let cosine = inner(gradient, exact) / (inner(gradient, gradient) * inner(exact, exact)).squareRoot()
            #expect(cosine > 0.999, "\(key): \(cosine)")
        }
    }
}
