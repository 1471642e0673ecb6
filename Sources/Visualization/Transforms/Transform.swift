import Networks
import Tensors

/// A change of the picture before the network sees it, drawn anew in each step, so that the network must recognise the
/// feature however the picture is changed.
///
/// A new transform is one type with a name, a usage and a help text of its own, and one line in `TransformChain.types`.
public protocol Transform: Sendable {
    /// The name in plans.
    static var name: String { get }
    /// An example of every way to write the transform.
    static var usage: String { get }
    /// Its effect on the picture, in one line.
    static var help: String { get }

    /// Reads the text in parentheses after the name.
    init(_ argument: TransformArgument) throws(TransformError)

    /// The transform as plans spell it.
    var text: String { get }

    /// Draws the random numbers of one step.
    ///
    /// - Parameter progress: from 0 in the first step to 1 in the last.
    func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform

    /// The smallest and the largest picture that may come out for a picture of this shape.
    func extent(of shape: Shape) -> (smallest: Shape, largest: Shape)
}

/// A transform whose random numbers are drawn: a differentiable function from image to image.
public typealias DrawnTransform = (_ image: Tensor, _ workers: Workers) -> ValueAndPullback<Tensor, Tensor>

/// Transforms one after the other.
public struct TransformChain: Sendable {
    /// Every transform, in the order in which help shows them.
    public static let types: [any Transform.Type] = [
        Pad.self, Jitter.self, Scale.self, Rotate.self, Noise.self, UniformNoise.self, ColourJitter.self, Blur.self,
        Translate.self, Roll.self, RandomCrop.self, Resize.self, AtLeast.self, Backdrop.self, Flip.self, Crop.self,
    ]

    /// In the order in which they are applied.
    public let transforms: [any Transform]

    /// - Parameter transforms: in the order in which they are applied.
    public init(_ transforms: [any Transform]) { self.transforms = transforms }

    /// The image as the network sees it in one step.
    ///
    /// - Parameter progress: from 0 in the first step to 1 in the last.
    public func callAsFunction(
        _ image: Tensor, at progress: Float = 0, using generator: inout RandomGenerator, workers: Workers
    ) -> ValueAndPullback<Tensor, Tensor> {
        var result = ValueAndPullback(image) { $0 }
        for transform in transforms {
            let drawn = transform.draw(for: result.output.shape, at: progress, using: &generator)
            result = result.then { drawn($0, workers) }
        }
        return result
    }

    /// The same for a picture that may lack an opacity, which counts as opaque where a backdrop needs one.
    ///
    /// - Parameter channels: of the pictures that the network sees.
    func opaque(
        _ image: Tensor, channels: Int, at progress: Float, using generator: inout RandomGenerator, workers: Workers
    ) -> ValueAndPullback<Tensor, Tensor> {
        let isOpaque = image.shape.channels == channels && transforms.contains { $0 is Backdrop }
        let seen = isOpaque ? image.channelRange(0..<channels, filledTo: channels + 1, with: 1) : image
        return self(seen, at: progress, using: &generator, workers: workers)
    }

    /// The smallest and the largest picture that the network may see.
    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        transforms.reduce((shape, shape)) { extent, transform in
            (transform.extent(of: extent.0).smallest, transform.extent(of: extent.1).largest)
        }
    }

    /// The resize at the end, if there is one. It belongs to the network rather than to the picture: the network sees a
    /// finished picture through it as well.
    var finalResize: Resize? { transforms.last as? Resize }

    /// The same transforms with a resize at the end where a network of one size needs it.
    ///
    /// - Parameters:
    ///   - only: the one size that the network takes.
    ///   - picture: the size before the transforms.
    public func fitted(to only: Network.Size, from picture: Network.Size) -> TransformChain {
        let (smallest, largest) = extent(of: Shape(3, picture.height, picture.width))
        let fits = [smallest, largest].allSatisfy { $0.height == only.height && $0.width == only.width }
        if fits { return self }
        return TransformChain(transforms + [Resize(width: only.width, height: only.height)])
    }

    /// The transforms as plans spell them.
    public var text: String { transforms.isEmpty ? "none" : transforms.map(\.text).joined(separator: " ") }
}
