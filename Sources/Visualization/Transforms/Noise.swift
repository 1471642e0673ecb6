import Tensors

/// Independent normal noise on every value.
public struct Noise: Transform {
    /// In units of the picture's 0…1.
    public let deviation: Float

    public init(deviation: Float) { self.deviation = deviation }

    public var text: String { "noise(\(plain(deviation)))" }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        var own = RandomGenerator(seed: generator.next())
        let noise = Tensor(shape, own.normal(count: shape.count, standardDeviation: deviation))
        return { image, _ in
            var noisy = image
            noisy.add(noise)
            return Mapping(output: noisy) { $0 }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}
