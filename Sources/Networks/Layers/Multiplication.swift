import Tensors

/// Each channel of the second input times the one value that the first has for it: the excitation of a
/// squeeze-and-excitation block (Hu et al. 2017, arXiv:1709.01507).
public struct Multiplication: Layer {
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard inputs.count == 2 else { throw ShapeError("expected factors and a map, got \(inputs.count) inputs") }
        guard inputs[0] == Shape(inputs[1].channels, 1, 1) else {
            throw ShapeError("the channels of \(inputs[1]) cannot be multiplied by \(inputs[0])")
        }
        return inputs[1]
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let (factors, map) = (inputs[0].withElements { Array($0) }, inputs[1])
        return Step(output: map.scaled(by: factors, shiftedBy: nil, workers: pass.workers)) { gradient in
            let products = gradient.channelProducts(map, workers: pass.workers)
            var result = gradient
            result.scale(by: factors, workers: pass.workers)
            return [FeatureMap(height: 1, width: 1, everywhere: products), result]
        }
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        Restriction(layer: self, inputs: [channels, channels])
    }
}

/// Each channel times a trained number (the layer scale of Touvron et al. 2021, arXiv:2103.17239).
public struct LayerScale: Layer {
    let factors: Parameter  // [channels, 1, 1]
    private var chosen: [Int]?
    private var values: [Float]?

    public init(factors: Parameter) { self.factors = factors }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        let expected = chosen?.count ?? factors.count
        guard input.channels == expected else {
            throw ShapeError("expected \(expected) channels, got \(input.channels)")
        }
        return input
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let values else { preconditionFailure("layer scale used before its weights were loaded") }
        return Step(output: inputs[0].scaled(by: values, shiftedBy: nil, workers: pass.workers)) { gradient in
            var result = gradient
            result.scale(by: values, workers: pass.workers)
            return [result]
        }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        let all = try factors.read()
        copy.values = chosen?.map { all[$0] } ?? all
        return copy
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameterCount: Int { factors.count }
}
