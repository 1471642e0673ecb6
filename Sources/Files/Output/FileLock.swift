#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A lock that other processes see while this one holds it: flock(2) on a file of its own. It goes with the value, or with the process,
/// however that ends.
public final class FileLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// - Returns: nil if another process holds it.
    /// - Throws: where the file cannot be made, or its file system knows no locks.
    public init?(_ path: String) throws(SystemError) {
        let descriptor = openFile(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .last }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = SystemError.last
            _ = close(descriptor)
            if error.code == EWOULDBLOCK { return nil }
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        try? removeFile(path)
        _ = close(descriptor)
    }
}
