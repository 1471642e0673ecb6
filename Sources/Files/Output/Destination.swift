#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where the path of an output leads.
enum Destination {
    /// Standard output, or a name such as /dev/fd/3.
    case descriptor(Int32)
    /// A pipe or a character device.
    case device(String)
    /// A regular file, existing or to be; no link any more.
    case file(String, existing: FileStatus?)

    var file: String? {
        if case .file(let file, existing: _) = self { file } else { nil }
    }

    /// Follows symbolic links by hand, since the last one may dangle and still say where a file should come to be.
    init(of path: String) throws(OutputError) {
        let maximumLinks = 40  // as the Linux kernel has it
        guard !path.isEmpty else { throw .failed(path: path, reason: "the name is empty") }
        guard !path.utf8.contains(0) else { throw .failed(path: path, reason: "the name has a NUL character") }
        var current = path
        for _ in 0...maximumLinks {
            if let descriptor = Self.descriptor(named: current) {
                self = .descriptor(descriptor)
                return
            }
            guard current.utf8.last != UInt8(ascii: "/") else { throw .isFolder(path: path) }
            let status: FileStatus
            do {
                status = try FileStatus(of: current, followsLinks: false)
            } catch {
                guard error.code == ENOENT else { throw OutputError(error.code, path, leadingTo: current) }
                self = .file(current, existing: nil)
                return
            }
            switch status.kind {
            case .link:
                let target = try Self.target(ofLink: current, path)
                current = target.utf8.first == UInt8(ascii: "/") ? target : FileName.join(FileName.split(current).folder, target)
            case .folder:
                throw .isFolder(path: path)
            case .file:
                // Renaming would get round the permissions of a file that its owner has protected.
                guard FileName.withBytes(of: current, { access($0, W_OK) }) == 0 else { throw OutputError(errno, path) }
                self = .file(current, existing: status)
                return
            case .stream:
                self = .device(current)
                return
            case .other:
                throw .failed(path: path, reason: "it is a block device or a socket")
            }
        }
        throw OutputError(ELOOP, path)
    }

    /// Opening what these names stand for afresh would lose the position in it.
    private static func descriptor(named path: String) -> Int32? {
        switch path {
        case "-", "/dev/stdout": return STDOUT_FILENO
        case "/dev/stderr": return STDERR_FILENO
        default:
            let (folder, name) = FileName.split(path)
            return ["/dev/fd", "/proc/self/fd"].contains(folder) ? Int32(name) : nil
        }
    }

    private static func target(ofLink link: String, _ path: String) throws(OutputError) -> String {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            let length = buffer.withMemoryRebound(to: CChar.self) { buffer in
                FileName.withBytes(of: link) { readlink($0, buffer.baseAddress!, buffer.count) }
            }
            if length < 0 { code = errno }
            count = max(0, length)
        }
        guard code == 0 else { throw OutputError(code, path, leadingTo: link) }
        return FileName.string(bytes)
    }
}
