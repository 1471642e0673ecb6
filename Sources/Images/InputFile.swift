#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads a whole file, or standard input.
public enum InputFile {
    /// No picture within the limits fills such a file; it keeps an endless device from filling the memory.
    private static let maximumBytes = 4 << 30
    private static let chunkBytes = 1 << 18

    /// All bytes of a file, or of standard input for "-".
    public static func bytes(of path: String) throws(PictureError) -> [UInt8] {
        try read(path, headLength: 1) { _ throws(PictureError) in }
    }

    /// All bytes of a file, or of standard input for "-".
    ///
    /// - Parameters:
    ///   - headLength: how many bytes `inspect` wants to see.
    ///   - inspect: sees the first bytes (fewer if the file is shorter) and may refuse before the rest is read.
    static func read(
        _ path: String, headLength: Int, inspect: ([UInt8]) throws(PictureError) -> Void
    ) throws(PictureError) -> [UInt8] {
        let descriptor = try open(path)
        defer { if descriptor != STDIN_FILENO { _ = close(descriptor) } }
        var bytes = try readUpTo(headLength, descriptor, path)
        try inspect(bytes)
        while true {
            let chunk = try readUpTo(chunkBytes, descriptor, path)
            bytes += chunk
            if chunk.count < chunkBytes { return bytes }
            if bytes.count > maximumBytes {
                throw .unsupported(file: path, reason: "it has more than \(maximumBytes >> 30) GiB")
            }
        }
    }

    private static func open(_ path: String) throws(PictureError) -> Int32 {
        if path == "-" { return STDIN_FILENO }
        if path.isEmpty || path.utf8.contains(0) { throw .missing(file: path) }
        let descriptor = openFile(path, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 { return descriptor }
        let error = SystemError.last
        if [ENOENT, ENOTDIR].contains(error.code) { throw .missing(file: path) }
        throw .unreadable(file: path, reason: error.message)
    }

    /// The next `limit` bytes, or fewer at the end of the file.
    private static func readUpTo(_ limit: Int, _ descriptor: Int32, _ path: String) throws(PictureError) -> [UInt8] {
        var failure: SystemError?
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            do throws(SystemError) {
                while count < limit {
                    let rest = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...]))
                    let got = try readSome(descriptor, into: rest)
                    if got == 0 { break }
                    count += got
                }
            } catch { failure = error }
        }
        if let failure { throw .unreadable(file: path, reason: failure.message) }
        return bytes
    }
}
