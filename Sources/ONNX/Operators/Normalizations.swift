import Networks
import Tensors

/// Normalizations and softmax: values less their mean, over their deviation or their sum along some axes.
extension Operator {
    static let normalizations: [Operator] = [
        Operator("BatchNormalization", layer: { try $0.batchNormalization($1) }),
        Operator("InstanceNormalization", layer: { try $0.instanceNormalization($1) }),
        Operator("GroupNormalization", layer: { try $0.groupNormalization($1) }),
        Operator("LayerNormalization", layer: { try $0.layerNormalization($1) }),
        Operator("RMSNormalization", layer: { try $0.rootMeanSquareNormalization($1) }),
        Operator("LpNormalization", layer: { try $0.lengthNormalization($1) }),
        Operator("LRN", layer: { try $0.responseNormalization($1) }),
        Operator("Softmax", layer: { try $0.softmax($1, after: []) }),
        Operator("LogSoftmax", layer: { try $0.softmax($1, after: [Nonlinearity(.log)]) }),
    ]
}

extension GraphImporter {
    fileprivate mutating func batchNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard value.dims.count >= 2 else { throw operation.refuse("no channels in \(value.dims)") }
        // In training it takes mean and variance of the values themselves, as an instance normalization of one image does.
        if try operation.integer("training_mode", 0) == 1 { return try instanceNormalization(operation) }
        let channels = value.dims[1]
        let order = value.order(endingWith: 1)
        let input = try arranged(operation, value, to: value.dims.count == 4 ? Activation.imageOrder(4) : order)
        func parameter(_ index: Int) throws(WeightsError) -> Parameter {
            guard let parameter = try biases(operation, try operation.input(index), count: channels) else {
                throw operation.refuse("input \(index) is missing")
            }
            return parameter
        }
        let layer = BatchNormalization(
            channels: channels, epsilon: operation.number("epsilon", 1e-5), weights: try parameter(1),
            biases: try parameter(2), means: try parameter(3), variances: try parameter(4))
        return try add(operation, layer, from: [input], dims: value.dims, order: input.order)
    }

    fileprivate mutating func instanceNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard value.dims.count >= 3, value.dims[0] == 1 else { throw operation.refuse("no channels over space in \(value.dims)") }
        let channels = value.dims[1]
        guard let weights = try biases(operation, try operation.input(1), count: channels),
            let biases = try biases(operation, try operation.input(2), count: channels)
        else { throw operation.refuse("weights are missing") }
        let layer = InstanceNormalization(epsilon: operation.number("epsilon", 1e-5), weights: weights, biases: biases)
        let order = value.order(endingWith: 1)
        return try add(operation, layer, from: value, through: try layers(bringing: value, to: order), dims: value.dims, order: order)
    }

    /// Groups of channels become the channels of an instance normalization; a scale and a shift of each channel follow.
    fileprivate mutating func groupNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let groups = try operation.integer("num_groups", 0)
        guard value.dims.count >= 3, value.dims[0] == 1, value.count < 1 << 26, groups > 0, value.dims[1] % groups == 0 else {
            throw operation.refuse("\(groups) groups of \(value.dims)")
        }
        let (channels, area) = (value.dims[1], value.dims.dropFirst(2).reduce(1, *))
        let size = channels / groups
        func ones(_ count: Int, _ number: Float) -> Parameter {
            Parameter("constant", shape: [count], values: [Float](repeating: number, count: count))
        }
        let layer = InstanceNormalization(
            epsilon: operation.number("epsilon", 1e-5), weights: ones(groups, 1), biases: ones(groups, 0))
        // Row-major [groups, size, area], then the groups as channels: memory [size, area, groups].
        let grouped = Activation(value.node, dims: [groups, size, area], order: [0, 1, 2])
        let plain = try rearrangement(value, value.indexMap, order: Array(value.dims.indices), as: grouped.shape)
        let turned = Gather(
            from: grouped.shape, to: Shape(groups, size, area), places: IndexMap([groups, size, area]).places(order: [1, 2, 0]))
        // And back.
        var back = IndexMap([size, area, groups])
        back.transpose([2, 0, 1])
        let order = Activation.imageOrder(value.dims.count)
        let unturned = Gather(from: turned.output, to: grouped.shape, places: back.places())
        let final = Gather(
            from: grouped.shape, to: Activation.shape(value.dims, order), places: IndexMap(value.dims).places(order: order))
        func perChannel(_ index: Int, _ function: Arithmetic.Operation) throws(WeightsError) -> Arithmetic {
            let weights = try operation.input(index)
            guard !weights.isActivation, [groups, channels].contains(weights.count) else {
                throw operation.refuse("weights of \(weights.dims)")
            }
            var map = IndexMap([weights.count])
            if weights.count != channels { map.choose((0..<channels).map { $0 / size }, axis: 0) }
            return Arithmetic(function, constant: try reader.parameter(weights, map: map), shape: Shape(channels, 1, 1))
        }
        return try add(
            operation, layer, from: value, through: [plain, turned], dims: value.dims, order: order,
            after: [unturned, final, try perChannel(1, .multiply), try perChannel(2, .add)])
    }

    fileprivate mutating func layerNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let axis = try operation.axis(default: -1, of: value.dims.count)
        let axes = Array(axis..<value.dims.count)
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        guard let weights = try biases(operation, try operation.input(1), count: count) else {
            throw operation.refuse("weights are missing")
        }
        let shifts = try biases(operation, operation.optionalInput(2), count: count)
            ?? Parameter("constant", shape: [count], values: [Float](repeating: 0, count: count))
        let layer = LayerNormalization(epsilon: operation.number("epsilon", 1e-5), weights: weights, biases: shifts)
        let order = value.order.filter { !axes.contains($0) } + axes
        var before = try layers(bringing: value, to: order)
        let shape = Activation.shape(value.dims, order)
        if shape.channels == count {
            if before.isEmpty { return try add(operation, layer, from: [value], dims: value.dims, order: order) }
            return try add(operation, layer, from: value, through: before, dims: value.dims, order: order)
        }
        let flat = Shape(count, 1, shape.count / count)
        before.append(Reinterpretation(from: shape, to: flat))
        return try add(
            operation, layer, from: value, through: before, dims: value.dims, order: order,
            after: [Reinterpretation(from: flat, to: shape)])
    }

    /// Values over the root of the mean of their squares along the last axes, times weights.
    fileprivate mutating func rootMeanSquareNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let axis = try operation.axis(default: -1, of: value.dims.count)
        let axes = Array(axis..<value.dims.count)
        func number(_ number: Float) -> Value { .constant(Constant([], .floats([number]))) }
        let squares = try reduced(operation, value, axes: axes, keeps: true, .squares, suffix: "/squares")
        let share = 1 / Float(axes.reduce(1) { $0 * value.dims[$1] })
        let mean = try combined(operation, .multiply, .activation(squares), number(share), suffix: "/mean")
        let shifted = try combined(operation, .add, .activation(mean), number(operation.number("epsilon", 1e-5)), suffix: "/shifted")
        let root = try add(operation, Nonlinearity(.squareRoot), from: [shifted], dims: shifted.dims, order: shifted.order, suffix: "/root")
        let normalized = try combined(operation, .divide, .activation(value), .activation(root), suffix: "/normalized")
        return try combined(operation, .multiply, .activation(normalized), try operation.input(1))
    }

    /// Values over their length along one axis.
    fileprivate mutating func lengthNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let axis = try operation.axis(default: -1, of: value.dims.count)
        let kind: Reduction.Kind = try operation.integer("p", 2) == 1 ? .magnitude : .length
        let length = try reduced(operation, value, axes: [axis], keeps: true, kind, suffix: "/length")
        // A length of 0 is of zeros, which stay zeros.
        let least = Value.constant(Constant([], .floats([.leastNormalMagnitude])))
        let divisor = try combined(operation, .maximum, .activation(length), least, suffix: "/divisor")
        return try combined(operation, .divide, .activation(value), .activation(divisor))
    }

    fileprivate mutating func responseNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard value.dims.count >= 2 else { throw operation.refuse("no channels in \(value.dims)") }
        let size = try operation.integer("size", 0)
        guard size > 0, size < 100_000 else { throw operation.refuse("the size \(size)") }
        let layer = LocalResponseNormalization(
            size: size, alpha: operation.number("alpha", 1e-4), offset: operation.number("bias", 1),
            exponent: operation.number("beta", 0.75))
        let order = value.order(endingWith: 1)
        let source = try arranged(operation, value, to: order)
        return try add(operation, layer, from: [source], dims: value.dims, order: order)
    }

    /// - Parameter after: layers that follow.
    fileprivate mutating func softmax(_ operation: Operation, after: [any Layer]) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let rank = value.dims.count
        let axis = try operation.axis(default: opset < 13 ? 1 : -1, of: rank)
        // Before operator set 13 all axes from this one on were one.
        let axes = opset < 13 ? Array(axis..<rank) : [axis]
        let moving = axes.filter { value.dims[$0] != 1 }
        if moving.count <= 1 {
            let order = value.order(endingWith: moving.first ?? axis)
            let before = try layers(bringing: value, to: order)
            return try add(operation, Softmax(), from: value, through: before, dims: value.dims, order: order, after: after)
        }
        let order = value.order.filter { !axes.contains($0) } + axes
        let shape = Activation.shape(value.dims, order)
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        let flat = Shape(count, 1, shape.count / count)
        return try add(
            operation, Softmax(), from: value,
            through: try layers(bringing: value, to: order) + [Reinterpretation(from: shape, to: flat)], dims: value.dims,
            order: order, after: after + [Reinterpretation(from: flat, to: shape)])
    }
}
