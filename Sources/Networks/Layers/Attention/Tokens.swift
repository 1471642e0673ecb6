import Tensors

/// The class token of a vision transformer (Dosovitskiy et al. 2020, arXiv:2010.11929): one trained position before those
/// of the map, which become one column, row after row: `[channels, 1 + height · width, 1]`.
public struct ClassToken: Layer {
    private var token: Parameter  // [1, 1, channels]

    /// - Parameter token: `[1, 1, channels]`.
    public init(token: Parameter) { self.token = token }

    public var traits: LayerTraits { .piecewiseLinear }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs, channels: token.count)
        return Shape(input.channels, 1 + input.area, 1)
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.token = token.choosing(channels, axis: 2)
        return Restriction(layer: copy, inputs: [channels])
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (inputs[0].height, inputs[0].width)) }

    public var parameters: [Parameter] { [token] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        Prepared(values: try preparation.read(token))
    }

    private struct Prepared: PreparedLayer {
        let values: [Float]  // [channels]

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let shape = inputs[0].shape
            var output = FeatureMap(uninitialized: Shape(shape.channels, 1 + shape.area, 1))
            output.withMutableElements { output in
                inputs[0].withElements { input in
                    output.baseAddress!.update(from: values, count: values.count)
                    (output.baseAddress! + values.count).update(from: input.baseAddress!, count: input.count)
                }
            }
            return LayerResult(output) { gradient in
                var result = FeatureMap(uninitialized: shape)
                result.withMutableElements { result in
                    gradient.withElements { gradient in
                        result.baseAddress!.update(from: gradient.baseAddress! + values.count, count: result.count)
                    }
                }
                return [result]
            }
        }
    }
}

/// Adds a trained value to every element: where a position is. It fits one number of positions only.
public struct PositionEmbedding: Layer {
    private var embedding: Parameter  // [1, positions, channels]

    /// - Parameter embedding: `[1, positions, channels]`.
    public init(embedding: Parameter) { self.embedding = embedding }

    public var traits: LayerTraits { .piecewiseLinear }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs, channels: embedding.shape[2])
        guard input.area == embedding.shape[1] else {
            throw ShapeError(
                "the position embedding is for \(embedding.shape[1]) positions, not \(input.area): "
                    + "the picture must have the size that the network was trained on")
        }
        return input
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.embedding = embedding.choosing(channels, axis: 2)
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameters: [Parameter] { [embedding] }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let read = try preparation.read(embedding)
        var values = FeatureMap(uninitialized: Shape(embedding.shape[2], embedding.shape[1], 1))
        values.withMutableElements { $0.baseAddress!.update(from: read, count: read.count) }
        return Prepared(values: values)
    }

    private struct Prepared: PreparedLayer {
        let values: FeatureMap  // [positions, channels]

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let output = FeatureMap.sum(
                inputs[0], values.reshaped(inputs[0].shape), rectifying: false, workers: pass.workers)
            return LayerResult(output) { [$0] }
        }
    }
}

/// The first position alone, as a vector: the class token at the end of a vision transformer.
public struct FirstPosition: WeightlessLayer {
    /// Has no parameters.
    public init() {}

    public var traits: LayerTraits { [.channelwise, .piecewiseLinear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        Shape(try only(inputs).channels, 1, 1)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        let first = inputs[0].withElements { Array($0.prefix(shape.channels)) }
        return LayerResult(FeatureMap(height: 1, width: 1, everywhere: first)) { gradient in
            var result = FeatureMap(shape)
            result.withMutableElements { result in
                gradient.withElements { result.baseAddress!.update(from: $0.baseAddress!, count: $0.count) }
            }
            return [result]
        }
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (inputs[0].height, inputs[0].width)) }
}
