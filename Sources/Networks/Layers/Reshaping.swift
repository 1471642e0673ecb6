import Tensors

/// What dropout is once training is over: the identity.
public struct Dropout: Layer {
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        Step(output: inputs[0]) { [$0] }
    }

    public var passesRectifiedValuesOn: Bool { true }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        Restriction(layer: self, inputs: [channels])
    }
}

/// The same values as one vector, plane after plane as every framework has it: `[channels · height · width, 1, 1]`.
public struct Flatten: Layer {
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        Shape(try only(inputs).count, 1, 1)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let shape = inputs[0].shape
        let vector = Shape(shape.count, 1, 1)
        if shape.area == 1 { return Step(output: inputs[0].reshaped(vector)) { [$0.reshaped(shape)] } }
        return Step(output: FeatureMap(inputs[0].planes().reshaped(vector))) { gradient in
            [FeatureMap(gradient.planes().reshaped(shape))]
        }
    }

    public func window(for inputs: [Shape]) -> Window? {
        Window(kernel: (max(inputs[0].height, 1), max(inputs[0].width, 1)))
    }

    public var passesRectifiedValuesOn: Bool { true }

    /// A channel of the flat vector is a channel of the input where the input is a vector already.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        inputs[0].area == 1 ? Restriction(layer: self, inputs: [channels]) : nil
    }
}
