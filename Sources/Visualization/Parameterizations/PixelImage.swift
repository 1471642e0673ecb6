import Tensors

/// A picture written as its pixels before the colour map, from N(0, 0.01²).
public struct PixelImage: Parameterization {
    /// Rows of the picture.
    public let height: Int
    /// Columns of the picture.
    public let width: Int
    private let colour: ColourMap

    static let initialDeviation: Float = 0.01

    public init(height: Int, width: Int, decorrelated: Bool = true) {
        self.height = height
        self.width = width
        colour = ColourMap(decorrelated: decorrelated)
    }

    /// `[3, height, width]`
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        let shape = Shape(3, height, width)
        return Tensor(shape, generator.normal(count: shape.count, standardDeviation: Self.initialDeviation))
    }

    public func image(from parameters: Tensor, workers: Workers) -> Mapping { colour(parameters, workers: workers) }
}
