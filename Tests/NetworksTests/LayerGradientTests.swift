import Networks
import Tensors
import TestSupport
import Testing

/// Gradients at layers, the part of a network behind a layer, and where positions look.
@Suite struct LayerGradientTests {
    private static let size = Network.Size(height: 64, width: 60)
    private let network: Network
    private let image = IntegerHash.tensor("image", Shape(3, 64, 60), scale: 0.5)

    init() throws { network = try bundledModel("squeezenet1_1").network }

    private func layers(_ names: String...) throws -> [LayerName] { try names.map { try network.layer(named: $0) } }

    private func trace(_ layers: [LayerName]) throws -> Trace {
        let requests = Dictionary(uniqueKeysWithValues: layers.map { ($0, ActivationRequest.all) })
        return try PreparedNetwork(network, requests: requests, preprocessing: nil).forward(image, Pass())
    }

    /// The gradient at a layer, rectified or not, is how the score changes when the layer's output does.
    @Test(arguments: ["features.3", "features.4.squeeze", "features.5", "features.1"])
    func theGradientIsTheDirectionalDerivative(_ name: String) throws {
        let layers = try layers(name, "features.9")
        let trace = try trace(layers)
        let (layer, deep) = (layers[0], layers[1])
        let seed = IntegerHash.tensor("seed", trace[deep].values.shape)
        let gradient = try #require(trace.gradients(from: [deep: seed], at: [layer]).layers[layer])
        let part = try network.part(behind: layer, to: [deep], at: Self.size)
        let prepared = try PreparedNetwork(part, requests: [part.layer(named: "features.9"): .all], preprocessing: nil)
        let activation = trace[layer].values
        // Along the gradient rounding is the least, and all kinks on the way count little.
        let direction = gradient
        func score(_ step: Float) throws -> Double {
            var moved = activation
            moved.add(direction, scaledBy: step)
            return inner(prepared.forward(moved, Pass(), remembering: false)[try part.layer(named: "features.9")].values.elements, seed.elements)
        }
        #expect(relativeError(
            prepared.forward(activation, Pass(), remembering: false)[try part.layer(named: "features.9")].values.elements,
            trace[deep].values.elements) < 1e-4)
        let step = 1e-3 / gradient.elements.map(abs).max()!
        let slope = (try score(step) - score(-step)) / Double(2 * step)
        let expected = inner(gradient.elements, gradient.elements)
        #expect(abs(slope - expected) < 0.03 * expected, "\(slope) \(expected)")
        // Where a rectified output is 0 it could still rise: nothing is masked there.
        if activation.elements.allSatisfy({ $0 >= 0 }) {
            #expect(zip(activation.elements, gradient.elements).contains { $0 == 0 && $1 != 0 })
        }
    }

    /// Asked several times, of several layers, with the image or without, the way back gives what it gives once.
    @Test func oneTraceAnswersOften() throws {
        let layers = try layers("features.3", "features.6", "features.9")
        let trace = try trace(layers)
        let seeds = [layers[2]: IntegerHash.tensor("seed", trace[layers[2]].values.shape)]
        let all = trace.gradients(from: seeds, at: Set(layers), image: true)
        for layer in layers {
            #expect(trace.gradients(from: seeds, at: [layer]).layers[layer]?.elements == all.layers[layer]?.elements)
        }
        #expect(all.layers[layers[2]]?.elements == seeds[layers[2]]?.elements)
        let image = try #require(all.image)
        #expect(trace.backward(from: seeds).elements == image.elements)
    }

    /// A layer that the score does not come from has no gradient.
    @Test func aDeeperLayerHasNone() throws {
        let layers = try layers("features.3", "features.6")
        let trace = try trace(layers)
        let found = trace.gradients(from: [layers[0]: Tensor(trace[layers[0]].values.shape, repeating: 1)], at: [layers[1]])
        #expect(found.layers[layers[1]]?.elements.allSatisfy { $0 == 0 } == true)
    }

    @Test func aBranchAroundALayerIsRefused() throws {
        let (inner, end) = (try network.layer(named: "features.3.expand1x1"), try network.layer(named: "features.5"))
        #expect(throws: ShapeError.self) { try network.part(behind: inner, to: [end], at: Self.size) }
        #expect(throws: ShapeError.self) { try network.part(behind: end, to: [inner], at: Self.size) }
    }

    /// A unit's gradient lies within its field, about the field's middle.
    @Test(arguments: [("squeezenet1_1", "features.3"), ("squeezenet1_1", "features.6"), ("vgg16", "features.9"), ("vgg16", "features.12")])
    func unitsLookWhereTheirFieldIs(_ name: String, _ layerName: String) throws {
        let network = try bundledModel(name).network
        let layer = try network.layer(named: layerName)
        let (height, width) = (150, 131)
        let field = try network.receptiveField(of: layer, height: height, width: width)
        let shape = try network.shape(of: layer, height: height, width: width)
        let (row, column) = (shape.height / 2, shape.width / 3)
        let prepared = try PreparedNetwork(network, requests: [layer: .all], preprocessing: nil)
        // Everything passes, so that no unit is dead.
        let trace = prepared.forward(
            IntegerHash.tensor("image", Shape(3, height, width)), Pass(rectifier: .linear, poolGradient: .average))
        var seed = Tensor(trace[layer].values.shape)
        seed.withMutableElements { seed in
            for channel in 0..<shape.channels { seed[(channel * shape.height + row) * shape.width + column] = 1 }
        }
        let gradient = trace.backward(from: [layer: seed])
        // Convolutions by tiles leave rounding beside it.
        let least = gradient.elements.map(abs).max()! * 1e-5
        var (rows, columns) = (Set<Int>(), Set<Int>())
        for channel in 0..<3 {
            for y in 0..<height {
                for x in 0..<width where abs(gradient[channel, y, x]) > least {
                    rows.insert(y)
                    columns.insert(x)
                }
            }
        }
        for (axis, position, seen) in [(field.rows, row, rows), (field.columns, column, columns)] {
            let half = Double(axis.extent) / 2
            #expect(Double(seen.min()!) == axis.centre(of: position) - half)
            #expect(Double(seen.max()! + 1) == axis.centre(of: position) + half)
        }
    }
}
