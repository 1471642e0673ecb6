import Networks

/// The weights of an ONNX file by name, for layers that read them when they are needed.
struct TensorReader: WeightStore {
    let file: String
    /// Where the values of tensors come from that the file names but does not hold.
    let replacement: (any WeightStore)?
    private let tensors: [String: StoredTensor]

    /// None are checked: the graph says what it needs.
    var shapes: [String: [Int]] { [:] }

    /// What shape arithmetic and small operands may have; larger ones are weights.
    static let mostConstantValues = 1 << 26

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
        guard tensor.count <= Self.mostConstantValues else {
            throw WeightsError(file: file, reason: "tensor \(shown(tensor.name)) of \(tensor.count) values is too large for an operand of shape arithmetic")
        }
        if tensor.type.isInteger { return Constant(tensor.dims, .integers(try tensor.integers(in: file))) }
        return Constant(tensor.dims, .floats(try floats(tensor)))
    }

    /// Weights as a layer wants them.
    ///
    /// - Parameters:
    ///   - shape: as many values.
    ///   - movement: where each comes from in the tensor; nil where they lie.
    func parameter(_ value: Value, shape: [Int]? = nil, movement: Movement? = nil, scale: Float = 1) throws(WeightsError) -> Parameter {
        switch value {
        case .stored(let tensor):
            guard movement == nil || tensor.count < 1 << 30 else {
                throw WeightsError(file: file, reason: "tensor \(shown(tensor.name)) of \(tensor.count) values is too large to be put into another order")
            }
            let store = RearrangedWeights(reader: self, movement: movement, scale: scale)
            return Parameter(tensor.name, shape: shape ?? movement?.dims ?? tensor.dims, in: store)
        case .constant(let constant):
            let moved = movement.map { constant.moved($0) } ?? constant
            return Parameter("constant", shape: shape ?? moved.dims, values: scale == 1 ? moved.floats : moved.floats.map { $0 * scale })
        case .activation: preconditionFailure("an activation is no parameter")
        }
    }
}

/// A tensor of the file in another order, and scaled.
private struct RearrangedWeights: WeightStore {
    let reader: TensorReader
    let movement: Movement?
    let scale: Float

    var file: String { reader.file }
    var shapes: [String: [Int]] { [:] }

    func check(_ parameters: [Parameter]) throws(WeightsError) {}

    func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        var values = try reader.read(name, shape: shape)
        if let movement { values = movement.moved(values, fill: movement.fill) }
        if scale != 1 { for i in values.indices { values[i] *= scale } }
        return values
    }
}
