import Files
import Networks
import SwiftProtobuf

/// The description of an .onnx file: nothing of it needs to be understood.
public struct ONNXContents: Sendable {
    /// The program that wrote it, as it calls itself.
    public let producer: String
    /// The version of the operators.
    public let operatorSet: Int
    /// How often each operator occurs.
    public let operators: [String: Int]
    /// Inputs without values: the name, and the extents, "?" for those left open.
    public let inputs: [(name: String, shape: [String])]
    /// Its outputs, likewise.
    public let outputs: [(name: String, shape: [String])]
    /// The tensors with values: the name, the type's name, the extents.
    public let tensors: [(name: String, type: String, shape: [Int])]
    private let stored: [StoredTensor]

    /// Reads the description; the values stay in the file.
    public init(path: String) throws(WeightsError) {
        let mapping = try MappedFile(weights: path)
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        let model: Onnx_ModelProto
        do {
            model = try Onnx_ModelProto(serializedBytes: try WireScanner.skeleton(of: mapping), options: options)
        } catch let error as WeightsError {
            throw error
        } catch {
            throw WeightsError(file: path, reason: "damaged: \(error); is it an ONNX file?")
        }
        guard model.hasGraph, !model.graph.node.isEmpty else {
            throw WeightsError(file: path, reason: "no graph with nodes in it; is it an ONNX file?")
        }
        let external = ExternalFiles(model: path)
        var stored: [StoredTensor] = []
        for proto in model.graph.initializer { stored.append(try StoredTensor(proto, in: mapping, external: external)) }
        self.stored = stored
        tensors = stored.map { ($0.name, "\($0.type)", $0.dims) }
        producer = model.producerName
        let version = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version ?? 1
        operatorSet = Int(clamping: version)
        operators = model.graph.node.reduce(into: [:]) { $0[$1.opType, default: 0] += 1 }
        func described(_ values: [Onnx_ValueInfoProto]) -> [(name: String, shape: [String])] {
            values.map { value in
                (value.name, value.type.tensorType.shape.dim.map { $0.hasDimValue && $0.dimValue > 0 ? "\($0.dimValue)" : "?" })
            }
        }
        let names = Set(stored.map(\.name))
        inputs = described(model.graph.input.filter { !names.contains($0.name) })
        outputs = described(model.graph.output)
    }

    /// How many of a tensor's values are not finite.
    ///
    /// - Parameter index: its place in `tensors`.
    public func notFinite(_ index: Int, path: String) throws(WeightsError) -> Int {
        try stored[index].floats(in: path).count { !$0.isFinite }
    }
}
