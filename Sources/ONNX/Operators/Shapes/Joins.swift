import Networks
import Tensors

/// Several values side by side, one repeated, and blocks of pixels exchanged for channels.
extension Operator {
    static let joins: [Operator] = [
        Operator("Concat", constant: { try $0.concatenated() }, layer: { try $0.concatenation($1) }),
        repetition("Expand") { operation, wanted, map throws(WeightsError) in
            let dims = try operation.broadcast(map.dims, wanted)
            guard Constant.fits(dims) else { throw operation.refuse("the shape \(wanted) is too large") }
            map.expand(to: dims)
        },
        repetition("Tile") { operation, wanted, map throws(WeightsError) in
            guard wanted.count == map.dims.count else { throw operation.refuse("repeats \(wanted) of \(map.dims)") }
            guard Constant.fits(map.dims + wanted) else { throw operation.refuse("repeats \(wanted) are too many") }
            for (axis, count) in wanted.enumerated() where count > 1 {
                map.tables[axis] = (0..<count).flatMap { _ in map.tables[axis] }
            }
        },
        Operator("DepthToSpace", layer: { try $0.depthToSpace($1) }),
        Operator("SpaceToDepth", layer: { try $0.spaceToDepth($1) }),
    ]

    /// - Parameter repeating: changes the map so that it repeats as the second input, `wanted`, asks.
    private static func repetition(
        _ name: String, _ repeating: @escaping @Sendable (Operation, _ wanted: [Int], inout IndexMap) throws(WeightsError) -> Void
    ) -> Operator {
        @Sendable func change(_ operation: Operation, _ map: inout IndexMap) throws(WeightsError) {
            let wanted = try operation.constant(1).integers
            guard wanted.allSatisfy({ $0 > 0 && $0 < 1 << 30 }), wanted.count < 32 else { throw operation.refuse("the shape \(wanted)") }
            try repeating(operation, wanted, &map)
        }
        return Operator(
            name,
            constant: { operation in try operation.moved { map throws(WeightsError) in try change(operation, &map) } },
            layer: { importer, operation in
                let value = try operation.activation(0)
                var map = value.indexMap
                try change(operation, &map)
                if map.dims == value.dims { return try importer.alias(operation, value, dims: value.dims, order: value.order) }
                return try importer.moved(operation, value, map, order: value.withLeadingOnes(to: map.dims.count).order)
            })
    }
}

extension Operation {
    /// The extents of these values joined along one axis; all others must be those of `first`.
    private func joinedDims(_ values: [[Int]], like first: [Int], _ axis: Int) throws(WeightsError) -> [Int] {
        for dims in values {
            guard dims.count == first.count, dims.indices.allSatisfy({ $0 == axis || dims[$0] == first[$0] }) else {
                throw refuse("\(dims) does not fit \(first)")
            }
        }
        var dims = first
        dims[axis] = values.reduce(0) { $0 + $1[axis] }
        return dims
    }

    fileprivate func concatenated() throws(WeightsError) -> Constant {
        var all: [Constant] = []
        for index in inputs.indices { if let constant = try optionalConstant(index) { all.append(constant) } }
        guard let first = all.first(where: { !$0.dims.isEmpty })?.dims else { throw refuse("nothing to concatenate") }
        let axis = try axis(default: 0, of: first.count)
        let dims = try joinedDims(all.map(\.dims), like: first, axis)
        let outer = first[..<axis].reduce(1, *)
        func joined<Number>(_ lists: [[Number]]) -> [Number] {
            (0..<outer).flatMap { i in
                zip(all, lists).flatMap { value, list in
                    let block = value.count / max(outer, 1)
                    return list[i * block..<(i + 1) * block]
                }
            }
        }
        if all.allSatisfy(\.isInteger) { return Constant(dims, .integers(joined(all.map(\.integers)))) }
        return Constant(dims, .floats(joined(all.map(\.floats))))
    }

    /// The values of a Concat that have any elements, the widest that depends on the picture, and the result's extents.
    fileprivate func concatenation() throws(WeightsError) -> (values: [Value], widest: Activation, axis: Int, dims: [Int]) {
        var values: [Value] = []
        for index in inputs.indices { values.append(try input(index)) }
        let activations = values.compactMap { if case .activation(let value) = $0 { value } else { nil } }
        guard let widest = activations.max(by: { $0.count < $1.count }) else { throw refuse("nothing to concatenate") }
        let axis = try axis(default: 1, of: widest.dims.count)
        values = values.filter { !$0.dims.contains(0) }
        return (values, widest, axis, try joinedDims(values.map(\.dims), like: widest.dims, axis))
    }
}

extension GraphImporter {
    mutating func concatenation(_ operation: Operation) throws(WeightsError) -> Activation {
        let (values, widest, axis, dims) = try operation.concatenation()
        let order = widest.order
        var inputs: [Activation] = []
        var parts: [BlockConcatenation.Part] = []
        for value in values {
            if case .activation(let activation) = value {
                let arranged = try arranged(operation, activation, to: order)
                inputs.append(arranged)
                parts.append(.input(arranged.shape))
            } else {
                var map = IndexMap(value.dims)
                map.transpose(order)
                parts.append(.constant(try reader.parameter(value, map: map)))
            }
        }
        if axis == order.last, inputs.count == values.count {
            return try add(operation, Concatenation(), from: inputs, dims: dims, order: order)
        }
        let outer = order.prefix { $0 != axis }.reduce(1) { $0 * dims[$1] }
        let layer = BlockConcatenation(parts, outer: outer, output: Activation.shape(dims, order))
        return try add(operation, layer, from: inputs, dims: dims, order: order)
    }

    fileprivate mutating func depthToSpace(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try image(operation, operation.activation(0))
        let side = try operation.integer("blocksize", 0)
        guard side > 0, side < 1000, value.dims.count == 4, value.dims[1] % (side * side) == 0 else {
            throw operation.refuse("blocks of \(side) in \(value.dims)")
        }
        let layer = DepthToSpace(side: side, isDepthFirst: operation.text("mode", "DCR") == "CRD")
        let dims = [1, value.dims[1] / (side * side), value.dims[2] * side, value.dims[3] * side]
        return try add(operation, layer, from: value, dims: dims, order: value.order)
    }

    fileprivate mutating func spaceToDepth(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let side = try operation.integer("blocksize", 0)
        guard side > 0, side < 1000, value.dims.count == 4, value.dims[2] % side == 0, value.dims[3] % side == 0, value.dims[0] == 1 else {
            throw operation.refuse("blocks of \(side) in \(value.dims)")
        }
        let (channels, height, width) = (value.dims[1], value.dims[2] / side, value.dims[3] / side)
        let strides = value.strides
        var map = IndexMap(
            [channels, height, side, width, side],
            strides: [strides[1], strides[2] * side, strides[2], strides[3] * side, strides[3]])
        // A block's places before the channels (DCR), or behind them.
        map.transpose(operation.text("mode", "DCR") == "CRD" ? [0, 2, 4, 1, 3] : [2, 4, 0, 1, 3])
        let dims = [1, channels * side * side, height, width]
        let order = Activation.imageOrder(4)
        // In memory: height, width, then the new channels.
        let layer = try rearrangement(value, map, order: [3, 4, 0, 1, 2], as: Activation.shape(dims, order))
        return try add(operation, layer, from: [value], dims: dims, order: order)
    }
}
