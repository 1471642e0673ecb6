import Tensors

/// Independent noise on every value.
public struct Noise: Transform {
    /// How the noise is spread.
    public enum Distribution: Sendable {
        /// Normal, by its standard deviation.
        case normal
        /// Even within ± the amount.
        case uniform
    }

    /// In units of the picture's 0…1.
    public let amount: Float
    /// How it is spread.
    public let distribution: Distribution

    public init(_ amount: Float, _ distribution: Distribution = .normal) {
        self.amount = amount
        self.distribution = distribution
    }

    public var text: String { (distribution == .normal ? "noise(" : "uniform_noise(") + plain(amount) + ")" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        var own = RandomGenerator(seed: generator.next())
        let values =
            switch distribution {
            case .normal: own.normal(count: shape.count, standardDeviation: amount)
            case .uniform: (0..<shape.count).map { _ in own.uniform(in: -amount...amount) }
            }
        let noise = Tensor(shape, values)
        return { image, _ in
            var noisy = image
            noisy.add(noise)
            return Mapping(output: noisy) { $0 }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// Every channel moved and stretched: (x − μ) / s with μ = amount · U(−1, 1) and s = exp(amount · U(−1, 1)), so that what is
/// drawn may not depend on its colours (Ghiasi et al. 2022, arXiv:2212.06727).
public struct ColourJitter: Transform {
    /// 1 is the paper's.
    public let amount: Float

    public init(amount: Float) { self.amount = amount }

    public var text: String { "colour_jitter(\(plain(amount)))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let channels = 0..<shape.channels
        let means = channels.map { _ in amount * generator.uniform(in: -1...1) }
        let factors = channels.map { _ in exponential(-amount * generator.uniform(in: -1...1)) }
        let shifts = zip(means, factors).map { -$0 * $1 }
        return { image, workers in
            Mapping(output: image.affine(factors, shifts, workers: workers)) { gradient in
                gradient.affine(factors, [Float](repeating: 0, count: factors.count), workers: workers)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// A Gaussian blur by a random deviation, over what of its window is inside the picture.
public struct Blur: Transform {
    /// Deviations in pixels to choose from.
    public let deviations: Choice

    public init(deviations: Choice) { self.deviations = deviations }

    public var text: String { "blur(\(deviations.text))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let deviation = deviations.draw(using: &generator)
        return { image, workers in
            if deviation == 0 { return Mapping(output: image) { $0 } }
            let blur = GaussianBlur(deviation: deviation, height: image.shape.height, width: image.shape.width)
            return Mapping(output: blur(image, workers: workers)) { blur.adjoint($0, workers: workers) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}
