import Tensors

/// A layer of several inputs of which one is a constant.
public struct HeldInput: Layer {
    /// The layer of all inputs.
    public let layer: any Layer
    /// The constant's place among the inputs.
    public let place: Int
    private let constant: Parameter  // in the order of memory
    private let shape: Shape

    /// - Parameters:
    ///   - place: the constant's, counted from 0 among all inputs.
    ///   - shape: the constant's, with as many values as it has.
    public init(_ layer: any Layer, place: Int, _ constant: Parameter, shape: Shape) {
        precondition(constant.count == shape.count)
        (self.layer, self.place, self.constant, self.shape) = (layer, place, constant, shape)
    }

    private func complete<Input>(_ inputs: [Input], _ constant: Input) -> [Input] {
        var inputs = inputs
        inputs.insert(constant, at: min(place, inputs.count))
        return inputs
    }

    public var traits: LayerTraits { .seesWholeInput }

    public var parameters: [Parameter] { [constant] + layer.parameters }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try layer.outputShape(for: complete(inputs, shape)) }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public func multiplyAdds(for inputs: [Shape]) -> Int { layer.multiplyAdds(for: complete(inputs, shape)) }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let read = try preparation.read(constant)
        var values = FeatureMap(uninitialized: shape)
        values.withMutableElements { $0.baseAddress!.update(from: read, count: read.count) }
        return Prepared(layer: try layer.prepared(for: preparation), place: place, constant: values)
    }

    private struct Prepared: PreparedLayer {
        let layer: any PreparedLayer
        let place: Int
        let constant: FeatureMap

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            var all = inputs
            all.insert(constant, at: place)
            let result = layer(all, pass)
            return LayerResult(result.output) { gradient in
                var gradients = result.pullback(gradient)
                gradients.remove(at: place)
                return gradients
            }
        }
    }
}
