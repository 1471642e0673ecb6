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

    /// Expected gradients (Erion et al. 2021): the mean over random baselines x′ and places α of (x − x′) · ∂f/∂x (x′ + α (x − x′)). Its sum
    /// is the score less the baselines' mean score, up to the error of the draws.
    ///
    /// - Returns: nil if it was ended.
    public func expectedGradients(
        at picture: Tensor, from draws: [(baseline: Tensor, position: Double)], progress: () -> Bool = { true }
    ) -> Tensor? {
        var sum = TensorSum(picture.shape)
        for draw in draws {
            guard progress() else { return nil }
            let way = picture.minus(draw.baseline)
            var point = draw.baseline
            point.add(way, scaledBy: Float(draw.position))
            sum.add(way.times(gradient(at: point).gradient), times: 1 / Double(draws.count))
        }
        return sum.tensor
    }

    /// Random baselines and places between them and the picture: each baseline as often as the others, one place in each of so many equal
    /// parts of the way.
    public static func draws(_ count: Int, from baselines: Int, seed: UInt64) -> [(baseline: Int, position: Double)] {
        var generator = RandomGenerator(seed: seed)
        return (0..<count).shuffled(using: &generator).enumerated().map { index, part in
            (index % baselines, (Double(part) + Double(generator.uniform())) / Double(count))
        }
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
        // Lazily: the pictures are not kept.
        let noisy = (0..<samples).lazy.map { _ in
            var noisy = picture
            noisy.add(Tensor(picture.shape, generator.normal(count: picture.shape.count, standardDeviation: deviation)))
            return noisy
        }
        return self.statistic(statistic, ofGradientsAt: noisy, progress: progress)
    }

    /// The statistic of the gradients at pictures, which are taken one after another.
    package func statistic(
        _ statistic: NoiseStatistic, ofGradientsAt pictures: some Collection<Tensor>, progress: () -> Bool = { true }
    ) -> Tensor? {
        let share = 1 / Double(pictures.count)
        var (sum, squares) = (TensorSum(shape), TensorSum(shape))
        for picture in pictures {
            guard progress() else { return nil }
            let gradient = gradient(at: picture).gradient
            sum.add(gradient, times: share)
            if statistic != .mean { squares.add(gradient.times(gradient), times: share) }
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
