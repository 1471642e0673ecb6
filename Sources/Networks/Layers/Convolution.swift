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
    public let filters: Int
    /// Kernel, stride, padding and dilation.
    public let window: Window
    /// Groups of channels that do not see each other.
    public private(set) var groups: Int
    /// A rectifier follows and is applied in the product's output pass.
    public var rectifies = false
    /// The input is a rectifier's output: the gradient that goes back is multiplied with the plain rectifier's derivative
    /// on its way out, while it is in a register anyway.
    var masksGradient = false
    var receivesMaskedGradient = false
    /// A batch normalization that follows and is folded into the weights when they are read.
    var normalization: BatchNormalization?
    /// `[filters, inputChannels / groups, kernelHeight, kernelWidth]`
    let weights: Parameter
    /// `[filters]`
    private(set) var biases: Parameter?
    /// Which filters are computed; nil for all.
    private var chosen: [Int]?
    /// The weights as the chosen algorithm wants them, once loaded.
    private var kernel: (any ConvolutionAlgorithm)?

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

    public func outputShape(for inputs: [Shape]) throws(ShapeError) -> Shape {
        let input = try only(inputs)
        guard input.channels == inputChannels else {
            throw ShapeError("expected \(inputChannels) channels, got \(input.channels)")
        }
        let (height, width) = (window.outputHeight(input.height), window.outputWidth(input.width))
        guard height > 0, width > 0 else {
            throw ShapeError(
                "a \(window.kernelHeight)×\(window.kernelWidth) kernel does not fit \(input.height)×\(input.width)")
        }
        return Shape(chosen?.count ?? filters, height, width)
    }

    public func callAsFunction(_ inputs: [FeatureMap], _ pass: Pass) -> Step {
        guard let kernel else { preconditionFailure("convolution used before its weights were loaded") }
        guard let shape = try? outputShape(for: [inputs[0].shape]) else { preconditionFailure("unchecked shape") }
        let input = inputs[0]
        let inputShape = input.shape
        let output = kernel.forward(
            input, output: shape, rectifying: rectifies, signed: rectifies && pass.remembers, workers: pass.workers)
        guard pass.remembers else { return Step(output: output) { _ in [] } }
        let isPlain = pass.rectifier == .plain
        let mask = isPlain && masksGradient ? input.signs(workers: pass.workers) : nil
        let signs = rectifierSigns(of: output, pass)
        return Step(output: output) { gradient in
            let masked = pass.rectifier.pullback(consume gradient, signs: signs, workers: pass.workers)
            return [kernel.backward(masked, inputShape: inputShape, mask: mask, workers: pass.workers)]
        }
    }

    public func loaded(_ choice: ConvolutionChoice) throws(WeightsError) -> any Layer {
        var copy = self
        var weights = try self.weights.read()
        var biases = try self.biases?.read() ?? [Float](repeating: 0, count: filters)
        if let factors = try normalization?.readFactors() {
            let size = weights.count / filters
            for filter in 0..<filters {
                for i in filter * size..<(filter + 1) * size { weights[i] *= factors.scales[filter] }
                biases[filter] = biases[filter] * factors.scales[filter] + factors.shifts[filter]
            }
        }
        if let chosen {
            let size = weights.count / filters
            weights = chosen.flatMap { weights[$0 * size..<($0 + 1) * size] }
            biases = chosen.map { biases[$0] }
        }
        copy.kernel = choice.algorithm(
            weights: weights, biases: biases, inputChannels: inputChannels, groups: groups, window: window)
        return copy
    }

    /// Just the named filters: over the whole input, or each over its own channel where every channel is a group; with
    /// other groups nothing is restricted.
    public func restricted(to channels: [Int], inputs: [Shape]) -> Restriction? {
        let isDepthwise = groups == inputChannels && filters == inputChannels
        guard groups == 1 || isDepthwise else { return nil }
        var copy = self
        copy.chosen = channels.map { chosen?[$0] ?? $0 }
        guard groups > 1 else { return Restriction(layer: copy, inputs: [nil]) }
        copy.inputChannels = channels.count
        copy.groups = channels.count
        return Restriction(layer: copy, inputs: [channels])
    }

    public var variant: String { "\(rectifies) \(masksGradient) \(receivesMaskedGradient) \(normalization != nil)" }

    public func window(for inputs: [Shape]) -> Window? { window }

    public func multiplyAdds(for inputs: [Shape]) -> Int {
        guard let output = try? outputShape(for: inputs) else { return 0 }
        return output.count * (inputChannels / groups) * window.area
    }

    public var parameterCount: Int { weights.count + (biases?.count ?? 0) }
}
