import Networks
import Tensors

/// Operators of constants that are computed by the layers which they become where an input depends on the picture.
extension GraphImporter {
    /// The outputs of an operation whose inputs are all constants: its first input takes the place of the picture in a network of
    /// this operation alone, which is then run.
    func evaluated(_ operation: Operation, _ importing: Operator.Importing) throws -> [Value] {
        let data = try operation.constant(0)
        let isStack = Self.ofOneImage.contains(operation.type) && data.dims.count >= 3 && data.dims[0] > 1
        guard isStack else { return try evaluated(operation, of: data, importing).map { .constant($0) } }
        // Layers see one image at a time.
        var stacks: [[Constant]] = []
        for index in 0..<data.dims[0] {
            var map = IndexMap(data.dims)
            map.choose([index], axis: 0)
            stacks.append(try evaluated(operation, of: data.moved(map), importing))
        }
        return stacks[0].indices.map { output in
            let parts = stacks.map { $0[output] }
            return .constant(Constant([parts.count] + parts[0].dims.dropFirst(), .floats(parts.flatMap(\.floats))))
        }
    }

    /// Operators whose layers take a stack of one image.
    private static let ofOneImage: Set<String> = [
        "Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool", "Resize", "Upsample",
        "InstanceNormalization", "GroupNormalization", "DepthToSpace", "SpaceToDepth",
    ]

    private func evaluated(_ operation: Operation, of data: Constant, _ importing: Operator.Importing) throws -> [Constant] {
        guard data.count > 0 else { throw operation.refuse("a constant of \(data.dims) has no values") }
        let order = Array(data.dims.indices)
        let shape = Activation.shape(data.dims, order)
        var inner = GraphImporter(size: size, inputChannels: shape.channels, reader: reader, opset: opset)
        var inputs = FeatureMap(uninitialized: shape)
        let numbers = data.floats
        inputs.withMutableElements { $0.baseAddress!.update(from: numbers, count: numbers.count) }
        var operation = operation
        operation.inputs[0] = .activation(Activation(inner.builder.image, dims: data.dims, order: order))
        let outputs = try importing(&inner, operation)
        let network = try inner.builder.network()
        return try outputs.map { output in
            guard case .activation(let value) = output else { return try operation.tensors.constant(of: output) }
            let result: FeatureMap
            if value.node.index < 0 {
                result = inputs
            } else {
                let layer = try network.layer(named: network.layerNames[value.node.index])
                let prepared = try PreparedNetwork(network, requests: [layer: .all], preprocessing: nil)
                let trace = prepared.forward(inputs.planes(), Pass(), remembering: false)
                result = FeatureMap(trace[layer].values)
            }
            // From the order in memory to ONNX's.
            let plain = result.withElements { Array($0) }
            return Constant(value.dims, .floats(value.indexMap.moved(plain, fill: 0)))
        }
    }
}
