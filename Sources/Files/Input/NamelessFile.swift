import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Bytes under a path that another program can open and look around in, as in a file: no folder names it, so that nothing of it
/// stays whatever happens. It goes with the object.
public final class NamelessFile {
    private let descriptor: Int32

    /// Writes the bytes to a file in TMPDIR, or in /tmp, and takes its name away.
    ///
    /// - Throws: the system's error where there is no room, or no right to write.
    public init(_ bytes: [UInt8]) throws(SystemError) {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var name = FileName.bytes(of: FileName.join(folder, "lucid-XXXXXX")).map { CChar(bitPattern: $0) } + [0]
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw .last }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = unlink(name)
        try writeAll(bytes, to: descriptor)
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Where children of this program find it.
    public var path: String { "/proc/\(getpid())/fd/\(descriptor)" }
}
