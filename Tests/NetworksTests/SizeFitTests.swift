import Networks
import Tensors
import TestSupport
import Testing

/// Networks that take some sizes only: pictures of others are scaled to the next.
@Suite struct SizeFitTests {
    /// Down by a power of two and up again, joined with the picture: multiples of that power only.
    private static func neck(_ levels: Int) throws -> Network {
        var builder = NetworkBuilder(weights: UntrainedWeights { IntegerHash.values($0, $1) })
        var x = builder.image
        for level in 0..<levels { x = builder.maxPooling("down\(level)", x, kernel: 2, stride: 2) }
        let up = SpatialResampling.Rule.scale(Float(1 << levels), .init(.nearest(.floor), .asymmetric))
        x = builder.add("up", SpatialResampling(rows: up, columns: up), from: [x], channels: 3)
        x = builder.concatenation("joined", [x, builder.image])
        return try builder.network()
    }

    @Test(arguments: [(3, 60, 70, 64, 72), (3, 64, 72, 64, 72), (5, 65, 31, 96, 32), (1, 7, 9, 8, 10)])
    func theNextSizeIsFound(_ levels: Int, _ height: Int, _ width: Int, _ seenHeight: Int, _ seenWidth: Int) throws {
        let network = try Self.neck(levels)
        let layer = try network.layer(named: "joined")
        let size = network.seenSize(for: [layer], height: height, width: width)
        if width < 1 << levels {
            #expect(size == nil, "there is no smaller size: it is too small")
        } else {
            #expect(size == Network.Size(height: seenHeight, width: seenWidth))
        }
        #expect(network.seenSize(for: [try network.layer(named: "down0")], height: height, width: width) == Network.Size(height: height, width: width))
    }

    /// The gradient comes back in the picture's own size.
    @Test func theSlopeIsTheGradient() throws {
        let network = try Self.neck(3)
        let layer = try network.layer(named: "joined")
        let prepared = try PreparedNetwork(network, requests: [layer: .all], preprocessing: nil)
        try prepared.check(height: 21, width: 30)
        let image = IntegerHash.tensor("image", Shape(3, 21, 30))
        let trace = prepared.forward(image, Pass())
        #expect(trace[layer].values.shape == Shape(6, 24, 32))
        let weights = IntegerHash.tensor("weights", trace[layer].values.shape)
        let (gradient, direction) = (trace.backward(from: [layer: weights]), IntegerHash.tensor("direction", image.shape))
        func score(_ distance: Float) -> Double {
            var moved = image
            moved.add(direction, scaledBy: distance)
            return inner(prepared.forward(moved, Pass(), remembering: false)[layer].values.elements, weights.elements)
        }
        let measured = (score(1e-3) - score(-1e-3)) / 2e-3
        let predicted = inner(gradient.elements, direction.elements)
        #expect(abs(predicted - measured) < 0.02 * abs(measured) + 0.02, "\(predicted), measured \(measured)")
    }

    /// A network of one size sees finished pictures of any other, whoever shows them.
    @Test func aNetworkOfOneSizeSeesOthersScaled() throws {
        let network = Architecture.vit_b_16.untrained()
        let layer = try network.layer(named: "encoder.layers.encoder_layer_0.ln_1")
        #expect(network.seenSize(for: [layer], height: 128, width: 300) == Network.Size(height: 224, width: 224))
        #expect(try network.seenShape(of: layer, height: 128, width: 300) == network.shape(of: layer, height: 224, width: 224))
    }

    /// A global pool counts as a stride of its map's side: the product over many must not overflow.
    @Test func manyExcitationsLeaveAUnitItsValue() throws {
        var builder = NetworkBuilder(weights: UntrainedWeights { IntegerHash.values($0, $1) })
        var x = builder.convolution("stem", builder.image, filters: 4, kernel: 3, stride: 2, padding: 1)
        for block in 0..<20 {
            let pooled = builder.adaptiveAveragePooling("pool\(block)", x, to: 1)
            let gate = builder.activation("gate\(block)", pooled, .sigmoid)
            x = builder.add("scaled\(block)", Multiplication(), from: [gate, x], channels: 4)
        }
        let network = try builder.network()
        let layer = try network.layer(named: "scaled19")
        let image = IntegerHash.tensor("image", Shape(3, 224, 224))
        var request = ActivationRequest.channels([1])
        request.positions = [ActivationRequest.Position()]
        let unit = try PreparedNetwork(network, requests: [layer: request], preprocessing: nil).forward(image, Pass())[layer]
        let whole = try PreparedNetwork(network, requests: [layer: .all], preprocessing: nil).forward(image, Pass())[layer]
        let middle = ActivationRequest.Position()
        let expected = whole.values.elements[whole.values.shape.area + whole.offset(of: middle)]
        #expect(abs(unit.values.elements[unit.offset(of: middle)] - expected) < 1e-6)
        #expect(try network.summary(height: 224, width: 224).count == 61)
    }

    /// Windows of windows over many strides stay within what an Int holds.
    @Test func longChainsOfStridesDoNotOverflow() throws {
        var builder = NetworkBuilder(weights: UntrainedWeights { IntegerHash.values($0, $1) })
        var x = builder.image
        for level in 0..<70 { x = builder.convolution("c\(level)", x, filters: 3, kernel: 3, stride: 2, padding: 1) }
        let network = try builder.network()
        let rows = try network.summary(height: 64, width: 64)
        #expect(rows.last?.height == 1 && rows.allSatisfy { $0.receptiveHeight > 0 })
        let layer = try network.layer(named: "c69")
        var request = ActivationRequest.all
        request.positions = [ActivationRequest.Position(x: 0, y: 0)]
        let prepared = try PreparedNetwork(network, requests: [layer: request], preprocessing: nil)
        #expect(prepared.forward(IntegerHash.tensor("image", Shape(3, 64, 64)), Pass())[layer].values.shape.area == 1)
    }
}
