import Kernels

/// Bilinear rotation about the centre ((width − 1) / 2, (height − 1) / 2), counter-clockwise as one sees it, with zeros
/// beyond the border: output(x, y) = input(c + R(x − c)), R = [[cos, −sin], [sin, cos]] with y pointing down; and its
/// adjoint.
public struct BilinearRotation: Sendable {
    private let height: Int
    private let width: Int
    private let cosine: Float
    private let sine: Float

    /// Rows that one task takes.
    private static let bandRows = 32

    /// - Parameters:
    ///   - degrees: counter-clockwise.
    ///   - height: rows of the picture, before and after.
    ///   - width: its columns.
    public init(degrees: Float, height: Int, width: Int) {
        self.height = height
        self.width = width
        let angle = Double(degrees) * Double.pi / 180
        (cosine, sine) = (Float(cosineOf(angle)), Float(sineOf(angle)))
    }

    private typealias Kernel = (
        UnsafePointer<kernels_rotation>, Int, Int, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>,
        UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Float>
    ) -> Void

    /// Applies the map to every channel.
    public func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor { apply(kernels_rotate, image, workers) }

    /// The adjoint: spreads a gradient back over the input.
    public func adjoint(_ gradient: Tensor, workers: Workers) -> Tensor { apply(kernels_rotate_adjoint, gradient, workers) }

    private func apply(_ kernel: Kernel, _ planes: Tensor, _ workers: Workers) -> Tensor {
        let channels = planes.shape.channels
        precondition(planes.shape == Shape(channels, height, width))
        var result = Tensor(uninitialized: planes.shape)
        result.withMutableElements { result in
            planes.withElements { planes in
                let (result, planes) = (result.baseAddress!, planes.baseAddress!)
                workers.forEach((height + Self.bandRows - 1) / Self.bandRows) { band in
                    let first = band * Self.bandRows
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * width) { places in
                        withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * width) { weights in
                            var rotation = kernels_rotation(height: height, width: width, cosine: cosine, sine: sine)
                            kernel(
                                &rotation, first, min(Self.bandRows, height - first), channels, planes, result,
                                places.baseAddress!, weights.baseAddress!)
                        }
                    }
                }
            }
        }
        return result
    }
}
