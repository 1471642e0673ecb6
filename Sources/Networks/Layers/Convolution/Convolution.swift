import Tensors

/// A two-dimensional convolution (cross-correlation, as every framework has it) with bias, and optionally the rectifier
/// that follows it:
///
///     output[f, y, x] = bias[f] + Σ_{c, ky, kx} weights[f, c, ky, kx] · input[c, y·stride − padding + ky·dilation, …]
///
/// With groups, filter f sees only the channels of its group.
public struct Convolution: RectifyingLayer {
    /// Channels of the input.
    public private(set) var inputChannels: Int
    /// Channels of the output.
    public private(set) var filters: Int
    /// Kernel, stride, padding and dilation.
    public let window: Window
    /// Groups of channels that do not see each other.
    public private(set) var groups: Int
    /// A rectifier follows and is applied in the product's output pass.
    public var rectifies = false
    /// A batch normalization that follows and is folded into the weights when they are read.
    private var normalization: BatchNormalization?
    private var weights: Parameter  // [filters, inputChannels / groups, kernelHeight, kernelWidth]
    private var biases: Parameter?  // [filters]

    /// - Parameters:
    ///   - weights: `[filters, inputChannels / groups, kernelHeight, kernelWidth]`.
    ///   - biases: `[filters]`; nil for none.
    public init(
        inputChannels: Int, filters: Int, window: Window, groups: Int = 1, weights: Parameter, biases: Parameter?
    ) {
        precondition(inputChannels % groups == 0 && filters % groups == 0, "groups must divide the channels")
        self.inputChannels = inputChannels
        self.filters = filters
        self.window = window
        self.groups = groups
        self.weights = weights
        self.biases = biases
    }

    /// The same layer with biases in place of its own.
    package func adding(biases: Parameter) -> Convolution {
        var copy = self
        copy.biases = biases
        return copy
    }

    public var traits: LayerTraits { [.piecewiseLinear, .masksInputGradient, rectifies ? .rectifies : .linear] }

    public var parameters: [Parameter] { [weights] + (biases.map { [$0] } ?? []) }

    public var linearMap: Parameter? { window == Window(kernel: 1) && groups == 1 && normalization == nil ? weights : nil }

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs, channels: inputChannels)
        let (height, width) = (window.outputHeight(input.height), window.outputWidth(input.width))
        guard height > 0, width > 0 else {
            throw ShapeError(
                "a \(window.kernelHeight)×\(window.kernelWidth) kernel does not fit \(input.height)×\(input.width)")
        }
        return Shape(filters, height, width)
    }

    public func window(for inputs: [Shape]) -> Window? { window }

    public func multiplyAdds(for inputs: [Shape]) -> Int {
        guard let output = try? outputShape(for: inputs) else { return 0 }
        return output.count * (inputChannels / groups) * window.area
    }

    /// Just the named filters: over the whole input, or each over its own channel where every channel is a group; with
    /// other groups nothing is restricted.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        let isDepthwise = groups == inputChannels && filters == inputChannels
        guard groups == 1 || isDepthwise else { return nil }
        var copy = self
        copy.filters = channels.count
        copy.weights = weights.choosing(channels)
        copy.biases = biases?.choosing(channels)
        guard groups > 1 else { return Restriction(layer: copy, inputs: [nil]) }
        copy.inputChannels = channels.count
        copy.groups = channels.count
        return Restriction(layer: copy, inputs: [channels])
    }

    /// With a normalization, which moves into the weights, or with a rectifier.
    public func merging(_ next: any Layer) -> (any Layer)? {
        guard let next = next as? BatchNormalization else { return mergingRectifier(next) }
        guard normalization == nil, !rectifies else { return nil }
        var copy = self
        copy.normalization = next
        return copy
    }

    public func prepared(for preparation: Preparation) throws(WeightsError) -> any PreparedLayer {
        var weights = try preparation.read(self.weights)
        var biases = try preparation.read(self.biases) ?? [Float](repeating: 0, count: filters)
        if let factors = try normalization?.factors(preparation) {
            let size = weights.count / filters
            for filter in 0..<filters {
                for i in filter * size..<(filter + 1) * size { weights[i] *= factors.scales[filter] }
                biases[filter] = biases[filter] * factors.scales[filter] + factors.shifts[filter]
            }
        }
        let kernel = preparation.convolution.algorithm(
            weights: weights, biases: biases, inputChannels: inputChannels, groups: groups, window: window)
        return Prepared(
            layer: self, kernel: kernel, rectifier: MergedRectifier(of: self, preparation),
            masksInputGradient: preparation.masksInputGradient)
    }

    private struct Prepared: PreparedLayer {
        let layer: Convolution
        /// Holds the weights in the order that it wants them.
        let kernel: any ConvolutionAlgorithm
        let rectifier: MergedRectifier
        let masksInputGradient: Bool

        func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> LayerResult {
            let input = inputs[0]
            let inputShape = input.shape
            guard let shape = try? layer.outputShape(for: [inputShape]) else { preconditionFailure("unchecked shape") }
            let output = kernel.forward(
                input, output: shape, rectifying: layer.rectifies, signed: layer.rectifies && pass.remembers,
                workers: pass.workers)
            guard pass.remembers else { return LayerResult(output) { _ in [] } }
            let mask = pass.rectifier == .plain && masksInputGradient ? input.signs(workers: pass.workers) : nil
            let signs = rectifier.signs(of: output, pass)
            return LayerResult(output) { (gradient: consuming FeatureMap) in
                let masked = pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)
                return [kernel.backward(masked, inputShape: inputShape, mask: mask, workers: pass.workers)]
            }
        }
    }
}
