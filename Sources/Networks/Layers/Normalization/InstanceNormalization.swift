import Tensors

/// Normalization of each channel over its positions (Ulyanov et al. 2016, arXiv:1607.08022):
///
///     output = (input − mean) / √(variance + ε) · weight + bias
public struct InstanceNormalization: Layer {
    /// ε, which keeps the division finite.
    public let epsilon: Float
    let weights: Parameter  // [channels]
    let biases: Parameter  // [channels]

    /// - Parameters:
    ///   - epsilon: above 0; PyTorch takes 1e-5.
    ///   - weights: `[channels]`, like the biases.
    public init(epsilon: Float, weights: Parameter, biases: Parameter) {
        self.epsilon = epsilon
        self.weights = weights
        self.biases = biases
    }

    public var traits: LayerTraits { .seesWholeInput }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels == weights.count, biases.count == weights.count else {
            throw ShapeError("expected \(weights.count) channels, got \(input.channels)")
        }
        guard input.area > 0 else { throw ShapeError("nothing to normalize in \(input)") }
        return input
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public var parameters: [Parameter] { [weights, biases] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        Prepared(weights: try preparation.read(weights), biases: try preparation.read(biases), epsilon: epsilon)
    }

    private struct Prepared: PreparedLayer {
        let weights: [Float]  // [channels]
        let biases: [Float]  // [channels]
        let epsilon: Float

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let (input, channels, share) = (inputs[0], weights.indices, 1 / Float(inputs[0].shape.area))
            let ones = [Float](repeating: 1, count: weights.count)
            let means = input.channelSums(workers: pass.workers).map { $0 * share }
            let centred = input.scaled(by: ones, shiftedBy: means.map { -$0 }, workers: pass.workers)
            let variances = centred.channelProducts(centred, workers: pass.workers).map { $0 * share }
            let inverses = variances.map { 1 / ($0 + epsilon).squareRoot() }
            let scales = channels.map { weights[$0] * inverses[$0] }
            return LayerResult(centred.scaled(by: scales, shiftedBy: biases, workers: pass.workers)) { gradient in
                // scale · (g − mean(g) − centred · mean(g · centred) / (variance + ε))
                let sums = gradient.channelSums(workers: pass.workers)
                let products = gradient.channelProducts(centred, workers: pass.workers)
                var result = gradient
                result.scale(by: scales, workers: pass.workers)
                result.add(
                    centred.scaled(
                        by: channels.map { -scales[$0] * products[$0] * share * inverses[$0] * inverses[$0] },
                        shiftedBy: channels.map { -scales[$0] * sums[$0] * share }, workers: pass.workers),
                    workers: pass.workers)
                return [result]
            }
        }
    }
}
