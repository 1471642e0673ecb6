import Foundation
import Networks
import ONNX
import Tensors
import TestSupport
import Testing

/// Every operator in several forms against ONNX Runtime, and its gradient against its own slope:
/// scripts/goldens/onnx_operators.py.
@Suite struct OperatorTests {
    static let names = OperatorGolden.all.keys.sorted()

    private static let tolerance: Float = 2e-5

    @Test func everyOperatorHasACase() {
        let models = OperatorGolden.all.values.map(\.model)
        for name in ONNXModel.operatorNames {
            let type = Proto.field(4, name)  // op_type of a NodeProto
            #expect(models.contains { $0.firstRange(of: type) != nil }, "\(name) has no golden case")
        }
    }

    /// The network of a case, its input, and the output that ONNX Runtime computed.
    private func load(_ name: String) throws -> (network: Network, image: Tensor, output: [Float]) {
        let folder = try ScratchFolder()
        let item = try #require(OperatorGolden.all[name])
        let path = try folder.write("model.onnx", item.model)
        let network = try ONNXModel.load(path: path).network
        let values = IntegerHash.values("\(name)/input", 3 * 6 * 8)
        // [1, 6, 8, 3] or [1, 3, 6, 8]
        let image = name.hasPrefix("nhwc")
            ? FeatureMapOrder.planes(values, Shape(3, 6, 8)) : Tensor(Shape(3, 6, 8), values)
        return (network, image, item.output)
    }

    @Test(arguments: names)
    func itAgreesWithONNXRuntime(_ name: String) throws {
        let (network, image, expected) = try load(name)
        let last = try network.layer(named: network.layerNames.last!)
        let prepared = try PreparedNetwork(network, requests: [last: .all], preprocessing: nil)
        try prepared.check(height: 6, width: 8)
        let actual = prepared.forward(image, Pass(workers: Workers(2)), remembering: false)[last].values.elements
        #expect(actual.count == Int(expected[0]), "\(name)")
        let samples = expected.indices.dropFirst(2).map { actual[IntegerHash.position("\(name)/output", $0 - 2, of: actual.count)] }
        let error = max(
            relativeError(samples, Array(expected.dropFirst(2)), scale: expected[1]),
            abs((actual.map(abs).max() ?? 0) - expected[1]) / max(expected[1], .leastNormalMagnitude))
        #expect(error < Self.tolerance, "\(name): \(error)")
    }

    /// Rounded values have no slope; their gradient passes straight through.
    static let smooth = names.filter { !$0.hasPrefix("quantized") }

    @Test(arguments: names.filter { $0.hasPrefix("quantized") })
    func gradientsPassStraightThroughRounding(_ name: String) throws {
        let (network, image, _) = try load(name)
        let last = try network.layer(named: network.layerNames.last!)
        let trace = try PreparedNetwork(network, requests: [last: .all], preprocessing: nil).forward(image, Pass())
        let weights = IntegerHash.tensor("weights", trace[last].values.shape)
        let gradient = trace.backward(from: [last: weights])
        #expect(relativeError(gradient.elements, weights.elements) < 1e-4)
        #expect(network.remarks.notes.count == 1)
    }

    @Test(arguments: smooth)
    func theSlopeIsTheGradient(_ name: String) throws {
        let (network, image, _) = try load(name)
        let last = try network.layer(named: network.layerNames.last!)
        let prepared = try PreparedNetwork(network, requests: [last: .all], preprocessing: nil)
        let pass = Pass(workers: Workers(2))
        let direction = IntegerHash.tensor("direction", image.shape)
        let trace = prepared.forward(image, pass)
        let weights = IntegerHash.tensor("weights", trace[last].values.shape)
        let gradient = trace.backward(from: [last: weights])
        func score(_ distance: Float) -> Double {
            var moved = image
            moved.add(direction, scaledBy: distance)
            return inner(prepared.forward(moved, pass, remembering: false)[last].values.elements, weights.elements)
        }
        let distance: Float = 2e-3
        let measured = (score(distance) - score(-distance)) / (2 * Double(distance))
        let predicted = inner(gradient.elements, direction.elements)
        let scale = (inner(gradient.elements, gradient.elements) * inner(direction.elements, direction.elements)).squareRoot()
        // Kinks that lie between the two points cost as much.
        #expect(abs(predicted - measured) < 0.03 * (abs(measured) + scale) + 1e-3, "\(name): \(predicted), measured \(measured)")
    }
}
