import Networks
import Tensors
import Visualization

/// A score of a network as a function of one layer's output for a picture.
public struct LayerScore: Sendable {
    private let network: PreparedNetwork
    /// The score and its gradients at the layers that it reads.
    private let evaluate: @Sendable (borrowing Trace) -> (score: Float, seeds: [LayerName: Tensor])
    private let pass: Pass

    init(
        _ network: PreparedNetwork, _ pass: Pass,
        evaluate: @escaping @Sendable (borrowing Trace) -> (score: Float, seeds: [LayerName: Tensor])
    ) {
        (self.network, self.pass, self.evaluate) = (network, pass, evaluate)
    }

    /// The score of a layer's output, `[channels, height, width]`.
    public func callAsFunction(_ activation: Tensor) -> Float {
        evaluate(network.forward(activation, pass, remembering: false)).score
    }

    /// The gradient of the score there, in the same shape.
    public func gradient(at activation: Tensor) -> Tensor {
        let trace = network.forward(activation, pass)
        let seeds = evaluate(trace).seeds
        return trace.backward(from: seeds)
    }
}
