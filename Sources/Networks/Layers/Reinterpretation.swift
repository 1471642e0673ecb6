import Tensors

/// The same values in memory under another shape: a reshape that moves nothing. It fits one shape only, since other sizes
/// of the picture would be cut elsewhere.
public struct Reinterpretation: Layer {
    /// What goes in.
    public let input: Shape
    /// What comes out, as many values.
    public let output: Shape

    public init(from input: Shape, to output: Shape) {
        precondition(input.count == output.count, "\(input) cannot be read as \(output)")
        self.input = input
        self.output = output
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        try expect(input, try only(inputs))
        return output
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let shape = inputs[0].shape
        return Step(output: inputs[0].reshaped(output)) { [$0.reshaped(shape)] }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public var seesWholeInput: Bool { true }

    public var passesRectifiedValuesOn: Bool { true }
}

/// Checks that an input has the one shape that a layer was made for.
func expect(_ expected: Shape, _ input: Shape) throws(ShapeError) {
    guard input == expected else {
        throw ShapeError("made for \(expected), got \(input): the picture must have the size that the network was made for")
    }
}

extension Window {
    /// Covers a map wherever it is put: for layers whose every output may see every input.
    static func whole(of shape: Shape) -> Window { Window(kernel: (max(shape.height, 1), max(shape.width, 1))) }
}
