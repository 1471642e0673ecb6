import Tensors

/// A constant around the input, as much as each side wants.
public struct Padding: WeightlessLayer {
    /// How much each side gets.
    public enum Margins: Sendable, Hashable {
        /// Rows and columns, at least 0 each.
        case fixed(top: Int, bottom: Int, left: Int, right: Int)
        /// TensorFlow's "SAME" for what this window does next: as much as makes ⌈extent / stride⌉ outputs, and where that is
        /// uneven the odd one below and on the right, or above and on the left with `upper` false. It depends on the
        /// input's size.
        case same(Window, upper: Bool)

        /// Rows and columns for an input of this size.
        package func resolved(height: Int, width: Int) -> (top: Int, bottom: Int, left: Int, right: Int) {
            switch self {
            case .fixed(let top, let bottom, let left, let right): return (top, bottom, left, right)
            case .same(let window, let upper):
                func split(_ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
                    let wanted = ((extent + stride - 1) / stride - 1) * stride + dilation * (kernel - 1) + 1
                    let total = max(wanted - extent, 0)
                    return upper ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
                }
                let rows = split(height, window.kernelHeight, window.strideHeight, window.dilationHeight)
                let columns = split(width, window.kernelWidth, window.strideWidth, window.dilationWidth)
                return (rows.0, rows.1, columns.0, columns.1)
            }
        }
    }

    /// How much each side gets.
    public let margins: Margins
    /// The constant.
    public let value: Float

    /// - Parameter value: the constant around the input.
    public init(top: Int, bottom: Int, left: Int, right: Int, value: Float = 0) {
        self.init(.fixed(top: top, bottom: bottom, left: left, right: right), value: value)
    }

    /// - Parameter value: the constant around the input.
    public init(_ margins: Margins, value: Float = 0) {
        if case .fixed(let top, let bottom, let left, let right) = margins {
            precondition(top >= 0 && bottom >= 0 && left >= 0 && right >= 0)
        }
        self.margins = margins
        self.value = value
    }

    public var traits: LayerTraits {
        var traits: LayerTraits = [.channelwise, .piecewiseLinear, .linear]
        if value <= 0 { traits.insert(.preservesZeroGradient) }
        // A part of the input may have other margins.
        if case .same = margins { traits.insert(.seesWholeInput) }
        return traits
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        let (top, bottom, left, right) = margins.resolved(height: input.height, width: input.width)
        return Shape(input.channels, top + input.height + bottom, left + input.width + right)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let input = inputs[0].shape
        let (top, bottom, left, right) = margins.resolved(height: input.height, width: input.width)
        let padded = Shape(input.channels, top + input.height + bottom, left + input.width + right)
        let (row, paddedRow) = (input.width * input.channels, padded.width * padded.channels)
        let start = top * paddedRow + left * input.channels
        var output = FeatureMap(padded, repeating: value)
        output.withMutableElements { output in
            inputs[0].withElements { source in
                for y in 0..<input.height {
                    (output.baseAddress! + start + y * paddedRow).update(
                        from: source.baseAddress! + y * row, count: row)
                }
            }
        }
        return LayerResult(output) { gradient in
            var result = FeatureMap(uninitialized: input)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    for y in 0..<input.height {
                        (result.baseAddress! + y * row).update(
                            from: gradient.baseAddress! + start + y * paddedRow, count: row)
                    }
                }
            }
            return [result]
        }
    }

    /// A position sees the one that lies as far up and left as there is padding.
    public func window(for inputs: [Shape]) -> Window? {
        let (top, _, left, _) = margins.resolved(height: inputs[0].height, width: inputs[0].width)
        return Window(kernel: (1, 1), padding: (top, left))
    }
}
