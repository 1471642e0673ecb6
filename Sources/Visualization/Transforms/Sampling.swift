import Tensors

/// Bilinear scaling to one size, for example for networks that take no other.
public struct Resize: Transform {
    public static let name = "resize"
    public static let usage = "resize(224), resize(320x240)"
    public static let help = "bilinear scaling to one size"

    public init(_ argument: TransformArgument) throws(TransformError) {
        let sides = argument.text.split(separator: "x", omittingEmptySubsequences: false)
            .map { TransformArgument(name: Self.name, text: String($0)) }
        let (width, height) = (try sides[0].pixels(), try sides.last!.pixels())
        guard sides.count <= 2, width > 0, height > 0 else {
            throw TransformError("resize takes 224 or 320x240, not \"\(argument.text)\"")
        }
        self.init(width: width, height: height)
    }

    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    /// - Parameters: in pixels, at least 1.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    public var text: String { width == height ? "resize(\(width))" : "resize(\(width)x\(height))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform { resized }

    /// The scaling itself, in which nothing is random.
    func resized(_ image: Tensor, _ workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
        scaled(image, height: height, width: width, workers)
    }

    /// The shape after it.
    func target(_ shape: Shape) -> Shape { Shape(shape.channels, height, width) }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (target(shape), target(shape)) }
}

/// Bilinear scaling up to `pixels` on both sides where the picture is smaller.
public struct AtLeast: Transform {
    public static let name = "at_least"
    public static let usage = "at_least(224)"
    public static let help = "bilinear scaling up to at least that many pixels on both sides"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(pixels: try argument.pixels())
    }

    /// The smallest extent.
    public let pixels: Int

    /// - Parameter pixels: the smallest extent.
    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "at_least(\(pixels))" }

    private func grown(_ shape: Shape) -> Shape { Shape(shape.channels, max(shape.height, pixels), max(shape.width, pixels)) }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        { image, workers in
            let target = grown(image.shape)
            return scaled(image, height: target.height, width: target.width, workers)
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (grown(shape), grown(shape)) }
}

/// A random square part of the picture. Its side is a share of the picture's shorter side: drawn from N(s, 0.05²) within
/// 0.05…1, where s goes from one share to another in the course of the render; or drawn evenly between the two. Its centre
/// is drawn from N(½, 0.15²), moved so that the part lies inside (MaCo; Fel et al. 2023, arXiv:2306.06805).
public struct RandomCrop: Transform {
    public static let name = "random_crop"
    public static let usage = "random_crop(0.5...0.05), random_crop(0.2...0.25, uniform)"
    public static let help = "a random square, its side a share of the picture's"

    public init(_ argument: TransformArgument) throws(TransformError) {
        let parts = argument.parts.map(\.text)
        let dots = parts.first?.firstRange(of: "...")
        guard let dots, let text = parts.first, let first = Float(text[..<dots.lowerBound]),
            let last = Float(text[dots.upperBound...]), (0.01...1).contains(first), (0.01...1).contains(last),
            parts.count == 1 || parts.count == 2 && parts[1] == "uniform"
        else {
            throw TransformError(
                "random_crop takes two shares of the picture such as 0.5...0.05, and perhaps uniform, not \"\(argument.text)\"")
        }
        self.init(from: first, to: last, uniform: parts.count == 2)
    }

    /// The share at the first step.
    public let first: Float
    /// The share at the last step.
    public let last: Float
    /// Whether the share is drawn evenly between the two in every step.
    public let uniform: Bool

    /// - Parameters: shares of the picture's shorter side, 0.01…1.
    public init(from first: Float, to last: Float, uniform: Bool = false) {
        self.first = first
        self.last = last
        self.uniform = uniform
    }

    public var text: String { "random_crop(\(plain(first))...\(plain(last))\(uniform ? ", uniform" : ""))" }

    private static func side(_ share: Float, of shape: Shape) -> Int {
        max(1, Int((share * Float(min(shape.height, shape.width))).rounded()))
    }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let share: Float
        if uniform {
            share = generator.uniform(in: min(first, last)...max(first, last))
        } else {
            let middle = first + (last - first) * progress
            share = min(max(middle + 0.05 * generator.normalPair().0, 0.05), 1)
        }
        let side = Self.side(share, of: shape)
        let centre = generator.normalPair()
        func start(_ normal: Float, _ extent: Int) -> Int {
            let middle = (0.5 + 0.15 * normal) * Float(extent) - Float(side) / 2
            return min(max(Int(middle.rounded()), 0), extent - side)
        }
        let (top, left) = (start(centre.0, shape.height), start(centre.1, shape.width))
        return { image, workers in
            let shape = image.shape
            let part = image.cropped(top: top, left: left, height: side, width: side, workers: workers)
            return ValueAndPullback(part) { gradient in
                gradient.padded(top: top, left: left, height: shape.height, width: shape.width, value: 0, workers: workers)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        func square(_ share: Float) -> Shape {
            let side = Self.side(share, of: shape)
            return Shape(shape.channels, side, side)
        }
        let (low, high) = (min(first, last), max(first, last))
        return uniform ? (square(low), square(high)) : (square(0.05), square(1))
    }
}

/// One bilinear scaling with its adjoint.
private func scaled(_ image: Tensor, height: Int, width: Int, _ workers: Workers) -> ValueAndPullback<Tensor, Tensor> {
    let shape = image.shape
    if shape.height == height, shape.width == width { return ValueAndPullback(image) { $0 } }
    let scaling = BilinearScaling(fromHeight: shape.height, width: shape.width, toHeight: height, width: width)
    return ValueAndPullback(scaling(image, workers: workers)) { scaling.adjoint($0, workers: workers) }
}
