import Foundation
import Networks
import ONNX
import Tensors
import TestSupport
import Testing

/// ONNX's own tests of its operators, forward: scripts/goldens/onnx_node_tests.py. What the importer does not take it refuses in one
/// line; what it takes has ONNX's numbers.
@Suite struct NodeTests {
    /// Some of the tests have their numbers by hand, to four digits.
    private static let tolerance: Float = 2e-4

    /// Cases that are refused, and others in all; docs/ONNX.md says so, too.
    private static let (refused, computed) = (206, 1479)

    @Test func onnxsOwnTestsHold() throws {
        let cases = try NodeGolden.all()
        let folder = try ScratchFolder()
        var reasons: [String: [String]] = [:]
        var computed = 0
        for item in cases {
            let path = try folder.write("model.onnx", item.model)
            let network: Network
            do {
                network = try ONNXModel.load(path: path).network
            } catch {
                reasons[String(error.reason.drop { $0 != "(" }), default: []].append(item.name)
                #expect(!error.reason.contains("\n"), "\(item.name)")
                continue
            }
            if let reason = network.remarks.unreadEnd {
                reasons[String(reason.drop { $0 != "(" }), default: []].append(item.name)
                #expect(!reason.contains("\n"), "\(item.name)")
                continue
            }
            let last = try network.layer(named: network.layerNames.last!)
            let prepared = try PreparedNetwork(network, requests: [last: .all], preprocessing: nil)
            try prepared.check(height: 1, width: item.picture.shape.width)
            let actual = prepared.forward(item.picture, Pass(), remembering: false)[last].values.elements
            let error = relativeError(actual, item.output, scale: max(item.output.map(abs).max() ?? 0, 1e-3))
            #expect(error < Self.tolerance, "\(item.name): \(error) \(actual.prefix(8)) \(item.output.prefix(8))")
            computed += 1
        }
        if ProcessInfo.processInfo.environment["LUCID_NODE_REASONS"] != nil {
            for (reason, names) in reasons.sorted(by: { $0.value.count > $1.value.count }) {
                print(names.count, reason, names.prefix(3))
            }
        }
        #expect(computed == Self.computed && cases.count - computed == Self.refused, "\(computed) of \(cases.count) are computed")
    }
}

/// A graph made of one of ONNX's tests.
private struct NodeGolden {
    let name: String
    let model: [UInt8]
    let picture: Tensor
    let output: [Float]

    /// `["abs/first", 412, 2, 60, 60, 0, 120]`
    private struct Entry: Decodable {
        let name: String
        let bytes, channels, width, values, picture, output: Int

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            name = try list.decode(String.self)
            bytes = try list.decode(Int.self)
            channels = try list.decode(Int.self)
            width = try list.decode(Int.self)
            values = try list.decode(Int.self)
            picture = try list.decode(Int.self)
            output = try list.decode(Int.self)
        }
    }

    static func all() throws -> [NodeGolden] {
        let golden = try Golden("onnx_node_tests")
        let sizes = try golden.metadata("sizes", as: [String: Int].self)
        func inflated(_ name: String) throws -> [UInt8] { try golden.inflated(name, count: sizes[name]!) }
        let (models, bytes) = (try inflated("models"), try inflated("values"))
        let values = bytes.withUnsafeBytes { raw in (0..<bytes.count / 4).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) } }
        var start = 0
        return try JSONDecoder().decode([Entry].self, from: Data(try inflated("cases"))).map { entry in
            defer { start += entry.bytes }
            let shape = Shape(entry.channels, 1, entry.width)
            return NodeGolden(
                name: entry.name, model: Array(models[start..<start + entry.bytes]),
                picture: Tensor(shape, Array(values[entry.picture..<entry.picture + shape.count])),
                output: Array(values[entry.output..<entry.output + entry.values]))
        }
    }
}
