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
    func callAsFunction(_ image: consuming Tensor) -> Tensor {
        var result = image
        let area = result.shape.area
        let channels = result.shape.channels
        result.withMutableElements { values in
            for channel in 0..<channels {
                let (scale, shift) = (factor(channel), (range[0] - mean[channel]) / std[channel])
                for i in channel * area..<(channel + 1) * area { values[i] = values[i] * scale + shift }
            }
        }
        return result
    }

    /// From a gradient at the network's input to one at the image.
    func pullback(_ gradient: consuming Tensor) -> Tensor {
        var result = gradient
        let area = result.shape.area
        let channels = result.shape.channels
        result.withMutableElements { values in
            for channel in 0..<channels {
                let scale = factor(channel)
                for i in channel * area..<(channel + 1) * area { values[i] *= scale }
            }
        }
        return result
    }
}
