import Tensors

/// The adjoint of a convolution, which enlarges ("deconvolution"): each input value lays its kernel, scaled, over the
/// output (Zeiler et al. 2010). Computed by the convolutions' own way back.
public struct TransposedConvolution: Layer {
    /// The window of the convolution whose adjoint this is.
    public let window: Window
    /// Groups of channels that do not see each other.
    public let groups: Int
    /// Rows and columns beyond what the last input position needs.
    public let extra: (height: Int, width: Int)
    let weights: Parameter  // [input channels, output channels / groups, kernelHeight, kernelWidth]
    let biases: Parameter?  // [output channels]

    /// - Parameters:
    ///   - extra: rows and columns beyond what the last input position needs (PyTorch's output_padding).
    ///   - weights: `[input channels, output channels / groups, kernelHeight, kernelWidth]`.
    ///   - biases: `[output channels]`; nil for none.
    public init(
        window: Window, groups: Int = 1, extra: (height: Int, width: Int) = (0, 0), weights: Parameter, biases: Parameter?
    ) {
        precondition(weights.shape.count == 4 && weights.shape[0] % groups == 0)
        self.window = window
        self.groups = groups
        self.extra = extra
        self.weights = weights
        self.biases = biases
    }

    private var filters: Int { weights.shape[1] * groups }

    public var traits: LayerTraits { [.piecewiseLinear, .seesWholeInput] }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs, channels: weights.shape[0])
        let height = (input.height - 1) * window.strideHeight + (window.kernelHeight - 1) * window.dilationHeight + 1
            - 2 * window.paddingHeight + extra.height
        let width = (input.width - 1) * window.strideWidth + (window.kernelWidth - 1) * window.dilationWidth + 1
            - 2 * window.paddingWidth + extra.width
        guard input.area > 0, height > 0, width > 0, window.outputHeight(height) == input.height,
            window.outputWidth(width) == input.width
        else { throw ShapeError("a transposed convolution of \(input.height)×\(input.width) leaves \(height)×\(width)") }
        return Shape(filters, height, width)
    }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        // The adjoint adds no biases.
        let noBiases = [Float](repeating: 0, count: weights.shape[0])
        let kernel = preparation.convolution.algorithm(
            weights: try preparation.read(weights), biases: noBiases, inputChannels: filters, groups: groups, window: window)
        return Prepared(layer: self, kernel: kernel, biases: try preparation.read(biases))
    }

    private struct Prepared: PreparedLayer {
        let layer: TransposedConvolution
        let kernel: any ConvolutionAlgorithm
        let biases: [Float]?  // [output channels]

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let inputShape = inputs[0].shape
            guard let shape = try? layer.outputShape(for: [inputShape]) else { preconditionFailure("unchecked shape") }
            var output = kernel.backward(inputs[0], inputShape: shape, mask: nil, workers: pass.workers)
            if let biases {
                output.scale(by: [Float](repeating: 1, count: biases.count), shiftedBy: biases, workers: pass.workers)
            }
            return LayerResult(output) { gradient in
                [kernel.forward(gradient, output: inputShape, rectifying: false, signed: false, workers: pass.workers)]
            }
        }
    }

    public func window(for inputs: [Shape]) -> Window? { .whole(of: inputs[0]) }

    public func multiplyAdds(for inputs: [Shape]) -> Int { inputs[0].area * weights.count }

    public var parameters: [Parameter] { [weights] + (biases.map { [$0] } ?? []) }
}
