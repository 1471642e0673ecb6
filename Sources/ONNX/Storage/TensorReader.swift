import Networks

/// The weights of an ONNX file by name; layers read them when they are needed.
struct TensorReader: WeightStore {
    let file: String
    /// Holds the values of tensors that the file describes but does not hold.
    let replacement: (any WeightStore)?
    private let tensors: [String: StoredTensor]

    /// Empty: the importer checks shapes, node by node.
    var shapes: [String: [Int]] { [:] }

    init(file: String, tensors: [String: StoredTensor] = [:], replacement: (any WeightStore)? = nil) {
        self.file = file
        self.tensors = tensors
        self.replacement = replacement
    }

    func check(_ parameters: [Parameter]) throws(WeightsError) {}

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        guard let tensor = tensors[name] else { throw WeightsError(file: file, reason: "tensor \(shown(name)) is missing") }
        return try floats(tensor)
    }

    private func floats(_ tensor: StoredTensor) throws(WeightsError) -> [Float] {
        if !tensor.hasValues, let replacement { return try replacement.read(tensor.name, shape: tensor.dims) }
        return try tensor.floats(in: file)
    }

    /// The values, to compute with while the graph is read.
    func constant(_ tensor: StoredTensor) throws(WeightsError) -> Constant {
        guard tensor.count <= Constant.mostValues else {
            let reason = "tensor \(shown(tensor.name)) has \(tensor.count) values, too many to compute with while the graph is read"
            throw WeightsError(file: file, reason: reason)
        }
        if tensor.type.isInteger { return Constant(tensor.dims, .integers(try tensor.integers(in: file))) }
        return Constant(tensor.dims, .floats(try floats(tensor)))
    }

    /// Weights for a layer.
    ///
    /// - Parameters:
    ///   - shape: of the same count; by default the extents of the map or the tensor.
    ///   - map: the place in the tensor that each value comes from; nil for the tensor's own order.
    ///   - scale: a factor of all values.
    func parameter(_ value: Value, shape: [Int]? = nil, map: IndexMap? = nil, scale: Float = 1) throws(WeightsError) -> Parameter {
        switch value {
        case .stored(let tensor):
            guard map == nil || tensor.count < 1 << 30 else {
                let reason = "tensor \(shown(tensor.name)) of \(tensor.count) values is too large to be reordered"
                throw WeightsError(file: file, reason: reason)
            }
            let store = RearrangedWeights(reader: self, map: map, scale: scale)
            return Parameter(tensor.name, shape: shape ?? map?.dims ?? tensor.dims, in: store)
        case .constant(let constant):
            let moved = map.map { constant.moved($0) } ?? constant
            return Parameter("constant", shape: shape ?? moved.dims, values: scale == 1 ? moved.floats : moved.floats.map { $0 * scale })
        case .activation: preconditionFailure("an activation is not a parameter")
        }
    }
}

/// A tensor of the file in another order and scaled.
private struct RearrangedWeights: WeightStore {
    let reader: TensorReader
    let map: IndexMap?
    let scale: Float

    var file: String { reader.file }
    var shapes: [String: [Int]] { [:] }

    func check(_ parameters: [Parameter]) throws(WeightsError) {}

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        var values = try reader.read(name, shape: shape)
        if let map { values = map.moved(values, fill: map.fill) }
        if scale != 1 { for i in values.indices { values[i] *= scale } }
        return values
    }
}
