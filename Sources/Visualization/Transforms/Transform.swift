import Networks
import Tensors

/// Something that is done to the picture before the network sees it, drawn anew at each step, so that what the network
/// answers to must survive it.
public protocol Transform: Sendable {
    /// The transform as `--transforms` spells it.
    var text: String { get }

    /// Fixes the randomness for one step.
    ///
    /// - Parameter progress: from 0 in the first step to 1 in the last.
    func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform

    /// The smallest and largest picture that this can make of one picture.
    func extent(of shape: Shape) -> (smallest: Shape, largest: Shape)
}

/// A transform whose randomness is fixed: image → image, with the way back.
public typealias DrawnTransform = (_ image: Tensor, _ workers: Workers) -> Mapping

/// Transforms one after the other.
public struct TransformChain: Sendable {
    /// In the order in which they are applied.
    public let transforms: [any Transform]

    public init(_ transforms: [any Transform]) { self.transforms = transforms }

    /// What the network sees of an image in one step.
    ///
    /// - Parameter progress: from 0 in the first step to 1 in the last.
    public func callAsFunction(
        _ image: Tensor, at progress: Float = 0, using generator: inout RandomGenerator, workers: Workers
    ) -> Mapping {
        var result = Mapping(output: image) { $0 }
        for transform in transforms {
            let drawn = transform.draw(for: result.output.shape, at: progress, using: &generator)
            result = result.then { drawn($0, workers) }
        }
        return result
    }

    /// The same of a picture that may have no opacity: it needs no backdrop.
    ///
    /// - Parameter channels: of the network's pictures.
    func opaque(
        _ image: Tensor, channels: Int, at progress: Float, using generator: inout RandomGenerator, workers: Workers
    ) -> Mapping {
        let isOpaque = image.shape.channels == channels && transforms.contains { $0 is Backdrop }
        let seen = isOpaque ? image.channelRange(0..<channels, filledTo: channels + 1, with: 1) : image
        return self(seen, at: progress, using: &generator, workers: workers)
    }

    /// The smallest and largest picture that the network may see.
    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        transforms.reduce((shape, shape)) { extent, transform in
            (transform.extent(of: extent.0).smallest, transform.extent(of: extent.1).largest)
        }
    }

    /// The scaling at the end, if there is one: it belongs to the network rather than to the picture, so that the network
    /// sees a finished picture through it as well.
    var fitting: Resize? { transforms.last as? Resize }

    /// The same transforms, and at the end the scaling that a network of one size needs of a picture of this size, if it
    /// needs any.
    public func fitted(to only: Network.Size, from picture: Network.Size) -> TransformChain {
        let (smallest, largest) = extent(of: Shape(3, picture.height, picture.width))
        let fits = [smallest, largest].allSatisfy { $0.height == only.height && $0.width == only.width }
        if fits { return self }
        return TransformChain(transforms + [Resize(width: only.width, height: only.height)])
    }

    /// As `--transforms` spells it.
    public var text: String { transforms.isEmpty ? "none" : transforms.map(\.text).joined(separator: " ") }
}
