import Tensors

/// The channels of several inputs one after the other.
public struct Concatenation: WeightlessLayer {
    /// Takes any number of inputs, all of the same height and width.
    public init() {}

    public var traits: LayerTraits { [.piecewiseLinear, .preservesZeroGradient, .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        guard let first = inputs.first else { throw ShapeError("nothing to concatenate") }
        for input in inputs where input.height != first.height || input.width != first.width {
            throw ShapeError("cannot concatenate \(input) with \(first)")
        }
        return Shape(inputs.reduce(0) { $0 + $1.channels }, first.height, first.width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shapes = inputs.map(\.shape)
        if inputs.count == 1 { return LayerResult(inputs[0]) { [$0] } }
        guard let shape = try? outputShape(for: shapes) else { preconditionFailure("unchecked shapes") }
        var output = FeatureMap(uninitialized: shape)
        var first = 0
        for input in inputs {
            output.setChannels(from: first, to: input, workers: pass.workers)
            first += input.shape.channels
        }
        return LayerResult(output) { gradient in
            var first = 0
            return shapes.map { shape in
                defer { first += shape.channels }
                return gradient.channels(first..<first + shape.channels, workers: pass.workers)
            }
        }
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var wanted: [[Int]?] = []
        var first = 0
        for input in inputs {
            wanted.append(channels.filter { $0 >= first && $0 < first + input.channels }.map { $0 - first })
            first += input.channels
        }
        return Restriction(layer: self, inputs: wanted)
    }
}
