import Tensors

/// A fully connected layer at every position: output = weights · input + biases, over the channels.
public struct Linear: Layer {
    /// Channels of the input.
    public let inputs: Int
    /// Channels of the output.
    public private(set) var outputs: Int
    private var weights: Parameter  // [outputs, inputs]
    private var biases: Parameter?  // [outputs]

    /// Packed both ways a matrix takes twice its memory; larger ones stay as they are.
    private static let mostPackedWeights = 4 * 1024 * 1024

    /// - Parameters:
    ///   - weights: `[outputs, inputs]`.
    ///   - biases: `[outputs]`; nil for none.
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

    public var traits: LayerTraits { [.piecewiseLinear, .linear] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels == self.inputs else {
            throw ShapeError("expected \(self.inputs) channels, got \(input.channels) of \(input)")
        }
        return Shape(outputs, input.height, input.width)
    }

    public func multiplyAdds(for inputs: [Shape]) -> Int { outputs * self.inputs * inputs[0].area }

    public var parameters: [Parameter] { [weights] + (biases.map { [$0] } ?? []) }

    public var linearMap: Parameter? { weights }

    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        var copy = self
        copy.outputs = channels.count
        copy.weights = weights.choosing(channels)
        copy.biases = biases?.choosing(channels)
        return Restriction(layer: copy, inputs: [nil])
    }

    /// A pointwise convolution for layers of moderate size, applied at many positions; for the large layers of classifiers one
    /// matrix, which serves both ways.
    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        let weights = try preparation.read(self.weights)
        let biases = try preparation.read(self.biases) ?? [Float](repeating: 0, count: outputs)
        guard preparation.convolution == .auto, weights.count <= Self.mostPackedWeights else {
            return MatrixLinear(weights: weights, biases: biases)
        }
        let kernel = preparation.convolution.algorithm(
            weights: weights, biases: biases, inputChannels: inputs, groups: 1, window: Window(kernel: 1))
        return PointwiseLinear(outputs: outputs, kernel: kernel)
    }
}

private struct PointwiseLinear: PreparedLayer {
    let outputs: Int
    let kernel: any ConvolutionAlgorithm

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let inputShape = inputs[0].shape
        let shape = Shape(outputs, inputShape.height, inputShape.width)
        let output = kernel.forward(inputs[0], output: shape, rectifying: false, signed: false, workers: pass.workers)
        return LayerResult(output) { gradient in
            [kernel.backward(gradient, inputShape: inputShape, mask: nil, workers: pass.workers)]
        }
    }
}

private struct MatrixLinear: PreparedLayer {
    let weights: [Float]  // [outputs, inputs]
    let biases: [Float]  // [outputs]

    /// Outputs that one thread computes at a time.
    private static let blockOutputs = 256

    func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
        let inputShape = inputs[0].shape
        return LayerResult(product(inputs[0], pass.workers)) { [adjoint($0, inputShape, pass.workers)] }
    }

    /// output = input · weightsᵀ + biases, blocks of outputs at the same time.
    private func product(_ input: FeatureMap, _ workers: Workers) -> FeatureMap {
        let shape = Shape(biases.count, input.shape.height, input.shape.width)
        let blockOutputs = Self.blockOutputs
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
    private func adjoint(_ gradient: FeatureMap, _ inputShape: Shape, _ workers: Workers) -> FeatureMap {
        let blockOutputs = Self.blockOutputs
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
}
