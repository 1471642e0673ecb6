import Foundation
import Networks
import Synchronization

/// Every parameter of an architecture with weights that nobody trained, as a checkpoint would hold them.
public struct UntrainedCheckpoint: WeightStore {
    public let file = "untrained checkpoint"
    /// By name; change them to make another checkpoint.
    public var tensors: [String: (shape: [Int], values: [Float])] = [:]
    public var shapes: [String: [Int]] { tensors.mapValues(\.shape) }

    /// - Parameter classes: outputs of its last layer, which otherwise has 1000.
    public init(_ architecture: Architecture, classes: Int = 1000) throws {
        let asked = Asked()
        _ = try architecture.network(weights: asked)
        let weights = UntrainedWeights(gain: 2)
        for (name, wanted) in asked.parameters.withLock({ $0 }) {
            let shape = wanted.first == 1000 ? [classes] + wanted.dropFirst() : wanted
            tensors[name] = (shape, try weights.read(name, shape: shape))
        }
    }

    public func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        guard let tensor = tensors[name], tensor.shape == shape else { throw WeightsError(file: file, reason: name) }
        return tensor.values
    }

    /// The same under other names.
    public func renamed(_ name: (String) -> String) -> UntrainedCheckpoint {
        var copy = self
        copy.tensors = Dictionary(uniqueKeysWithValues: tensors.map { (name($0.key), $0.value) })
        return copy
    }

    /// A safetensors file of it.
    public var safetensors: Data {
        var (header, values): ([String: Any], Data) = ([:], Data())
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = values.count
            tensor.values.withUnsafeBytes { values.append(contentsOf: $0) }
            header[name] = ["dtype": "F32", "shape": tensor.shape, "data_offsets": [start, values.count]]
        }
        let text = try! JSONSerialization.data(withJSONObject: header)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text + values
    }

    /// Has whatever is asked for, and remembers what that was.
    private final class Asked: WeightStore {
        let file = "asked"
        let shapes: [String: [Int]] = [:]
        let parameters = Mutex<[String: [Int]]>([:])

        func holds(_ name: String) -> Bool { true }
        func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] { [] }
        func check(_ parameters: [Parameter]) throws(WeightsError) {
            self.parameters.withLock { all in for parameter in parameters { all[parameter.name] = parameter.shape } }
        }
    }
}
