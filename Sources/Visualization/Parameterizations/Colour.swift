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

    /// - Parameter values: `[3, height, width]`, unbounded.
    public func callAsFunction(_ values: consuming Tensor, workers: Workers) -> Mapping {
        let correlated = decorrelated ? Self.transform(values, by: Self.matrix, workers: workers) : values
        let image = correlated.sigmoid(workers: workers)
        let decorrelated = self.decorrelated
        return Mapping(output: image) { gradient in
            var result = gradient
            result.withMutableElements { gradient in
                image.withElements { image in
                    let area = image.count / 3
                    let (gradient, image) = (gradient.baseAddress!, image.baseAddress!)
                    workers.forEach(3) { channel in
                        for i in channel * area..<(channel + 1) * area { gradient[i] *= image[i] * (1 - image[i]) }
                    }
                }
            }
            return decorrelated ? Self.transform(result, by: Self.transpose, workers: workers) : result
        }
    }

    private static let transpose = (0..<3).map { row in (0..<3).map { matrix[$0][row] } }

    /// Multiplies every pixel's three values by a matrix.
    private static func transform(_ values: Tensor, by matrix: [[Float]], workers: Workers) -> Tensor {
        let area = values.shape.area
        precondition(values.shape.channels == 3)
        var result = Tensor(uninitialized: values.shape)
        result.withMutableElements { result in
            values.withElements { values in
                let (result, values) = (result.baseAddress!, values.baseAddress!)
                workers.forEach(3) { row in
                    let (a, b, c) = (matrix[row][0], matrix[row][1], matrix[row][2])
                    let target = result + row * area
                    for i in 0..<area { target[i] = a * values[i] + b * values[area + i] + c * values[2 * area + i] }
                }
            }
        }
        return result
    }
}
