import Networks
import Tensors
import TestSupport
import Testing

@Suite struct NetworkTests {
    /// Neither rectifiers nor pools, and no classes.
    @Test func stagesAreWhatAddsSomething() throws {
        let vgg = try bundledModel("vgg16").network.stages.map(\.node)
        #expect(vgg == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28].map { "features.\($0)" })
        let squeeze = try bundledModel("squeezenet1_1").network.stages.map(\.node)
        #expect(squeeze.first == "features.0" && squeeze[1] == "features.3.cat" && squeeze.count == 10)
        let residual = try #require(Architecture.named("resnet18")).untrained().stages.map(\.node)
        #expect(residual.first == "conv1" && residual.count == 9 && residual.allSatisfy { $0 == "conv1" || $0.hasPrefix("layer") })
    }

    /// Computing some channels of a layer gives what computing all of it gives.
    @Test(arguments: ["squeezenet1_1", "vgg16"])
    func channelsOnTheirOwnAgreeWithTheWhole(_ name: String) throws {
        let model = try bundledModel(name)
        let image = IntegerHash.tensor("image", Shape(3, 64, 60), scale: 0.5)
        for summary in try model.network.summary(height: 64, width: 60) {
            let layer = try model.network.layer(named: summary.name)
            let chosen = [1, summary.channels / 2, summary.channels - 1]
            let requests: [ActivationRequest] = [.all, .channels(Set(chosen))]
            let results = try requests.map { request in
                let prepared = try PreparedNetwork(model.network, requests: [layer: request], preprocessing: model.preprocessing)
                let trace = prepared.forward(image, Pass(workers: Workers(2)))
                let activation = trace[layer]
                var seed = Tensor(activation.values.shape)
                let area = seed.shape.area
                var values: [Float] = []
                for channel in chosen {
                    let start = activation.position(of: channel) * area
                    values += activation.values.elements[start..<start + area]
                    seed.withMutableElements { seed in
                        for i in 0..<area { seed[start + i] = IntegerHash.value("seed \(channel)", i) }
                    }
                }
                return (values, trace.backward(from: [layer: seed]).elements)
            }
            #expect(relativeError(results[1].0, results[0].0) < 2e-4, "\(summary.name)")
            let (part, whole) = (results[1].1, results[0].1)
            let cosine = inner(part, whole) / (inner(part, part) * inner(whole, whole) + 1e-30).squareRoot()
            #expect(cosine > 0.9999 || inner(whole, whole) < 1e-20, "\(summary.name): \(cosine)")
        }
    }

    /// Computing only what a unit can see gives what computing everything gives, at the borders too.
    @Test(arguments: [
        ("squeezenet1_1", ["features.0", "features.2", "features.4.cat", "features.8", "features.10.cat"]),
        ("vgg16", ["features.4", "features.8", "features.15"]),
    ])
    func unitsOnTheirOwnAgreeWithTheWhole(_ name: String, _ layers: [String]) throws {
        let model = try bundledModel(name)
        let image = IntegerHash.tensor("image", Shape(3, 150, 131), scale: 0.5)
        let summary = try model.network.summary(height: 150, width: 131)
        for row in summary where layers.contains(row.name) {
            let layer = try model.network.layer(named: row.name)
            for position in [
                ActivationRequest.Position(), .init(x: 0, y: 0), .init(x: row.width - 1, y: row.height - 1), .init(x: row.width - 1, y: 0),
                .init(x: row.width / 3, y: row.height - 2), .init(x: 99999, y: 1),
            ] {
                let results = try [ActivationRequest.channels([1]), .neuron(1, at: position)].map { request in
                    let prepared = try PreparedNetwork(
                        model.network, requests: [layer: request], preprocessing: model.preprocessing)
                    let trace = prepared.forward(image, Pass(workers: Workers(2)))
                    let activation = trace[layer]
                    let offset = activation.offset(of: position)
                    var seed = Tensor(activation.values.shape)
                    seed.withMutableElements { $0[offset] = 1 }
                    return (activation.values.elements[offset], trace.backward(from: [layer: seed]).elements, activation.values.shape)
                }
                let scale = max(abs(results[0].0), 1)
                #expect(abs(results[1].0 - results[0].0) < 2e-4 * scale, "\(row.name) \(position)")
                let (part, whole) = (results[1].1, results[0].1)
                let cosine = inner(part, whole) / (inner(part, part) * inner(whole, whole) + 1e-30).squareRoot()
                #expect(cosine > 0.999 || inner(whole, whole) < 1e-20, "\(row.name) \(position): \(cosine)")
                if row.receptiveHeight < 60 { #expect(results[1].2.area < results[0].2.area, "\(row.name): nothing saved") }
            }
        }
    }

    /// A grid of means over the whole input is never computed on a part of it, also where its input is looked at besides.
    @Test func unitsOfAdaptivePoolsSeeTheWholeInput() throws {
        let network = Architecture.alexnet.untrained()
        let (pool, before) = (try network.layer(named: "avgpool"), try network.layer(named: "features.12"))
        let image = IntegerHash.tensor("image", Shape(3, 300, 280))
        let corner = ActivationRequest.Position(x: 5, y: 5)
        func answer(_ requests: [LayerName: ActivationRequest]) throws -> Float {
            let prepared = try PreparedNetwork(network, requests: requests, preprocessing: nil)
            let activation = prepared.forward(image, Pass(workers: Workers(2)), remembering: false)[pool]
            let plane = activation.position(of: 1) * activation.values.shape.area
            return activation.values.elements[plane + activation.offset(of: corner)]
        }
        let whole = try answer([pool: .all])
        #expect(whole != 0)
        for requests in [[pool: ActivationRequest.neuron(1, at: corner)], [pool: .neuron(1, at: corner), before: .neuron(2, at: corner)]] {
            #expect(abs(try answer(requests) - whole) < 1e-4 * abs(whole))
        }
    }

    /// The sum of the fast convolutions' rounding at the end of each network.
    @Test(arguments: [("squeezenet1_1", "features.12"), ("vgg16", "features.28")])
    func fastConvolutionsStayExactToTheDeepestLayer(_ name: String, _ deepest: String) throws {
        let model = try bundledModel(name)
        let layer = try model.network.layer(named: deepest)
        var image = IntegerHash.tensor("image", Shape(3, 224, 224), scale: 0.5)
        image.withMutableElements { for i in 0..<$0.count { $0[i] += 0.5 } }
        let values = try [ConvolutionChoice.auto, .plain].map { choice in
            let prepared = try PreparedNetwork(
                model.network, requests: [layer: .all], preprocessing: model.preprocessing, convolution: choice)
            return prepared.forward(image, Pass(workers: Workers(2)), remembering: false)[layer].values.elements
        }
        #expect(relativeError(values[0], values[1]) < 1e-3)
    }

    @Test func sharedLayersAnswerAsOnesOwn() throws {
        let model = try bundledModel("squeezenet1_1")
        let layers = PreparedLayers()
        let image = IntegerHash.tensor("image", Shape(3, 64, 60), scale: 0.5)
        for name in ["features.6", "features.4", "features.6.expand3x3", "features.7"] {
            let layer = try model.network.layer(named: name)
            for request in [ActivationRequest.channels([3]), .all] {
                let answers = try [layers, PreparedLayers()].map { layers in
                    let prepared = try PreparedNetwork(
                        model.network, requests: [layer: request], preprocessing: model.preprocessing, sharing: layers)
                    let trace = prepared.forward(image, Pass(workers: .one))
                    let values = trace[layer].values
                    return [values.elements, trace.backward(from: [layer: values]).elements]
                }
                #expect(answers[0] == answers[1], "\(name)")
            }
        }
    }

    @Test func namesMeanNodesOrTheEndOfModules() throws {
        let network = try bundledModel("squeezenet1_1").network
        #expect(try network.layer(named: "features.3").node == "features.3.cat")
        #expect(try network.layer(named: "features.3.squeeze").node == "features.3.squeeze")
        #expect(try network.layer(named: "features").node == "features.12.cat")
        for name in ["featres.3", "", "features.", "features.1.0"] {
            #expect(throws: LayerNameError.self) { try network.layer(named: name) }
        }
        do {
            _ = try network.layer(named: "featres.10")
        } catch {
            #expect(error.nearest.first == "features.10")
        }
    }

    @Test func vggHasItsKnownSize() throws {
        let rows = try bundledModel("vgg16").network.summary(height: 224, width: 224)
        #expect(rows.reduce(0) { $0 + $1.parameters } == 14_714_688)
        #expect(rows.reduce(0) { $0 + $1.multiplyAdds } == 15_346_630_656)
        let last = rows.first { $0.name == "features.28" }!
        #expect(last.receptiveWidth == 196)
        #expect([last.channels, last.height, last.width] == [512, 14, 14])
    }

    @Test func picturesThatAreTooSmallAreNamed() throws {
        let network = try bundledModel("squeezenet1_1").network
        #expect(throws: ShapeError.self) { try network.shapes(forHeight: 5, width: 5) }
        do {
            _ = try network.shapes(forHeight: 5, width: 300)
        } catch {
            #expect(!error.layer.isEmpty)
        }
    }
}
