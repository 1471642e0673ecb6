import Tensors

/// A way to compute a convolution with fixed filters, and its gradient with respect to the input.
protocol ConvolutionAlgorithm: Sendable {
    /// - Parameter input: `[channels, height, width]`
    /// - Returns: `[filters, outputHeight, outputWidth]`, bias added, negative values rectified if asked.
    func forward(_ input: Tensor, rectifying: Bool, workers: Workers) -> Tensor

    /// - Parameter gradient: with respect to the output, `[filters, outputHeight, outputWidth]`
    /// - Returns: the gradient with respect to the input.
    func backward(_ gradient: Tensor, inputShape: Shape, workers: Workers) -> Tensor
}

/// Which algorithms convolutions may use.
public enum ConvolutionChoice: String, Sendable, CaseIterable, Codable {
    /// The fastest for each layer, by a rule on its shape that measurement found; never by timing at run time, which would
    /// change the bits.
    case auto
    /// `PatchConvolution` everywhere.
    case plain

    func algorithm(
        weights: [Float], biases: [Float], inputChannels: Int, groups: Int, window: Window
    ) -> any ConvolutionAlgorithm {
        let isWinograd =
            self == .auto && groups == 1 && window.kernelHeight == 3 && window.kernelWidth == 3
            && window.strideHeight == 1 && window.strideWidth == 1 && window.dilationHeight == 1
            && window.dilationWidth == 1 && window.paddingHeight == window.paddingWidth
            && inputChannels >= Self.fewestWinogradChannels
        if isWinograd {
            return WinogradConvolution(
                weights: weights, biases: biases, channels: inputChannels, padding: window.paddingHeight,
                workers: Workers(2))
        }
        return PatchConvolution(
            weights: weights, biases: biases, inputChannels: inputChannels, groups: groups, window: window)
    }

    /// Below this the products are too thin to pay for the transforms.
    private static let fewestWinogradChannels = 8
}
