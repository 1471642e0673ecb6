import Tensors

/// The largest value under each window. The gradient goes to the first largest one, in row-major order.
public struct MaxPooling: WeightlessLayer {
    /// The values that are pooled to one.
    public let window: Window
    /// Windows that hang over the far edge count (PyTorch's ceil_mode).
    public let ceiling: Bool

    /// - Parameter ceiling: whether windows that hang over the far edge count.
    public init(window: Window, ceiling: Bool = false) {
        self.window = window
        self.ceiling = ceiling
    }

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, .preservesZeroGradient, .keepsFeatures] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try pooledShape(try only(inputs), window, ceiling: ceiling)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let inputShape = inputs[0].shape
        guard let outputShape = try? outputShape(for: [inputShape]) else { preconditionFailure("unchecked shape") }
        let result = pooled(inputs[0], outputShape, pass)
        if pass.remembers, pass.poolGradient == .average, window.dilationHeight == 1, window.dilationWidth == 1 {
            let average = AveragePooling(window: window, ceiling: ceiling, countsPadding: false)
            return LayerResult(result.output, pullback: average(inputs, pass).pullback)
        }
        return result
    }

    private func pooled(_ input: FeatureMap, _ outputShape: Shape, _ pass: Pass) -> LayerResult {
        guard window.area <= MaxPool.mostTaps else { return pooledWidely(input, outputShape, pass) }
        let pool = MaxPool(window: window, input: input.shape, output: outputShape)
        let (output, winners) = pool(input, workers: pass.workers)
        return LayerResult(output) { [pool.adjoint($0, winners: winners, workers: pass.workers)] }
    }

    /// A window of any size, such as one as large as the map.
    private func pooledWidely(_ input: FeatureMap, _ outputShape: Shape, _ pass: Pass) -> LayerResult {
        let (shape, window, channels) = (input.shape, window, outputShape.channels)
        func places(_ start: Int, _ kernel: Int, _ dilation: Int, _ extent: Int) -> [Int] {
            (0..<kernel).map { start + $0 * dilation }.filter { 0 <= $0 && $0 < extent }
        }
        var output = FeatureMap(outputShape, repeating: -.infinity)
        var winners = [Int32](repeating: -1, count: outputShape.count)
        output.withMutableElements { output in
            input.withElements { input in
                for y in 0..<outputShape.height {
                    let rows = places(y * window.strideHeight - window.paddingHeight, window.kernelHeight, window.dilationHeight, shape.height)
                    for x in 0..<outputShape.width {
                        let target = (y * outputShape.width + x) * channels
                        let columns = places(
                            x * window.strideWidth - window.paddingWidth, window.kernelWidth, window.dilationWidth, shape.width)
                        for source in rows.flatMap({ row in columns.map { (row * shape.width + $0) * channels } }) {
                            for c in 0..<channels where input[source + c] > output[target + c] || winners[target + c] < 0 {
                                output[target + c] = input[source + c]
                                winners[target + c] = Int32(source + c)
                            }
                        }
                    }
                }
            }
        }
        return LayerResult(output) { [winners] gradient in
            var result = FeatureMap(shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    for (place, winner) in winners.enumerated() where winner >= 0 { result[Int(winner)] += gradient[place] }
                }
            }
            return [result]
        }
    }

    public func window(for inputs: [Shape]) -> Window? { window }
}

/// Where max pooling sends its gradient.
public enum PoolGradient: String, Sendable, CaseIterable, Codable {
    /// The value that won: the derivative.
    case winner
    /// All values of the window, as average pooling would.
    case average
}

/// The largest value of each channel; the gradient goes to the first largest one, in row-major order.
public struct GlobalMaxPooling: WeightlessLayer {
    /// Has no parameters.
    public init() {}

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear, .preservesZeroGradient, .seesWholeInput] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.area > 0 else { throw ShapeError("nothing to pool in \(input)") }
        return Shape(input.channels, 1, 1)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        let channels = shape.channels
        var largest = [Float](repeating: -.infinity, count: channels)
        var winners = [Int](repeating: 0, count: channels)
        inputs[0].withElements { input in
            for position in 0..<shape.area {
                for c in 0..<channels where input[position * channels + c] > largest[c] {
                    largest[c] = input[position * channels + c]
                    winners[c] = position
                }
            }
        }
        return LayerResult(FeatureMap(height: 1, width: 1, everywhere: largest)) { [winners] gradient in
            var result = FeatureMap(shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    for c in 0..<channels { result[winners[c] * channels + c] = gradient[c] }
                }
            }
            return [result]
        }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }
}

/// The number of pooled positions along one axis; with `ceiling`, a window that hangs over the far edge counts, unless it
/// would begin in the padding beyond the input (PyTorch's rule).
private func pooledExtent(
    _ extent: Int, kernel: Int, stride: Int, padding: Int, after: Int, dilation: Int, ceiling: Bool
) -> Int {
    let room = extent + padding + after - dilation * (kernel - 1) - 1 + (ceiling ? stride - 1 : 0)
    guard extent > 0, room >= 0 else { return 0 }
    var outputs = room / stride + 1
    if ceiling, (outputs - 1) * stride >= extent + padding { outputs -= 1 }
    return outputs
}

/// The shape of a pool's output.
///
/// - Parameter after: padding below and on the right; nil where it is that above and on the left.
func pooledShape(_ input: Shape, _ window: Window, ceiling: Bool, after: (height: Int, width: Int)? = nil)
    throws(ShapeError) -> Shape
{
    let after = after ?? (window.paddingHeight, window.paddingWidth)
    let height = pooledExtent(
        input.height, kernel: window.kernelHeight, stride: window.strideHeight, padding: window.paddingHeight,
        after: after.height, dilation: window.dilationHeight, ceiling: ceiling)
    let width = pooledExtent(
        input.width, kernel: window.kernelWidth, stride: window.strideWidth, padding: window.paddingWidth,
        after: after.width, dilation: window.dilationWidth, ceiling: ceiling)
    guard height > 0, width > 0 else {
        throw ShapeError(
            "a \(window.kernelHeight)×\(window.kernelWidth) pool does not fit \(input.height)×\(input.width)")
    }
    return Shape(input.channels, height, width)
}
