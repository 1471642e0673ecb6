import Networks
import Tensors

/// Convolutions, their adjoints, and the geometry that pools share with them.
extension Operator {
    static let convolutions: [Operator] = [
        Operator("Conv", layer: { try $0.convolution($1) }),
        Operator("ConvTranspose", layer: { try $0.transposedConvolution($1) }),
    ]
}

/// Kernel, stride, dilation, and padding on each side.
struct WindowGeometry {
    var window: Window
    /// Padding that differs from side to side; else it is the window's.
    var margins = Padding.Margins.fixed(top: 0, bottom: 0, left: 0, right: 0)

    /// Whether the window has all of the padding.
    var isEven: Bool { margins == .fixed(top: 0, bottom: 0, left: 0, right: 0) }
}

extension Operation {
    /// - Parameter kernel: `[height, width]`, or `[width]` of images of one spatial axis.
    func geometry(kernel: [Int], rank: Int) throws(WeightsError) -> WindowGeometry {
        let axes = rank - 2
        guard kernel.count == axes, kernel.allSatisfy({ $0 > 0 && $0 < 10_000 }) else {
            throw refuse("the kernel \(kernel) for \(axes) axes")
        }
        let size = axes == 1 ? (height: 1, width: kernel[0]) : (height: kernel[0], width: kernel[1])
        let stride = try pair("strides", 1, axes: axes)
        let dilation = try pair("dilations", 1, axes: axes)
        var window = Window(kernel: size, stride: stride, dilation: dilation)
        switch text("auto_pad", "NOTSET") {
        case "SAME_UPPER", "SAME_LOWER":
            let (rows, columns) = ((size.height - 1) * dilation.height, (size.width - 1) * dilation.width)
            // Without strides it is the same at any size, and even for odd kernels.
            guard stride == (1, 1), rows % 2 == 0, columns % 2 == 0 else {
                return WindowGeometry(window: window, margins: .same(window, upper: text("auto_pad", "") == "SAME_UPPER"))
            }
            (window.paddingHeight, window.paddingWidth) = (rows / 2, columns / 2)
        case "VALID": break
        default:
            guard let pads = try pads(axes: axes) else { break }
            guard pads.top == pads.bottom, pads.left == pads.right else {
                return WindowGeometry(
                    window: window, margins: .fixed(top: pads.top, bottom: pads.bottom, left: pads.left, right: pads.right))
            }
            (window.paddingHeight, window.paddingWidth) = (pads.top, pads.left)
        }
        return WindowGeometry(window: window)
    }

    /// The attribute `pads`; nil where it is left out.
    private func pads(axes: Int) throws(WeightsError) -> (top: Int, bottom: Int, left: Int, right: Int)? {
        guard let pads = try integers("pads") else { return nil }
        guard pads.count == 2 * axes, pads.allSatisfy({ $0 >= 0 && $0 < 10_000 }) else { throw refuse("the padding \(pads)") }
        return axes == 1 ? (0, 0, pads[0], pads[1]) : (pads[0], pads[2], pads[1], pads[3])
    }

    /// Rows and columns that a transposed convolution cuts off the whole reach of its kernels (or adds to it where negative).
    ///
    /// - Parameters:
    ///   - input: shape of the image.
    ///   - axes: spatial axes.
    fileprivate func trims(
        _ window: Window, input: Shape, axes: Int
    ) throws(WeightsError) -> (top: Int, bottom: Int, left: Int, right: Int) {
        let extra = try integers("output_padding") ?? [Int](repeating: 0, count: axes)
        guard extra.count == axes, extra.allSatisfy({ $0 >= 0 && $0 < 1000 }) else { throw refuse("output_padding \(extra)") }
        let (below, beside) = axes == 1 ? (0, extra[0]) : (extra[0], extra[1])
        guard below < window.strideHeight || below == 0, beside < window.strideWidth || beside == 0 else {
            throw refuse("output_padding \(extra) is not below the stride")
        }
        let mode = text("auto_pad", "NOTSET")
        guard attributes["output_shape"] != nil || mode.hasPrefix("SAME") else {
            guard let pads = try pads(axes: axes) else { return (0, -below, 0, -beside) }
            return (pads.top, pads.bottom - below, pads.left, pads.right - beside)
        }
        let same = [input.height * window.strideHeight, input.width * window.strideWidth]
        let wanted = Array((try integers("output_shape") ?? same).suffix(axes))
        guard wanted.count == axes else { throw refuse("output_shape \(wanted)") }
        let height = (input.height - 1) * window.strideHeight + (window.kernelHeight - 1) * window.dilationHeight + 1
        let width = (input.width - 1) * window.strideWidth + (window.kernelWidth - 1) * window.dilationWidth + 1
        func split(_ total: Int) -> (first: Int, second: Int) {
            mode == "SAME_UPPER" ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
        }
        let columns = split(width + beside - wanted[axes - 1])
        let rows = axes == 1 ? (first: 0, second: 0) : split(height + below - wanted[0])
        return (rows.first, rows.second - below, columns.first, columns.second - beside)
    }
}

extension GraphImporter {
    /// An image `[1, channels, height, width]` (or `[1, channels, width]`) with its channels side by side.
    mutating func image(_ operation: Operation, _ value: Activation) throws(WeightsError) -> Activation {
        guard (3...4).contains(value.dims.count), value.dims[0] == 1 else {
            throw operation.refuse("expected one image of three or four axes, got \(value.dims)")
        }
        return try arranged(operation, value, to: Activation.imageOrder(value.dims.count))
    }

    /// Extents, as ONNX has them, of an image of this shape.
    func imageDims(_ shape: Shape, rank: Int) -> [Int] {
        rank == 3 ? [1, shape.channels, shape.width] : [1, shape.channels, shape.height, shape.width]
    }

    func shape(_ operation: Operation, _ layer: any Layer, of value: Activation) throws(WeightsError) -> Shape {
        do {
            return try layer.outputShape(for: [value.shape])
        } catch {
            throw operation.refuse("\(error)")
        }
    }

    /// Padding that differs from side to side, as a node of its own.
    mutating func padded(_ operation: Operation, _ value: Activation, _ geometry: WindowGeometry, with fill: Float = 0)
        throws(WeightsError) -> Activation
    {
        guard !geometry.isEven else { return value }
        let layer = Padding(geometry.margins, value: fill)
        let shape = try shape(operation, layer, of: value)
        return try add(
            operation, layer, from: [value], dims: imageDims(shape, rank: value.dims.count), order: value.order, suffix: "/pad")
    }

    fileprivate mutating func convolution(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        let weights = try operation.input(1)
        guard !weights.isActivation else { throw operation.refuse("its weights depend on the picture") }
        guard weights.dims.count == input.dims.count, weights.dims.allSatisfy({ $0 > 0 }) else {
            throw operation.refuse("weights of \(weights.dims) for \(input.dims)")
        }
        let rank = input.dims.count
        let groups = try operation.integer("group", 1)
        let filters = weights.dims[0]
        let channels = input.dims[1]
        guard groups > 0, channels % groups == 0, filters % groups == 0, weights.dims[1] == channels / groups else {
            throw operation.refuse("weights of \(weights.dims) in \(groups) groups for \(channels) channels")
        }
        let kernel = Array(weights.dims.dropFirst(2))
        let geometry = try operation.geometry(kernel: kernel, rank: rank)
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

    /// One number for each of `count` channels; a single number is repeated.
    func biases(_ operation: Operation, _ value: Value?, count: Int, scale: Float = 1) throws(WeightsError) -> Parameter? {
        guard let value else { return nil }
        guard !value.isActivation else { throw operation.refuse("its weights depend on the picture") }
        guard value.count == count || value.count == 1 else {
            throw operation.refuse("biases of \(value.dims), expected \(count)")
        }
        if value.count == count { return try reader.parameter(value, shape: [count], scale: scale) }
        return try reader.parameter(value, map: IndexMap(repeating: count), scale: scale)
    }

    fileprivate mutating func transposedConvolution(_ operation: Operation) throws(WeightsError) -> Activation {
        let input = try image(operation, operation.activation(0))
        let weights = try operation.input(1)
        let rank = input.dims.count
        guard !weights.isActivation else { throw operation.refuse("its weights depend on the picture") }
        guard weights.dims.count == rank, weights.dims.allSatisfy({ $0 > 0 }),
            weights.dims[0] == input.dims[1]
        else {
            throw operation.refuse("weights of \(weights.dims) for \(input.dims)")
        }
        let groups = try operation.integer("group", 1)
        guard groups > 0, weights.dims[0] % groups == 0 else { throw operation.refuse("\(groups) groups of \(weights.dims[0]) channels") }
        let kernel = Array(weights.dims.dropFirst(2))
        let window = Window(
            kernel: rank == 3 ? (1, kernel[0]) : (kernel[0], kernel[1]), stride: try operation.pair("strides", 1, axes: rank - 2),
            dilation: try operation.pair("dilations", 1, axes: rank - 2))
        let trims = try operation.trims(window, input: input.shape, axes: rank - 2)
        guard trims.top >= 0, trims.left >= 0 else { throw operation.refuse("an output larger than the kernels reach") }
        let biases = try biases(operation, operation.optionalInput(2), count: weights.dims[1] * groups)
        // Rows below and columns on the right that are added get biases as well, so the layer itself makes them.
        let layer = TransposedConvolution(
            window: window, groups: groups, extra: (max(-trims.bottom, 0), max(-trims.right, 0)),
            weights: try reader.parameter(weights, shape: rank == 3 ? [weights.dims[0], weights.dims[1], 1, kernel[0]] : weights.dims),
            biases: biases)
        let cut = SpatialResampling(
            rows: .trim(before: trims.top, after: max(trims.bottom, 0), step: 1),
            columns: .trim(before: trims.left, after: max(trims.right, 0), step: 1))
        let isCut = trims.top > 0 || trims.left > 0 || trims.bottom > 0 || trims.right > 0
        let combined: any Layer = isCut ? Composition([layer, cut]) : layer
        let shape = try shape(operation, combined, of: input)
        return try add(operation, combined, from: [input], dims: imageDims(shape, rank: rank), order: input.order)
    }
}
