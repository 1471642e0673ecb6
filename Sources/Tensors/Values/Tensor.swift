/// The extents of one picture or activation: `[channels, height, width]`. A vector of N values, such as a classifier's
/// logits, has N channels of 1×1.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// Planes, features or classes.
    public var channels: Int
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// In the order in which values lie in memory, the last one fastest.
    public init(_ channels: Int, _ height: Int, _ width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    /// Values in all: channels · height · width.
    public var count: Int { channels * height * width }

    /// Positions in one channel: height · width.
    public var area: Int { height * width }

    /// The count, for memory of this shape.
    var checkedCount: Int {
        precondition(channels >= 0 && height >= 0 && width >= 0, "negative extent in \(self)")
        return count
    }

    /// For example "64×56×56".
    public var description: String { "\(channels)×\(height)×\(width)" }
}

/// A block of floats `[channels, height, width]`, row-major, with value semantics: a copy shares memory until one side
/// writes.
public struct Tensor: Sendable {
    /// `[channels, height, width]`
    public let shape: Shape
    private var values: SharedFloats

    private init(_ shape: Shape, _ values: SharedFloats) { (self.shape, self.values) = (shape, values) }

    /// A tensor whose values are whatever the memory held: for callers that write every element.
    public init(uninitialized shape: Shape) { self.init(shape, SharedFloats(uninitialized: shape.checkedCount)) }

    /// The same value everywhere.
    public init(_ shape: Shape, repeating value: Float = 0) {
        self.init(shape, SharedFloats(repeating: value, count: shape.checkedCount))
    }

    /// - Parameter elements: `shape.count` values in row-major order.
    public init(_ shape: Shape, _ elements: [Float]) {
        precondition(elements.count == shape.count, "\(elements.count) values cannot fill \(shape)")
        self.init(uninitialized: shape)
        withMutableElements { target in
            elements.withUnsafeBufferPointer { source in
                if let base = source.baseAddress { target.baseAddress!.update(from: base, count: shape.count) }
            }
        }
    }

    /// All values in row-major order.
    public var elements: [Float] { withElements { Array($0) } }

    /// One value; for tests and messages, not for inner loops.
    public subscript(channel: Int, y: Int, x: Int) -> Float {
        precondition(
            channel >= 0 && channel < shape.channels && y >= 0 && y < shape.height && x >= 0 && x < shape.width,
            "[\(channel), \(y), \(x)] is outside \(shape)")
        return withElements { $0[(channel * shape.height + y) * shape.width + x] }
    }

    /// Lends the values for reading. The pointer dies with the call.
    @inline(__always)
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try values.withElements(body)
    }

    /// Lends the values for writing, after making this tensor their only owner. The pointer dies with the call.
    @inline(__always)
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try values.withMutableElements(body)
    }

    /// The same values under another shape of the same count.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.count == self.shape.count, "\(self.shape) cannot be read as \(shape)")
        return Tensor(shape, values)
    }
}
