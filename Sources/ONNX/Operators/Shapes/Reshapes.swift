import Networks
import Tensors

/// The same values under other extents, in another order of axes, or of another type.
extension Operator {
    static let reshapes: [Operator] = [
        reshaping("Reshape") { operation, dims throws(WeightsError) in try operation.reshapedDims(dims) },
        reshaping("Flatten") { operation, dims throws(WeightsError) in
            let axis = try operation.integer("axis", 1)
            guard axis >= -dims.count, axis <= dims.count else { throw operation.refuse("axis \(axis) of \(dims)") }
            let split = axis < 0 ? axis + dims.count : axis
            return [dims[..<split].reduce(1, *), dims[split...].reduce(1, *)]
        },
        reshaping("Squeeze") { operation, dims throws(WeightsError) in
            let given = try operation.integers(attribute: "axes", orInput: 1)?.integers
            let axes = try operation.axes(given ?? dims.indices.filter { dims[$0] == 1 }, of: dims.count)
            guard axes.allSatisfy({ dims[$0] == 1 }) else { throw operation.refuse("not all of the axes \(axes) of \(dims) are 1") }
            return dims.indices.filter { !axes.contains($0) }.map { dims[$0] }
        },
        reshaping("Unsqueeze") { operation, dims throws(WeightsError) in
            guard let given = try operation.integers(attribute: "axes", orInput: 1)?.integers, given.count < 64 else {
                throw operation.refuse("the axes are missing")
            }
            let rank = dims.count + given.count
            let added = Set(try operation.axes(given, of: rank))
            guard added.count == given.count else { throw operation.refuse("the axes \(given)") }
            var rest = dims[...]
            return (0..<rank).map { added.contains($0) ? 1 : rest.removeFirst() }
        },
        Operator(
            "Transpose",
            constant: { operation in
                try operation.moved { map throws(WeightsError) in map.transpose(try operation.permutation(rank: map.dims.count)) }
            },
            layer: { try $0.transpose($1) }),
        identity("Identity"),
        identity("Dropout"),
        Operator("Cast", .computed(
            { operation in [try operation.cast()] },
            { importer, operation in
                guard try operation.castsToFloats() else {
                    // A step, whose gradient is 0.
                    let isBool = try operation.integer("to", 1) == Int(TensorType.bool.rawValue)
                    return [.activation(try importer.elementwise(operation, Nonlinearity(isBool ? .isNotZero : .truncated)))]
                }
                return [.activation(try importer.identity(operation))]
            })),
        Operator("CastLike", .computed(
            { operation in
                let value = try operation.constant(0)
                return [.constant(Constant(value.dims, try operation.constant(1).isInteger ? .integers(value.integers) : .floats(value.floats)))]
            },
            { importer, operation in
                // Values of a picture are floats.
                if case .activation = try operation.input(0) { return [.activation(try importer.identity(operation))] }
                let value = try operation.constant(0)
                return [.constant(Constant(value.dims, .floats(value.floats), isSized: value.isSized))]
            })),
    ]

    /// - Parameter dims: the extents that a value of these extents gets.
    private static func reshaping(
        _ name: String, _ dims: @escaping @Sendable (Operation, _ dims: [Int]) throws(WeightsError) -> [Int]
    ) -> Operator {
        @Sendable func checked(_ operation: Operation, _ old: [Int]) throws(WeightsError) -> [Int] {
            let new = try dims(operation, old)
            guard elementCount(new) == old.reduce(1, *) else { throw operation.refuse("\(old) cannot become \(new)") }
            return new
        }
        return Operator(
            name,
            constant: { operation in
                let value = try operation.constant(0)
                return value.reshaped(try checked(operation, value.dims))
            },
            layer: { importer, operation in
                let value = try operation.activation(0)
                return try importer.reshaped(operation, value, to: try checked(operation, value.dims))
            })
    }

    /// The first input, whatever the others are. Weights stay in their file.
    private static func identity(_ name: String) -> Operator {
        Operator(name, .computed(
            { operation in [try operation.input(0)] },
            { importer, operation in [.activation(try importer.identity(operation))] }))
    }
}

extension Operation {
    /// The extents that Reshape asks for: 0 keeps an extent, −1 stands for what is left of the values.
    fileprivate func reshapedDims(_ dims: [Int]) throws(WeightsError) -> [Int] {
        guard let wanted = try integers(attribute: "shape", orInput: 1)?.integers else { throw refuse("the shape is missing") }
        let keepsZeros = try integer("allowzero", 0) == 1
        var result: [Int] = []
        for (index, extent) in wanted.enumerated() {
            guard extent >= -1, extent < 1 << 31 else { throw refuse("the shape \(wanted)") }
            guard extent == 0, !keepsZeros else {
                result.append(extent)
                continue
            }
            guard index < dims.count else { throw refuse("the shape \(wanted) for \(dims)") }
            result.append(dims[index])
        }
        if let hole = result.firstIndex(of: -1) {
            let count = dims.reduce(1, *)
            guard let others = elementCount(result.filter { $0 != -1 }), others > 0, count % others == 0 else {
                throw refuse("the shape \(wanted) for \(dims)")
            }
            result[hole] = count / others
        }
        return result
    }

    fileprivate func permutation(rank: Int) throws(WeightsError) -> [Int] {
        let permutation = try integers("perm") ?? (0..<rank).reversed()
        guard permutation.sorted() == Array(0..<rank) else { throw refuse("the permutation \(permutation) of \(rank) axes") }
        return permutation
    }

    /// Whether a Cast asks for one of the types of floats (TensorProto.DataType): float, float16, double, bfloat16.
    fileprivate func castsToFloats() throws(WeightsError) -> Bool { [1, 10, 11, 16].contains(try integer("to", 1)) }

    fileprivate func cast() throws(WeightsError) -> Value {
        let isFloat = try castsToFloats()
        // Weights stay in their file.
        if isFloat, case .stored(let tensor) = try input(0), !tensor.type.isInteger { return .stored(tensor) }
        let value = try constant(0)
        if isFloat { return .constant(Constant(value.dims, .floats(value.floats))) }
        let isBool = try integer("to", 1) == Int(TensorType.bool.rawValue)
        return .constant(Constant(value.dims, .integers(isBool ? value.floats.map { $0 == 0 ? 0 : 1 } : value.integers)))
    }
}

extension GraphImporter {
    fileprivate mutating func identity(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        return try alias(operation, value, dims: value.dims, order: value.order)
    }

    mutating func reshaped(_ operation: Operation, _ value: Activation, to dims: [Int]) throws(WeightsError) -> Activation {
        // An image that becomes a vector does so at any size.
        if value.dims.count >= 3, value.order == Activation.imageOrder(value.dims.count), value.dims[0] == 1,
            dims.last == value.count, dims.count(where: { $0 != 1 }) <= 1
        {
            return try add(operation, Flatten(), from: value, dims: dims, order: Array(dims.indices))
        }
        if let order = reorder(value, to: dims) {
            let target = Activation.shape(dims, order)
            if target == value.shape { return try alias(operation, value, dims: dims, order: order) }
            return try add(operation, Reinterpretation(from: value.shape, to: target), from: value, dims: dims, order: order)
        }
        return try moved(operation, value, value.indexMap, dims: dims)
    }

    /// The order in memory after a reshape that moves nothing; nil where values would have to move.
    private func reorder(_ value: Activation, to dims: [Int]) -> [Int]? {
        guard let groups = axisGroups(value.dims, dims) else { return nil }
        // In memory the axes of a group must follow each other as in the extents.
        var (order, rest): ([Int], [Int]) = ([], value.moving)
        while let axis = rest.first {
            guard let group = groups.first(where: { $0.before.first == axis }), rest.starts(with: group.before) else { return nil }
            order += group.after
            rest.removeFirst(group.before.count)
        }
        return dims.indices.filter { dims[$0] == 1 } + order
    }

    /// The smallest groups of neighbouring axes before and after a reshape that have equal numbers of values, axes of extent 1
    /// left out; nil where they do not come out even.
    private func axisGroups(_ old: [Int], _ new: [Int]) -> [(before: [Int], after: [Int])]? {
        let before = old.indices.filter { old[$0] != 1 }
        let after = new.indices.filter { new[$0] != 1 }
        var groups: [(before: [Int], after: [Int])] = []
        var (i, j) = (0, 0)
        while i < before.count, j < after.count {
            var group = (before: [before[i]], after: [after[j]])
            var (left, right) = (old[before[i]], new[after[j]])
            while left != right {
                if left < right {
                    i += 1
                    guard i < before.count else { return nil }
                    left *= old[before[i]]
                    group.before.append(before[i])
                } else {
                    j += 1
                    guard j < after.count else { return nil }
                    right *= new[after[j]]
                    group.after.append(after[j])
                }
            }
            groups.append(group)
            (i, j) = (i + 1, j + 1)
        }
        return i == before.count && j == after.count ? groups : nil
    }

    fileprivate mutating func transpose(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let permutation = try operation.permutation(rank: value.dims.count)
        let places = Dictionary(uniqueKeysWithValues: permutation.enumerated().map { ($1, $0) })
        return try alias(operation, value, dims: permutation.map { value.dims[$0] }, order: value.order.map { places[$0]! })
    }
}
