import Tensors

/// A frame of constant value around the picture, so that jitter moves edges instead of losing them.
public struct Pad: Transform {
    public static let name = "pad"
    public static let usage = "pad(12), pad(12, 0)"
    public static let help = "a frame of that many pixels, grey or of another value"

    public init(_ argument: TransformArgument) throws(TransformError) {
        let parts = argument.parts
        guard parts.count == 1 || parts.count == 2 else { throw TransformError("pad takes pixels and a value") }
        let value = parts.count == 2 ? try parts[1].number("pad's value", in: -10...10) : 0.5
        self.init(pixels: try parts[0].pixels(), value: value)
    }

    /// Width of the frame.
    public let pixels: Int
    /// 0.5 is Lucid's grey.
    public let value: Float

    /// - Parameters:
    ///   - pixels: width of the frame.
    ///   - value: of every channel, in the picture's 0…1.
    public init(pixels: Int, value: Float = 0.5) {
        self.pixels = pixels
        self.value = value
    }

    public var text: String { value == 0.5 ? "pad(\(pixels))" : "pad(\(pixels), \(plain(value)))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        { image, workers in
            let shape = image.shape
            let padded = image.padded(
                top: pixels, left: pixels, height: shape.height + 2 * pixels, width: shape.width + 2 * pixels,
                value: value, workers: workers)
            return ValueAndPullback(padded) { gradient in
                gradient.cropped(
                    top: pixels, left: pixels, height: shape.height, width: shape.width, workers: workers)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        let padded = Shape(shape.channels, shape.height + 2 * pixels, shape.width + 2 * pixels)
        return (padded, padded)
    }
}

/// A random crop that is `pixels` rows and columns smaller, so that the feature does not depend on its exact place.
public struct Jitter: Transform {
    public static let name = "jitter"
    public static let usage = "jitter(8)"
    public static let help = "a random crop that is that many pixels smaller"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(pixels: try argument.pixels())
    }

    /// Rows and columns that are cut off.
    public let pixels: Int

    /// - Parameter pixels: rows and columns that are cut off.
    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "jitter(\(pixels))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let top = generator.integer(below: pixels + 1)
        let left = generator.integer(below: pixels + 1)
        return { image, workers in
            let shape = image.shape
            let (height, width) = (shape.height - pixels, shape.width - pixels)
            let cropped = image.cropped(top: top, left: left, height: height, width: width, workers: workers)
            return ValueAndPullback(cropped) { gradient in
                gradient.padded(
                    top: top, left: left, height: shape.height, width: shape.width, value: 0, workers: workers)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        let cropped = Shape(shape.channels, shape.height - pixels, shape.width - pixels)
        return (cropped, cropped)
    }
}

/// Bilinear scaling by a random factor; the new size is rounded down, as Lucid does.
public struct Scale: Transform {
    public static let name = "scale"
    public static let usage = "scale(0.9...1.1 by 0.02)"
    public static let help = "bilinear scaling by a random factor"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(factors: try argument.choice("factors above 0 and at most 16") { $0 > 0 && $0 <= 16 })
    }

    /// Factors to choose from.
    public let factors: Choice

    /// - Parameter factors: above 0; 1 leaves the size.
    public init(factors: Choice) { self.factors = factors }

    public var text: String { "scale(\(factors.text))" }

    private func scaled(_ shape: Shape, by factor: Float) -> Shape {
        // A hair above, so that 240 · 0.9 counts as 216.
        Shape(
            shape.channels, Int(Double(shape.height) * Double(factor) + 1e-3),
            Int(Double(shape.width) * Double(factor) + 1e-3))
    }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let factor = factors.draw(using: &generator)
        return { image, workers in
            let target = scaled(image.shape, by: factor)
            if target == image.shape { return ValueAndPullback(image) { $0 } }
            let scaling = BilinearScaling(
                fromHeight: image.shape.height, width: image.shape.width, toHeight: target.height,
                width: target.width)
            return ValueAndPullback(scaling(image, workers: workers)) { scaling.adjoint($0, workers: workers) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        (scaled(shape, by: factors.smallest), scaled(shape, by: factors.largest))
    }
}

/// Rotation about the centre by a random angle in degrees, counter-clockwise, black beyond the border.
public struct Rotate: Transform {
    public static let name = "rotate"
    public static let usage = "rotate(-10...10 by 1 + 5*0)"
    public static let help = "rotation by a random angle in degrees"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(degrees: try argument.choice("degrees from -360 to 360") { abs($0) <= 360 })
    }

    /// Angles to choose from.
    public let degrees: Choice

    /// - Parameter degrees: counter-clockwise.
    public init(degrees: Choice) { self.degrees = degrees }

    public var text: String { "rotate(\(degrees.text))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let angle = degrees.draw(using: &generator)
        return { image, workers in
            if angle == 0 { return ValueAndPullback(image) { $0 } }
            let rotation = BilinearRotation(degrees: angle, height: image.shape.height, width: image.shape.width)
            return ValueAndPullback(rotation(image, workers: workers)) { rotation.adjoint($0, workers: workers) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// The middle of the picture, `pixels` on a side; smaller pictures stay as they are.
public struct Crop: Transform {
    public static let name = "crop"
    public static let usage = "crop(224)"
    public static let help = "the middle of the picture"

    public init(_ argument: TransformArgument) throws(TransformError) {
        let side = try argument.pixels()
        guard side > 0 else { throw TransformError("crop takes at least one pixel") }
        self.init(pixels: side)
    }

    /// The side of the square.
    public let pixels: Int

    /// - Parameter pixels: the side of the square, at least 1.
    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "crop(\(pixels))" }

    private func cropped(_ shape: Shape) -> Shape {
        Shape(shape.channels, min(shape.height, pixels), min(shape.width, pixels))
    }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        { image, _ in
            let shape = image.shape
            let target = cropped(shape)
            let (top, left) = ((shape.height - target.height) / 2, (shape.width - target.width) / 2)
            let output = image.cropped(top: top, left: left, height: target.height, width: target.width)
            return ValueAndPullback(output) { gradient in
                gradient.padded(top: top, left: left, height: shape.height, width: shape.width, value: 0)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (cropped(shape), cropped(shape)) }
}

/// The picture or its mirror image, with equal chance.
public struct Flip: Transform {
    public static let name = "flip"
    public static let usage = "flip"
    public static let help = "the picture or its mirror image"

    public init(_ argument: TransformArgument) throws(TransformError) {
        try argument.none()
    }

    /// There is nothing to choose.
    public init() {}

    public var text: String { "flip" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let flips = generator.integer(below: 2) == 1
        return { image, _ in
            flips ? ValueAndPullback(image.mirrored()) { $0.mirrored() } : ValueAndPullback(image) { $0 }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}
