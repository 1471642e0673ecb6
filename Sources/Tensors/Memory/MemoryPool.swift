import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The allocator behind every tensor: blocks of floats that go back to a shelf when their tensor dies.
///
/// An optimisation asks for the same sizes hundreds of times. Fresh pages for each of them cost page faults, so a
/// freed block is kept and lent again to a request that fills at least two thirds of it. Where none fits, the nearest
/// smaller idle block is given up for a larger one: sizes that vary from step to step (transforms do that) share one
/// set of blocks, which grows to the largest and stays.
///
/// Large blocks are mapped, not taken from malloc's heap, where blocks of changing sizes would leave holes; the largest are
/// not kept at all, since computing with them takes far longer than their page faults.
enum MemoryPool {
    /// Requests below this many floats go straight to malloc, which is good at them.
    private static let smallest = 8_192

    /// Blocks of this many floats and more (1 MiB) are mapped.
    private static let mapped = 256 << 10

    /// Blocks of this many floats and more (256 MiB) are given back at once.
    private static let unkept = 64 << 20

    /// Blocks of this many bytes and more ask for huge pages.
    private static let hugePages = 8 << 20

    /// 64 bytes: a cache line, and the widest vector register.
    private static let alignment = 64

    /// `@unchecked Sendable`: an address and its size; whoever took the block owns it, as with malloc.
    struct Block: @unchecked Sendable {
        let address: UnsafeMutablePointer<Float>
        let capacity: Int
    }

    private static let idle = Mutex<[Block]>([])  // ascending by capacity

    static func take(_ count: Int) -> Block {
        guard count >= smallest else { return allocate(max(count, 1)) }
        enum Found {
            case block(Block)
            case nothing(surrender: Block?)
        }
        let found = idle.withLock { shelf -> Found in
            var low = 0
            var high = shelf.count
            while low < high {
                let middle = (low + high) / 2
                if shelf[middle].capacity < count { low = middle + 1 } else { high = middle }
            }
            if low < shelf.count, shelf[low].capacity <= count + count / 2 {
                return .block(shelf.remove(at: low))
            }
            if low > 0, shelf[low - 1].capacity >= count / 2 {
                return .nothing(surrender: shelf.remove(at: low - 1))
            }
            return .nothing(surrender: nil)
        }
        switch found {
        case .block(let block): return block
        case .nothing(let surrender):
            if let surrender { release(surrender) }
            return allocate(count)
        }
    }

    static func give(back block: Block) {
        guard block.capacity >= smallest, block.capacity < unkept else { return release(block) }
        idle.withLock { shelf in
            let place = shelf.firstIndex { $0.capacity >= block.capacity } ?? shelf.count
            shelf.insert(block, at: place)
        }
    }

    /// Frees every idle block, for the moment between two pictures of different sizes.
    static func drain() {
        let blocks = idle.withLock { shelf in
            defer { shelf = [] }
            return shelf
        }
        for block in blocks { release(block) }
    }

    /// Called before the process ends for want of memory.
    fileprivate static let exhaustionHandler = Mutex<(@Sendable (_ bytes: Int) -> Never)?>(nil)

    private static func release(_ block: Block) {
        if block.capacity < mapped { free(block.address) } else { munmap(block.address, block.capacity * MemoryLayout<Float>.stride) }
    }

    private static func allocate(_ count: Int) -> Block {
        let bytes = count * MemoryLayout<Float>.stride
        var address: UnsafeMutableRawPointer?
        if count < mapped {
            if posix_memalign(&address, alignment, bytes) != 0 { address = nil }
        } else {
            address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            if address == MAP_FAILED { address = nil }
            // Advice: a thousandth of the page faults where the system follows it.
            if let address, bytes >= hugePages { madvise(address, bytes, MADV_HUGEPAGE) }
        }
        guard let address else {
            if let handler = exhaustionHandler.withLock({ $0 }) { handler(bytes) }
            fatalError("the system refused \(bytes >> 20) MiB of memory")
        }
        return Block(address: address.bindMemory(to: Float.self, capacity: count), capacity: count)
    }
}

/// Returns the memory of freed tensors to the system.
public func releaseIdleMemory() { MemoryPool.drain() }

/// Sets how the process ends when the system refuses memory for a tensor; without this it traps.
///
/// - Parameter handler: gets the number of bytes that were refused; nothing can be computed any more.
public func onMemoryExhaustion(_ handler: @escaping @Sendable (_ bytes: Int) -> Never) {
    MemoryPool.exhaustionHandler.withLock { $0 = handler }
}
