import Tensors

/// A random shift by up to `pixels` − 1 columns to the right and rows down, zeros coming in, as Lucent's jitter.
public struct Translate: Transform {
    public static let name = "translate"
    public static let usage = "translate(8)"
    public static let help = "a random shift by fewer than that many pixels, zeros coming in"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(pixels: try argument.pixels())
    }

    /// One more than the longest shift.
    public let pixels: Int

    /// - Parameter pixels: one more than the longest shift.
    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "translate(\(pixels))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let rows = min(generator.integer(below: max(pixels, 1)), shape.height)
        let columns = min(generator.integer(below: max(pixels, 1)), shape.width)
        return { image, workers in
            let shape = image.shape
            let (height, width) = (shape.height - rows, shape.width - columns)
            let part = image.cropped(top: 0, left: 0, height: height, width: width, workers: workers)
            let shifted = part.padded(
                top: rows, left: columns, height: shape.height, width: shape.width, value: 0, workers: workers)
            return ValueAndPullback(shifted) { gradient in
                gradient.cropped(top: rows, left: columns, height: height, width: width, workers: workers)
                    .padded(top: 0, left: 0, height: shape.height, width: shape.width, value: 0, workers: workers)
            }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}

/// A random shift by up to `pixels` in each direction; what leaves on one side comes back on the other.
public struct Roll: Transform {
    public static let name = "roll"
    public static let usage = "roll(32)"
    public static let help = "a random shift around the edges by up to that many pixels"

    public init(_ argument: TransformArgument) throws(TransformError) {
        self.init(pixels: try argument.pixels())
    }

    /// The longest shift.
    public let pixels: Int

    /// - Parameter pixels: the longest shift.
    public init(pixels: Int) { self.pixels = pixels }

    public var text: String { "roll(\(pixels))" }

    public func draw(for shape: Shape, at progress: Float, using generator: inout RandomGenerator) -> DrawnTransform {
        let rows = generator.integer(below: 2 * pixels + 1) - pixels
        let columns = generator.integer(below: 2 * pixels + 1) - pixels
        return { image, _ in
            ValueAndPullback(image.rolled(rows: rows, columns: columns)) { $0.rolled(rows: -rows, columns: -columns) }
        }
    }

    public func extent(of shape: Shape) -> (smallest: Shape, largest: Shape) { (shape, shape) }
}
