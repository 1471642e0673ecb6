import Files
import Networks
import SwiftProtobuf
import Tensors

/// An .onnx file: its graph decoded, its weights left in place.
struct ONNXGraph {
    let path: String
    let mapping: MappedFile
    let external: ExternalFiles
    let model: Onnx_ModelProto
    let tensors: [String: StoredTensor]
    /// Tensors that cannot be read, which matters to those who need them.
    let unreadable: [String: WeightsError]
    let opset: Int

    /// Protobuf's own limit.
    private static let largestFile = 1 << 31 - 1
    private static let opsets = 7...28

    init(path: String) throws(WeightsError) {
        self.path = path
        mapping = try MappedFile(weights: path)
        if let foreign = ForeignFile(mapping.bytes, wanted: .graph) { throw WeightsError(file: path, reason: foreign.advice) }
        guard mapping.bytes.count <= Self.largestFile else {
            throw WeightsError(
                file: path, reason: "\(mapping.bytes.count) bytes are more than the 2 GiB of a protobuf file; export with external data")
        }
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        let skeleton = try WireScanner.skeleton(of: mapping)
        do {
            model = try Onnx_ModelProto(serializedBytes: skeleton, options: options)
        } catch {
            throw WeightsError(file: path, reason: "damaged: \(error); is it an ONNX file?")
        }
        guard model.hasGraph, !model.graph.node.isEmpty else {
            throw WeightsError(file: path, reason: "no graph with nodes in it; is it an ONNX file?")
        }
        external = ExternalFiles(model: path)
        var tensors: [String: StoredTensor] = [:]
        var unreadable: [String: WeightsError] = [:]
        // One without a name is nobody's.
        for proto in model.graph.initializer where !proto.name.isEmpty {
            guard tensors[proto.name] == nil, unreadable[proto.name] == nil else {
                throw WeightsError(file: path, reason: "two tensors are called \(shown(proto.name))")
            }
            do throws(WeightsError) {
                tensors[proto.name] = try StoredTensor(proto, in: mapping, external: external)
            } catch {
                if error.isMissing { throw error }
                unreadable[proto.name] = error
            }
        }
        (self.tensors, self.unreadable) = (tensors, unreadable)
        let version = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version ?? 1
        guard let opset = Int(exactly: version), Self.opsets.contains(opset) else {
            let known = "\(Self.opsets.lowerBound) to \(Self.opsets.upperBound)"
            throw WeightsError(file: path, reason: "operator set \(version) is not one of \(known); export with another opset_version")
        }
        self.opset = opset
    }

    /// The digest of the file and of the files that its weights lie in.
    var sha256: String { Files.sha256(of: [mapping] + external.files) }

    func operation(_ node: Onnx_NodeProto, _ name: String, _ values: [String: Value], _ reader: TensorReader)
        throws(WeightsError) -> Operation
    {
        func refuse(_ reason: String) -> WeightsError {
            WeightsError(file: path, reason: "node \(shown(name)) (\(shown(node.opType))): \(reason)")
        }
        guard isKnown(node) else { throw refuse("operators of the domain \(shown(node.domain)) are not supported") }
        var inputs: [Value?] = []
        for input in node.input {
            if let error = unreadable[input] { throw error }
            guard input.isEmpty || values[input] != nil else { throw refuse("its input \(shown(input)) is computed nowhere") }
            inputs.append(values[input])
        }
        var attributes: [String: Onnx_AttributeProto] = [:]
        for attribute in node.attribute { attributes[attribute.name] = attribute }
        return Operation(
            name: printable(name), type: node.opType, opset: opset, inputs: inputs, outputs: node.output.filter { !$0.isEmpty },
            module: modulePath(of: node), attributes: attributes, file: path, tensors: reader, mapping: mapping, external: external)
    }

    /// Whether a node's operator is one of ONNX's own, or one that is read all the same.
    func isKnown(_ node: Onnx_NodeProto) -> Bool {
        node.domain.isEmpty || node.domain == "ai.onnx"
            || node.domain == "com.microsoft" && ["Gelu", "QuantizeLinear", "DequantizeLinear"].contains(node.opType)
    }

    // MARK: Order and names

    /// A name without control characters, since names are printed and go into file names.
    func printable(_ name: String) -> String {
        let scalars = name.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "_" : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The nodes, each after those that it reads; in the file's order where possible.
    func sorted() throws(WeightsError) -> [Onnx_NodeProto] {
        let nodes = model.graph.node
        var producers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() { for output in node.output where !output.isEmpty { producers[output] = index } }
        enum State { case unseen, entered, done }
        var states = [State](repeating: .unseen, count: nodes.count)
        var order: [Int] = []
        for start in nodes.indices where states[start] == .unseen {
            var path: [(node: Int, nextInput: Int)] = [(start, 0)]
            states[start] = .entered
            while let (node, next) = path.last {
                guard next < nodes[node].input.count else {
                    states[node] = .done
                    order.append(node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].nextInput += 1
                guard let producer = producers[nodes[node].input[next]] else { continue }
                switch states[producer] {
                case .done: continue
                case .entered:
                    let name = "\(shown(nodes[producer].name)) (\(shown(nodes[producer].opType)))"
                    throw WeightsError(file: self.path, reason: "the graph has a cycle through node \(name)")
                case .unseen:
                    states[producer] = .entered
                    path.append((producer, 0))
                }
            }
        }
        return order.map { nodes[$0] }
    }

    /// The node's own name, else that of its first output.
    func name(of node: Onnx_NodeProto) -> String {
        let name = node.name.isEmpty ? node.output.first { !$0.isEmpty } ?? "" : node.name
        return name.isEmpty ? node.opType.lowercased() : name
    }

    /// The module that a node belongs to, as PyTorch's exporters tell it: by a list of scopes, or in the node's name.
    func modulePath(of node: Onnx_NodeProto) -> String? {
        if let scopes = node.metadataProps.first(where: { $0.key == "pkg.torch.onnx.name_scopes" })?.value {
            let parts = scopes.split(separator: "'", omittingEmptySubsequences: false)
            let names = stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }  // those within the quotes
            if let module = names.dropLast().last, !module.isEmpty { return module }
        }
        // "/layer1/layer1.0/conv1/Conv": a scope that repeats the one before it continues it.
        guard node.name.hasPrefix("/") else { return nil }
        var parts: [Substring] = []
        for part in node.name.split(separator: "/").dropLast() {
            if let last = parts.last, part.hasPrefix(last + ".") { parts[parts.count - 1] = part } else { parts.append(part) }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ".")
    }
}
