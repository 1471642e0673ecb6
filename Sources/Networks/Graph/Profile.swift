import Tensors

/// The time that one step of a prepared network takes on this machine.
public struct StepTiming: Sendable {
    /// The node's name; a merged step has the name of its last node.
    public let name: String
    /// The layer's type.
    public let kind: String
    /// The output's shape.
    public let shape: Shape
    /// Multiplications with additions of the forward pass.
    public let multiplyAdds: Int
    /// Time of the forward pass, the median of the rounds.
    public let forward: Duration
    /// Time of the pullback, the median of the rounds.
    public let backward: Duration
}

extension PreparedNetwork {
    /// Times every step alone, forward and back, with the inputs that this image gives it.
    public func profile(_ image: Tensor, _ pass: Pass, rounds: Int) -> [StepTiming] {
        func median(_ durations: [Duration]) -> Duration { durations.sorted()[durations.count / 2] }
        let input = FeatureMap(scaling(of: image.shape).map { $0(image, workers: pass.workers) } ?? image, workers: pass.workers)
        var outputs: [FeatureMap] = []
        return steps.map { step in
            let inputs = step.inputs.map { $0 < 0 ? input : outputs[$0] }
            var (forward, backward): ([Duration], [Duration]) = ([], [])
            for round in 0..<rounds {
                let start = ContinuousClock.now
                let result = step.prepared(inputs, pass)
                let middle = ContinuousClock.now
                let gradient = FeatureMap(result.output.shape, repeating: 1)
                let turn = ContinuousClock.now
                _ = result.pullback(gradient)
                forward.append(middle - start)
                backward.append(ContinuousClock.now - turn)
                if round == rounds - 1 { outputs.append(result.output) }
            }
            return StepTiming(
                name: step.name, kind: "\(type(of: step.layer))", shape: outputs.last!.shape,
                multiplyAdds: step.layer.multiplyAdds(for: inputs.map(\.shape)), forward: median(forward),
                backward: median(backward))
        }
    }
}
