import Tensors

/// max(x, 0) + slope · min(x, 0) with a trained slope for each channel (He et al. 2015, arXiv:1502.01852), or one for all.
public struct ParametricReLU: Layer {
    private var slopes: Parameter  // [channels] or [1]

    /// - Parameter slopes: `[channels]`, or `[1]` for all of them.
    public init(slopes: Parameter) { self.slopes = slopes }

    public var traits: LayerTraits { .keepsFeatures }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        return slopes.count == 1 ? input : try only(inputs, channels: slopes.count)
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        if slopes.count > 1 { copy.slopes = slopes.choosing(channels) }
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameters: [Parameter] { [slopes] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        Prepared(values: try preparation.read(slopes))
    }

    private struct Prepared: PreparedLayer {
        let values: [Float]  // [channels] or [1]

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
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
            return LayerResult(masked(input)) { [masked($0)] }
        }
    }
}
