import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The paths of the temporary files that exist now, for a signal handler to remove them: so there are no locks, and removal
/// takes no memory. Whoever takes a path out of its slot owns it.
enum TemporaryFileTable {
    typealias Path = UnsafeMutablePointer<CChar>

    struct Entry {
        fileprivate let slot: Int
        fileprivate let path: Path
    }

    /// More than there are cores to encode pictures on. A file that finds no slot is written all the same.
    private static let capacity = 256

    nonisolated(unsafe) private static let slots = {
        let slots = UnsafeMutablePointer<Atomic<Path?>>.allocate(capacity: capacity)
        for slot in 0..<capacity { (slots + slot).initialize(to: Atomic(nil)) }
        return slots
    }()

    static func add(_ path: String) -> Entry? {
        guard let copy = FileName.withBytes(of: path, { strdup($0) }) else { return nil }
        for slot in 0..<capacity
        where slots[slot].compareExchange(expected: nil, desired: copy, ordering: .acquiringAndReleasing).exchanged {
            return Entry(slot: slot, path: copy)
        }
        free(copy)
        return nil
    }

    static func remove(_ entry: Entry) {
        let slot = slots + entry.slot
        if slot.pointee.compareExchange(expected: entry.path, desired: nil, ordering: .acquiringAndReleasing).exchanged {
            free(entry.path)
        }
    }

    /// Removes the files. Their paths are not freed, since a signal handler must not.
    static func removeAll() {
        for slot in 0..<capacity {
            if let path = slots[slot].exchange(nil, ordering: .acquiringAndReleasing) { _ = unlink(path) }
        }
    }
}
