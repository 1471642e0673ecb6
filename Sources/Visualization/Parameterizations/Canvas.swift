import Tensors

/// How one picture is written in numbers that an optimizer climbs with: the values before the colour map. The picture is
/// the same whatever the numbers are called; the way to it is not.
public protocol Canvas: Sendable {
    /// Numbers to start from: a picture near mid grey.
    func initial(using generator: inout RandomGenerator) -> Tensor

    /// The values `[channels, height, width]` that the parameters stand for.
    func values(from parameters: Tensor, workers: Workers) -> Mapping

    /// Parameters that stand for these values, as nearly as the canvas can.
    func parameters(of values: Tensor, workers: Workers) -> Tensor

    /// The same for a canvas that takes its time.
    ///
    /// - Parameter isInterrupted: asked now and then.
    /// - Returns: nil if it was interrupted.
    func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor?
}

extension Canvas {
    public func parameters(of values: Tensor, workers: Workers, isInterrupted: () -> Bool) -> Tensor? {
        parameters(of: values, workers: workers)
    }
}

/// Values written as they are, from N(0, 0.01²).
public struct PixelImage: Canvas {
    /// Of the picture.
    public let shape: Shape

    static let initialDeviation: Float = 0.01

    public init(channels: Int = 3, height: Int, width: Int) { shape = Shape(channels, height, width) }

    /// `[channels, height, width]`
    public func initial(using generator: inout RandomGenerator) -> Tensor {
        Tensor(shape, generator.normal(count: shape.count, standardDeviation: Self.initialDeviation))
    }

    public func values(from parameters: Tensor, workers: Workers) -> Mapping { Mapping(output: parameters) { $0 } }

    public func parameters(of values: Tensor, workers: Workers) -> Tensor { values }
}
