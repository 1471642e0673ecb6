import Files
import Networks

/// A node of the graph with its inputs at hand.
struct Operation {
    /// Unique among the nodes: its own name, else that of its first output.
    private(set) var name: String
    /// The operator's name.
    let type: String
    /// Version of the operator set that the file was written for.
    let opset: Int
    /// nil where an optional input is left out.
    var inputs: [Value?]
    /// Outputs that have a name.
    let outputs: [String]
    /// The module that it belongs to, in the program that exported the graph.
    let module: String?
    var attributes: [String: Onnx_AttributeProto]
    /// The model's path.
    let file: String
    /// Reads constant inputs.
    let tensors: TensorReader
    /// The model's file and the files beside it, which hold the tensors among the attributes.
    let mapping: MappedFile
    let external: ExternalFiles

    /// Whether it has inputs, and all of them are known before any picture is seen.
    var isConstant: Bool { !inputs.isEmpty && !inputs.contains { $0?.isActivation == true } }

    /// The same under a name with this at its end, for a node before its own.
    func named(_ suffix: String) -> Operation {
        var operation = self
        operation.name += suffix
        return operation
    }

    // MARK: Attributes

    /// An error that names the node.
    func refuse(_ reason: String) -> WeightsError {
        WeightsError(file: file, reason: "node \(shown(name)) (\(shown(type))): \(reason)")
    }

    /// The error for an operator that is not known.
    var unsupported: WeightsError {
        refuse("this operator is not supported; export the network for inference, without control flow")
    }

    func integer(_ name: String, _ standard: Int) throws(WeightsError) -> Int {
        guard let attribute = attributes[name] else { return standard }
        guard attribute.hasI, let value = Int(exactly: attribute.i), value.magnitude < 1 << 40 else {
            throw refuse("attribute \(name) is not a whole number within its limits")
        }
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

    /// An attribute that is a tensor; nil where it is left out.
    func tensor(_ name: String) throws(WeightsError) -> StoredTensor? {
        guard let attribute = attributes[name] else { return nil }
        guard attribute.hasT else { throw refuse("attribute \(name) is not a tensor") }
        return try StoredTensor(attribute.t, in: mapping, external: external)
    }

    // MARK: Inputs

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

    /// An input that must be there and be known before any picture is seen.
    func constant(_ index: Int) throws(WeightsError) -> Constant {
        guard let constant = try optionalConstant(index) else { throw refuse("input \(index) is missing") }
        return constant
    }

    /// An input that is known before any picture is seen; nil where it is left out.
    func optionalConstant(_ index: Int) throws(WeightsError) -> Constant? {
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
        return try optionalConstant(index)
    }

    /// The first input with its values at other places.
    func moved(_ change: (inout IndexMap) throws(WeightsError) -> Void) throws(WeightsError) -> Constant {
        let value = try constant(0)
        var map = IndexMap(value.dims)
        try change(&map)
        guard Constant.fits(map.dims) else { throw refuse("a constant of \(map.dims) is too large") }
        return value.moved(map)
    }

    // MARK: Axes

    /// A number for the rows and one for the columns, at least 1; of one spatial axis, that is the columns.
    func pair(_ name: String, _ standard: Int, axes: Int) throws(WeightsError) -> (height: Int, width: Int) {
        guard let values = try integers(name), !values.isEmpty else { return (standard, standard) }
        guard values.count == axes, values.allSatisfy({ $0 > 0 && $0 < 100_000 }) else { throw refuse("attribute \(name) is \(values)") }
        return axes == 1 ? (1, values[0]) : (values[0], values[1])
    }

    /// The axis of this number; negative numbers count from the end.
    func axis(_ axis: Int, of rank: Int) throws(WeightsError) -> Int {
        guard axis >= -rank, axis < rank else { throw refuse("axis \(axis) of a value of \(rank) axes") }
        return axis < 0 ? axis + rank : axis
    }

    func axes(_ axes: [Int], of rank: Int) throws(WeightsError) -> [Int] {
        var result: [Int] = []
        for axis in axes { result.append(try self.axis(axis, of: rank)) }
        return result
    }

    /// The axis that the attribute `axis` names.
    func axis(default standard: Int, of rank: Int) throws(WeightsError) -> Int { try axis(try integer("axis", standard), of: rank) }

    /// The extents of the result where these are repeated along axes of extent 1 to fit each other.
    func broadcast(_ a: [Int], _ b: [Int]) throws(WeightsError) -> [Int] {
        let rank = max(a.count, b.count)
        var dims: [Int] = []
        for (x, y) in zip(withLeadingOnes(a, rank), withLeadingOnes(b, rank)) {
            guard x == y || x == 1 || y == 1 else { throw refuse("\(a) and \(b) do not fit each other") }
            dims.append(x == 1 ? y : x)
        }
        return dims
    }
}

/// A value of the graph: an input or output of nodes.
enum Value {
    case constant(Constant)
    /// Weights that are read when they are needed.
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

    /// Values in all.
    var count: Int { dims.reduce(1, *) }

    var isActivation: Bool { if case .activation = self { true } else { false } }

    /// Whether it is a constant that follows from the picture's size.
    var isSized: Bool { if case .constant(let constant) = self { constant.isSized } else { false } }

    /// The same value, a constant being marked as following from the picture's size or not.
    func sized(_ isSized: Bool) -> Value {
        guard case .constant(var constant) = self else { return self }
        constant.isSized = isSized
        return .constant(constant)
    }
}
