import Tensors

/// What a network was trained to see, from RGB in 0…1: (low + x · (high − low) − mean) / standardDeviation per channel.
/// A wrong range fails silently, so it travels with the weights.
public struct Preprocessing: Sendable, Hashable, Codable {
    /// The range that 0…1 is stretched to, e.g. [0, 255].
    public var range: [Float]
    /// Per channel, in that range.
    public var mean: [Float]
    /// Per channel, in that range.
    public var std: [Float]
    /// The shorter side before the crop when a photograph is classified, in pixels.
    public var resize: Int
    /// The side of the square that is classified, in pixels.
    public var crop: Int

    public init(range: [Float], mean: [Float], std: [Float], resize: Int = 256, crop: Int = 224) {
        self.range = range
        self.mean = mean
        self.std = std
        self.resize = resize
        self.crop = crop
    }

    private func factor(_ channel: Int) -> Float { (range[1] - range[0]) / std[channel] }

    /// - Parameter image: `[channels, height, width]` in 0…1.
    func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor {
        let channels = 0..<image.shape.channels
        return image.affine(channels.map(factor), channels.map { (range[0] - mean[$0]) / std[$0] }, workers: workers)
    }

    /// From a gradient at the network's input to one at the image.
    func pullback(_ gradient: Tensor, workers: Workers) -> Tensor {
        let channels = 0..<gradient.shape.channels
        return gradient.affine(channels.map(factor), channels.map { _ in 0 }, workers: workers)
    }
}
