import Tensors
import Visualization

/// Sums over positions of activations, from which their covariance over channels is computed.
public struct Moments: Sendable {
    /// Positions so far.
    public private(set) var count = 0
    private let channels: Int
    private var sums: [Double]
    private var products: [Double]  // [channels, channels]

    /// - Parameter channels: of the layer.
    public init(channels: Int) {
        self.channels = channels
        sums = [Double](repeating: 0, count: channels)
        products = [Double](repeating: 0, count: channels * channels)
    }

    /// Adds every position of an activation `[channels, height, width]`.
    public mutating func add(_ activation: Tensor) {
        precondition(activation.shape.channels == channels)
        let area = activation.shape.area
        let gram = gramMatrix(activation)
        for i in products.indices { products[i] += Double(gram[i]) }
        activation.withElements { values in
            for channel in 0..<channels {
                for i in channel * area..<(channel + 1) * area { sums[channel] += Double(values[i]) }
            }
        }
        count += area
    }

    /// E[a·aᵀ] − E[a]·E[a]ᵀ
    public var covariance: SquareMatrix {
        let share = 1 / Double(max(count, 1))
        var elements = products.map { $0 * share }
        for i in 0..<channels {
            for j in 0..<channels { elements[i * channels + j] -= sums[i] * sums[j] * share * share }
        }
        return SquareMatrix(extent: channels, elements)
    }
}

/// A symmetric matrix in double precision.
public struct SquareMatrix: Sendable {
    /// Rows and columns.
    public let extent: Int
    /// Row-major.
    public let elements: [Double]

    /// - Parameter elements: row-major, extent · extent of them.
    public init(extent: Int, _ elements: [Double]) {
        precondition(elements.count == extent * extent)
        self.extent = extent
        self.elements = elements
    }

    /// The mean of the diagonal.
    public var meanOfDiagonal: Double { (0..<extent).reduce(0) { $0 + elements[$1 * (extent + 1)] } / Double(extent) }

    /// The matrix plus a multiple of the identity.
    public func addingToDiagonal(_ value: Double) -> SquareMatrix {
        var sum = elements
        for i in 0..<extent { sum[i * (extent + 1)] += value }
        return SquareMatrix(extent: extent, sum)
    }

    /// x with A·x = vector by Cholesky's factorisation; nil if the matrix is not positive definite.
    public func solve(_ vector: [Double]) -> [Double]? {
        var factor = elements
        for j in 0..<extent {
            for i in j..<extent {
                var sum = factor[i * extent + j]
                for k in 0..<j { sum -= factor[i * extent + k] * factor[j * extent + k] }
                if i == j {
                    guard sum > 0 else { return nil }
                    factor[i * extent + i] = sum.squareRoot()
                } else {
                    factor[i * extent + j] = sum / factor[j * extent + j]
                }
            }
        }
        var solution = vector
        for i in 0..<extent {
            for k in 0..<i { solution[i] -= factor[i * extent + k] * solution[k] }
            solution[i] /= factor[i * extent + i]
        }
        for i in (0..<extent).reversed() {
            for k in i + 1..<max(extent, i + 1) { solution[i] -= factor[k * extent + i] * solution[k] }
            solution[i] /= factor[i * extent + i]
        }
        return solution
    }
}

extension SquareMatrix {
    /// A share of the mean variance that keeps directions finite which never vary.
    private static let regularization = 1e-3

    /// Takes the correlations of a covariance C out of a direction: v′ = C⁻¹v, brought to length 1 (the whitened directions of
    /// activation atlases, Carter et al. 2019).
    ///
    /// - Returns: nil if the matrix cannot be inverted.
    public func whitened(_ direction: Direction) -> Direction? {
        var vector = [Double](repeating: 0, count: extent)
        for (channel, weight) in direction.weights { vector[channel] = Double(weight) }
        let regular = addingToDiagonal(Self.regularization * meanOfDiagonal + 1e-12)
        guard let solution = regular.solve(vector) else { return nil }
        let length = solution.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return Direction(solution.map { Float($0 / length) })
    }
}
