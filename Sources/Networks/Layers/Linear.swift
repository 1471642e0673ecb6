import Tensors

/// A fully connected layer at every position: output = weights · input + biases, over the channels.
public struct Linear: Layer {
    /// Channels of the input.
    public let inputs: Int
    /// Channels of the output.
    public let outputs: Int
    let weights: Parameter  // [outputs, inputs]
    private(set) var biases: Parameter?  // [outputs]
    private var chosen: [Int]?
    private var values: Values?

    private enum Values: Sendable {
        /// For layers of moderate size, applied at many positions.
        case convolution(any ConvolutionAlgorithm)
        /// For the large layers of classifiers: one copy of the weights serves both ways.
        case matrix(weights: [Float], biases: [Float])
    }

    /// Packed both ways a matrix takes twice its memory; larger ones stay as they are.
    private static let mostPackedWeights = 4 * 1024 * 1024
    /// Outputs that one thread computes at a time.
    private static let blockOutputs = 256

    public init(inputs: Int, outputs: Int, weights: Parameter, biases: Parameter?) {
        self.inputs = inputs
        self.outputs = outputs
        self.weights = weights
        self.biases = biases
    }

    /// The same layer with biases in place of its own.
    package func adding(biases: Parameter) -> Linear {
        var copy = self
        copy.biases = biases
        return copy
    }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels == self.inputs else {
            throw ShapeError("expected \(self.inputs) channels, got \(input.channels) of \(input)")
        }
        return Shape(chosen?.count ?? outputs, input.height, input.width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        let input = inputs[0]
        let inputShape = input.shape
        guard let shape = try? outputShape(for: [inputShape]) else { preconditionFailure("unchecked shape") }
        switch values {
        case .convolution(let convolution):
            let output = convolution.forward(input, output: shape, rectifying: false, signed: false, workers: pass.workers)
            return Step(output: output) { gradient in
                [convolution.backward(gradient, inputShape: inputShape, mask: nil, workers: pass.workers)]
            }
        case .matrix(let weights, let biases):
            let output = Self.product(input, weights, biases, shape, pass.workers)
            return Step(output: output) { [Self.adjoint($0, weights, inputShape, pass.workers)] }
        case nil: preconditionFailure("linear layer used before its weights were loaded")
        }
    }

    /// output = input · weightsᵀ + biases, blocks of outputs at the same time.
    private static func product(
        _ input: FeatureMap, _ weights: [Float], _ biases: [Float], _ shape: Shape, _ workers: Workers
    ) -> FeatureMap {
        var output = FeatureMap(height: shape.height, width: shape.width, everywhere: biases)
        let (positions, depth) = (shape.area, input.shape.channels)
        output.withMutableElements { output in
            let output = output.baseAddress!
            input.withElements { input in
                let input = input.baseAddress!
                weights.withUnsafeBufferPointer { weights in
                    let weights = weights.baseAddress!
                    workers.forEach((shape.channels + blockOutputs - 1) / blockOutputs) { block in
                        let first = block * blockOutputs
                        let count = min(blockOutputs, shape.channels - first)
                        multiply(
                            Matrix(input, rows: positions, columns: depth),
                            Matrix(weights + first * depth, rows: depth, columns: count, stride: depth, transposed: true),
                            into: output + first, resultStride: shape.channels, accumulating: true)
                    }
                }
            }
        }
        return output
    }

    /// gradient · weights, blocks of inputs at the same time.
    private static func adjoint(_ gradient: FeatureMap, _ weights: [Float], _ inputShape: Shape, _ workers: Workers)
        -> FeatureMap
    {
        var result = FeatureMap(uninitialized: inputShape)
        let (positions, rows, depth) = (inputShape.area, gradient.shape.channels, inputShape.channels)
        result.withMutableElements { result in
            let result = result.baseAddress!
            gradient.withElements { gradient in
                let gradient = gradient.baseAddress!
                weights.withUnsafeBufferPointer { weights in
                    let weights = weights.baseAddress!
                    workers.forEach((depth + blockOutputs - 1) / blockOutputs) { block in
                        let first = block * blockOutputs
                        multiply(
                            Matrix(gradient, rows: positions, columns: rows),
                            Matrix(
                                weights + first, rows: rows, columns: min(blockOutputs, depth - first), stride: depth),
                            into: result + first, resultStride: depth)
                    }
                }
            }
        }
        return result
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        var weights = try self.weights.read()
        var biases = try self.biases?.read() ?? [Float](repeating: 0, count: outputs)
        if let chosen {
            weights = chosen.flatMap { weights[$0 * inputs..<($0 + 1) * inputs] }
            biases = chosen.map { biases[$0] }
        }
        copy.values =
            choice == .auto && weights.count <= Self.mostPackedWeights
            ? .convolution(
                choice.algorithm(
                    weights: weights, biases: biases, inputChannels: inputs, groups: 1, window: Window(kernel: 1)))
            : .matrix(weights: weights, biases: biases)
        return copy
    }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        return Restriction(layer: copy, inputs: [nil])
    }

    public func multiplyAdds(for inputs: [Shape]) -> Int { (chosen?.count ?? outputs) * self.inputs * inputs[0].area }

    public var parameterCount: Int { weights.count + (biases?.count ?? 0) }
}
