import Networks
import Tensors

/// Goldens and hashed inputs are one plane a channel; layers compute with channels side by side.
public struct PlaneStep {
    public let output: Tensor
    public let pullback: (Tensor) -> [Tensor]
}

extension PreparedLayer {
    /// The layer on planes.
    public func callAsFunction(_ inputs: [Tensor], _ pass: Pass) -> PlaneStep {
        let step = self(inputs.map { FeatureMap($0) }, pass)
        return PlaneStep(output: step.output.planes()) { gradient in
            step.pullback(FeatureMap(gradient)).map { $0.planes() }
        }
    }
}
