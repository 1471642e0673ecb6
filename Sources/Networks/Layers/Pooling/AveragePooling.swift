import Tensors

/// The mean under each window.
public struct AveragePooling: WeightlessLayer {
    /// The values that are averaged to one.
    public let window: Window
    /// Windows that hang over the far edge count (PyTorch's ceil_mode).
    public let ceiling: Bool
    /// Padding counts as zeros in the mean (PyTorch's count_include_pad).
    public let countsPadding: Bool
    /// Padding below and on the right, where it differs from that above and on the left.
    public let after: (height: Int, width: Int)

    /// - Parameters:
    ///   - window: without dilation.
    ///   - after: padding below and on the right; nil for as much as above and on the left.
    public init(
        window: Window, ceiling: Bool = false, countsPadding: Bool = true, after: (height: Int, width: Int)? = nil
    ) {
        precondition(window.dilationHeight == 1 && window.dilationWidth == 1, "average pooling has no dilation")
        self.after = after ?? (window.paddingHeight, window.paddingWidth)
        self.window = window
        self.ceiling = ceiling
        self.countsPadding = countsPadding
    }

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, .keepsFeatures, .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try pooledShape(try only(inputs), window, ceiling: ceiling, after: after)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let inputShape = inputs[0].shape
        guard let outputShape = try? outputShape(for: [inputShape]) else { preconditionFailure("unchecked shape") }
        func spans(
            _ extent: Int, outputs: Int, kernel: Int, stride: Int, padding: Int, after: Int
        ) -> [AveragedSpan] {
            (0..<outputs).map { index in
                let start = index * stride - padding
                // PyTorch counts padding up to the padded far edge, but not what ceil_mode hangs over it.
                let padded = min(start + kernel, extent + after) - start
                let lower = min(max(start, 0), extent)
                let inside = lower..<max(lower, min(start + kernel, extent))
                return AveragedSpan(range: inside, divisor: countsPadding ? padded : inside.count)
            }
        }
        let rows = spans(
            inputShape.height, outputs: outputShape.height, kernel: window.kernelHeight, stride: window.strideHeight,
            padding: window.paddingHeight, after: after.height)
        let columns = spans(
            inputShape.width, outputs: outputShape.width, kernel: window.kernelWidth, stride: window.strideWidth,
            padding: window.paddingWidth, after: after.width)
        return average(inputs[0], rows: rows, columns: columns, pass)
    }

    public func window(for inputs: [Shape]) -> Window? { window }
}

/// The means over a grid of `height` × `width` regions that cover the input, whatever its size: region i of n spans
/// ⌊i·extent/n⌋ ..< ⌈(i + 1)·extent/n⌉ (PyTorch's adaptive average pooling).
public struct AdaptiveAveragePooling: WeightlessLayer {
    /// Rows of regions.
    public let height: Int
    /// Columns of regions.
    public let width: Int

    /// - Parameters: regions, at least 1 each way.
    public init(height: Int, width: Int) {
        precondition(height > 0 && width > 0)
        self.height = height
        self.width = width
    }

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, .seesWholeInput] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.height > 0, input.width > 0 else { throw ShapeError("nothing to average in \(input)") }
        return Shape(input.channels, height, width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        func spans(_ extent: Int, _ outputs: Int) -> [AveragedSpan] {
            (0..<outputs).map { index in
                let range = index * extent / outputs..<((index + 1) * extent + outputs - 1) / outputs
                return AveragedSpan(range: range, divisor: range.count)
            }
        }
        let shape = inputs[0].shape
        if height == 1, width == 1 {
            let sums = inputs[0].channelSums(workers: pass.workers)
            let share = 1 / Float(shape.area)
            return LayerResult(FeatureMap(height: 1, width: 1, everywhere: sums.map { $0 * share })) { gradient in
                let shares = gradient.withElements { $0.map { $0 * share } }
                return [FeatureMap(height: shape.height, width: shape.width, everywhere: shares)]
            }
        }
        return average(inputs[0], rows: spans(shape.height, height), columns: spans(shape.width, width), pass)
    }

    public func window(for inputs: [Shape]) -> Window? {
        let input = inputs[0]
        return Window(
            kernel: ((input.height + height - 1) / height, (input.width + width - 1) / width),
            stride: (max(1, input.height / height), max(1, input.width / width)))
    }
}

/// One axis of an averaged region: the input positions in it, of which there may be none where the window lies in the
/// padding, and what their sum is divided by.
private struct AveragedSpan {
    let range: Range<Int>
    let divisor: Int
}

/// Means over the regions rows × columns.
private func average(_ input: FeatureMap, rows: [AveragedSpan], columns: [AveragedSpan], _ pass: Pass) -> LayerResult {
    let inputShape = input.shape
    let channels = inputShape.channels
    var output = FeatureMap(Shape(channels, rows.count, columns.count))
    output.withMutableElements { output in
        input.withElements { input in
            let (output, input) = (output.baseAddress!, input.baseAddress!)
            pass.workers.forEach(rows.count) { i in
                for (j, column) in columns.enumerated() {
                    let share = 1 / Float(rows[i].divisor * column.divisor)
                    let target = output + (i * columns.count + j) * channels
                    for y in rows[i].range {
                        for x in column.range {
                            addScaled(input + (y * inputShape.width + x) * channels, to: target, count: channels, by: share)
                        }
                    }
                }
            }
        }
    }
    return LayerResult(output) { gradient in
        var result = FeatureMap(inputShape)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                let (result, gradient) = (result.baseAddress!, gradient.baseAddress!)
                pass.workers.forEach(inputShape.height) { y in
                    for (i, row) in rows.enumerated() where row.range.contains(y) {
                        for (j, column) in columns.enumerated() {
                            let share = 1 / Float(row.divisor * column.divisor)
                            let source = gradient + (i * columns.count + j) * channels
                            for x in column.range {
                                addScaled(
                                    source, to: result + (y * inputShape.width + x) * channels, count: channels, by: share)
                            }
                        }
                    }
                }
            }
        }
        return [result]
    }
}
