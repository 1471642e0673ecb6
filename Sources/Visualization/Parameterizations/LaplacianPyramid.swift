import Tensors

extension ParameterizationName {
    /// The name of `LaplacianPyramid` in plans.
    public static let laplacian = ParameterizationName(LaplacianPyramid.self)
}

/// A picture written as the sum of bilinear enlargements of small ones, Σ over k = 1, 2, 4, 8 of images of 1/k of the extents
/// from N(0, 0.01²) (tensorflow/lucid, param/spatial.py, laplacian_pyramid).
public struct LaplacianPyramid: Canvas {
    public static let name = "laplacian"
    public static let help = "a sum of enlarged small pictures"

    /// Shape of the picture.
    public let shape: Shape
    private let levels: [Shape]
    private let scalings: [BilinearScaling?]  // nil for the level of the picture's own extents

    /// - Parameters: in pixels; a level has one row and one column at least.
    public init(channels: Int = 3, height: Int, width: Int) {
        shape = Shape(channels, height, width)
        levels = [1, 2, 4, 8].map { Shape(channels, max(1, height / $0), max(1, width / $0)) }
        scalings = levels.map { level in
            level.height == height && level.width == width
                ? nil : BilinearScaling(fromHeight: level.height, width: level.width, toHeight: height, width: width)
        }
    }

    /// Takes the extents.
    public init(_ settings: CanvasSettings) {
        self.init(channels: settings.channels, height: settings.height, width: settings.width)
    }

    /// All levels in one row, the largest first.
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        let count = levels.reduce(0) { $0 + $1.count }
        return Tensor(Shape(1, 1, count), generator.normal(count: count, standardDeviation: PixelImage.initialDeviation))
    }

    public func values(from parameters: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        var sum = Tensor(shape)
        for (level, scaling) in zip(split(parameters), scalings) {
            sum.add(scaling.map { $0(level, workers: workers) } ?? level)
        }
        return ValueAndPullback(sum) { gradient in
            var parts: [Float] = []
            for scaling in scalings { parts += (scaling.map { $0.adjoint(gradient, workers: workers) } ?? gradient).elements }
            return Tensor(Shape(1, 1, parts.count), parts)
        }
    }

    /// The values as the largest level, the others empty.
    public func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor? {
        let rest = levels.dropFirst().reduce(0) { $0 + $1.count }
        return Tensor(Shape(1, 1, values.shape.count + rest), values.elements + [Float](repeating: 0, count: rest))
    }

    private func split(_ parameters: Tensor) -> [Tensor] {
        var start = 0
        return parameters.withElements { elements in
            levels.map { level in
                defer { start += level.count }
                return Tensor(level, Array(elements[start..<start + level.count]))
            }
        }
    }
}
