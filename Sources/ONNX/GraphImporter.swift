import Networks
import Tensors

/// Turns a graph of ONNX into a network of layers, node after node, for one size of the picture.
///
/// What does not depend on the picture is computed on the way (Folding.swift); shapes are known at every edge.
struct GraphImporter {
    /// The size that symbolic extents stand for.
    let size: Network.Size
    let reader: TensorReader
    let opset: Int
    var builder: NetworkBuilder
    /// Nodes that are only another one under its own name, and what else is known of nodes that later ones can use.
    var facts: [Int: Fact] = [:]

    /// What is known of a node beside its layer, so that several operators can become one layer.
    enum Fact {
        /// A convolution without biases, which may still get them.
        case convolution(Convolution, from: NetworkBuilder.Value)
        /// A linear layer without biases.
        case linear(Linear, from: NetworkBuilder.Value)
        /// A step on the way to an activation function of this node.
        case term(Term, of: Activation)
    }

    /// Expressions in x that exporters write out.
    enum Term: Equatable {
        case sigmoid, hardSigmoid
        /// factor · x
        case scaled(Float)
        /// x + 3, min(max(x + 3, 0), 6), and x times that.
        case plusThree, sixPart, timesSixPart
        /// erf(x/√2), 1 + that, x times that.
        case errorFunction, onePlusErrorFunction, timesErrorFunction
    }

    init(size: Network.Size, inputChannels: Int, reader: TensorReader, opset: Int) {
        self.size = size
        self.reader = reader
        self.opset = opset
        builder = NetworkBuilder(inputChannels: inputChannels, weights: reader)
    }

    // MARK: Adding layers

    /// Adds a node of one input and checks that the layer makes what ONNX says.
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

    /// Whether a value has few enough elements that no offset overflows, and none of its extents is 0.
    private func fits(_ dims: [Int]) -> Bool {
        var count = 1
        for extent in dims {
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard extent > 0, !overflows, product < 1 << 30 else { return false }
            count = product
        }
        return dims.count < 64
    }

    /// The operation's name for one more node.
    func uniqueNodeName(_ operation: Operation) -> String { uniqueName(operation.name) }

    private func uniqueName(_ name: String) -> String {
        if !builder.has(name) { return name }
        var number = 1
        while builder.has("\(name)_\(number)") { number += 1 }
        return "\(name)_\(number)"
    }

    /// The same value: a node of the operation's name is there for who asks for it, but later nodes read its source, so that
    /// nothing stands between layers that can be merged.
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
        if target.moving != value.moving {
            let movement = Movement(value.dims, strides: value.strides)
            return [try rearrangement(value, movement, order: order)]
        }
        return target.shape == value.shape ? [] : [Reinterpretation(from: value.shape, to: target.shape)]
    }

    /// The value with its axes in this order, by a node of its own where anything moves.
    mutating func arranged(_ operation: Operation, _ value: Activation, to order: [Int]) throws(WeightsError) -> Activation {
        let layers = try layers(bringing: value, to: order)
        guard let layer = layers.first else { return Activation(value.node, dims: value.dims, order: order) }
        return try add(operation, layer, from: [value], dims: value.dims, order: order, suffix: "/input")
    }

    /// A movement of a value as a layer.
    func rearrangement(_ value: Activation, _ movement: Movement, order: [Int], as shape: Shape? = nil) throws(WeightsError) -> Gather {
        guard movement.count < 1 << 26, value.count < 1 << 26 else {
            throw WeightsError(file: reader.file, reason: "a value of \(movement.dims) is too large")
        }
        return Gather(
            from: value.shape, to: shape ?? Activation.shape(movement.dims, order), places: movement.places(order: order),
            fill: movement.fill)
    }

    /// A value moved: axes in this order in memory, row-major without; then read as `dims` where they differ.
    mutating func moved(
        _ operation: Operation, _ value: Activation, _ movement: Movement, order: [Int]? = nil, dims: [Int]? = nil, suffix: String = ""
    ) throws(WeightsError) -> Activation {
        let finalDims = dims ?? movement.dims
        guard fits(movement.dims), fits(finalDims) else { throw operation.refuse("a value of \(movement.dims) is too large") }
        let finalOrder = dims == nil ? order ?? Array(finalDims.indices) : Array(finalDims.indices)
        let layer = try rearrangement(
            value, movement, order: order ?? Array(movement.tables.indices), as: Activation.shape(finalDims, finalOrder))
        return try add(operation, layer, from: [value], dims: finalDims, order: finalOrder, suffix: suffix)
    }

    /// The same value for a layer that would take other sizes as well, but whose constants follow from this one.
    mutating func fixed(_ operation: Operation, _ value: Activation) throws(WeightsError) -> Activation {
        try add(
            operation, Reinterpretation(from: value.shape, to: value.shape), from: [value], dims: value.dims,
            order: value.order, suffix: "/size")
    }
}
