import Analysis
import Networks
import Tensors
import TestSupport
import Testing

/// Attribution against Captum and formulas by NumPy: scripts/goldens/attribution.py.
@Suite struct AttributionTests {
    private let golden: Golden

    init() throws { golden = try Golden("attribution") }

    /// The golden's network of smooth functions.
    private static func model() throws -> Model {
        var builder = NetworkBuilder(weights: UntrainedWeights(gain: 4) { IntegerHash.values($0, $1) })
        let c1 = builder.convolution("c1", builder.image, filters: 6, kernel: 3, padding: 1)
        let g1 = builder.activation("g1", c1, .gelu)
        let p1 = builder.averagePooling("p1", g1, kernel: 2, stride: 2)
        let c2 = builder.convolution("c2", p1, filters: 8, kernel: 3, padding: 1)
        let g2 = builder.activation("g2", c2, .gelu)
        let p2 = builder.adaptiveAveragePooling("p2", g2, to: 1)
        let flat = builder.flatten("flat", p2, values: 8)
        _ = builder.linear("fc", flat, inputs: 8, outputs: 5)
        return Model(
            name: "smooth", weightsSHA256: "", network: try builder.network(),
            preprocessing: Preprocessing(range: [0, 1], mean: [0], std: [1]), classNames: nil)
    }

    private static let picture: Tensor = {
        var picture = IntegerHash.tensor("attribution/picture", Shape(3, 12, 14), scale: 0.25)
        picture.add(Tensor(picture.shape, repeating: 0.5))
        return picture
    }()

    private func score(_ layers: String..., objective: String = "class_logit(2)") throws -> (PictureScore, [LayerName]) {
        let model = try Self.model()
        let names = try layers.map { try model.network.layer(named: $0) }
        return (try PictureScore(objective, model: model, height: 12, width: 14, layers: Set(names), workers: .one), names)
    }

    private func close(_ found: Tensor, _ name: String, within bound: Float = 1e-5) throws -> Bool {
        let wanted = try golden.values(name)
        let difference = zip(found.elements, wanted).map { $0 - $1 }
        return found.shape.count == wanted.count && (inner(difference, difference) / inner(wanted, wanted)).squareRoot() < Double(bound)
    }

    // MARK: Against Captum

    @Test func pixelsAreCaptums() throws {
        let (score, _) = try score()
        let found = score.gradient(at: Self.picture)
        #expect(abs(found.score - (try golden.values("score")[0])) < 1e-5)
        #expect(try close(found.gradient, "saliency"))
        let integrated = try #require(
            score.integratedGradients(at: Self.picture, from: Tensor(Self.picture.shape), steps: 20))
        #expect(try close(integrated, "integrated"))
    }

    @Test func layersAreCaptums() throws {
        let (score, layers) = try score("g2")
        let evidence = score.evidence(at: Self.picture)
        let (a, g) = (try #require(evidence.activations[layers[0]]), try #require(evidence.gradients[layers[0]]))
        #expect(try close(a, "activation") && close(g, "gradient"))
        #expect(try close(LayerAttribution.gradCAM(a, g), "grad_cam"))
        #expect(try close(LayerAttribution.gradientTimesActivation(a, g), "gradient_x_activation"))
    }

    @Test func conductanceIsCaptums() throws {
        let (score, layers) = try score("g1")
        // Captum takes the gradient at the beginning of each of its 4000 parts.
        let found = try #require(
            score.conductance(of: layers[0], at: Self.picture, from: Tensor(Self.picture.shape), steps: 300))
        #expect(try close(found, "conductance", within: 1e-3))
    }

    @Test func mapsOfALayerAreTheirFormulas() throws {
        let shape = Shape(4, 5, 6)
        let (a, g) = (IntegerHash.tensor("attribution/a", shape), IntegerHash.tensor("attribution/g", shape))
        #expect(try close(LayerAttribution.layerCAM(a, g), "formula/layer_cam"))
        #expect(try close(LayerAttribution.gradCAMPlusPlus(a, g), "formula/grad_cam_plus_plus"))
        #expect(try close(LayerAttribution.xGradCAM(a, g), "formula/xgrad_cam"))
        #expect(try close(LayerAttribution.eigenCAM(a), "formula/eigen_cam"))
    }

    @Test func expectedGradientsAreTorchs() throws {
        let (score, _) = try score()
        let draws = [("a", 0.125), ("b", 0.5), ("a", 0.875)].map { name, position in
            var baseline = IntegerHash.tensor("attribution/baseline/\(name)", Self.picture.shape, scale: 0.25)
            baseline.add(Tensor(baseline.shape, repeating: 0.5))
            return (baseline: baseline, position: position)
        }
        #expect(try close(try #require(score.expectedGradients(at: Self.picture, from: draws)), "expected_gradients"))
    }

    @Test func thePathToALayerIsTorchs() throws {
        let (score, layers) = try score("g1")
        let activation = try #require(score.evidence(at: Self.picture).activations[layers[0]])
        let behind = try #require(score.behind(layers[0]))
        let found = try #require(behind.activationPath(to: activation, steps: 20))
        #expect(try close(found, "activation_path"))
        #expect(abs(Float(found.sum()) - (score(Self.picture) - behind(Tensor(activation.shape)))) < 1e-4)
    }

    @Test func aLayersPositionsComeFromThoseBeforeAsInTorch() throws {
        let model = try Self.model()
        let (deep, shallow) = (try model.network.layer(named: "g2"), try model.network.layer(named: "p1"))
        let network = try PreparedNetwork(model.network, requests: [deep: .all, shallow: .all], preprocessing: model.preprocessing)
        let found = try #require(LayerRelation(from: deep, to: shallow, of: network, at: Self.picture, workers: .one))
        #expect(try close(found.maps, "relation"))
        #expect(found.rows == 6 && found.columns == 7)
    }

    @Test func longWavesAreNumPys() throws {
        let (score, _) = try score()
        var recipe = Attribution.Recipe()
        (recipe.method, recipe.lowPass) = (.inputTimesGradient, 3)
        let found = try #require(Attribution(recipe, of: score, layer: nil, at: Self.picture, baselines: []))
        #expect(try close(found.values, "low_pass"))
        recipe.lowPass = nil
        let whole = try #require(Attribution(recipe, of: score, layer: nil, at: Self.picture, baselines: []))
        #expect(abs(found.values.sum() - whole.values.sum()) < 1e-4 * abs(whole.values.sum()))
        recipe.lowPass = 100
        #expect(relativeError(try #require(Attribution(recipe, of: score, layer: nil, at: Self.picture, baselines: [])).values.elements, whole.values.elements) < 1e-5)
    }

    @Test func noisyGradientsAreTorchs() throws {
        let (score, _) = try score()
        for (statistic, name) in [(PictureScore.NoiseStatistic.mean, "smoothgrad"), (.square, "smoothgrad_squared"), (.variance, "vargrad")] {
            let found = try #require(score.statistic(statistic, ofGradientsAt: (0..<4).map { index in
                var noisy = IntegerHash.tensor("attribution/noise/\(index)", Self.picture.shape, scale: 0.1)
                noisy.add(Self.picture)
                return noisy
            }))
            #expect(try close(found, name, within: name == "vargrad" ? 1e-4 : 1e-5), "\(name)")
        }
    }

    @Test func ranksCorrelateAsSciPySays() {
        // scipy.stats.spearmanr([1, 2, 2, 5, 3], [3, 1, 4, 9, 9])
        func correlation(_ a: [Float], _ b: [Float]) -> Double { Ranks(a).correlation(with: Ranks(b)) }
        #expect(abs(correlation([1, 2, 2, 5, 3], [3, 1, 4, 9, 9]) - 0.789_473_684_210_526_4) < 1e-12)
        #expect(correlation([1, 2, 3], [5, 5, 5]) == 0)
        #expect(correlation([1, 2, 3], [9, 4, 1]) == -1)
    }

    /// Each baseline is drawn as often as the others, and the places cover the way.
    @Test func drawsAreSpread() {
        let draws = PictureScore.draws(40, from: 4, seed: 3)
        #expect((0..<4).allSatisfy { baseline in draws.filter { $0.baseline == baseline }.count == 10 })
        #expect(Set(draws.map { Int($0.position * 40) }).count == 40)
        #expect(PictureScore.draws(40, from: 4, seed: 3).map(\.position) == draws.map(\.position))
    }

    // MARK: Identities

    /// Behind the last positions the network is linear but for its bias: gradient times activation adds up to the logit less the bias,
    /// and Grad-CAM is its positive part, since the gradient is the same everywhere.
    @Test func aLinearHeadIsExplainedExactly() throws {
        let weights = UntrainedWeights(gain: 2)
        let network = try #require(Architecture.named("resnet18")).network(weights: weights)
        let model = Model(
            name: "resnet18", weightsSHA256: "", network: network, preprocessing: Preprocessing(range: [0, 1], mean: [0.5], std: [0.25]),
            classNames: nil)
        let layer = try network.layer(named: "layer4.1")
        let score = try PictureScore("class_logit(7)", model: model, height: 96, width: 64, layers: [layer], workers: .one)
        let evidence = score.evidence(at: IntegerHash.tensor("image", Shape(3, 96, 64)))
        let (a, g) = (try #require(evidence.activations[layer]), try #require(evidence.gradients[layer]))
        let map = LayerAttribution.gradientTimesActivation(a, g)
        let bias = try weights.read("fc.bias", shape: [1000])[7]
        #expect(abs(Float(map.elements.reduce(0.0) { $0 + Double($1) }) - (evidence.score - bias)) < 1e-5 * abs(evidence.score))
        #expect(relativeError(LayerAttribution.gradCAM(a, g).elements, map.elements.map { max($0, 0) }) < 1e-5)
        #expect(abs(LayerAttribution.ofChannels(a, g).reduce(0, +) - Double(evidence.score - bias)) < 1e-4)
    }

    /// For a linear function every rule gives the picture's values times the gradient, which add up to the difference of the scores.
    @Test(arguments: PathRule.allCases)
    func aLinearFunctionIsIntegratedExactly(_ rule: PathRule) throws {
        let (score, _) = try score(objective: "channel(c1,3)")
        let baseline = Tensor(Self.picture.shape, repeating: 0.3)
        let found = try #require(score.integratedGradients(at: Self.picture, from: baseline, steps: 3, rule: rule))
        var way = Self.picture
        way.add(baseline, scaledBy: -1)
        let gradient = score.gradient(at: Self.picture).gradient
        #expect(relativeError(found.elements, zip(way.elements, gradient.elements).map { $0 * $1 }) < 1e-5)
        #expect(abs(found.elements.reduce(0, +) - (score(Self.picture) - score(baseline))) < 1e-5)
    }

    @Test func conductanceAndIntegratedGradientsAreComplete() throws {
        let (score, layers) = try score("g1", "p1")
        let baseline = Tensor(Self.picture.shape)
        let expected = score(Self.picture) - score(baseline)
        let pixels = try #require(score.integratedGradients(at: Self.picture, from: baseline, steps: 20))
        #expect(abs(pixels.elements.reduce(0, +) - expected) < 1e-4 * abs(expected))
        for layer in layers {
            let found = try #require(score.conductance(of: layer, at: Self.picture, from: baseline, steps: 100))
            #expect(abs(found.elements.reduce(0, +) - expected) < 1e-3 * abs(expected), "\(layer)")
        }
    }

    @Test(arguments: [2, 3, 7, 50])
    func gaussIsExactForPolynomials(_ count: Int) {
        let nodes = PathRule.gauss.nodes(count)
        #expect(nodes.map(\.position) == nodes.map(\.position).sorted() && nodes.allSatisfy { $0.position > 0 && $0.position < 1 })
        for degree in 0..<2 * count {
            var sum = 0.0
            for node in nodes {
                var power = 1.0
                for _ in 0..<degree { power *= node.position }
                sum += node.weight * power
            }
            #expect(abs(sum - 1 / Double(degree + 1)) < 1e-13, "degree \(degree)")
        }
    }

    @Test(arguments: PathRule.allCases)
    func weightsAddUpToOne(_ rule: PathRule) {
        for count in [2, 5, 50] { #expect(abs(rule.nodes(count).reduce(0) { $0 + $1.weight } - 1) < 1e-12) }
    }

    // MARK: Perturbation

    /// A score that looks at one place falls where that place is covered, and nowhere else.
    @Test func occlusionFindsThePlace() throws {
        let (score, _) = try score(objective: "neuron(c1,3,x=9,y=4)")
        let picture = Self.picture
        let map = try #require(score.occlusion(at: picture, baseline: Tensor(picture.shape), patch: 2, stride: 1))
        for y in 0..<12 {
            for x in 0..<14 where !(7...11).contains(x) || !(2...6).contains(y) { #expect(map[0, y, x] == 0, "\(x), \(y)") }
        }
        #expect(map[0, 4, 9] != 0)
    }

    @Test func masksAreTheSameForOneSeed() throws {
        let (score, _) = try score()
        func map(_ seed: UInt64) throws -> [Float] {
            try #require(score.maskedScores(at: Self.picture, baseline: Tensor(Self.picture.shape), masks: 8, seed: seed)).elements
        }
        #expect(try map(1) == map(1))
        #expect(try map(1) != map(2))
    }

    @Test func itEndsWhenItIsTold() throws {
        let (score, _) = try score()
        var asked = 0
        let found = score.integratedGradients(at: Self.picture, from: Tensor(Self.picture.shape), steps: 50) {
            asked += 1
            return asked < 4
        }
        #expect(found == nil && asked == 4)
    }
}
