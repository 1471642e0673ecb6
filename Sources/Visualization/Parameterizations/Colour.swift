import Tensors

/// From any three numbers a pixel to RGB in 0…1: optionally the correlation of natural images' colours, then a sigmoid.
///
/// The matrix is the square root of the colour covariance over ImageNet, divided by its largest column norm
/// (tensorflow/lucid, param/color.py): rgb = sigmoid(M · t).
public struct ColourMap: Sendable {
    /// Whether the matrix is applied before the sigmoid.
    public let decorrelated: Bool

    public init(decorrelated: Bool) { self.decorrelated = decorrelated }

    /// The largest of the matrix's column norms, √(.26² + .27² + .27²) = 0.461952.
    private static let largestColumnNorm: Float = 0.461_952

    /// Rows are R, G, B.
    static let matrix: [[Float]] = [[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]]
        .map { $0.map { $0 / largestColumnNorm } }

    /// Row-major, as the loops over pixels take it.
    private var rows: [Float] {
        decorrelated ? Self.matrix.flatMap { $0 } : [1, 0, 0, 0, 1, 0, 0, 0, 1]
    }

    /// - Parameter values: `[3, height, width]`, unbounded.
    public func callAsFunction(_ values: consuming Tensor, workers: Workers) -> Mapping {
        let rows = rows
        let image = values.colours(rows, workers: workers)
        return Mapping(output: image) { $0.coloursAdjoint(rows, image: image, workers: workers) }
    }
}
