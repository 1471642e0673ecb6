import Tensors

/// Zeros around the input, as many as each side wants: TensorFlow's padding where it is uneven.
public struct Padding: Layer {
    /// Rows above.
    public let top: Int
    /// Rows below.
    public let bottom: Int
    /// Columns on the left.
    public let left: Int
    /// Columns on the right.
    public let right: Int

    public init(top: Int, bottom: Int, left: Int, right: Int) {
        precondition(top >= 0 && bottom >= 0 && left >= 0 && right >= 0)
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        return Shape(input.channels, top + input.height + bottom, left + input.width + right)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let input = inputs[0].shape
        let padded = Shape(input.channels, top + input.height + bottom, left + input.width + right)
        let (row, paddedRow) = (input.width * input.channels, padded.width * padded.channels)
        let start = top * paddedRow + left * input.channels
        var output = FeatureMap(padded)
        output.withMutableElements { output in
            inputs[0].withElements { source in
                for y in 0..<input.height {
                    (output.baseAddress! + start + y * paddedRow).update(
                        from: source.baseAddress! + y * row, count: row)
                }
            }
        }
        return Step(output: output) { gradient in
            var result = FeatureMap(uninitialized: input)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    for y in 0..<input.height {
                        (result.baseAddress! + y * row).update(
                            from: gradient.baseAddress! + start + y * paddedRow, count: row)
                    }
                }
            }
            return [result]
        }
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        Restriction(layer: self, inputs: [channels])
    }

    /// A position sees the one that lies as far up and left as there is padding.
    public func window(for inputs: [Shape]) -> Window? { Window(kernel: (1, 1), padding: (top, left)) }

    public var passesRectifiedValuesOn: Bool { true }
}
