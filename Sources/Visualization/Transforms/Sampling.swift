import Tensors

/// Bilinear scaling to one size, whatever comes in, for networks that take no other among others.
public struct Resize: Transform {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    public var text: String { width == height ? "resize(\(width))" : "resize(\(width)x\(height))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform { resized }

    /// There is nothing random in it.
    func resized(_ image: Tensor, _ workers: Workers) -> Mapping { scaled(image, height: height, width: width, workers) }

    /// What comes out.
    func target(_ shape: Shape) -> Shape { Shape(shape.channels, height, width) }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (target(shape), target(shape)) }
}

/// Bilinear scaling up to `pixels` on both sides where the picture is smaller.
public struct AtLeast: Transform {
    /// The smallest extent.
    public let pixels: Int

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
    /// The share at the first step.
    public let first: Float
    /// The share at the last step.
    public let last: Float
    /// Drawn evenly between the two at every step.
    public let uniform: Bool

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
            return Mapping(output: part) { gradient in
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
private func scaled(_ image: Tensor, height: Int, width: Int, _ workers: Workers) -> Mapping {
    let shape = image.shape
    if shape.height == height, shape.width == width { return Mapping(output: image) { $0 } }
    let scaling = BilinearScaling(fromHeight: shape.height, width: shape.width, toHeight: height, width: width)
    return Mapping(output: scaling(image, workers: workers)) { scaling.adjoint($0, workers: workers) }
}
