import Tensors

/// A fully connected layer: output = weights · input + biases, over the input's values in row-major order.
public struct Linear: Layer {
    /// Values of the input.
    public let inputs: Int
    /// Channels of the output.
    public let outputs: Int
    let weights: Parameter  // [outputs, inputs]
    let biases: Parameter?  // [outputs]
    private var chosen: [Int]?
    private var values: (weights: [Float], biases: [Float])?

    public init(inputs: Int, outputs: Int, weights: Parameter, biases: Parameter?) {
        self.inputs = inputs
        self.outputs = outputs
        self.weights = weights
        self.biases = biases
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.count == self.inputs else {
            throw ShapeError("expected \(self.inputs) values, got \(input.count) of \(input)")
        }
        return Shape(chosen?.count ?? outputs, 1, 1)
    }

    public func callAsFunction(_ inputs: [Tensor], _ pass: Pass) -> Step {
        guard let values else { preconditionFailure("linear layer used before its weights were loaded") }
        let shape = inputs[0].shape
        let (columns, rows) = (self.inputs, values.biases.count)
        var output = Tensor(Shape(rows, 1, 1), values.biases)
        output.withMutableElements { output in
            inputs[0].withElements { input in
                values.weights.withUnsafeBufferPointer { weights in
                    multiply(
                        Matrix(weights.baseAddress!, rows: rows, columns: columns),
                        Matrix(input.baseAddress!, rows: columns, columns: 1), into: output.baseAddress!,
                        resultStride: 1, accumulating: true)
                }
            }
        }
        return Step(output: output) { gradient in
            var result = Tensor(uninitialized: shape)
            result.withMutableElements { result in
                gradient.withElements { gradient in
                    values.weights.withUnsafeBufferPointer { weights in
                        multiply(
                            Matrix(gradient.baseAddress!, rows: 1, columns: rows),
                            Matrix(weights.baseAddress!, rows: rows, columns: columns), into: result.baseAddress!,
                            resultStride: columns)
                    }
                }
            }
            return [result]
        }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        var weights = try self.weights.read()
        var biases = try self.biases?.read() ?? [Float](repeating: 0, count: outputs)
        if let chosen {
            weights = chosen.flatMap { weights[$0 * inputs..<($0 + 1) * inputs] }
            biases = chosen.map { biases[$0] }
        }
        copy.values = (weights, biases)
        return copy
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        return Restriction(layer: copy, inputs: [nil])
    }

    public func window(for inputs: [Shape]) -> Window? {
        Window(kernel: (max(inputs[0].height, 1), max(inputs[0].width, 1)))
    }

    public func multiplyAdds(for inputs: [Shape]) -> Int { (chosen?.count ?? outputs) * self.inputs }

    public var parameterCount: Int { weights.count + (biases?.count ?? 0) }
}
