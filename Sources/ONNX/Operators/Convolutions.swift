import Networks
import Tensors

/// Convolutions and pools: what slides a window over an image.
extension GraphImporter {
    /// An image `[1, channels, height, width]` (or `[1, channels, width]`) with its channels side by side.
    mutating func image(_ operation: Operation, _ value: Activation) throws(WeightsError) -> Activation {
        guard (3...4).contains(value.dims.count), value.dims[0] == 1 else {
            throw operation.refuse("expected one image of three or four axes, got \(value.dims)")
        }
        return try arranged(operation, value, to: Activation.imageOrder(value.dims.count))
    }

    /// Extents of an image of this shape.
    private func imageDims(_ shape: Shape, rank: Int) -> [Int] {
        rank == 3 ? [1, shape.channels, shape.width] : [1, shape.channels, shape.height, shape.width]
    }

    private func shape(_ operation: Operation, _ layer: any Layer, of value: Activation) throws(WeightsError) -> Shape {
        do {
            return try layer.outputShape(for: [value.shape])
        } catch {
            throw operation.refuse("\(error)")
        }
    }

    /// Kernel, stride, dilation, and padding on each side.
    private struct Geometry {
        var window: Window
        var margins: Padding.Margins

        /// The padding, where both sides have the same; it is in the window then.
        var isEven: Bool { margins == .fixed(top: 0, bottom: 0, left: 0, right: 0) }
    }

    private func geometry(_ operation: Operation, kernel: [Int], rank: Int) throws(WeightsError) -> Geometry {
        let axes = rank - 2
        guard kernel.count == axes, kernel.allSatisfy({ $0 > 0 && $0 < 10_000 }) else { throw operation.refuse("the kernel \(kernel) for \(axes) axes") }
        let size = axes == 1 ? (1, kernel[0]) : (kernel[0], kernel[1])
        let stride = try operation.pair("strides", 1, axes: axes)
        let dilation = try operation.pair("dilations", 1, axes: axes)
        var window = Window(kernel: size, stride: stride, dilation: dilation)
        switch operation.text("auto_pad", "NOTSET") {
        case "SAME_UPPER", "SAME_LOWER":
            let isUpper = operation.text("auto_pad", "") == "SAME_UPPER"
            let (rows, columns) = ((size.0 - 1) * dilation.height, (size.1 - 1) * dilation.width)
            // Without strides it is the same at any size, and even for odd kernels.
            if stride == (1, 1), rows % 2 == 0, columns % 2 == 0 {
                (window.paddingHeight, window.paddingWidth) = (rows / 2, columns / 2)
                return Geometry(window: window, margins: .fixed(top: 0, bottom: 0, left: 0, right: 0))
            }
            return Geometry(window: window, margins: .same(window, upper: isUpper))
        case "VALID": return Geometry(window: window, margins: .fixed(top: 0, bottom: 0, left: 0, right: 0))
        default:
            let pads = try operation.integers("pads") ?? [Int](repeating: 0, count: 2 * axes)
            guard pads.count == 2 * axes, pads.allSatisfy({ $0 >= 0 && $0 < 10_000 }) else { throw operation.refuse("the padding \(pads)") }
            let (top, left, bottom, right) = axes == 1 ? (0, pads[0], 0, pads[1]) : (pads[0], pads[1], pads[2], pads[3])
            if top == bottom, left == right {
                (window.paddingHeight, window.paddingWidth) = (top, left)
                return Geometry(window: window, margins: .fixed(top: 0, bottom: 0, left: 0, right: 0))
            }
            return Geometry(window: window, margins: .fixed(top: top, bottom: bottom, left: left, right: right))
        }
    }

    /// Padding that differs from side to side, as a node of its own.
    private mutating func padded(_ operation: Operation, _ value: Activation, _ geometry: Geometry, with fill: Float = 0)
        throws(WeightsError) -> Activation
    {
        guard !geometry.isEven else { return value }
        let layer = Padding(geometry.margins, value: fill)
        let shape = try shape(operation, layer, of: value)
        return try add(
            operation, layer, from: [value], dims: imageDims(shape, rank: value.dims.count), order: value.order, suffix: "/pad")
    }

    mutating func convolution(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        let weights = try operation.input(1)
        guard !weights.isActivation else { throw operation.refuse("its weights depend on the picture") }
        guard weights.dims.count == input.dims.count, weights.dims.allSatisfy({ $0 > 0 }) else { throw operation.refuse("weights of \(weights.dims) for \(input.dims)") }
        let rank = input.dims.count
        let groups = try operation.integer("group", 1)
        let filters = weights.dims[0]
        let channels = input.dims[1]
        guard groups > 0, channels % groups == 0, filters % groups == 0, weights.dims[1] == channels / groups else {
            throw operation.refuse("weights of \(weights.dims) in \(groups) groups for \(channels) channels")
        }
        let kernel = Array(weights.dims.dropFirst(2))
        let geometry = try geometry(operation, kernel: kernel, rank: rank)
        let source = try padded(operation, input, geometry)
        let biases = try biases(operation, operation.optionalInput(2), count: filters)
        let layer = Convolution(
            inputChannels: channels, filters: filters, window: geometry.window, groups: groups,
            weights: try reader.parameter(weights, shape: rank == 3 ? [filters, weights.dims[1], 1, kernel[0]] : weights.dims),
            biases: biases)
        let shape = try shape(operation, layer, of: source)
        let result = try add(operation, layer, from: [source], dims: imageDims(shape, rank: rank), order: input.order)
        if biases == nil { facts[result.node.index] = .convolution(layer, from: source.node) }
        return result
    }

    /// One number for each of `count` channels.
    func biases(_ operation: Operation, _ value: Value?, count: Int, scale: Float = 1) throws(WeightsError) -> Parameter? {
        guard let value else { return nil }
        let found = value.dims.reduce(1, *)
        guard !value.isActivation, found == count || found == 1 else { throw operation.refuse("biases of \(value.dims), expected \(count)") }
        if found == count { return try reader.parameter(value, shape: [count], scale: scale) }
        return try reader.parameter(value, movement: Movement(spread: count), scale: scale)
    }

    mutating func transposedConvolution(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        let weights = try operation.input(1)
        let rank = input.dims.count
        guard !weights.isActivation, weights.dims.count == rank, weights.dims.allSatisfy({ $0 > 0 }), weights.dims[0] == input.dims[1] else {
            throw operation.refuse("weights of \(weights.dims) for \(input.dims)")
        }
        let groups = try operation.integer("group", 1)
        guard groups > 0, weights.dims[0] % groups == 0 else { throw operation.refuse("\(groups) groups of \(weights.dims[0]) channels") }
        let axes = rank - 2
        let kernel = Array(weights.dims.dropFirst(2))
        let stride = try operation.pair("strides", 1, axes: axes)
        let dilation = try operation.pair("dilations", 1, axes: axes)
        let window = Window(
            kernel: axes == 1 ? (1, kernel[0]) : (kernel[0], kernel[1]), stride: stride, dilation: dilation)
        let extra = try operation.integers("output_padding") ?? [Int](repeating: 0, count: axes)
        guard extra.count == axes, extra.allSatisfy({ $0 >= 0 && $0 < 1000 }) else { throw operation.refuse("output_padding \(extra)") }
        let pair = axes == 1 ? (height: 0, width: extra[0]) : (height: extra[0], width: extra[1])
        guard pair.height < stride.height || pair.height == 0, pair.width < stride.width || pair.width == 0 else {
            throw operation.refuse("output_padding \(extra) is not below the stride")
        }
        // The whole reach of the kernels first; what the padding takes away then.
        let whole = (
            height: (input.shape.height - 1) * stride.height + (window.kernelHeight - 1) * dilation.height + 1,
            width: (input.shape.width - 1) * stride.width + (window.kernelWidth - 1) * dilation.width + 1
        )
        var trims = (top: 0, bottom: -pair.height, left: 0, right: -pair.width)
        let isUpper = operation.text("auto_pad", "NOTSET") == "SAME_UPPER"
        if operation.attributes["output_shape"] != nil || operation.text("auto_pad", "NOTSET").hasPrefix("SAME") {
            let wanted = try operation.integers("output_shape").map { Array($0.suffix(axes)) }
                ?? (axes == 1 ? [input.shape.width * stride.width] : [input.shape.height * stride.height, input.shape.width * stride.width])
            guard wanted.count == axes else { throw operation.refuse("output_shape \(wanted)") }
            func split(_ total: Int) -> (Int, Int) { isUpper ? (total / 2, total - total / 2) : (total - total / 2, total / 2) }
            let columns = split(whole.width + pair.width - wanted[axes - 1])
            let rows = axes == 1 ? (0, 0) : split(whole.height + pair.height - wanted[0])
            trims = (rows.0, rows.1 - pair.height, columns.0, columns.1 - pair.width)
        } else if let pads = try operation.integers("pads") {
            guard pads.count == 2 * axes, pads.allSatisfy({ $0 >= 0 && $0 < 10_000 }) else { throw operation.refuse("the padding \(pads)") }
            trims = axes == 1
                ? (0, -pair.height, pads[0], pads[1] - pair.width) : (pads[0], pads[2] - pair.height, pads[1], pads[3] - pair.width)
        }
        let biases = try biases(operation, operation.optionalInput(2), count: weights.dims[1] * groups)
        // What hangs over below and on the right belongs to the adjoint itself, for its bias.
        let layer = TransposedConvolution(
            window: window, groups: groups, extra: (max(-trims.bottom, 0), max(-trims.right, 0)),
            weights: try reader.parameter(weights, shape: rank == 3 ? [weights.dims[0], weights.dims[1], 1, kernel[0]] : weights.dims),
            biases: biases)
        guard trims.top >= 0, trims.left >= 0 else { throw operation.refuse("an output larger than the kernels reach") }
        let cut = SpatialResampling(
            rows: .trim(before: trims.top, after: max(trims.bottom, 0), step: 1),
            columns: .trim(before: trims.left, after: max(trims.right, 0), step: 1))
        let isCut = trims.top > 0 || trims.left > 0 || trims.bottom > 0 || trims.right > 0
        let combined: any Layer = isCut ? Composition([layer, cut]) : layer
        let shape = try shape(operation, combined, of: input)
        return try add(operation, combined, from: [input], dims: imageDims(shape, rank: rank), order: input.order)
    }

    mutating func maxPool(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        guard operation.outputs.count == 1 else { throw operation.refuse("the places of the largest values are not computed") }
        guard let kernel = try operation.integers("kernel_shape") else { throw operation.refuse("kernel_shape is missing") }
        let geometry = try geometry(operation, kernel: kernel, rank: input.dims.count)
        guard geometry.window.area <= MaxPool.mostTaps else { throw operation.refuse("a pool of \(geometry.window.area) values") }
        let source = try padded(operation, input, geometry, with: -.infinity)
        let layer = MaxPooling(window: geometry.window, ceiling: try operation.integer("ceil_mode", 0) == 1)
        let shape = try shape(operation, layer, of: source)
        return try add(operation, layer, from: [source], dims: imageDims(shape, rank: input.dims.count), order: input.order)
    }

    mutating func averagePool(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        guard let kernel = try operation.integers("kernel_shape") else { throw operation.refuse("kernel_shape is missing") }
        let geometry = try geometry(operation, kernel: kernel, rank: input.dims.count)
        var window = geometry.window
        guard window.dilationHeight == 1, window.dilationWidth == 1 else { throw operation.refuse("average pooling with dilation") }
        let countsPadding = try operation.integer("count_include_pad", 0) == 1
        var (source, after): (Activation, (height: Int, width: Int)) = (input, (window.paddingHeight, window.paddingWidth))
        switch geometry.margins {
        case .fixed(let top, let bottom, let left, let right):
            if !geometry.isEven {
                (window.paddingHeight, window.paddingWidth) = (top, left)
                after = (bottom, right)
            }
        case .same:
            // Its margins depend on the size, and how many values are under a window.
            let margins = geometry.margins.resolved(height: input.shape.height, width: input.shape.width)
            (window.paddingHeight, window.paddingWidth) = (margins.top, margins.left)
            after = (margins.bottom, margins.right)
            source = try fixed(operation, input)
        }
        let layer = AveragePooling(
            window: window, ceiling: try operation.integer("ceil_mode", 0) == 1, countsPadding: countsPadding, after: after)
        let shape = try shape(operation, layer, of: source)
        return try add(operation, layer, from: [source], dims: imageDims(shape, rank: input.dims.count), order: input.order)
    }

    mutating func globalPool(_ operation: Operation, _ layer: any Layer) throws(WeightsError) -> Activation {
        let value = try operation.activation(0)
        guard value.dims.count >= 2 else { throw operation.refuse("nothing to pool in \(value.dims)") }
        let input = value.dims.count == 2 ? value : try image(operation, value)
        let dims = [1, value.dims[1]] + [Int](repeating: 1, count: value.dims.count - 2)
        return try add(operation, layer, from: [input], dims: dims, order: input.order)
    }
}

extension Movement {
    /// One number, `count` times.
    init(spread count: Int) {
        self.init([1])
        expand(to: [count])
    }
}
