import Tensors

/// A frame of constant value around the picture, so that jitter moves edges instead of losing them.
public struct Pad: Transform {
    /// Width of the frame.
    public let pixels: Int
    /// 0.5 is Lucid's grey.
    public let value: Float

    public init(pixels: Int, value: Float = 0.5) {
        self.pixels = pixels
        self.value = value
    }

    public var text: String { value == 0.5 ? "pad(\(pixels))" : "pad(\(pixels), \(plain(value)))" }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        { image, workers in
            let shape = image.shape
            let padded = image.padded(
                top: pixels, left: pixels, height: shape.height + 2 * pixels, width: shape.width + 2 * pixels,
                value: value, workers: workers)
            return Mapping(output: padded) { gradient in
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

/// A random crop that takes `pixels` rows and columns away, so that what is drawn may not depend on its exact place.
public struct Jitter: Transform {
    /// Rows and columns that are taken away.
    public let pixels: Int

    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "jitter(\(pixels))" }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        let top = generator.integer(below: pixels + 1)
        let left = generator.integer(below: pixels + 1)
        return { image, workers in
            let shape = image.shape
            let (height, width) = (shape.height - pixels, shape.width - pixels)
            let cropped = image.cropped(top: top, left: left, height: height, width: width, workers: workers)
            return Mapping(output: cropped) { gradient in
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
    /// Factors to choose from.
    public let factors: Choice

    public init(factors: Choice) { self.factors = factors }

    public var text: String { "scale(\(factors.text))" }

    private func scaled(_ shape: Shape, by factor: Float) -> Shape {
        // A hair above, so that 240 · 0.9 counts as 216.
        Shape(
            shape.channels, Int(Double(shape.height) * Double(factor) + 1e-3),
            Int(Double(shape.width) * Double(factor) + 1e-3))
    }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        let factor = factors.draw(using: &generator)
        return { image, workers in
            let target = scaled(image.shape, by: factor)
            if target == image.shape { return Mapping(output: image) { $0 } }
            let scaling = BilinearScaling(
                fromHeight: image.shape.height, width: image.shape.width, toHeight: target.height,
                width: target.width)
            return Mapping(output: scaling(image, workers: workers)) { scaling.adjoint($0, workers: workers) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) {
        (scaled(shape, by: factors.smallest), scaled(shape, by: factors.largest))
    }
}

/// Rotation about the centre by a random angle in degrees, counter-clockwise, black beyond the border.
public struct Rotate: Transform {
    /// Angles to choose from.
    public let degrees: Choice

    public init(degrees: Choice) { self.degrees = degrees }

    public var text: String { "rotate(\(degrees.text))" }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        let angle = degrees.draw(using: &generator)
        return { image, workers in
            if angle == 0 { return Mapping(output: image) { $0 } }
            let rotation = BilinearRotation(degrees: angle, height: image.shape.height, width: image.shape.width)
            return Mapping(output: rotation(image, workers: workers)) { rotation.adjoint($0, workers: workers) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// The middle of the picture, `pixels` on a side; smaller pictures stay as they are.
public struct Crop: Transform {
    /// The side of the square.
    public let pixels: Int

    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "crop(\(pixels))" }

    private func cropped(_ shape: Shape) -> Shape {
        Shape(shape.channels, min(shape.height, pixels), min(shape.width, pixels))
    }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        { image, _ in
            let shape = image.shape
            let target = cropped(shape)
            let (top, left) = ((shape.height - target.height) / 2, (shape.width - target.width) / 2)
            let output = image.cropped(top: top, left: left, height: target.height, width: target.width)
            return Mapping(output: output) { gradient in
                gradient.padded(top: top, left: left, height: shape.height, width: shape.width, value: 0)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (cropped(shape), cropped(shape)) }
}

/// The picture or its mirror image, with equal chance.
public struct Flip: Transform {
    public init() {}

    public var text: String { "flip" }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform {
        let flips = generator.integer(below: 2) == 1
        return { image, _ in
            flips ? Mapping(output: image.mirrored()) { $0.mirrored() } : Mapping(output: image) { $0 }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// Bilinear scaling to one size, whatever comes in: for networks that take no other.
public struct Resize: Transform {
    /// Columns of what comes out.
    public let width: Int
    /// Rows of what comes out.
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    public var text: String { width == height ? "resize(\(width))" : "resize(\(width), \(height))" }

    public func draw(for shape: Shape, using generator: inout RandomGenerator) -> DrawnTransform { resized }

    /// There is nothing random in it.
    func resized(_ image: Tensor, _ workers: Workers) -> Mapping {
        if image.shape == target(image.shape) { return Mapping(output: image) { $0 } }
        let scaling = BilinearScaling(
            fromHeight: image.shape.height, width: image.shape.width, toHeight: height, width: width)
        return Mapping(output: scaling(image, workers: workers)) { scaling.adjoint($0, workers: workers) }
    }

    func target(_ shape: Shape) -> Shape { Shape(shape.channels, height, width) }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (target(shape), target(shape)) }
}
