import Tensors

/// The activation after a convolution and its normalization.
enum BlockActivation {
    case none
    case relu
    case function(ActivationFunction)
}

/// The blocks of layers that torchvision's architectures share, under the names that they have there.
extension NetworkBuilder {
    /// NAME.0, NAME.1, NAME.2: a convolution without bias that keeps the extent up to its stride, normalization,
    /// activation (torchvision's Conv2dNormActivation).
    mutating func convolutionBlock(
        _ name: String, _ input: Value, filters: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
        epsilon: Float = 1e-5, activation: BlockActivation
    ) -> Value {
        var (x, padding) = (input, (kernel - 1) / 2)
        if stride == 2, kernel > 1, variation.padsBehind {
            let window = Window(kernel: kernel, stride: stride)
            x = add("\(name).pad", Padding(.same(window, upper: true)), from: [x], channels: x.channels)
            padding = 0
        }
        x = convolution(
            "\(name).0", x, filters: filters, kernel: kernel, stride: stride, padding: padding, groups: groups, bias: false)
        x = normalization("\(name).1", x, epsilon: epsilon)
        switch activation {
        case .none: return x
        case .relu: return relu("\(name).2", x)
        case .function(let function): return self.activation("\(name).2", x, function)
        }
    }

    /// NAME.conv, NAME.bn, NAME.relu (the BasicConv2d of the Inception family).
    mutating func basicConvolution(_ name: String, _ input: Value, filters: Int, window: Window) -> Value {
        var x = convolution("\(name).conv", input, filters: filters, window: window, bias: false)
        x = normalization("\(name).bn", x, epsilon: 1e-3)
        return relu("\(name).relu", x)
    }

    /// NAME.avgpool … NAME.mul: each channel times a factor that a small network makes of all their means
    /// (squeeze-and-excitation, Hu et al. 2017, arXiv:1709.01507).
    mutating func squeezeExcitation(
        _ name: String, _ input: Value, squeeze: Int, activation: BlockActivation, scale: ActivationFunction
    ) -> Value {
        var factors = adaptiveAveragePooling("\(name).avgpool", input, to: 1)
        factors = convolution("\(name).fc1", factors, filters: squeeze, kernel: 1)
        if case .function(let function) = activation {
            factors = self.activation("\(name).activation", factors, function)
        } else {
            factors = relu("\(name).activation", factors)
        }
        factors = convolution("\(name).fc2", factors, filters: input.channels, kernel: 1)
        factors = self.activation("\(name).scale_activation", factors, scale)
        return add("\(name).mul", Multiplication(), from: [factors, input], channels: input.channels)
    }

    /// NAME: the class scores, a linear layer over as many values as the input has channels.
    mutating func classes(_ name: String, _ input: Value) {
        let classes = shape(of: "\(name).weight")?.first ?? 1000
        _ = linear(name, input, inputs: input.channels, outputs: classes)
    }

    /// Means over all positions, as a vector, under the names of the two steps.
    mutating func globalMean(_ pool: String, _ flat: String, _ input: Value) -> Value {
        flatten(flat, adaptiveAveragePooling(pool, input, to: 1), values: input.channels)
    }

    /// The input transform of networks that were trained on values in −1…1, from torchvision's usual normalization: per
    /// channel x · std/0.5 + (mean − 0.5)/0.5.
    mutating func transformedInput(_ name: String) -> Value {
        // torchvision transforms colours alone.
        guard image.channels == 3, variation.transformsInput else { return image }
        let (mean, deviation) = (Preprocessing.imageNetMean, Preprocessing.imageNetDeviation)
        let layer = ChannelAffine(
            scales: deviation.map { $0 / 0.5 }, shifts: mean.map { ($0 - 0.5) / 0.5 })
        return add(name, layer, from: [image], channels: image.channels)
    }
}

/// v, rounded to a multiple of 8 but not down by more than a tenth: how the MobileNet family scales its widths.
func widthDivisibleBy8(_ v: Double) -> Int {
    let rounded = max(8, Int(v + 4) / 8 * 8)
    return Double(rounded) < 0.9 * v ? rounded + 8 : rounded
}
