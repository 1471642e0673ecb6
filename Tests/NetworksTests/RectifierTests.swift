import Networks
import Tensors
import TestSupport
import Testing

/// Gradients of rectifiers: scripts/goldens/objectives.py. The goldens are of the loss, the negated score.
@Suite struct RectifierTests {
    private let shape = Shape(4, 5, 6)
    private let v = IntegerHash.values("relu-input", 120)
    private let lossGradient = IntegerHash.values("relu-gradient", 120)

    private func pullback(_ rule: RectifierGradient, _ input: [Float]) -> [Float] {
        let step = ReLU()([Tensor(shape, input)], Pass(rectifier: rule))
        return step.pullback(Tensor(shape, lossGradient.map { -$0 }))[0].elements.map { -$0 }
    }

    @Test func redirectedIsPlainWhereThePlainGradientLives() throws {
        let golden = try Golden("objectives").values("relu/plain")
        #expect(pullback(.plain, v) == golden)
        #expect(pullback(.redirected, v) == golden)
    }

    @Test func redirectedReachesDeadUnits() throws {
        let dead = v.map { -abs($0) }
        #expect(pullback(.redirected, dead) == (try Golden("objectives").values("relu/redirected")))
        #expect(pullback(.plain, dead).allSatisfy { $0 == 0 })
    }

    @Test func guidedPassesOnlyWhatRaisesTheScore() {
        let guided = pullback(.guided, v)
        for i in 0..<120 { #expect(guided[i] == (v[i] > 0 && lossGradient[i] < 0 ? lossGradient[i] : 0)) }
    }

    @Test func deconvolutionPassesWhatRaisesTheScoreWhateverTheInput() {
        #expect(pullback(.deconvolution, v) == lossGradient.map { min($0, 0) })
    }

    @Test func linearPassesEverything() { #expect(pullback(.linear, v) == lossGradient) }

    /// Merged into the convolution before it, a rectifier behaves as on its own.
    @Test(arguments: RectifierGradient.allCases)
    func mergingChangesNothing(_ rule: RectifierGradient) throws {
        let network = try bundledModel("squeezenet1_1").network
        let (layer, before) = (try network.layer(named: "features.3"), try network.layer(named: "features.3.expand3x3"))
        let image = IntegerHash.tensor("image", Shape(3, 40, 44), scale: 64)
        let gradients = try [[layer], [layer, before]].map { kept in
            let prepared = try PreparedNetwork(
                network, requests: Dictionary(uniqueKeysWithValues: kept.map { ($0, ActivationRequest.all) }), preprocessing: nil)
            let trace = prepared.forward(image, Pass(rectifier: rule))
            let shape = trace[layer].values.shape
            return trace.backward(from: [layer: IntegerHash.tensor("seed", shape)]).elements
        }
        #expect(gradients[0] == gradients[1])
    }
}
