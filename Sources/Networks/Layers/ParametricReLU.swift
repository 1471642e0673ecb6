import Tensors

/// max(x, 0) + slope · min(x, 0) with a trained slope for each channel (He et al. 2015, arXiv:1502.01852), or one for all.
public struct ParametricReLU: Layer {
    let slopes: Parameter  // [channels] or [1]
    private var chosen: [Int]?
    private var values: [Float]?

    public init(slopes: Parameter) { self.slopes = slopes }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        let expected = chosen?.count ?? slopes.count
        guard slopes.count == 1 || input.channels == expected else {
            throw ShapeError("expected \(expected) channels, got \(input.channels)")
        }
        return input
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let values else { preconditionFailure("parametric ReLU used before its slopes were loaded") }
        let input = inputs[0]
        let slopes = values.count == 1 ? [Float](repeating: values[0], count: input.shape.channels) : values
        func masked(_ map: consuming FeatureMap) -> FeatureMap {
            var result = map
            result.withMutableElements { result in
                input.withElements { input in
                    pass.workers.forEach(input.count / max(slopes.count, 1)) { position in
                        for c in slopes.indices where input[position * slopes.count + c] < 0 {
                            result[position * slopes.count + c] *= slopes[c]
                        }
                    }
                }
            }
            return result
        }
        return Step(output: masked(input)) { [masked($0)] }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        let all = try slopes.read()
        copy.values = chosen.map { $0.map { all[$0] } } ?? all
        return copy
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        if slopes.count > 1 { copy.chosen = channels.map { chosen?[$0] ?? $0 } }
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameterCount: Int { slopes.count }
}
