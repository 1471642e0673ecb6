import Tensors

/// The input itself: dropout once training is over, a change of the order of axes that moves nothing in memory, another name.
public struct Identity: WeightlessLayer {
    /// Has no parameters.
    public init() {}

    public var traits: LayerTraits { [.channelwise, .identity, .piecewiseLinear, .preservesZeroGradient, .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        LayerResult(inputs[0]) { [$0] }
    }
}

/// The same values as one vector, plane after plane as every framework has it: `[channels · height · width, 1, 1]`.
public struct Flatten: WeightlessLayer {
    /// Takes maps of any shape.
    public init() {}

    public var traits: LayerTraits { [.piecewiseLinear, .preservesZeroGradient] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        Shape(try only(inputs).count, 1, 1)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        let vector = Shape(shape.count, 1, 1)
        if shape.area == 1 { return LayerResult(inputs[0].reshaped(vector)) { [$0.reshaped(shape)] } }
        return LayerResult(FeatureMap(inputs[0].planes().reshaped(vector))) { gradient in
            [FeatureMap(gradient.planes().reshaped(shape))]
        }
    }

    public func window(for inputs: [Shape]) -> Window? {
        Window(kernel: (max(inputs[0].height, 1), max(inputs[0].width, 1)))
    }

    /// A channel of the flat vector is a channel of the input where the input is a vector already.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        inputs[0].area == 1 ? Restriction(layer: self, inputs: [channels]) : nil
    }
}

/// The same values in memory under another shape: a reshape that moves nothing. It fits one shape only, since other sizes
/// of the picture would be cut elsewhere.
public struct Reinterpretation: WeightlessLayer {
    /// The input's shape.
    public let input: Shape
    /// The output's shape, of as many values.
    public let output: Shape

    /// - Parameters: two shapes of as many values.
    public init(from input: Shape, to output: Shape) {
        precondition(input.count == output.count, "\(input) cannot be read as \(output)")
        self.input = input
        self.output = output
    }

    public var traits: LayerTraits { [.piecewiseLinear, .preservesZeroGradient, .seesWholeInput] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try expect(input, try only(inputs))
        return output
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let shape = inputs[0].shape
        return LayerResult(inputs[0].reshaped(output)) { [$0.reshaped(shape)] }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }
}
