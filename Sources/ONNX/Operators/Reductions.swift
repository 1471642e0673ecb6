import Networks
import Tensors

/// One number of the values along some axes.
extension Operator {
    static let reductions: [Operator] = [
        reduction("ReduceMean", .mean) { $0.reduce(0, +) / Float($0.count) },
        reduction("ReduceSum", .sum) { $0.reduce(0, +) },
        reduction("ReduceMax", .maximum) { $0.reduce(-.infinity, max) },
        reduction("ReduceL2", .length) { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
        reduction("ReduceMin", nil) { $0.reduce(.infinity, min) },
        reduction("ReduceProd", nil) { $0.reduce(1, *) },
    ]

    /// - Parameters:
    ///   - kind: what the layer does; nil where there is none.
    ///   - reduce: does the same with constants.
    private static func reduction(
        _ name: String, _ kind: Reduction.Kind?, _ reduce: @escaping @Sendable (ArraySlice<Float>) -> Float
    ) -> Operator {
        let constant: @Sendable (Operation) throws -> Constant = { try $0.reduced(keepsWhole: kind != .mean, reduce) }
        guard let kind else { return Operator(name, constant: constant) }
        return Operator(name, constant: constant, layer: { try $0.reduction($1, kind) })
    }
}

extension Operation {
    /// The axes of a reduction, all by default; nil where it leaves its input as it is.
    fileprivate func reducedAxes(rank: Int) throws(WeightsError) -> [Int]? {
        let given = try integers(attribute: "axes", orInput: 1)?.integers ?? []
        if given.isEmpty { return try integer("noop_with_empty_axes", 0) == 1 ? nil : Array(0..<rank) }
        let axes = try axes(given, of: rank)
        guard Set(axes).count == axes.count else { throw refuse("an axis stands twice in \(given)") }
        return axes
    }

    /// - Parameter keepsWhole: whole numbers stay whole.
    fileprivate func reduced(keepsWhole: Bool, _ reduce: (ArraySlice<Float>) -> Float) throws(WeightsError) -> Constant {
        let value = try constant(0)
        guard let axes = try reducedAxes(rank: value.dims.count) else { return value }
        let kept = value.dims.indices.filter { !axes.contains($0) }
        var map = IndexMap(value.dims)
        map.transpose(kept + value.dims.indices.filter { axes.contains($0) })
        let numbers = value.moved(map).floats
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        guard count > 0 else { throw refuse("nothing to reduce") }
        let results = stride(from: 0, to: numbers.count, by: count).map { reduce(numbers[$0..<$0 + count]) }
        let keepsAxes = try integer("keepdims", 1) == 1
        let dims = keepsAxes ? value.dims.indices.map { axes.contains($0) ? 1 : value.dims[$0] } : kept.map { value.dims[$0] }
        return Constant(dims, value.isInteger && keepsWhole ? .integers(results.map(wholeNumber)) : .floats(results))
    }
}

extension GraphImporter {
    fileprivate mutating func reduction(_ operation: Operation, _ kind: Reduction.Kind) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard let axes = try operation.reducedAxes(rank: value.dims.count) else {
            return try alias(operation, value, dims: value.dims, order: value.order)
        }
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
        // Over all positions of an image it is a global pool, at any size.
        if let last = value.order.last, !axes.contains(last), value.moving.allSatisfy({ $0 == last || axes.contains($0) }),
            kind == .mean || kind == .maximum
        {
            let layer: any Layer = kind == .mean ? AdaptiveAveragePooling(height: 1, width: 1) : GlobalMaxPooling()
            return try add(operation, layer, from: value, dims: dims, order: order)
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
