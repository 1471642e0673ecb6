import Networks
import Tensors

/// Parts of a value: Slice, Split and Gather.
extension Operator {
    static let selections: [Operator] = [
        Operator(
            "Slice",
            constant: { operation in
                try operation.moved { map throws(WeightsError) in
                    for cut in try operation.cuts(map.dims).cuts { map.choose(cut.indices, axis: cut.axis) }
                }
            },
            layer: { try $0.slice($1) }),
        Operator("Split", .computed(
            { operation in try operation.split() },
            { importer, operation in try importer.split(operation) })),
        Operator("Gather", constant: { try $0.gathered() }, layer: { try $0.gather($1) }),
    ]
}

/// The indices that a slice takes of one axis, ascending or descending.
private struct AxisSlice {
    let axis: Int
    let start: Int
    let step: Int
    let count: Int
    /// The indices that are left after the slice; nil where the slice would not end so at every size of the picture.
    let distanceFromEnd: Int?

    var indices: [Int] { (0..<count).map { start + $0 * step } }
}

extension Operation {
    /// - Returns: a slice for each axis that is named, and whether they follow from the picture's size.
    fileprivate func cuts(_ dims: [Int]) throws(WeightsError) -> (cuts: [AxisSlice], isSized: Bool) {
        guard let starts = try integers(attribute: "starts", orInput: 1), let ends = try integers(attribute: "ends", orInput: 2) else {
            throw refuse("starts or ends are missing")
        }
        let axes = try integers(attribute: "axes", orInput: 3)
        let steps = try optionalConstant(4)
        let count = starts.count
        guard ends.count == count, axes?.count ?? count == count, steps?.count ?? count == count, count <= dims.count else {
            throw refuse("starts, ends, axes and steps of different lengths")
        }
        var cuts: [AxisSlice] = []
        for index in 0..<count {
            let axis = try axis(axes?.integers[index] ?? index, of: dims.count)
            let step = steps?.integers[index] ?? 1
            guard step != 0, step.magnitude < 1 << 31 else { throw refuse("the step \(step)") }
            cuts.append(cut(axis, of: dims[axis], from: starts.integers[index], to: ends.integers[index], step: step))
        }
        guard Set(cuts.map(\.axis)).count == count else { throw refuse("an axis is cut twice") }
        return (cuts, starts.isSized || ends.isSized)
    }

    private func cut(_ axis: Int, of extent: Int, from start: Int, to end: Int, step: Int) -> AxisSlice {
        func clamped(_ place: Int, _ range: ClosedRange<Int>) -> Int {
            min(max(place < 0 && place >= -extent - (1 << 40) ? place + extent : place, range.lowerBound), range.upperBound)
        }
        let first = step > 0 ? clamped(start, 0...extent) : clamped(start, 0...max(extent - 1, 0))
        let stop = step > 0 ? clamped(end, 0...extent) : end < -extent ? -1 : clamped(end, -1...max(extent - 1, 0))
        let length = step > 0 ? max(stop - first + step - 1, 0) / step : max(first - stop - step - 1, 0) / -step
        let isFromEnd = start >= 0 && step > 0 && (end < 0 || end >= extent)
        return AxisSlice(axis: axis, start: first, step: step, count: length, distanceFromEnd: isFromEnd ? extent - stop : nil)
    }

    /// The parts of a Split along an axis of this extent.
    fileprivate func parts(extent: Int) throws(WeightsError) -> [Range<Int>] {
        let count = outputs.count
        var lengths: [Int]
        if let given = try integers(attribute: "split", orInput: 1)?.integers {
            guard given.allSatisfy({ $0 >= 0 && $0 <= extent }), given.reduce(0, +) == extent, given.count == count else {
                throw refuse("parts of \(given) of \(extent)")
            }
            lengths = given
        } else {
            let length = (extent + count - 1) / max(count, 1)
            lengths = (0..<count).map { max(min(length, extent - $0 * length), 0) }
        }
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return start..<start + length
        }
    }

    fileprivate func split() throws(WeightsError) -> [Value] {
        let value = try constant(0)
        let axis = try axis(default: 0, of: value.dims.count)
        return try parts(extent: value.dims[axis]).map { part in
            var map = IndexMap(value.dims)
            map.choose(part, axis: axis)
            return .constant(value.moved(map))
        }
    }

    fileprivate func gathered() throws(WeightsError) -> Constant {
        let (dims, indices) = (try constant(0).dims, try constant(1))
        let axis = try axis(default: 0, of: dims.count)
        let chosen = try gatheredIndices(indices, extent: dims[axis])
        let result = try moved { map throws(WeightsError) in map.choose(chosen, axis: axis) }
        return result.reshaped(dims[..<axis] + indices.dims + dims[(axis + 1)...])
    }

    /// The indices of a Gather, those below 0 counted from the end.
    fileprivate func gatheredIndices(_ indices: Constant, extent: Int) throws(WeightsError) -> [Int] {
        var chosen: [Int] = []
        for index in indices.integers {
            guard index >= -extent, index < extent else { throw refuse("index \(index) of an axis of \(extent)") }
            chosen.append(index < 0 ? index + extent : index)
        }
        guard !chosen.isEmpty else { throw refuse("no indices") }
        return chosen
    }
}

extension GraphImporter {
    fileprivate mutating func slice(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let (all, isSized) = try operation.cuts(value.dims)
        let cuts = all.filter { $0.count != value.dims[$0.axis] || $0.step < 0 }
        guard cuts.allSatisfy({ $0.count > 0 }) else { throw operation.refuse("nothing is left of \(value.dims)") }
        var dims = value.dims
        for cut in cuts { dims[cut.axis] = cut.count }
        guard let first = cuts.first else {
            return try alias(operation, isSized ? try fixed(operation, value) : value, dims: dims, order: value.order)
        }
        if cuts.count == 1, first.axis == value.order.last {
            return try add(operation, ChannelChoice(first.indices, of: value.dims[first.axis]), from: value, dims: dims, order: value.order)
        }
        // Rows and columns of an image can be cut at any size.
        if !isSized, let (rows, columns) = value.spatialAxes,
            cuts.allSatisfy({ ($0.axis == rows || $0.axis == columns) && $0.distanceFromEnd != nil })
        {
            func rule(_ axis: Int) -> SpatialResampling.Rule {
                guard let cut = cuts.first(where: { $0.axis == axis }), let after = cut.distanceFromEnd else { return .keep }
                return .trim(before: cut.start, after: after, step: cut.step)
            }
            return try add(
                operation, SpatialResampling(rows: rule(rows), columns: rule(columns)), from: value, dims: dims, order: value.order)
        }
        var map = value.indexMap
        for cut in cuts { map.choose(cut.indices, axis: cut.axis) }
        return try moved(operation, value, map, order: value.order)
    }

    fileprivate mutating func split(_ operation: Operation) throws(WeightsError) -> [Value] {
        let value = try operation.activation(0)
        let axis = try operation.axis(default: 0, of: value.dims.count)
        var results: [Value] = []
        for (index, part) in try operation.parts(extent: value.dims[axis]).enumerated() {
            guard !part.isEmpty else { throw operation.refuse("an empty part") }
            let suffix = index == 0 ? "" : ":\(index)"
            if axis == value.order.last {
                var dims = value.dims
                dims[axis] = part.count
                let layer = ChannelChoice(Array(part), of: value.dims[axis])
                results.append(.activation(try add(operation, layer, from: [value], dims: dims, order: value.order, suffix: suffix)))
            } else {
                var map = value.indexMap
                map.choose(part, axis: axis)
                results.append(.activation(try moved(operation, value, map, order: value.order, suffix: suffix)))
            }
        }
        return results
    }

    fileprivate mutating func gather(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let indices = try operation.constant(1)
        let axis = try operation.axis(default: 0, of: value.dims.count)
        let chosen = try operation.gatheredIndices(indices, extent: value.dims[axis])
        let dims = Array(value.dims[..<axis] + indices.dims + value.dims[(axis + 1)...])
        if indices.dims.count == 1, axis == value.order.last, Set(chosen).count == chosen.count, !indices.isSized {
            return try add(operation, ChannelChoice(chosen, of: value.dims[axis]), from: value, dims: dims, order: value.order)
        }
        var map = value.indexMap
        map.choose(chosen, axis: axis)
        if indices.dims.count == 1 { return try moved(operation, value, map, order: value.order) }
        guard indices.dims.isEmpty else { return try moved(operation, value, map, dims: dims) }
        // The axis goes; the others keep their order.
        let order = value.order.filter { $0 != axis }
        let renamed = order.map { $0 > axis ? $0 - 1 : $0 }
        let layer = try rearrangement(value, map, order: [axis] + order, as: Activation.shape(dims, renamed))
        return try add(operation, layer, from: [value], dims: dims, order: renamed)
    }
}
