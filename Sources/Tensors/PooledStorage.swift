import Synchronization

/// One owner of a pool block, behind every value that holds floats.
///
/// `@unchecked Sendable`: the floats are written only through the `withMutableElements` of the value that holds the
/// storage, which first makes sure that it has one owner, so no two threads ever see a write to shared storage.
final class PooledStorage: @unchecked Sendable {
    let block: MemoryPool.Block
    /// The signs of the floats, once somebody has asked; whoever writes forgets them.
    let signs = Mutex<SignMap?>(nil)

    init(count: Int) { block = MemoryPool.take(count) }
    deinit { MemoryPool.give(back: block) }
}
