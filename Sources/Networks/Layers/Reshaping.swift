import Tensors

/// What dropout is once training is over: the identity.
public struct Dropout: Layer {
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape { try only(inputs) }

    public func callAsFunction(_ inputs: [Tensor], _ pass: Pass) -> Step {
        Step(output: inputs[0]) { [$0] }
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        Restriction(layer: self, inputs: [channels])
    }
}

/// The same values as one vector: `[channels · height · width, 1, 1]`.
public struct Flatten: Layer {
    public init() {}

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        Shape(try only(inputs).count, 1, 1)
    }

    public func callAsFunction(_ inputs: [Tensor], _ pass: Pass) -> Step {
        let shape = inputs[0].shape
        return Step(output: inputs[0].reshaped(Shape(shape.count, 1, 1))) { [$0.reshaped(shape)] }
    }

    /// A channel of the flat vector is a channel of the input where the input is a vector already.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        inputs[0].area == 1 ? Restriction(layer: self, inputs: [channels]) : nil
    }
}
