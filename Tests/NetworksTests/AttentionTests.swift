import Networks
import Tensors
import TestSupport
import Testing

/// Attention whose probabilities are looked at: scripts/goldens/attribution_squeezenet.py.
@Suite struct AttentionTests {
    private static func parameter(_ name: String, _ shape: [Int]) -> Parameter {
        Parameter(name, shape: shape, values: IntegerHash.values("attention/\(name)", shape.reduce(1, *)))
    }

    /// One attention of two heads over seven positions of eight channels.
    private static func network() throws -> Network {
        let layer = SelfAttention(
            channels: 8, heads: 2, inputWeights: parameter("in", [24, 8]), inputBiases: parameter("in_bias", [24]),
            outputWeights: parameter("out", [8, 8]), outputBiases: parameter("out_bias", [8]))
        var builder = NetworkBuilder(inputChannels: 8, weights: UntrainedWeights())
        let (probabilities, mixture) = layer.divided
        let attention = builder.add("a.probabilities", probabilities, from: [builder.image], channels: 2)
        _ = builder.add("a", mixture, from: [builder.image, attention], channels: 8)
        return try builder.network()
    }

    /// `[8, 7, 1]`: positions are rows in the golden.
    private static func positions(_ name: String) -> Tensor {
        let values = IntegerHash.values("attention/\(name)", 56)
        return Tensor(Shape(8, 7, 1), (0..<56).map { values[$0 % 7 * 8 + $0 / 7] })
    }

    @Test func probabilitiesAndTheirGradientAreTorchs() throws {
        let network = try Self.network()
        let (weights, output) = (try network.layer(named: "a.probabilities"), try network.layer(named: "a"))
        let golden = try Golden("attribution_squeezenet")
        let trace = try PreparedNetwork(network, requests: [weights: .all, output: .all], preprocessing: nil).forward(Self.positions("x"), Pass())
        let found = trace[weights].values
        #expect(found.shape == Shape(2, 7, 7))
        #expect(relativeError(found.elements, try golden.values("attention/probabilities")) < 1e-5)
        let rows = try golden.values("attention/output")
        #expect(relativeError(trace[output].values.elements, (0..<56).map { rows[$0 % 7 * 8 + $0 / 7] }) < 1e-5)
        for row in 0..<14 { #expect(abs(found.elements[row * 7..<(row + 1) * 7].reduce(0, +) - 1) < 1e-6) }
        let gradient = trace.gradients(from: [output: Self.positions("seed")], at: [weights]).layers[weights]
        #expect(relativeError(try #require(gradient).elements, try golden.values("attention/gradient")) < 1e-5)
    }

    /// Looked at or not, attention gives the same output and the same gradient at its input; what nobody looks at is computed in one layer.
    @Test func lookingChangesNothing() throws {
        let network = try Self.network()
        let (weights, output) = (try network.layer(named: "a.probabilities"), try network.layer(named: "a"))
        let alone = try PreparedNetwork(network, requests: [output: .all], preprocessing: nil).forward(Self.positions("x"), Pass())
        let seen = try PreparedNetwork(network, requests: [weights: .all, output: .all], preprocessing: nil).forward(Self.positions("x"), Pass())
        #expect(relativeError(seen[output].values.elements, alone[output].values.elements) < 1e-5)
        let seeds = [output: Self.positions("seed")]
        #expect(relativeError(seen.backward(from: seeds).elements, alone.backward(from: seeds).elements) < 1e-5)
        #expect(network.cost(of: [output], height: 7, width: 1).remembered < network.cost(of: [output, weights], height: 7, width: 1).remembered)
    }

    @Test func shuffledWeightsAreOtherOrdersOfTheTrained() throws {
        let network = try Self.network()
        let output = try network.layer(named: "a")
        func values(_ shuffle: WeightShuffle?) throws -> [Float] {
            try PreparedNetwork(network, requests: [output: .all], preprocessing: nil, shuffle: shuffle)
                .forward(Self.positions("x"), Pass(), remembering: false)[output].values.elements
        }
        let layers = network.weightedLayers(before: [output])
        #expect(layers.count == 1 && layers[0].parameters == ["in", "in_bias", "out", "out_bias"])
        let shuffle = WeightShuffle(layers[0].parameters, seed: 3)
        #expect(try values(shuffle) != values(nil))
        #expect(try values(shuffle) == values(shuffle))
        #expect(try values(WeightShuffle(layers[0].parameters, seed: 4)) != values(shuffle))
        #expect(try values(WeightShuffle(["another"], seed: 3)) == values(nil))
        // A bias alone moves every output by the difference of two biases.
        let moved = zip(try values(WeightShuffle(["out_bias"], seed: 3)), try values(nil)).map { $0 - $1 }
        #expect(abs((0..<8).reduce(Float(0)) { $0 + moved[$1 * 7] }) < 1e-5)
    }
}
