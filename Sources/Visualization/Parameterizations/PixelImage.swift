import Tensors

extension ParameterizationName {
    /// The name of `PixelImage` in plans.
    public static let pixel = ParameterizationName(PixelImage.self)
}

/// A picture written as its values.
public struct PixelImage: Canvas {
    public static let name = "pixel"
    public static let help = "plain values"

    /// Shape of the picture.
    public let shape: Shape

    /// Standard deviation of the noise to start from (tensorflow/lucid, param/spatial.py).
    static let initialDeviation: Float = 0.01

    /// - Parameters: in pixels.
    public init(channels: Int = 3, height: Int, width: Int) { shape = Shape(channels, height, width) }

    /// Takes the extents.
    public init(_ settings: CanvasSettings) {
        self.init(channels: settings.channels, height: settings.height, width: settings.width)
    }

    /// `[channels, height, width]`
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        Tensor(shape, generator.normal(count: shape.count, standardDeviation: Self.initialDeviation))
    }

    public func values(from parameters: Tensor, workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        ValueAndPullback(parameters) { $0 }
    }

    public func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor? { values }
}
