import Tensors

/// The class token of a vision transformer (Dosovitskiy et al. 2020, arXiv:2010.11929): one trained position before those
/// of the map, which become one column, row after row: `[channels, 1 + height · width, 1]`.
public struct ClassToken: Layer {
    let token: Parameter  // [1, 1, channels]
    private var chosen: [Int]?
    private var values: [Float]?

    public init(token: Parameter) { self.token = token }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        let expected = chosen?.count ?? token.count
        guard input.channels == expected else {
            throw ShapeError("expected \(expected) channels, got \(input.channels)")
        }
        return Shape(input.channels, 1 + input.area, 1)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let values else { preconditionFailure("class token used before its weights were loaded") }
        let shape = inputs[0].shape
        var output = FeatureMap(uninitialized: Shape(shape.channels, 1 + shape.area, 1))
        output.withMutableElements { output in
            inputs[0].withElements { input in
                output.baseAddress!.update(from: values, count: values.count)
                (output.baseAddress! + values.count).update(from: input.baseAddress!, count: input.count)
            }
        }
        return Step(output: output) { gradient in
            var result = FeatureMap(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    result.baseAddress!.update(from: gradient.baseAddress! + values.count, count: result.count)
                }
            }
            return [result]
        }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        let all = try token.read()
        copy.values = chosen?.map { all[$0] } ?? all
        return copy
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        return Restriction(layer: copy, inputs: [channels])
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (inputs[0].height, inputs[0].width)) }

    public var parameterCount: Int { token.count }
}

/// Adds a trained value to every element: where a position is. It fits one number of positions only.
public struct PositionEmbedding: Layer {
    let embedding: Parameter  // [1, positions, channels]
    private var chosen: [Int]?
    private var values: FeatureMap?

    public init(embedding: Parameter) { self.embedding = embedding }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        let expected = chosen?.count ?? embedding.shape[2]
        guard input.channels == expected else {
            throw ShapeError("expected \(expected) channels, got \(input.channels)")
        }
        guard input.area == embedding.shape[1] else {
            throw ShapeError(
                "the position embedding is for \(embedding.shape[1]) positions, not \(input.area): "
                    + "the picture must have the size that the network was trained on")
        }
        return input
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let values else { preconditionFailure("position embedding used before its weights were loaded") }
        let output = FeatureMap.sum(
            inputs[0], values.reshaped(inputs[0].shape), rectifying: false, workers: pass.workers)
        return Step(output: output) { [$0] }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        let shape = embedding.shape
        var values = FeatureMap(uninitialized: Shape(shape[2], shape[1], 1))
        let read = try embedding.read()
        values.withMutableElements { $0.baseAddress!.update(from: read, count: read.count) }
        copy.values = chosen.map { values.choosing($0.map(Int32.init), workers: .one) } ?? values
        return copy
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        return Restriction(layer: copy, inputs: [channels])
    }

    public var parameterCount: Int { embedding.count }
}

/// The first position alone, as a vector: the class token at the end of a vision transformer.
public struct FirstPosition: Layer {
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        Shape(try only(inputs).channels, 1, 1)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let shape = inputs[0].shape
        let first = inputs[0].withElements { Array($0.prefix(shape.channels)) }
        return Step(output: FeatureMap(height: 1, width: 1, everywhere: first)) { gradient in
            var result = FeatureMap(shape)
            result.withMutableElements { result in
                gradient.withElements { result.baseAddress!.update(from: $0.baseAddress!, count: $0.count) }
            }
            return [result]
        }
    }

    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (inputs[0].height, inputs[0].width)) }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        Restriction(layer: self, inputs: [channels])
    }
}
