import Tensors

/// A way to compute a convolution with fixed filters, and its gradient with respect to the input.
package protocol ConvolutionAlgorithm: Sendable {
    /// - Parameters:
    ///   - input: `[height, width, channels]`
    ///   - output: the shape of the result.
    ///   - rectifying: negative results become −0.0.
    ///   - signed: the result will be asked for its signs; find them on the way if that is cheap.
    func forward(_ input: FeatureMap, output: Shape, rectifying: Bool, signed: Bool, workers: Workers) -> FeatureMap

    /// - Parameters:
    ///   - gradient: with respect to the output.
    ///   - mask: of the input's shape; where that was not positive, the gradient is 0.
    /// - Returns: the gradient with respect to the input.
    func backward(_ gradient: FeatureMap, inputShape: Shape, mask: SignMap?, workers: Workers) -> FeatureMap
}

/// Which algorithms convolutions may use.
public enum ConvolutionChoice: String, Sendable, CaseIterable, Codable {
    /// The fastest for each layer, by a rule on its shape that measurement found; never by timing at run time, which would
    /// change the bits.
    case auto
    /// `PatchConvolution` everywhere: im2col and OpenBLAS.
    case plain

    /// - Parameters:
    ///   - weights: `[filters, inputChannels / groups, kernelHeight, kernelWidth]`
    ///   - biases: `[filters]`
    package func algorithm(
        weights: [Float], biases: [Float], inputChannels: Int, groups: Int, window: Window
    ) -> any ConvolutionAlgorithm {
        if self == .plain {
            return PatchConvolution(
                weights: weights, biases: biases, inputChannels: inputChannels, groups: groups, window: window)
        }
        let isWinograd =
            groups == 1 && window == Window(kernel: 3, padding: window.paddingHeight) && window.paddingHeight <= 2
            && min(inputChannels, biases.count) >= Self.fewestWinogradChannels
        if isWinograd {
            let (padding, filters) = (window.paddingHeight, biases.count)
            let tile: WinogradConvolution.Tile =
                inputChannels * filters <= Self.mostLargeTileFilters ? .six : .four
            return WinogradPair(
                forward: .forward(
                    weights: weights, biases: biases, channels: inputChannels, padding: padding, tile: tile),
                backward: .adjoint(
                    weights: weights, filters: filters, channels: inputChannels, padding: padding, tile: tile))
        }
        return DirectPair(
            forward: .forward(
                weights: weights, biases: biases, inputChannels: inputChannels, groups: groups, window: window),
            backward: .adjoint(
                weights: weights, filters: biases.count, inputChannels: inputChannels, groups: groups, window: window))
    }

    /// Below this the products are too thin to pay for the transforms.
    private static let fewestWinogradChannels = 8
    /// Layers of more filters see small maps, which tiles of 6×6 fill badly.
    private static let mostLargeTileFilters = 128 * 128
}

/// `DirectConvolution` both ways.
private struct DirectPair: ConvolutionAlgorithm {
    let forward: DirectConvolution
    let backward: DirectConvolution

    func forward(_ input: FeatureMap, output: Shape, rectifying: Bool, signed: Bool, workers: Workers) -> FeatureMap {
        forward(input, to: output, rectifying: rectifying, signed: signed, workers: workers)
    }

    func backward(_ gradient: FeatureMap, inputShape: Shape, mask: SignMap?, workers: Workers) -> FeatureMap {
        backward(gradient, to: inputShape, mask: mask, workers: workers)
    }
}

/// `WinogradConvolution` both ways.
private struct WinogradPair: ConvolutionAlgorithm {
    let forward: WinogradConvolution
    let backward: WinogradConvolution

    func forward(_ input: FeatureMap, output: Shape, rectifying: Bool, signed: Bool, workers: Workers) -> FeatureMap {
        forward(input, rectifying: rectifying, signed: signed, workers: workers)
    }

    func backward(_ gradient: FeatureMap, inputShape: Shape, mask: SignMap?, workers: Workers) -> FeatureMap {
        backward(gradient, mask: mask, workers: workers)
    }
}
