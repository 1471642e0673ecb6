#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A working file that grows at its end, and that is cut to what is known to be good when the work goes on.
public final class GrowingFile {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, or makes it.
    ///
    /// - Parameter bytes: that are good; what lies behind them is cut off.
    /// - Throws: where the file is shorter, or cannot be written.
    public init(_ path: String, keeping bytes: Int) throws(OutputError) {
        let descriptor = openFile(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputError(errno, path) }
        self.path = path
        self.descriptor = descriptor
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= bytes else { throw .failed(path: path, reason: "it has \(end) bytes, and had \(bytes)") }
        guard ftruncate(descriptor, bytes) == 0, lseek(descriptor, bytes, SEEK_SET) == bytes else { throw OutputError(errno, path) }
    }

    deinit { _ = close(descriptor) }

    /// Writes bytes at the end.
    public func append(_ bytes: [UInt8]) throws(OutputError) {
        do throws(SystemError) { try writeAll(bytes, to: descriptor) } catch { throw OutputError(error.code, path) }
    }

    /// Waits until the disk has all bytes.
    public func flush() throws(OutputError) {
        do throws(SystemError) { try flushToDisk(descriptor) } catch { throw OutputError(error.code, path) }
    }
}
