import Networks
import Tensors

/// Pad and Resize: images of another extent.
extension Operator {
    static let borders: [Operator] = [
        Operator(
            "Pad",
            constant: { operation in
                try operation.moved { map throws(WeightsError) in
                    try operation.pad(&map, by: try operation.padding(rank: map.dims.count))
                }
            },
            layer: { try $0.pad($1) }),
        Operator("Resize", layer: { try $0.resize($1, isUpsample: false) }),
        Operator("Upsample", layer: { try $0.resize($1, isUpsample: true) }),
    ]
}

/// The indices that a Pad adds before and after each axis (or takes away where negative), and their values.
private struct AxisPadding {
    let before: [Int]
    let after: [Int]
    let mode: String
    /// The added values in the mode "constant".
    let value: Float
    /// It follows from the picture's size.
    let isSized: Bool
}

extension Operation {
    fileprivate func padding(rank: Int) throws(WeightsError) -> AxisPadding {
        guard let given = try integers(attribute: "pads", orInput: 1) else { throw refuse("the padding is missing") }
        let value = attributes["value"] != nil ? number("value", 0) : try optionalConstant(2)?.floats.first ?? 0
        let axes = try axes(try optionalConstant(3)?.integers ?? Array(0..<rank), of: rank)
        let pads = given.integers
        guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude < 100_000 }) else {
            throw refuse("the padding \(pads) for \(rank) axes")
        }
        var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        for (index, axis) in axes.enumerated() { (before[axis], after[axis]) = (pads[index], pads[axes.count + index]) }
        return AxisPadding(before: before, after: after, mode: text("mode", "constant"), value: value, isSized: given.isSized)
    }

    fileprivate func pad(_ map: inout IndexMap, by padding: AxisPadding) throws(WeightsError) {
        map.fill = padding.value
        for (axis, extent) in map.dims.enumerated() where padding.before[axis] != 0 || padding.after[axis] != 0 {
            let range = -padding.before[axis]..<max(extent + padding.after[axis], -padding.before[axis])
            guard extent > 0, !range.isEmpty else { throw refuse("the padding leaves nothing") }
            switch padding.mode {
            case "constant": map.choose(range.map { 0 <= $0 && $0 < extent ? $0 : -1 }, axis: axis)
            case "edge": map.choose(range.map { min(max($0, 0), extent - 1) }, axis: axis)
            case "wrap": map.choose(range.map { (($0 % extent) + extent) % extent }, axis: axis)
            case "reflect":
                guard max(padding.before[axis], padding.after[axis]) < extent else { throw refuse("\(extent) cannot be reflected so far") }
                map.choose(range.map { $0 < 0 ? -$0 : $0 < extent ? $0 : 2 * (extent - 1) - $0 }, axis: axis)
            default: throw refuse("the mode \(shown(padding.mode))")
            }
        }
    }

    /// The factor or the extent of each axis of a Resize or Upsample; nil where the axis keeps its extent.
    fileprivate func targets(_ dims: [Int], scalesInput: Int) throws(WeightsError) -> (targets: [ResizeTarget?], isSized: Bool) {
        var common: Float?  // the factor of all axes, where they keep their ratio
        var (scales, sizes, isSized): ([Float]?, [Int]?, Bool) = (nil, nil, false)
        if let attribute = attributes["scales"] {
            scales = attribute.floats
        } else if let given = try optionalConstant(scalesInput), given.count > 0 {
            scales = given.floats
            isSized = given.isSized
        } else if let given = try optionalConstant(3), given.count > 0 {
            sizes = given.integers
        }
        let axes = try axes(try integers("axes") ?? Array(dims.indices), of: dims.count)
        guard (scales?.count ?? sizes?.count) == axes.count, scales?.allSatisfy({ $0 > 0 && $0 < 1000 }) ?? true,
            sizes?.allSatisfy({ $0 > 0 && $0 < 100_000 }) ?? true
        else { throw refuse("no scales or sizes for \(dims)") }
        switch text("keep_aspect_ratio_policy", "stretch") {
        case "stretch": break
        case let policy:
            // The smallest of the factors, or the largest, for all axes.
            guard let given = sizes, !given.isEmpty, policy == "not_larger" || policy == "not_smaller", axes.allSatisfy({ dims[$0] > 0 }) else { break }
            let factors = zip(axes, given).map { Float($1) / Float(dims[$0]) }
            let factor = policy == "not_larger" ? factors.min()! : factors.max()!
            common = factor
            sizes = axes.map { max(1, Int((factor * Float(dims[$0])).rounded())) }
        }
        var targets = [ResizeTarget?](repeating: nil, count: dims.count)
        for (place, axis) in axes.enumerated() {
            if let scale = scales?[place], scale != 1 {
                targets[axis] = .scale(scale)
            } else if let size = sizes?[place], size != dims[axis] {
                targets[axis] = .size(size, common)
            }
        }
        return (targets, isSized)
    }
}

private enum ResizeTarget {
    case scale(Float)
    /// With the factor that goes with it; nil for the quotient of the extents.
    case size(Int, Float?)
}

extension GraphImporter {
    fileprivate mutating func pad(_ operation: Operation) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        let padding = try operation.padding(rank: value.dims.count)
        let (before, after) = (padding.before, padding.after)
        let touched = value.dims.indices.filter { before[$0] != 0 || after[$0] != 0 }
        if touched.isEmpty { return try alias(operation, value, dims: value.dims, order: value.order) }
        let dims = value.dims.indices.map { value.dims[$0] + before[$0] + after[$0] }
        if let (rows, columns) = value.spatialAxes, !padding.isSized,
            touched.allSatisfy({ ($0 == rows || $0 == columns) && before[$0] >= 0 && after[$0] >= 0 })
        {
            switch padding.mode {
            case "constant":
                let layer = Padding(
                    top: before[rows], bottom: after[rows], left: before[columns], right: after[columns], value: padding.value)
                return try add(operation, layer, from: value, dims: dims, order: value.order)
            case "reflect", "edge":
                func rule(_ axis: Int) -> SpatialResampling.Rule {
                    if before[axis] == 0, after[axis] == 0 { return .keep }
                    return padding.mode == "edge"
                        ? .edge(before: before[axis], after: after[axis]) : .reflect(before: before[axis], after: after[axis])
                }
                return try add(
                    operation, SpatialResampling(rows: rule(rows), columns: rule(columns)), from: value, dims: dims, order: value.order)
            default: break
            }
        }
        var map = value.indexMap
        try operation.pad(&map, by: padding)
        return try moved(operation, value, map, order: value.order)
    }

    fileprivate mutating func resize(_ operation: Operation, isUpsample: Bool) throws(WeightsError) -> Activation {
        var value = try operation.activation(0)
        let rank = value.dims.count
        guard (3...4).contains(rank), value.dims[0] == 1 else { throw operation.refuse("expected one image, got \(value.dims)") }
        let (targets, isSized) = try operation.targets(value.dims, scalesInput: isUpsample || opset < 11 ? 1 : 2)
        let interpolation = try interpolation(operation, isUpsample: isUpsample)
        let rules = zip(targets, value.dims).map { target, extent -> SpatialResampling.Rule in
            switch target {
            case nil: .keep
            case .scale(let scale): .scale(scale, interpolation)
            case .size(let size, let factor): .resize(from: extent, to: size, interpolation.by(factor))
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
        let layer = rank == 3
            ? SpatialResampling(rows: .keep, columns: rules[2])
            : SpatialResampling(rows: rules[value.order[1]], columns: rules[value.order[2]])
        let shape = try shape(operation, layer, of: value)
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
        let antialiases = try operation.integer("antialias", 0) == 1
        switch operation.text("mode", "nearest") {
        case "nearest":
            // Before version 11 the nearest was the one below.
            let standard = isUpsample || opset < 11 ? "floor" : "round_prefer_floor"
            guard let rounding = Interpolation.Rounding(rawValue: operation.text("nearest_mode", standard)) else {
                throw operation.refuse("the mode \(shown(operation.text("nearest_mode", standard))) of rounding")
            }
            return Interpolation(.nearest(rounding), coordinates)
        case "linear", "bilinear": return Interpolation(.linear, coordinates, antialiases: antialiases)
        case "cubic":
            let excludes = try operation.integer("exclude_outside", 0) == 1
            return Interpolation(.cubic(operation.number("cubic_coeff_a", -0.75), excludesOutside: excludes), coordinates, antialiases: antialiases)
        default: throw operation.refuse("the mode \(shown(operation.text("mode", "")))")
        }
    }
}

extension SpatialResampling.Interpolation {
    fileprivate func by(_ factor: Float?) -> Self {
        var interpolation = self
        interpolation.factor = factor
        return interpolation
    }
}
