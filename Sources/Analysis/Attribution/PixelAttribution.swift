import Foundation
import Tensors

extension PictureScore {
    /// Integrated gradients (Sundararajan, Taly and Yan 2017): (x − x′) · ∫ ∂f/∂x (x′ + α (x − x′)) dα. Its sum is the difference of
    /// the scores of picture and baseline, up to the error of the rule.
    ///
    /// - Parameters:
    ///   - baseline: x′, in the picture's shape.
    ///   - steps: points on the path, 2 at least. They are computed one after another: memory does not grow with them.
    ///   - progress: told of each point; return false to end.
    /// - Returns: nil if it was ended.
    public func integratedGradients(
        at picture: Tensor, from baseline: Tensor, steps: Int, rule: PathRule = .gauss, progress: () -> Bool = { true }
    ) -> Tensor? {
        let way = picture.minus(baseline)
        var sum = TensorSum(picture.shape)
        for node in rule.nodes(steps) {
            guard progress() else { return nil }
            var point = baseline
            point.add(way, scaledBy: Float(node.position))
            sum.add(gradient(at: point).gradient, times: node.weight)
        }
        return way.times(sum.tensor)
    }

    /// A statistic of the gradients at noisy copies of a picture (Smilkov et al. 2017; Adebayo et al. 2018).
    public enum NoiseStatistic: Sendable {
        /// SmoothGrad.
        case mean
        /// The mean of the squares.
        case square
        /// VarGrad: the mean of the squares less the square of the mean.
        case variance
    }

    /// - Parameter deviation: of the noise, in the picture's unit (0…1).
    public func smoothedGradients(
        at picture: Tensor, _ statistic: NoiseStatistic, samples: Int, deviation: Float, seed: UInt64, progress: () -> Bool = { true }
    ) -> Tensor? {
        var generator = RandomGenerator(seed: seed)
        var (sum, squares) = (TensorSum(picture.shape), TensorSum(picture.shape))
        for _ in 0..<samples {
            guard progress() else { return nil }
            var noisy = picture
            noisy.add(Tensor(picture.shape, generator.normal(count: picture.shape.count, standardDeviation: deviation)))
            let gradient = gradient(at: noisy).gradient
            sum.add(gradient, times: 1 / Double(samples))
            if statistic != .mean { squares.add(gradient.times(gradient), times: 1 / Double(samples)) }
        }
        switch statistic {
        case .mean: return sum.tensor
        case .square: return squares.tensor
        case .variance: return squares.tensor.minus(sum.tensor.times(sum.tensor))
        }
    }
}

/// A weighted sum of tensors in double precision.
struct TensorSum {
    private let shape: Shape
    private var values: [Double]

    init(_ shape: Shape) { (self.shape, values) = (shape, [Double](repeating: 0, count: shape.count)) }

    mutating func add(_ tensor: Tensor, times weight: Double) {
        tensor.withElements { elements in for i in values.indices { values[i] += weight * Double(elements[i]) } }
    }

    var tensor: Tensor { Tensor(shape, values.map(Float.init)) }
}

extension Tensor {
    /// The product, element by element.
    func times(_ other: Tensor) -> Tensor {
        var result = self
        result.withMutableElements { values in
            other.withElements { other in for i in values.indices { values[i] *= other[i] } }
        }
        return result
    }

    func minus(_ other: Tensor) -> Tensor {
        var result = self
        result.add(other, scaledBy: -1)
        return result
    }

    /// Σ in double precision.
    package func sum() -> Double { withElements { $0.reduce(0.0) { $0 + Double($1) } } }

    /// Σ over channels, `[1, height, width]`.
    func sumOverChannels() -> Tensor {
        var sum = [Double](repeating: 0, count: shape.area)
        withElements { values in for i in values.indices { sum[i % shape.area] += Double(values[i]) } }
        return Tensor(Shape(1, shape.height, shape.width), sum.map(Float.init))
    }

    /// Σ over positions, one number a channel.
    func sumsOfChannels() -> [Double] {
        withElements { values in
            (0..<shape.channels).map { channel in
                values[channel * shape.area..<(channel + 1) * shape.area].reduce(0.0) { $0 + Double($1) }
            }
        }
    }

    func map(_ transform: (Float) -> Float) -> Tensor {
        var result = self
        result.withMutableElements { values in for i in values.indices { values[i] = transform(values[i]) } }
        return result
    }
}
