import Tensors

/// Independent normal noise on every value.
public struct Noise: Transform {
    public static let name = "noise"
    public static let usage = "noise(0.02)"
    public static let help = "normal noise of that standard deviation on every value"

    /// Standard deviation, in units of the picture's 0…1.
    public let deviation: Float

    public init(_ argument: TransformArgument) throws(TransformError) { self.init(try argument.number(in: 0...10)) }

    /// - Parameter deviation: in units of the picture's 0…1.
    public init(_ deviation: Float) { self.deviation = deviation }

    public var text: String { "noise(\(plain(deviation)))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        var own = RandomGenerator(seed: generator.next())
        return adding(Tensor(shape, own.normal(count: shape.count, standardDeviation: deviation)))
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// Independent noise on every value, even within ± an amount.
public struct UniformNoise: Transform {
    public static let name = "uniform_noise"
    public static let usage = "uniform_noise(0.04)"
    public static let help = "uniform noise within ± that amount on every value"

    /// The largest noise, in units of the picture's 0…1.
    public let amount: Float

    public init(_ argument: TransformArgument) throws(TransformError) { self.init(try argument.number(in: 0...10)) }

    /// - Parameter amount: in units of the picture's 0…1.
    public init(_ amount: Float) { self.amount = amount }

    public var text: String { "uniform_noise(\(plain(amount)))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        var own = RandomGenerator(seed: generator.next())
        return adding(Tensor(shape, (0..<shape.count).map { _ in own.uniform(in: -amount...amount) }))
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// x + noise
private func adding(_ noise: Tensor) -> DrawnTransform {
    { image, _ in
        var noisy = image
        noisy.add(noise)
        return ValueAndPullback(noisy) { $0 }
    }
}

/// Every channel is shifted and stretched: (x − μ) / s with μ = amount · U(−1, 1) and s = exp(amount · U(−1, 1)), so that
/// the feature does not depend on its colours (Ghiasi et al. 2022, arXiv:2212.06727).
public struct ColourJitter: Transform {
    public static let name = "colour_jitter"
    public static let usage = "colour_jitter(1)"
    public static let help = "every channel shifted and stretched at random"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(amount: try argument.number(in: 0...10))
    }

    /// 1 is the paper's.
    public let amount: Float

    /// - Parameter amount: 1 is the paper's.
    public init(amount: Float) { self.amount = amount }

    public var text: String { "colour_jitter(\(plain(amount)))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let channels = 0..<shape.channels
        let means = channels.map { _ in amount * generator.uniform(in: -1...1) }
        let factors = channels.map { _ in exponential(-amount * generator.uniform(in: -1...1)) }
        let shifts = zip(means, factors).map { -$0 * $1 }
        return { image, workers in
            ValueAndPullback(image.affine(factors, shifts, workers: workers)) { gradient in
                gradient.affine(factors, [Float](repeating: 0, count: factors.count), workers: workers)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// A Gaussian blur by a random deviation. At the border only the part of the window inside the picture counts.
public struct Blur: Transform {
    public static let name = "blur"
    public static let usage = "blur(1...1.1)"
    public static let help = "a Gaussian blur by a random deviation in pixels"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(deviations: try argument.choice("deviations from 0 to 100 pixels") { $0 >= 0 && $0 <= 100 })
    }

    /// Deviations in pixels to choose from.
    public let deviations: Choice

    /// - Parameter deviations: in pixels, at least 0.
    public init(deviations: Choice) { self.deviations = deviations }

    public var text: String { "blur(\(deviations.text))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let deviation = deviations.draw(using: &generator)
        return { image, workers in
            if deviation == 0 { return ValueAndPullback(image) { $0 } }
            let blur = GaussianBlur(deviation: deviation, height: image.shape.height, width: image.shape.width)
            return ValueAndPullback(blur(image, workers: workers)) { blur.adjoint($0, workers: workers) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}
