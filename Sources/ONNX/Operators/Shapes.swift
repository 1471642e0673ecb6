import Networks
import Tensors

/// What moves values or only calls them otherwise.
extension GraphImporter {
    // MARK: The same values under other extents

    mutating func reshape(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        return try reshaped(operation, value, to: try reshapedDims(operation, value.dims))
    }

    /// The extents that Reshape, Flatten, Squeeze and Unsqueeze give a value of these.
    func reshapedDims(_ operation: Operation, _ dims: [Int]) throws(WeightsError) -> [Int] {
        let count = dims.reduce(1, *)
        var result: [Int]
        switch operation.type {
        case "Reshape":
            guard let wanted = try operation.integers(attribute: "shape", orInput: 1)?.integers else { throw operation.refuse("the shape is missing") }
            let keepsZeros = try operation.integer("allowzero", 0) == 1
            result = []
            for (index, extent) in wanted.enumerated() {
                guard extent >= -1, extent < 1 << 31 else { throw operation.refuse("the shape \(wanted)") }
                guard extent == 0, !keepsZeros else {
                    result.append(extent)
                    continue
                }
                guard index < dims.count else { throw operation.refuse("the shape \(wanted) for \(dims)") }
                result.append(dims[index])
            }
            if let hole = result.firstIndex(of: -1) {
                let (others, overflows) = product(result.filter { $0 != -1 })
                guard !overflows, others > 0, count % others == 0 else { throw operation.refuse("the shape \(wanted) for \(dims)") }
                result[hole] = count / others
            }
        case "Flatten":
            let axis = try operation.integer("axis", 1)
            guard axis >= -dims.count, axis <= dims.count else { throw operation.refuse("axis \(axis) of \(dims)") }
            let split = axis < 0 ? axis + dims.count : axis
            result = [dims[..<split].reduce(1, *), dims[split...].reduce(1, *)]
        case "Squeeze":
            var axes: [Int] = []
            for axis in try operation.integers(attribute: "axes", orInput: 1)?.integers ?? dims.indices.filter({ dims[$0] == 1 }) {
                let axis = try operation.axis(axis, of: dims.count)
                guard dims[axis] == 1 else { throw operation.refuse("axis \(axis) of \(dims) is not 1") }
                axes.append(axis)
            }
            result = dims.indices.filter { !axes.contains($0) }.map { dims[$0] }
        default:
            guard let axes = try operation.integers(attribute: "axes", orInput: 1)?.integers, axes.count < 64 else { throw operation.refuse("the axes are missing") }
            let rank = dims.count + axes.count
            var added: Set<Int> = []
            for axis in axes { added.insert(try operation.axis(axis, of: rank)) }
            guard added.count == axes.count else { throw operation.refuse("the axes \(axes)") }
            var rest = dims[...]
            result = []
            for axis in 0..<rank { result.append(added.contains(axis) ? 1 : rest.popFirst() ?? 1) }
        }
        let (total, overflows) = product(result)
        guard !overflows, total == count else { throw operation.refuse("\(dims) cannot become \(result)") }
        return result
    }

    private func product(_ extents: [Int]) -> (Int, Bool) {
        var (result, overflow) = (1, false)
        for extent in extents {
            let (next, overflows) = result.multipliedReportingOverflow(by: extent)
            (result, overflow) = (next, overflow || overflows)
        }
        return (result, overflow)
    }

    private mutating func reshaped(_ operation: Operation, _ value: Activation, to dims: [Int]) throws(WeightsError) -> Activation {
        let last = dims.filter { $0 != 1 }
        // An image as a vector, at any size.
        if value.dims.count >= 3, value.order == Activation.imageOrder(value.dims.count), value.dims[0] == 1,
            dims.last == value.count, last.count <= 1
        {
            return try add(operation, Flatten(), from: value, dims: dims, order: Array(dims.indices))
        }
        if let order = reorder(value, to: dims) {
            let target = Activation.shape(dims, order)
            if target == value.shape { return try alias(operation, value, dims: dims, order: order) }
            return try add(operation, Reinterpretation(from: value.shape, to: target), from: value, dims: dims, order: order)
        }
        return try moved(operation, value, Movement(value.dims, strides: value.strides), dims: dims)
    }

    /// The order in memory after a reshape that moves nothing; nil where values would have to move.
    private func reorder(_ value: Activation, to dims: [Int]) -> [Int]? {
        let before = value.dims.indices.filter { value.dims[$0] != 1 }
        let after = dims.indices.filter { dims[$0] != 1 }
        var groups: [(before: [Int], after: [Int])] = []
        var (i, j) = (0, 0)
        while i < before.count, j < after.count {
            var group = (before: [before[i]], after: [after[j]])
            var (left, right) = (value.dims[before[i]], dims[after[j]])
            while left != right {
                if left < right {
                    i += 1
                    guard i < before.count else { return nil }
                    left *= value.dims[before[i]]
                    group.before.append(before[i])
                } else {
                    j += 1
                    guard j < after.count else { return nil }
                    right *= dims[after[j]]
                    group.after.append(after[j])
                }
            }
            groups.append(group)
            (i, j) = (i + 1, j + 1)
        }
        guard i == before.count, j == after.count else { return nil }
        // In memory the axes of a group must follow each other as in the extents.
        var (order, rest): ([Int], [Int]) = ([], value.moving)
        while let axis = rest.first {
            guard let group = groups.first(where: { $0.before.first == axis }), rest.starts(with: group.before) else { return nil }
            order += group.after
            rest.removeFirst(group.before.count)
        }
        return dims.indices.filter { dims[$0] == 1 } + order
    }

    mutating func transpose(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let permutation = try transposition(operation, rank: value.dims.count)
        let places = Dictionary(uniqueKeysWithValues: permutation.enumerated().map { ($1, $0) })
        return try alias(operation, value, dims: permutation.map { value.dims[$0] }, order: value.order.map { places[$0]! })
    }

    func transposition(_ operation: Operation, rank: Int) throws(WeightsError) -> [Int] {
        let permutation = try operation.integers("perm") ?? (0..<rank).reversed()
        guard permutation.sorted() == Array(0..<rank) else { throw operation.refuse("the permutation \(permutation) of \(rank) axes") }
        return permutation
    }

    // MARK: Parts

    /// What a slice takes of each axis: indices, ascending or descending.
    struct Cut {
        let axis: Int
        let start: Int
        let step: Int
        let count: Int
        /// Counted from the far end, so that it means the same at any size; nil where it counts from the near end.
        let distanceFromEnd: Int?

        var indices: [Int] { (0..<count).map { start + $0 * step } }
    }

    func cuts(_ operation: Operation, _ dims: [Int]) throws(WeightsError) -> (cuts: [Cut], isSized: Bool) {
        guard let starts = try operation.integers(attribute: "starts", orInput: 1),
            let ends = try operation.integers(attribute: "ends", orInput: 2)
        else { throw operation.refuse("starts or ends are missing") }
        let axes = try operation.integers(attribute: "axes", orInput: 3)
        let steps = try operation.constant(4)
        let count = starts.count
        guard ends.count == count, axes?.count ?? count == count, steps?.count ?? count == count, count <= dims.count else {
            throw operation.refuse("starts, ends, axes and steps of different lengths")
        }
        var cuts: [Cut] = []
        for index in 0..<count {
            let axis = try operation.axis(axes?.integers[index] ?? index, of: dims.count)
            let extent = dims[axis]
            let step = steps?.integers[index] ?? 1
            guard step != 0, step.magnitude < 1 << 31 else { throw operation.refuse("the step \(step)") }
            func clamped(_ place: Int, _ range: ClosedRange<Int>) -> Int {
                min(max(place < 0 && place >= -extent - (1 << 40) ? place + extent : place, range.lowerBound), range.upperBound)
            }
            let (start, end) = (starts.integers[index], ends.integers[index])
            let first = step > 0 ? clamped(start, 0...extent) : clamped(start, 0...max(extent - 1, 0))
            let stop = step > 0 ? clamped(end, 0...extent) : end < -extent ? -1 : clamped(end, -1...max(extent - 1, 0))
            let length = step > 0 ? max(stop - first + step - 1, 0) / step : max(first - stop - step - 1, 0) / -step
            let isFromEnd = start >= 0 && step > 0 && (end < 0 || end >= extent)
            cuts.append(
                Cut(axis: axis, start: first, step: step, count: length, distanceFromEnd: isFromEnd ? extent - stop : nil))
        }
        return (cuts, starts.isSized || ends.isSized)
    }

    mutating func slice(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let (all, isSized) = try cuts(operation, value.dims)
        let cuts = all.filter { $0.count != value.dims[$0.axis] || $0.step < 0 }
        guard cuts.allSatisfy({ $0.count > 0 }) else { throw operation.refuse("nothing is left of \(value.dims)") }
        var dims = value.dims
        for cut in cuts { dims[cut.axis] = cut.count }
        guard let first = cuts.first else { return try alias(operation, isSized ? try fixed(operation, value) : value, dims: dims, order: value.order) }
        if cuts.count == 1, first.axis == value.order.last {
            return try add(operation, ChannelChoice(first.indices, of: value.dims[first.axis]), from: value, dims: dims, order: value.order)
        }
        // Rows and columns of an image, at any size.
        if !isSized, let rows = value.order.dropLast(2).last, let columns = value.order.dropLast().last,
            value.order.dropLast(3).allSatisfy({ value.dims[$0] == 1 }),
            cuts.allSatisfy({ ($0.axis == rows || $0.axis == columns) && $0.distanceFromEnd != nil })
        {
            func rule(_ axis: Int) -> SpatialResampling.Rule {
                guard let cut = cuts.first(where: { $0.axis == axis }), let after = cut.distanceFromEnd else { return .keep }
                return .trim(before: cut.start, after: after, step: cut.step)
            }
            return try add(
                operation, SpatialResampling(rows: rule(rows), columns: rule(columns)), from: value, dims: dims, order: value.order)
        }
        var movement = Movement(value.dims, strides: value.strides)
        for cut in cuts { movement.choose(cut.indices, axis: cut.axis) }
        return try moved(operation, value, movement, order: value.order)
    }

    /// The lengths of the parts of a Split.
    func parts(_ operation: Operation, extent: Int) throws(WeightsError) -> [Int] {
        let count = operation.outputs.count
        if let given = try operation.integers(attribute: "split", orInput: 1)?.integers {
            guard given.allSatisfy({ $0 >= 0 && $0 <= extent }), given.reduce(0, +) == extent, given.count == count else {
                throw operation.refuse("parts of \(given) of \(extent)")
            }
            return given
        }
        let length = (extent + count - 1) / max(count, 1)
        return (0..<count).map { max(min(length, extent - $0 * length), 0) }
    }

    mutating func split(_ operation: Operation) throws(WeightsError) -> [Activation] {
        let value = try operation.activation(0)
        let axis = try operation.axis(try operation.integer("axis", 0), of: value.dims.count)
        var results: [Activation] = []
        var start = 0
        for (index, length) in try parts(operation, extent: value.dims[axis]).enumerated() {
            guard length > 0 else { throw operation.refuse("an empty part") }
            let indices = Array(start..<start + length)
            start += length
            let suffix = index == 0 ? "" : ":\(index)"
            var dims = value.dims
            dims[axis] = length
            if axis == value.order.last {
                results.append(
                    try add(
                        operation, ChannelChoice(indices, of: value.dims[axis]), from: [value], dims: dims, order: value.order,
                        suffix: suffix))
            } else {
                var movement = Movement(value.dims, strides: value.strides)
                movement.choose(indices, axis: axis)
                results.append(try moved(operation, value, movement, order: value.order, suffix: suffix))
            }
        }
        return results
    }

    mutating func gather(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard let indices = try operation.constant(1) else { throw operation.refuse("the indices are missing") }
        let axis = try operation.axis(try operation.integer("axis", 0), of: value.dims.count)
        let chosen = try gathered(operation, indices, extent: value.dims[axis])
        let dims = value.dims[..<axis] + indices.dims + value.dims[(axis + 1)...]
        if indices.dims.count == 1, axis == value.order.last, Set(chosen).count == chosen.count, !indices.isSized {
            return try add(operation, ChannelChoice(chosen, of: value.dims[axis]), from: value, dims: Array(dims), order: value.order)
        }
        var movement = Movement(value.dims, strides: value.strides)
        movement.choose(chosen, axis: axis)
        if indices.dims.count == 1 { return try moved(operation, value, movement, order: value.order) }
        if indices.dims.isEmpty {
            // The axis goes; the others keep their order.
            movement.tables[axis] = [movement.tables[axis][0]]
            let order = value.order.filter { $0 != axis }
            let renamed = order.map { $0 > axis ? $0 - 1 : $0 }
            let layer = try rearrangement(value, movement, order: [axis] + order, as: Activation.shape(Array(dims), renamed))
            return try add(operation, layer, from: [value], dims: Array(dims), order: renamed)
        }
        return try moved(operation, value, movement, dims: Array(dims))
    }

    /// Indices that count from the end where negative, checked.
    func gathered(_ operation: Operation, _ indices: Constant, extent: Int) throws(WeightsError) -> [Int] {
        var chosen: [Int] = []
        for index in indices.integers {
            guard index >= -extent, index < extent else { throw operation.refuse("index \(index) of an axis of \(extent)") }
            chosen.append(index < 0 ? index + extent : index)
        }
        guard !chosen.isEmpty else { throw operation.refuse("no indices") }
        return chosen
    }

    // MARK: Several values

    mutating func concatenation(_ operation: Operation) throws(WeightsError) -> Activation {
        var values: [Value] = []
        for index in operation.inputs.indices { values.append(try operation.input(index)) }
        guard let widest = values.compactMap({ if case .activation(let value) = $0 { value } else { nil } }).max(by: { $0.count < $1.count }) else {
            throw operation.refuse("nothing to concatenate")
        }
        let rank = widest.dims.count
        let axis = try operation.axis(try operation.integer("axis", 1), of: rank)
        values = values.filter { $0.dims != [0] && !$0.dims.contains(0) }
        for value in values {
            guard value.dims.count == rank, value.dims.indices.allSatisfy({ $0 == axis || value.dims[$0] == widest.dims[$0] }) else {
                throw operation.refuse("\(value.dims) does not fit \(widest.dims)")
            }
        }
        var dims = widest.dims
        dims[axis] = values.reduce(0) { $0 + $1.dims[axis] }
        let order = widest.order
        var inputs: [Activation] = []
        var parts: [BlockConcatenation.Part] = []
        for value in values {
            if case .activation(let activation) = value {
                let arranged = try arranged(operation, activation, to: order)
                inputs.append(arranged)
                parts.append(.input(arranged.shape))
            } else {
                var movement = Movement(value.dims)
                movement.transpose(order)
                parts.append(.constant(try reader.parameter(value, movement: movement)))
            }
        }
        if axis == order.last, inputs.count == values.count {
            return try add(operation, Concatenation(), from: inputs, dims: dims, order: order)
        }
        let outer = order.prefix { $0 != axis }.reduce(1) { $0 * dims[$1] }
        let layer = BlockConcatenation(parts, outer: outer, output: Activation.shape(dims, order))
        return try add(operation, layer, from: inputs, dims: dims, order: order)
    }

    // MARK: Repetitions

    mutating func repetition(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        var movement = Movement(value.dims, strides: value.strides)
        try repeated(operation, &movement)
        if movement.dims == value.dims { return try alias(operation, value, dims: value.dims, order: value.order) }
        let added = movement.dims.count - value.dims.count
        return try moved(operation, value, movement, order: Array(0..<added) + value.order.map { $0 + added })
    }

    /// What Expand and Tile do.
    func repeated(_ operation: Operation, _ movement: inout Movement) throws(WeightsError) {
        guard let wanted = try operation.constant(1)?.integers, wanted.allSatisfy({ $0 > 0 && $0 < 1 << 30 }), wanted.count < 32 else {
            throw operation.refuse("the new shape is missing")
        }
        if operation.type == "Tile" {
            guard wanted.count == movement.dims.count else { throw operation.refuse("repeats \(wanted) of \(movement.dims)") }
            guard product(movement.dims + wanted).0 < 1 << 26, !product(movement.dims + wanted).1 else { throw operation.refuse("repeats \(wanted) are too many") }
            for (axis, count) in wanted.enumerated() where count > 1 {
                movement.tables[axis] = (0..<count).flatMap { _ in movement.tables[axis] }
            }
        } else {
            let dims = try broadcast(operation, movement.dims, wanted)
            guard product(dims).0 < 1 << 26, !product(dims).1 else { throw operation.refuse("the shape \(wanted) is too large") }
            movement.expand(to: dims)
        }
    }

    mutating func depthToSpace(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try image(operation, operation.activation(0))
        let side = try operation.integer("blocksize", 0)
        guard side > 0, side < 1000, value.dims.count == 4, value.dims[1] % (side * side) == 0 else { throw operation.refuse("blocks of \(side) in \(value.dims)") }
        let layer = DepthToSpace(side: side, isDepthFirst: operation.text("mode", "DCR") == "CRD")
        let dims = [1, value.dims[1] / (side * side), value.dims[2] * side, value.dims[3] * side]
        return try add(operation, layer, from: value, dims: dims, order: value.order)
    }

    mutating func spaceToDepth(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let side = try operation.integer("blocksize", 0)
        guard side > 0, side < 1000, value.dims.count == 4, value.dims[2] % side == 0, value.dims[3] % side == 0, value.dims[0] == 1 else {
            throw operation.refuse("blocks of \(side) in \(value.dims)")
        }
        let (channels, height, width) = (value.dims[1], value.dims[2] / side, value.dims[3] / side)
        let strides = value.strides
        var movement = Movement(
            [channels, height, side, width, side],
            strides: [strides[1], strides[2] * side, strides[2], strides[3] * side, strides[3]])
        movement.transpose([2, 4, 0, 1, 3])
        let dims = [1, channels * side * side, height, width]
        let order = Activation.imageOrder(4)
        // In memory: height, width, then the new channels.
        let layer = try rearrangement(value, movement, order: [3, 4, 0, 1, 2], as: Activation.shape(dims, order))
        return try add(operation, layer, from: [value], dims: dims, order: order)
    }
}
