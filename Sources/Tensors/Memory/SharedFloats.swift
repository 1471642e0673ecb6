import Synchronization

/// Floats in a block of the pool, with value semantics: a copy shares memory until one side writes. `Tensor` and `FeatureMap`
/// are this with a shape.
struct SharedFloats: Sendable {
    let count: Int
    private var storage: Storage

    /// One owner of a block.
    ///
    /// `@unchecked Sendable`: the floats are written only through `withMutableElements`, which first makes sure that the
    /// storage has one owner, so no two threads ever see a write to shared storage.
    private final class Storage: @unchecked Sendable {
        let block: MemoryPool.Block
        /// The signs of the floats, once they have been asked for; every write forgets them.
        let signs = Mutex<SignMap?>(nil)

        init(count: Int) { block = MemoryPool.take(count) }
        deinit { MemoryPool.give(back: block) }
    }

    /// Floats whose values are whatever the memory held.
    init(uninitialized count: Int) {
        self.count = count
        storage = Storage(count: count)
    }

    init(repeating value: Float, count: Int) {
        self.init(uninitialized: count)
        storage.block.address.update(repeating: value, count: count)
    }

    /// The signs, made once for all who share the floats.
    func signs(_ make: () -> SignMap) -> SignMap {
        storage.signs.withLock { signs in
            let found = signs ?? make()
            signs = found
            return found
        }
    }

    /// Takes signs that are known already.
    func remember(_ signs: SignMap) { storage.signs.withLock { $0 = signs } }

    /// Lends the floats for reading. The pointer dies with the call.
    @inline(__always)
    func withElements<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) {
            try body(UnsafeBufferPointer(start: storage.block.address, count: count))
        }
    }

    /// Lends the floats for writing, after making this value their only owner. The pointer dies with the call.
    @inline(__always)
    mutating func withMutableElements<Result>(_ body: (UnsafeMutableBufferPointer<Float>) throws -> Result) rethrows -> Result {
        if !isKnownUniquelyReferenced(&storage) {
            let copy = Storage(count: count)
            copy.block.address.update(from: storage.block.address, count: count)
            storage = copy
        } else {
            storage.signs.withLock { $0 = nil }
        }
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: storage.block.address, count: count))
        }
    }
}
