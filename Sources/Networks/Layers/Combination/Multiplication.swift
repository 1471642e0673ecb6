import Tensors

/// Each channel of the second input times the one value that the first has for it: the excitation of a
/// squeeze-and-excitation block (Hu et al. 2017, arXiv:1709.01507).
public struct Multiplication: WeightlessLayer {
    /// Takes the factors, `[channels, 1, 1]`, then the values, `[channels, height, width]`.
    public init() {}

    public var traits: LayerTraits { .channelwise }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard inputs.count == 2 else { throw ShapeError("expected factors and a map, got \(inputs.count) inputs") }
        guard inputs[0] == Shape(inputs[1].channels, 1, 1) else {
            throw ShapeError("the channels of \(inputs[1]) cannot be multiplied by \(inputs[0])")
        }
        return inputs[1]
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let (factors, map) = (inputs[0].withElements { Array($0) }, inputs[1])
        return LayerResult(map.scaled(by: factors, shiftedBy: nil, workers: pass.workers)) { gradient in
            let products = gradient.channelProducts(map, workers: pass.workers)
            var result = gradient
            result.scale(by: factors, workers: pass.workers)
            return [FeatureMap(height: 1, width: 1, everywhere: products), result]
        }
    }
}

/// Each channel times a trained number (the layer scale of Touvron et al. 2021, arXiv:2103.17239).
public struct LayerScale: Layer {
    private var factors: Parameter  // [channels, 1, 1]

    /// - Parameter factors: `[channels, 1, 1]`.
    public init(factors: Parameter) { self.factors = factors }

    public var traits: LayerTraits { .piecewiseLinear }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try only(inputs, channels: factors.count)
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.factors = factors.choosing(channels)
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameters: [Parameter] { [factors] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        Prepared(values: try preparation.read(factors))
    }

    private struct Prepared: PreparedLayer {
        let values: [Float]  // [channels]

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            LayerResult(inputs[0].scaled(by: values, shiftedBy: nil, workers: pass.workers)) { gradient in
                var result = gradient
                result.scale(by: values, workers: pass.workers)
                return [result]
            }
        }
    }
}
