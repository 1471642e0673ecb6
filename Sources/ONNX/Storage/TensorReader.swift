import Networks

/// Reads the tensors of an ONNX file, for layers when they need them. A tensor is at hand, never looked up by its name: names of
/// constants may be empty, repeated, or those of initializers.
struct TensorReader: Sendable {
    let file: String
    /// Holds the values of tensors that the file describes but does not hold.
    let replacement: (any WeightStore)?

    init(file: String, replacement: (any WeightStore)? = nil) {
        self.file = file
        self.replacement = replacement
    }

    fileprivate func floats(_ tensor: StoredTensor) throws(WeightsError) -> [Float] {
        if !tensor.hasValues, let replacement { return try replacement.read(tensor.name, shape: tensor.dims) }
        return try tensor.floats(in: file)
    }

    /// The values, to compute with while the graph is read.
    func constant(_ tensor: StoredTensor) throws(WeightsError) -> Constant {
        guard tensor.count <= Constant.mostValues else {
            let reason = "tensor \(shown(tensor.name)) has \(tensor.count) values, too many to compute with while the graph is read"
            throw WeightsError(file: file, reason: reason)
        }
        var constant = Constant(
            tensor.dims, tensor.type.isInteger ? .integers(try tensor.integers(in: file)) : .floats(try floats(tensor)))
        constant.type = tensor.type
        return constant
    }

    /// The numbers of a value that does not depend on the picture.
    func constant(of value: Value) throws(WeightsError) -> Constant {
        switch value {
        case .constant(let constant): return constant
        case .stored(let tensor): return try constant(tensor)
        case .activation: preconditionFailure("an activation is not a constant")
        }
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
            let store = HeldTensor(reader: self, tensor: tensor, map: map, scale: scale)
            return Parameter(tensor.name, shape: shape ?? map?.dims ?? tensor.dims, in: store)
        case .constant(let constant):
            let moved = map.map { constant.moved($0) } ?? constant
            return Parameter("constant", shape: shape ?? moved.dims, values: scale == 1 ? moved.floats : moved.floats.map { $0 * scale })
        case .activation: preconditionFailure("an activation is not a parameter")
        }
    }
}

/// One tensor of the file, perhaps in another order and scaled.
private struct HeldTensor: WeightStore {
    let reader: TensorReader
    let tensor: StoredTensor
    let map: IndexMap?
    let scale: Float

    var file: String { reader.file }
    /// Empty: the importer checks shapes, node by node.
    var shapes: [String: [Int]] { [:] }

    func check(_ parameters: [Parameter]) throws(WeightsError) {}

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        var values = try reader.floats(tensor)
        if let map { values = map.moved(values, fill: map.fill) }
        if scale != 1 { for i in values.indices { values[i] *= scale } }
        return values
    }
}

/// For a builder whose layers bring their own parameters.
struct NoWeights: WeightStore {
    let file: String
    var shapes: [String: [Int]] { [:] }

    func check(_ parameters: [Parameter]) throws(WeightsError) {}

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        throw WeightsError(file: file, reason: "tensor \(shown(name)) is missing")
    }
}
