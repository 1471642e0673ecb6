/// A block of floats `[channels, height, width]`, row-major, with value semantics: a copy shares memory until one
/// side writes.
public struct Tensor: Sendable {
    /// `[channels, height, width]`
    public let shape: Shape
    private var storage: PooledStorage

    /// A tensor whose values are whatever the memory held: for callers that write every element.
    public init(uninitialized shape: Shape) {
        precondition(shape.channels >= 0 && shape.height >= 0 && shape.width >= 0, "negative extent in \(shape)")
        self.shape = shape
        storage = PooledStorage(count: shape.count)
    }

    public init(_ shape: Shape, repeating value: Float = 0) {
        self.init(uninitialized: shape)
        storage.block.address.update(repeating: value, count: shape.count)
    }

    /// - Parameter elements: `shape.count` values in row-major order.
    public init(_ shape: Shape, _ elements: [Float]) {
        precondition(elements.count == shape.count, "\(elements.count) values cannot fill \(shape)")
        self.init(uninitialized: shape)
        elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { storage.block.address.update(from: base, count: shape.count) }
        }
    }

    /// All values in row-major order.
    public var elements: [Float] { withElements { Array($0) } }

    /// One value; for tests and messages, not for inner loops.
    public subscript(channel: Int, y: Int, x: Int) -> Float {
        precondition(
            channel >= 0 && channel < shape.channels && y >= 0 && y < shape.height && x >= 0 && x < shape.width,
            "[\(channel), \(y), \(x)] is outside \(shape)")
        return storage.block.address[(channel * shape.height + y) * shape.width + x]
    }

    /// Lends the values for reading. The pointer dies with the call.
    @inline(__always)
    public func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: storage.block.address, count: shape.count))
        }
    }

    /// Lends the values for writing, after making this tensor their only owner. The pointer dies with the call.
    @inline(__always)
    public mutating func withMutableElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if !isKnownUniquelyReferenced(&storage) {
            let copy = PooledStorage(count: shape.count)
            copy.block.address.update(from: storage.block.address, count: shape.count)
            storage = copy
        }
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: storage.block.address, count: shape.count))
        }
    }

    /// The same values under another shape of the same count.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(shape.count == self.shape.count, "\(self.shape) cannot be read as \(shape)")
        return Tensor(shape: shape, storage: storage)
    }

    private init(shape: Shape, storage: PooledStorage) {
        self.shape = shape
        self.storage = storage
    }
}
