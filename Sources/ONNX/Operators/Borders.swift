import Networks
import Tensors

/// Pad and Resize: images of another extent.
extension GraphImporter {
    /// What a Pad adds before and after each axis, and how.
    struct Frame {
        let before: [Int]
        let after: [Int]
        let mode: String
        let value: Float
        let isSized: Bool
    }

    func frame(_ operation: Operation, rank: Int) throws(WeightsError) -> Frame {
        guard let given = try operation.integers(attribute: "pads", orInput: 1) else { throw operation.refuse("the padding is missing") }
        let value = operation.attributes["value"] != nil ? operation.number("value", 0) : try operation.constant(2)?.floats.first ?? 0
        var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        var axes = Array(0..<rank)
        if let named = try operation.constant(3)?.integers {
            axes = []
            for axis in named { axes.append(try operation.axis(axis, of: rank)) }
        }
        let pads = given.integers
        guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude < 100_000 }) else { throw operation.refuse("the padding \(pads) for \(rank) axes") }
        for (index, axis) in axes.enumerated() { (before[axis], after[axis]) = (pads[index], pads[axes.count + index]) }
        return Frame(before: before, after: after, mode: operation.text("mode", "constant"), value: value, isSized: given.isSized)
    }

    /// A frame as a movement; −1 where the constant stands.
    func framed(_ operation: Operation, _ frame: Frame, _ movement: inout Movement) throws(WeightsError) {
        movement.fill = frame.value
        for (axis, extent) in movement.dims.enumerated() where frame.before[axis] != 0 || frame.after[axis] != 0 {
            let range = -frame.before[axis]..<max(extent + frame.after[axis], -frame.before[axis])
            guard extent > 0, !range.isEmpty else { throw operation.refuse("the padding leaves nothing") }
            switch frame.mode {
            case "constant": movement.choose(range.map { 0 <= $0 && $0 < extent ? $0 : -1 }, axis: axis)
            case "edge": movement.choose(range.map { min(max($0, 0), extent - 1) }, axis: axis)
            case "wrap": movement.choose(range.map { (($0 % extent) + extent) % extent }, axis: axis)
            case "reflect":
                guard max(frame.before[axis], frame.after[axis]) < extent else { throw operation.refuse("\(extent) cannot be reflected so far") }
                movement.choose(range.map { $0 < 0 ? -$0 : $0 < extent ? $0 : 2 * (extent - 1) - $0 }, axis: axis)
            default: throw operation.refuse("the mode \(shown(frame.mode))")
            }
        }
    }

    /// The axes of rows and columns, where everything before them is one: an image as it lies in memory.
    private func spatialAxes(_ value: Activation) -> (rows: Int, columns: Int)? {
        guard value.order.count >= 3, value.order.dropLast(3).allSatisfy({ value.dims[$0] == 1 }) else { return nil }
        return (value.order[value.order.count - 3], value.order[value.order.count - 2])
    }

    mutating func pad(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let frame = try frame(operation, rank: value.dims.count)
        let (before, after) = (frame.before, frame.after)
        let touched = value.dims.indices.filter { before[$0] != 0 || after[$0] != 0 }
        if touched.isEmpty { return try alias(operation, value, dims: value.dims, order: value.order) }
        let dims = value.dims.indices.map { value.dims[$0] + before[$0] + after[$0] }
        if let axes = spatialAxes(value), touched.allSatisfy({ $0 == axes.rows || $0 == axes.columns }), !frame.isSized,
            touched.allSatisfy({ before[$0] >= 0 && after[$0] >= 0 })
        {
            let (rows, columns) = axes
            switch frame.mode {
            case "constant":
                let layer = Padding(
                    top: before[rows], bottom: after[rows], left: before[columns], right: after[columns], value: frame.value)
                return try add(operation, layer, from: value, dims: dims, order: value.order)
            case "reflect", "edge":
                func rule(_ axis: Int) -> SpatialResampling.Rule {
                    if before[axis] == 0, after[axis] == 0 { return .keep }
                    return frame.mode == "edge"
                        ? .edge(before: before[axis], after: after[axis]) : .reflect(before: before[axis], after: after[axis])
                }
                return try add(
                    operation, SpatialResampling(rows: rule(rows), columns: rule(columns)), from: value, dims: dims, order: value.order)
            default: break
            }
        }
        var movement = Movement(value.dims, strides: value.strides)
        try framed(operation, frame, &movement)
        return try moved(operation, value, movement, order: value.order)
    }

    mutating func resize(_ operation: Operation) throws(WeightsError) -> Activation {
        var value = try operation.activation(0)
        let rank = value.dims.count
        guard (3...4).contains(rank), value.dims[0] == 1 else { throw operation.refuse("expected one image, got \(value.dims)") }
        let isUpsample = operation.type == "Upsample"
        let index = isUpsample || opset < 11 ? 1 : 2
        var (scales, sizes, isSized): ([Float]?, [Int]?, Bool) = (nil, nil, false)
        if let attribute = operation.attributes["scales"] {
            scales = attribute.floats
        } else if let given = try operation.constant(index), given.count > 0 {
            scales = given.floats
            isSized = given.isSized
        } else if let given = try operation.constant(3), given.count > 0 {
            sizes = given.integers
        }
        // The axes that are named, or all.
        var axes = Array(0..<rank)
        if let named = try operation.integers("axes") {
            axes = []
            for axis in named { axes.append(try operation.axis(axis, of: rank)) }
        }
        guard (scales?.count ?? sizes?.count) == axes.count, scales?.allSatisfy({ $0 > 0 && $0 < 1000 }) ?? true,
            sizes?.allSatisfy({ $0 > 0 && $0 < 100_000 }) ?? true
        else { throw operation.refuse("no scales or sizes for \(value.dims)") }
        let interpolation = try interpolation(operation, isUpsample: isUpsample)
        guard operation.text("keep_aspect_ratio_policy", "stretch") == "stretch" || scales != nil else { throw operation.refuse("keep_aspect_ratio_policy is not supported") }
        guard try operation.integer("antialias", 0) == 0 else { throw operation.refuse("antialiasing is not supported") }

        var rules = [SpatialResampling.Rule](repeating: .keep, count: rank)
        for (place, axis) in axes.enumerated() {
            if let scale = scales?[place], scale != 1 {
                rules[axis] = .scale(scale, interpolation)
            } else if let size = sizes?[place], size != value.dims[axis] {
                rules[axis] = .resize(from: value.dims[axis], to: size, interpolation)
            }
        }
        // The rows and columns are the second and third of an image, or the first and second behind the batch in NHWC.
        if rules[1] == .keep {
            value = try arranged(operation, value, to: Activation.imageOrder(rank))
        } else if rank == 4, rules[3] == .keep {
            value = try arranged(operation, value, to: [0, 1, 2, 3])
        } else {
            throw operation.refuse("only rows and columns of an image can be resized")
        }
        guard rules[0] == .keep else { throw operation.refuse("the batch cannot be resized") }
        if isSized { value = try fixed(operation, value) }
        let layer: SpatialResampling
        if rank == 3 {
            layer = SpatialResampling(rows: .keep, columns: rules[2])
        } else {
            layer = SpatialResampling(rows: rules[value.order[1]], columns: rules[value.order[2]])
        }
        let shape: Shape
        do {
            shape = try layer.outputShape(for: [value.shape])
        } catch {
            throw operation.refuse("\(error)")
        }
        var dims = value.dims
        dims[value.order[rank - 1]] = shape.channels
        dims[value.order[rank - 2]] = shape.width
        if rank == 4 { dims[value.order[1]] = shape.height }
        return try add(operation, layer, from: value, dims: dims, order: value.order)
    }

    private func interpolation(_ operation: Operation, isUpsample: Bool) throws(WeightsError) -> SpatialResampling.Interpolation {
        typealias Interpolation = SpatialResampling.Interpolation
        let name = isUpsample || opset < 11 ? "asymmetric" : operation.text("coordinate_transformation_mode", "half_pixel")
        guard let coordinates = Interpolation.Coordinates(rawValue: name) else { throw operation.refuse("the coordinates \(shown(name))") }
        switch operation.text("mode", "nearest") {
        case "nearest":
            // Before version 11 the nearest was the one below.
            let standard = isUpsample || opset < 11 ? "floor" : "round_prefer_floor"
            guard let rounding = Interpolation.Rounding(rawValue: operation.text("nearest_mode", standard)) else { throw operation.refuse("nearest_mode") }
            return Interpolation(.nearest(rounding), coordinates)
        case "linear", "bilinear": return Interpolation(.linear, coordinates)
        case "cubic":
            let excludes = try operation.integer("exclude_outside", 0) == 1
            return Interpolation(.cubic(operation.number("cubic_coeff_a", -0.75), excludesOutside: excludes), coordinates)
        default: throw operation.refuse("the mode \(shown(operation.text("mode", "")))")
        }
    }
}
