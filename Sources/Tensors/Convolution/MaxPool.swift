import Kernels

/// Max pooling of maps of one size, and its adjoint: the gradient goes to the first of the largest values, in row-major
/// order.
public struct MaxPool: Sendable {
    private let pool: Pool
    private let input: Shape
    private let output: Shape

    /// Which tap won is kept in a byte.
    public static let mostTaps = 255

    /// `@unchecked Sendable`: extents only.
    private struct Pool: @unchecked Sendable {
        var extents: kernels_pool
    }

    /// - Parameter output: the shape of the result, which decides whether windows that hang over the edge count.
    public init(window: Window, input: Shape, output: Shape) {
        precondition(window.area <= Self.mostTaps && output.channels == input.channels)
        self.input = input
        self.output = output
        pool = Pool(
            extents: kernels_pool(
                channels: input.channels, input_height: input.height, input_width: input.width,
                output_height: output.height, output_width: output.width, kernel_height: window.kernelHeight,
                kernel_width: window.kernelWidth, stride_height: window.strideHeight, stride_width: window.strideWidth,
                padding_height: window.paddingHeight, padding_width: window.paddingWidth,
                dilation_height: window.dilationHeight, dilation_width: window.dilationWidth))
    }

    /// The pooled map, and for each of its values which tap (row-major) won.
    public func callAsFunction(_ source: FeatureMap, workers: Workers) -> (output: FeatureMap, winners: [UInt8]) {
        var result = FeatureMap(uninitialized: output)
        let winners = [UInt8](unsafeUninitializedCapacity: output.count) { winners, count in
            let winners = winners.baseAddress!
            result.withMutableElements { result in
                source.withElements { source in
                    let (result, source) = (result.baseAddress!, source.baseAddress!)
                    workers.forEach(output.height) { row in
                        withUnsafePointer(to: pool.extents) { kernels_max_pool($0, row, source, result, winners) }
                    }
                }
            }
            count = output.count
        }
        return (result, winners)
    }

    /// From a gradient at the output to one at the input.
    public func adjoint(_ gradient: FeatureMap, winners: [UInt8], workers: Workers) -> FeatureMap {
        var result = FeatureMap(uninitialized: input)
        result.withMutableElements { result in
            gradient.withElements { gradient in
                winners.withUnsafeBufferPointer { winners in
                    let (result, gradient) = (result.baseAddress!, gradient.baseAddress!)
                    let rows = 4
                    workers.forEach((input.height + rows - 1) / rows) { piece in
                        let first = piece * rows
                        withUnsafePointer(to: pool.extents) {
                            kernels_max_pool_adjoint(
                                $0, first, min(rows, input.height - first), gradient, winners.baseAddress!, result)
                        }
                    }
                }
            }
        }
        return result
    }
}
