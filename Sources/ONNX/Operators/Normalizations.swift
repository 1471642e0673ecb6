import Networks
import Tensors

/// Normalizations, reductions and softmax: statistics over some axes.
extension GraphImporter {
    mutating func batchNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard value.dims.count >= 2 else { throw operation.refuse("no channels in \(value.dims)") }
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

    mutating func instanceNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
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

    /// Groups of channels as the channels of an instance normalization, then a scale and a shift for each channel.
    mutating func groupNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let groups = try operation.integer("num_groups", 0)
        guard value.dims.count >= 3, value.dims[0] == 1, value.count < 1 << 26, groups > 0, value.dims[1] % groups == 0 else {
            throw operation.refuse("\(groups) groups of \(value.dims)")
        }
        let (channels, area) = (value.dims[1], value.dims.dropFirst(2).reduce(1, *))
        func ones(_ count: Int, _ number: Float) -> Parameter { Parameter("constant", shape: [count], values: [Float](repeating: number, count: count)) }
        // Memory: channel in group, position, group.
        let size = channels / groups
        let grouped = Activation(value.node, dims: [groups, size, area], order: [0, 1, 2])
        var movement = Movement(value.dims, strides: value.strides)
        let plain = try rearrangement(value, movement, order: Array(value.dims.indices), as: grouped.shape)
        movement = Movement([groups, size, area])
        let turned = Gather(
            from: grouped.shape, to: Shape(groups, size, area), places: movement.places(order: [1, 2, 0]))
        var back = Movement([size, area, groups])
        back.transpose([2, 0, 1])
        let order = Activation.imageOrder(value.dims.count)
        let target = Activation.shape(value.dims, order)
        let unturned = Gather(from: turned.output, to: grouped.shape, places: back.places())
        let final = Gather(
            from: grouped.shape, to: target, places: Movement(value.dims).places(order: order))
        let layer = InstanceNormalization(
            epsilon: operation.number("epsilon", 1e-5), weights: ones(groups, 1), biases: ones(groups, 0))
        func perChannel(_ index: Int, _ function: Arithmetic.Operation) throws(WeightsError) -> Arithmetic {
            let weights = try operation.input(index)
            guard !weights.isActivation, [groups, channels].contains(weights.dims.reduce(1, *)) else { throw operation.refuse("weights of \(weights.dims)") }
            var spread = Movement([weights.dims.reduce(1, *)])
            if weights.dims.reduce(1, *) != channels { spread.choose((0..<channels).map { $0 / size }, axis: 0) }
            return Arithmetic(function, constant: try reader.parameter(weights, movement: spread), shape: Shape(channels, 1, 1))
        }
        return try add(
            operation, layer, from: value, through: [plain, turned], dims: value.dims, order: order,
            after: [unturned, final, try perChannel(1, .multiply), try perChannel(2, .add)])
    }

    mutating func layerNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard operation.outputs.count == 1 else { throw operation.refuse("its statistics are not given out") }
        let axis = try operation.axis(try operation.integer("axis", -1), of: value.dims.count)
        let axes = Array(axis..<value.dims.count)
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        guard let weights = try biases(operation, try operation.input(1), count: count) else { throw operation.refuse("weights are missing") }
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

    mutating func responseNormalization(_ operation: Operation) throws(WeightsError) -> Activation {
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

    mutating func softmax(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let rank = value.dims.count
        guard rank > 0 else { throw operation.refuse("a single number") }
        let after: [any Layer] = operation.type == "LogSoftmax" ? [Nonlinearity(.log)] : []
        let axis = try operation.axis(try operation.integer("axis", opset < 13 ? 1 : -1), of: rank)
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

    mutating func reduction(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let rank = value.dims.count
        let given = try operation.integers(attribute: "axes", orInput: 1)?.integers ?? []
        if given.isEmpty, try operation.integer("noop_with_empty_axes", 0) == 1 {
            return try alias(operation, value, dims: value.dims, order: value.order)
        }
        var axes: [Int] = []
        for axis in given { axes.append(try operation.axis(axis, of: rank)) }
        if axes.isEmpty { axes = Array(0..<rank) }
        let keeps = try operation.integer("keepdims", 1) == 1
        let remaining = value.order.filter { !axes.contains($0) }
        var dims = value.dims
        for axis in axes { dims[axis] = 1 }
        var order = value.order.filter { dims[$0] == 1 } + value.order.filter { dims[$0] != 1 }
        if !keeps {
            let left = dims.indices.filter { !axes.contains($0) }
            let places = Dictionary(uniqueKeysWithValues: left.enumerated().map { ($1, $0) })
            order = order.compactMap { places[$0] }
            dims = left.map { dims[$0] }
        }
        // Over all positions of an image: at any size.
        if let last = value.order.last, !axes.contains(last), value.moving.allSatisfy({ $0 == last || axes.contains($0) }),
            operation.type == "ReduceMean" || operation.type == "ReduceMax"
        {
            let layer: any Layer = operation.type == "ReduceMean" ? AdaptiveAveragePooling(height: 1, width: 1) : GlobalMaxPooling()
            return try add(operation, layer, from: value, dims: dims, order: order)
        }
        let kind: Reduction.Kind =
            switch operation.type {
            case "ReduceMean": .mean
            case "ReduceSum": .sum
            case "ReduceMax": .maximum
            default: .length
            }
        let arrangement = remaining + value.order.filter { axes.contains($0) }
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        let shape = Activation.shape(value.dims, arrangement)
        var before = try layers(bringing: value, to: arrangement)
        // Where it is over the last axis alone, the positions of the output are those of the input, at any size.
        if shape.channels == count, keeps, axes.count == 1 {
            return try add(operation, Reduction(kind), from: value, through: before, dims: dims, order: arrangement)
        }
        let flat = Shape(count, 1, shape.count / count)
        if shape != flat { before.append(Reinterpretation(from: shape, to: flat)) }
        let target = Activation.shape(dims, order)
        let small = Shape(1, 1, flat.width)
        return try add(
            operation, Reduction(kind), from: value, through: before, dims: dims, order: order,
            after: target == small ? [] : [Reinterpretation(from: small, to: target)])
    }
}
