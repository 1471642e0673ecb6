import Tensors

/// The values that a network was trained on, from RGB in 0…1: (low + x · (high − low) − mean) / standardDeviation per channel, in
/// the network's own order of channels.
/// A wrong range fails silently, so it travels with the weights.
public struct Preprocessing: Sendable, Hashable, Codable {
    /// The range that 0…1 is stretched to, e.g. [0, 255].
    public var range: [Float]
    /// Subtracted from each channel of the network's input, in that range; one number stands for all channels.
    public var mean: [Float]
    /// Divides each channel of the network's input, in that range; one number stands for all channels.
    public var std: [Float]
    /// The network takes blue, green, red, as Caffe's do.
    public var bgr: Bool
    /// The shorter side before the crop when a photograph is classified, in pixels.
    public var resize: Int
    /// The side of the square that is classified, in pixels.
    public var crop: Int
    /// Other inputs of the network than the picture, and what they are held at; nil where there are none.
    public var inputs: [GivenInput.Note]?

    /// - Parameters:
    ///   - range: the two ends that 0…1 is stretched to; [0, 1] leaves it.
    ///   - mean: one number for each channel, or one for all; in that range, as the deviation.
    ///   - resize: the shorter side before the crop, in pixels, which is torchvision's usual one.
    public init(range: [Float], mean: [Float], std: [Float], bgr: Bool = false, resize: Int = 256, crop: Int = 224) {
        self.range = range
        self.mean = mean
        self.std = std
        self.bgr = bgr
        self.resize = resize
        self.crop = crop
    }

    /// One number stands for all channels.
    private func number(_ numbers: [Float], _ channel: Int) -> Float { numbers[min(channel, numbers.count - 1)] }

    private func factor(_ channel: Int) -> Float { (range[1] - range[0]) / number(std, channel) }

    /// The colour, red first in 0…1, that the network sees as 0 in every channel: the mean of its training pictures, usually.
    public func meanColour(channels: Int) -> [Float] {
        let colour = (0..<channels).map { min(max((number(mean, $0) - range[0]) / (range[1] - range[0]), 0), 1) }
        return bgr ? colour.reversed() : colour
    }

    /// The same for pictures of so many channels, where the numbers are those of three colours: one channel has the colours'
    /// average, as have channels beside the colours.
    public func adapted(to channels: Int) -> Preprocessing {
        guard channels != 3, max(mean.count, std.count) == 3 else { return self }
        func adapted(_ numbers: [Float]) -> [Float] {
            guard numbers.count == 3 else { return numbers }
            let average = numbers.reduce(0, +) / 3
            return channels < 3 ? [average] : numbers + [Float](repeating: average, count: channels - 3)
        }
        var copy = self
        (copy.mean, copy.std, copy.bgr) = (adapted(mean), adapted(std), false)
        return copy
    }

    /// - Parameter image: `[channels, height, width]` in 0…1, red first.
    package func callAsFunction(_ image: Tensor, workers: Workers) -> Tensor {
        let channels = 0..<image.shape.channels
        return ordered(image).affine(
            channels.map(factor), channels.map { (range[0] - number(mean, $0)) / number(std, $0) }, workers: workers)
    }

    /// From a gradient at the network's input to one at the image.
    func pullback(_ gradient: Tensor, workers: Workers) -> Tensor {
        let channels = 0..<gradient.shape.channels
        return ordered(gradient.affine(channels.map(factor), channels.map { _ in 0 }, workers: workers))
    }

    /// Between red first and the network's order; the way back is the same.
    private func ordered(_ image: Tensor) -> Tensor {
        guard bgr else { return image }
        let area = image.shape.area
        let planes = image.elements
        return Tensor(
            image.shape,
            (0..<image.shape.channels).reversed().flatMap { planes[$0 * area..<($0 + 1) * area] })
    }
}

extension Preprocessing {
    /// Records written before there was `bgr` do not have it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        range = try values.decode([Float].self, forKey: .range)
        mean = try values.decode([Float].self, forKey: .mean)
        std = try values.decode([Float].self, forKey: .std)
        bgr = try values.decodeIfPresent(Bool.self, forKey: .bgr) ?? false
        resize = try values.decode(Int.self, forKey: .resize)
        crop = try values.decode(Int.self, forKey: .crop)
        inputs = try values.decodeIfPresent([GivenInput.Note].self, forKey: .inputs)
        // A picture's metadata may hold anything.
        let numbers = range + mean + std
        guard range.count == 2, 1...4096 ~= mean.count, 1...4096 ~= std.count, numbers.allSatisfy(\.isFinite), !std.contains(0),
            range[0] != range[1], 1...100_000 ~= resize, 1...100_000 ~= crop
        else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "a preprocessing has two ends of a range, means, and deviations that are not 0"))
        }
    }
}
