import Tensors

/// One differentiable step on the way from parameters to the network: its output, and the way back for a gradient.
public struct Mapping {
    /// What the step made.
    public let output: Tensor
    /// From the gradient with respect to the output to the one with respect to the input.
    public let pullback: (consuming Tensor) -> Tensor

    public init(output: Tensor, pullback: @escaping (consuming Tensor) -> Tensor) {
        self.output = output
        self.pullback = pullback
    }

    /// This step, then another one.
    func then(_ next: (Tensor) -> Mapping) -> Mapping {
        let second = next(output)
        let first = pullback
        return Mapping(output: second.output) { first(second.pullback($0)) }
    }
}
