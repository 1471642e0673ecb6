import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file on its way into the store, under its name with .part after it. The next download goes on with what an
/// interrupted one leaves there. Only one process at a time has it; others wait.
struct PartialFile: ~Copyable {
    let path: String
    private let final: String
    /// Open for reading and writing, and locked.
    let descriptor: Int32

    private static let pollInterval: UInt32 = 100_000  // µs

    /// Opens or creates it, once no other process has it any more.
    ///
    /// - Parameters:
    ///   - final: the file that it is to become.
    ///   - isCancelled: asked while waiting.
    init(for final: String, isCancelled: () -> Bool) throws(StoreError) {
        let path = final + ".part"
        while true {
            let descriptor = openFile(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard descriptor >= 0 else {
                throw StoreError(cannotWrite: path, .last, advice: StoreError.otherHome)
            }
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                // Some network file systems have no locks; a rename is whole there too.
                if errno != EWOULDBLOCK && errno != EINTR { break }
                if isCancelled() {
                    close(descriptor)
                    throw StoreError(.interrupted, "interrupted")
                }
                usleep(Self.pollInterval)
            }
            // Whoever had it may have renamed or removed it while this process waited.
            var (mine, named) = (stat(), stat())
            if fstat(descriptor, &mine) == 0, stat(path, &named) == 0, mine.st_ino == named.st_ino, mine.st_dev == named.st_dev {
                self.path = path
                self.final = final
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit { close(descriptor) }

    /// Bytes that are there.
    var count: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The server's tag of this version of the file, kept in a file of its own for the next attempt.
    var tag: String? {
        get {
            let bytes = (try? InputFile.bytes(of: tagPath)) ?? []
            return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        }
        nonmutating set {
            try? removeFile(tagPath)
            if let newValue { try? OutputFile.write(Array(newValue.utf8), to: tagPath) }
        }
    }

    private var tagPath: String { path + ".tag" }

    /// Empties it.
    func clear() {
        ftruncate(descriptor, 0)
        tag = nil
    }

    /// Removes it.
    func remove() {
        unlink(path)
        tag = nil
    }

    /// Gives it its name, once all of it is on the disk.
    func finish() throws(StoreError) {
        do {
            try flushToDisk(descriptor)
            try renameFile(path, to: final)
        } catch {
            throw StoreError(cannotWrite: final, error)
        }
        tag = nil
    }
}
