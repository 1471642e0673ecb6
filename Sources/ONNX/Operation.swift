import Files
import Networks

/// A node of the graph with its inputs at hand.
struct Operation {
    /// Unique among the nodes: its own name, else that of its first output.
    let name: String
    /// The operator's name.
    let type: String
    /// Version of the operator set that the file was written for.
    let opset: Int
    /// nil where an optional input is left out.
    let inputs: [Value?]
    /// Outputs that have a name.
    let outputs: [String]
    /// The module that it belongs to, in the program that exported the graph.
    let module: String?
    let attributes: [String: Onnx_AttributeProto]
    /// The model's path.
    let file: String
    /// Reads constant inputs.
    let tensors: TensorReader
    /// Where tensors among the attributes come from.
    let mapping: MappedFile
    let external: ExternalFiles

    /// One line that names the node.
    func refuse(_ reason: String) -> WeightsError {
        WeightsError(file: file, reason: "node \(shown(name)) (\(shown(type))): \(reason)")
    }

    func integer(_ name: String, _ standard: Int) throws(WeightsError) -> Int {
        guard let attribute = attributes[name] else { return standard }
        guard attribute.hasI, let value = Int(exactly: attribute.i), value.magnitude < 1 << 40 else { throw refuse("attribute \(name) is no number") }
        return value
    }

    func number(_ name: String, _ standard: Float) -> Float { attributes[name].map { $0.hasF ? $0.f : standard } ?? standard }

    func integers(_ name: String) throws(WeightsError) -> [Int]? {
        guard let attribute = attributes[name] else { return nil }
        guard attribute.ints.allSatisfy({ $0 > -(1 << 62) && $0 < 1 << 62 }) else { throw refuse("attribute \(name) is too large") }
        return attribute.ints.map { Int($0) }
    }

    func text(_ name: String, _ standard: String) -> String {
        attributes[name].map { String(decoding: $0.s, as: UTF8.self) } ?? standard
    }

    /// An input that must be there.
    func input(_ index: Int) throws(WeightsError) -> Value {
        guard let value = optionalInput(index) else { throw refuse("input \(index) is missing") }
        return value
    }

    func optionalInput(_ index: Int) -> Value? { index < inputs.count ? inputs[index] : nil }

    /// An input that was computed from the picture.
    func activation(_ index: Int) throws(WeightsError) -> Activation {
        guard case .activation(let activation) = try input(index) else {
            throw refuse("input \(index) is a constant, which is not supported there")
        }
        return activation
    }

    /// An input that is known before any picture is seen; nil where it is left out.
    func constant(_ index: Int) throws(WeightsError) -> Constant? {
        switch optionalInput(index) {
        case nil: return nil
        case .constant(let constant): return constant
        case .stored(let tensor): return try tensors.constant(tensor)
        case .activation: throw refuse("input \(index) depends on the picture, which is not supported there")
        }
    }

    /// Whole numbers, from an attribute in old operator sets and an input in newer ones.
    func integers(attribute: String, orInput index: Int) throws(WeightsError) -> Constant? {
        if let values = try integers(attribute) { return Constant(integers: values) }
        return try constant(index)
    }

    /// Spatial numbers, for both axes.
    func pair(_ name: String, _ standard: Int, axes: Int) throws(WeightsError) -> (height: Int, width: Int) {
        guard let values = try integers(name), !values.isEmpty else { return (standard, standard) }
        guard values.count == axes, values.allSatisfy({ $0 > 0 && $0 < 100_000 }) else { throw refuse("attribute \(name) is \(values)") }
        return axes == 1 ? (1, values[0]) : (values[0], values[1])
    }

    /// Counts axes from the end where negative.
    func axis(_ axis: Int, of rank: Int) throws(WeightsError) -> Int {
        guard axis >= -rank, axis < max(rank, 1) else { throw refuse("axis \(axis) of a value of \(rank) axes") }
        return axis < 0 ? axis + rank : axis
    }
}

/// What an edge of the graph carries.
enum Value {
    case constant(Constant)
    /// Weights that nobody has looked at.
    case stored(StoredTensor)
    case activation(Activation)

    /// Extents as ONNX has them.
    var dims: [Int] {
        switch self {
        case .constant(let constant): constant.dims
        case .stored(let tensor): tensor.dims
        case .activation(let activation): activation.dims
        }
    }

    var isActivation: Bool { if case .activation = self { true } else { false } }
}
