import Networks
import Tensors

/// One number of the values along some axes.
extension Operator {
    static let reductions: [Operator] = [
        reduction("ReduceMean", .mean), reduction("ReduceSum", .sum), reduction("ReduceMax", .maximum),
        reduction("ReduceMin", .minimum), reduction("ReduceProd", .product), reduction("ReduceL1", .magnitude),
        reduction("ReduceL2", .length), reduction("ReduceSumSquare", .squares), reduction("ReduceLogSum", .logSum),
        reduction("ReduceLogSumExp", .logSumExp),
        Operator("CumSum", layer: { try $0.cumulativeSum($1) }),
    ]

    private static func reduction(_ name: String, _ kind: Reduction.Kind) -> Operator {
        Operator(name, constant: { try $0.reduced(kind) }, layer: { try $0.reduction($1, kind) })
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

    /// Whole numbers stay whole, but for their mean.
    fileprivate func reduced(_ kind: Reduction.Kind) throws(WeightsError) -> Constant {
        let value = try constant(0)
        guard let axes = try reducedAxes(rank: value.dims.count) else { return value }
        let kept = value.dims.indices.filter { !axes.contains($0) }
        var map = IndexMap(value.dims)
        map.transpose(kept + value.dims.indices.filter { axes.contains($0) })
        let numbers = value.moved(map).floats
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        guard count > 0 else { throw refuse("nothing to reduce") }
        let results = stride(from: 0, to: numbers.count, by: count).map { kind.value(numbers[$0..<$0 + count]) }
        let keepsAxes = try integer("keepdims", 1) == 1
        let dims = keepsAxes ? value.dims.indices.map { axes.contains($0) ? 1 : value.dims[$0] } : kept.map { value.dims[$0] }
        return Constant(dims, value.isInteger && kind != .mean ? .integers(results.map(wholeNumber)) : .floats(results))
    }
}

extension GraphImporter {
    fileprivate mutating func cumulativeSum(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard let axis = try operation.constant(1).integers.first else { throw operation.refuse("the axis is missing") }
        let order = value.order(endingWith: try operation.axis(axis, of: value.dims.count))
        let layer = CumulativeSum(
            isExclusive: try operation.integer("exclusive", 0) == 1, isReversed: try operation.integer("reverse", 0) == 1)
        return try add(operation, layer, from: value, through: try layers(bringing: value, to: order), dims: value.dims, order: order)
    }

    fileprivate mutating func reduction(_ operation: Operation, _ kind: Reduction.Kind) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard let axes = try operation.reducedAxes(rank: value.dims.count) else {
            return try alias(operation, value, dims: value.dims, order: value.order)
        }
        return try reduced(operation, value, axes: axes, keeps: try operation.integer("keepdims", 1) == 1, kind)
    }

    /// - Parameter keeps: the axes stay, with an extent of 1.
    mutating func reduced(
        _ operation: Operation, _ value: Activation, axes: [Int], keeps: Bool, _ kind: Reduction.Kind, suffix: String = ""
    ) throws(WeightsError) -> Activation {
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
            return try add(operation, layer, from: value, dims: dims, order: order, suffix: suffix)
        }
        let arrangement = remaining + value.order.filter { axes.contains($0) }
        let count = axes.reduce(1) { $0 * value.dims[$1] }
        let shape = Activation.shape(value.dims, arrangement)
        var before = try layers(bringing: value, to: arrangement)
        // Where it is over the last axis alone, the positions of the output are those of the input, at any size.
        if shape.channels == count, keeps, axes.count == 1 {
            return try add(operation, Reduction(kind), from: value, through: before, dims: dims, order: arrangement, suffix: suffix)
        }
        let flat = Shape(count, 1, shape.count / count)
        if shape != flat { before.append(Reinterpretation(from: shape, to: flat)) }
        let target = Activation.shape(dims, order)
        let small = Shape(1, 1, flat.width)
        return try add(
            operation, Reduction(kind), from: value, through: before, dims: dims, order: order,
            after: target == small ? [] : [Reinterpretation(from: small, to: target)], suffix: suffix)
    }
}
