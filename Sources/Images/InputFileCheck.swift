#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension InputFile {
    /// Finds out whether another program that is given a file's name will be able to read it.
    ///
    /// - Throws: `missing` or `unreadable`.
    public static func checkReadable(_ path: String) throws(PictureError) {
        if path.isEmpty || path.utf8.contains(0) { throw .missing(file: path) }
        let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor >= 0 {
            _ = close(descriptor)
            return
        }
        let error = SystemError.last
        if [ENOENT, ENOTDIR].contains(error.code) { throw .missing(file: path) }
        throw .unreadable(file: path, reason: error.message)
    }
}
