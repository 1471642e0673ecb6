import Networks
import Tensors

/// Turns a graph of ONNX into a network of layers, node after node, for one size of the picture.
///
/// Constants are computed on the way; the shape of every value is known.
struct GraphImporter {
    /// The picture's size, which symbolic extents stand for.
    let size: Network.Size
    let reader: TensorReader
    let opset: Int
    var builder: NetworkBuilder
    /// Notes on nodes by index, so that several operators can become one layer.
    var facts: [Int: Fact] = [:]
    /// Remarks on the network for people.
    var remarks = NetworkRemarks()

    init(size: Network.Size, inputChannels: Int, reader: TensorReader, opset: Int) {
        self.size = size
        self.reader = reader
        self.opset = opset
        builder = NetworkBuilder(inputChannels: inputChannels, weights: NoWeights(file: reader.file))
    }

    /// Bound on the elements of a value.
    private static let mostElements = 1 << 30 - 1
    /// Bound on the elements of a value that is moved by a table of places.
    private static let mostMovedElements = 1 << 26

    /// Takes the nodes of an operation back that could not be finished.
    mutating func forget(from count: Int) {
        builder.truncate(to: count)
        facts = facts.filter { $0.key < count }
    }

    /// Says something once.
    mutating func note(_ line: String) {
        if !remarks.notes.contains(line) { remarks.notes.append(line) }
    }

    // MARK: Adding layers

    /// Adds a node of one input and checks its shape against ONNX's.
    ///
    /// - Parameters:
    ///   - before: layers between the input and `layer`.
    ///   - dims: extents of the output as ONNX has them.
    ///   - order: the output's axes in memory.
    ///   - after: layers between `layer` and the output.
    ///   - suffix: ends the node's name.
    mutating func add(
        _ operation: Operation, _ layer: any Layer, from input: Activation, through before: [any Layer] = [],
        dims: [Int], order: [Int], after: [any Layer] = [], suffix: String = ""
    ) throws(WeightsError) -> Activation {
        let layers = before + [layer] + after
        return try add(
            operation, layers.count == 1 ? layer : Composition(layers), from: [input], dims: dims, order: order, suffix: suffix)
    }

    /// Adds a node.
    mutating func add(
        _ operation: Operation, _ layer: any Layer, from inputs: [Activation], dims: [Int], order: [Int],
        suffix: String = ""
    ) throws(WeightsError) -> Activation {
        guard fits(dims) else { throw operation.refuse("a value of \(dims) is too large") }
        let expected = Activation.shape(dims, order)
        let found: Shape
        do {
            found = try layer.outputShape(for: inputs.map(\.shape))
        } catch {
            throw operation.refuse("\(error)")
        }
        guard found == expected else { throw operation.refuse("makes \(found), expected \(expected) for \(dims)") }
        let node = builder.add(
            uniqueName(operation.name + suffix), layer, from: inputs.map(\.node), channels: expected.channels,
            module: operation.module)
        return Activation(node, dims: dims, order: order)
    }

    /// Whether a value has few enough elements that no offset overflows, and no extent of 0.
    private func fits(_ dims: [Int]) -> Bool {
        dims.count < 64 && dims.allSatisfy { $0 > 0 } && elementCount(dims, atMost: Self.mostElements) != nil
    }

    func uniqueName(_ name: String) -> String {
        if !builder.has(name) { return name }
        var number = 1
        while builder.has("\(name)_\(number)") { number += 1 }
        return "\(name)_\(number)"
    }

    /// The same value under the operation's name. A node of that name is added, so that it can be asked for; later nodes read
    /// its source, so that nothing stands between layers that can be merged.
    mutating func alias(_ operation: Operation, _ source: Activation, dims: [Int], order: [Int]) throws(WeightsError) -> Activation {
        _ = try add(operation, Identity(), from: [source], dims: dims, order: order)
        return Activation(source.node, dims: dims, order: order)
    }

    /// Makes the graph's output the last node, where it is not.
    mutating func endWith(_ output: Activation, name: String) {
        guard output.node.index != builder.lastIndex else { return }
        _ = builder.add(uniqueName(name), Identity(), from: [output.node], channels: output.shape.channels)
    }

    // MARK: Order in memory

    /// The layers that bring a value's axes into this order, none where it lies so already.
    func layers(bringing value: Activation, to order: [Int]) throws(WeightsError) -> [any Layer] {
        let target = Activation(value.node, dims: value.dims, order: order)
        if target.moving != value.moving { return [try rearrangement(value, value.indexMap, order: order)] }
        return target.shape == value.shape ? [] : [Reinterpretation(from: value.shape, to: target.shape)]
    }

    /// The value with its axes in this order, by a node of its own where anything moves.
    mutating func arranged(_ operation: Operation, _ value: Activation, to order: [Int]) throws(WeightsError) -> Activation {
        let layers = try layers(bringing: value, to: order)
        guard let layer = layers.first else { return Activation(value.node, dims: value.dims, order: order) }
        return try add(operation, layer, from: [value], dims: value.dims, order: order, suffix: "/input")
    }

    /// The layer that moves a value.
    ///
    /// - Parameters:
    ///   - order: the output's axes in memory.
    ///   - shape: of the output, where it is read under other extents than the map's.
    func rearrangement(
        _ value: Activation, _ map: IndexMap, order: [Int], as shape: Shape? = nil
    ) throws(WeightsError) -> Gather {
        guard map.count < Self.mostMovedElements, value.count < Self.mostMovedElements else {
            throw WeightsError(file: reader.file, reason: "a value of \(map.dims) is too large")
        }
        return Gather(
            from: value.shape, to: shape ?? Activation.shape(map.dims, order), places: map.places(order: order), fill: map.fill)
    }

    /// A value moved, by a node of its own.
    ///
    /// - Parameters:
    ///   - order: the output's axes in memory; row-major by default.
    ///   - dims: extents that the output is read under, row-major; by default the map's.
    mutating func moved(
        _ operation: Operation, _ value: Activation, _ map: IndexMap, order: [Int]? = nil, dims: [Int]? = nil, suffix: String = ""
    ) throws(WeightsError) -> Activation {
        let finalDims = dims ?? map.dims
        guard fits(map.dims), fits(finalDims) else { throw operation.refuse("a value of \(map.dims) is too large") }
        let finalOrder = dims == nil ? order ?? Array(finalDims.indices) : Array(finalDims.indices)
        let layer = try rearrangement(
            value, map, order: order ?? Array(map.tables.indices), as: Activation.shape(finalDims, finalOrder))
        return try add(operation, layer, from: [value], dims: finalDims, order: finalOrder, suffix: suffix)
    }

    /// The same value for this size of the picture only: for layers that would take other sizes, but whose constants follow from
    /// this one.
    mutating func fixed(_ operation: Operation, _ value: Activation) throws(WeightsError) -> Activation {
        try add(
            operation, Reinterpretation(from: value.shape, to: value.shape), from: [value], dims: value.dims,
            order: value.order, suffix: "/size")
    }
}
