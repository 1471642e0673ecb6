/// The value of a differentiable function, and the way back: a layer's output, a picture that was drawn from parameters.
///
/// A gradient with respect to the output has the output's type and shapes. Frozen weights get no gradient.
public struct ValueAndPullback<Output, InputGradient> {
    /// The function's value.
    public let output: Output
    /// From the gradient of a score with respect to the output to its gradient with respect to the input.
    public let pullback: (consuming Output) -> InputGradient

    /// - Parameter pullback: linear in the gradient that it takes. A value that is kept for it lives as long as this.
    @inlinable
    public init(_ output: Output, pullback: @escaping (consuming Output) -> InputGradient) {
        self.output = output
        self.pullback = pullback
    }

    /// This function, then another one (the chain rule).
    @inlinable
    public func then<Next>(
        _ next: (Output) -> ValueAndPullback<Next, Output>
    ) -> ValueAndPullback<Next, InputGradient> {
        let second = next(output)
        let (inner, outer) = (pullback, second.pullback)
        return ValueAndPullback<Next, InputGradient>(second.output) { inner(outer($0)) }
    }
}
