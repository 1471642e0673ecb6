import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Reads a whole file, or standard input.
public enum InputFile {
    /// No picture within the limits fills such a file. The limit keeps an endless device from filling the memory.
    private static let maximumBytes = 4 << 30
    private static let chunkBytes = 1 << 18

    /// How many reads wait for somebody else: for standard input, a pipe or a terminal. A signal handler may look: a program that only
    /// waits has nothing to finish.
    private static let waits = Atomic<Int>(0)

    /// Whether a read waits for somebody else.
    public static var isWaiting: Bool { waits.load(ordering: .sequentiallyConsistent) > 0 }

    /// Called before a read that may wait for somebody else: a signal that came before it has nobody else to end the program.
    public static let onWait = Mutex<(@Sendable () -> Void)?>(nil)

    /// Called before standard input is read from a terminal, where it would look as if nothing happened.
    public static let onTerminalInput = Mutex<(@Sendable () -> Void)?>(nil)

    /// All bytes of a file, or of standard input for "-".
    public static func bytes(of path: String) throws(InputError) -> [UInt8] { try reading(path, headLength: 1) { _ in true } ?? [] }

    /// The lines of a text file. A line break after the last line does not begin another.
    public static func lines(of path: String) throws(InputError) -> [String] {
        var lines = String(decoding: try bytes(of: path), as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map(String.init)
    }

    /// All bytes of a file, or of standard input for "-", unless the first ones show that they are not wanted.
    ///
    /// - Parameters:
    ///   - headLength: how many bytes `isWanted` needs to see.
    ///   - isWanted: is given the first bytes, fewer if the file is shorter, before the rest is read.
    /// - Returns: nil if the bytes are not wanted.
    package static func reading(
        _ path: String, headLength: Int, isWanted: ([UInt8]) -> Bool
    ) throws(InputError) -> [UInt8]? {
        // Opening a pipe waits for its writer already.
        let isStream = path == "-" || (try? FileStatus(of: path))?.kind == .stream
        if isStream {
            waits.add(1, ordering: .sequentiallyConsistent)
            onWait.withLock { $0 }?()
        }
        defer { if isStream { waits.subtract(1, ordering: .relaxed) } }
        let descriptor = try open(path)
        defer { if descriptor != STDIN_FILENO { _ = close(descriptor) } }
        try checkEnd(descriptor, path)
        var bytes = try readUpTo(headLength, descriptor, path)
        guard isWanted(bytes) else { return nil }
        while true {
            let chunk = try readUpTo(chunkBytes, descriptor, path)
            bytes += chunk
            if chunk.count < chunkBytes { return bytes }
            if bytes.count > maximumBytes { throw .tooLong(file: path, limit: maximumBytes) }
        }
    }

    /// Refuses devices, which may have no end: /dev/zero has none. A terminal has one, and is announced.
    private static func checkEnd(_ descriptor: Int32, _ path: String) throws(InputError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return }
        guard isatty(descriptor) == 1 else { throw .unreadable(file: path, reason: InputError.device) }
        onTerminalInput.withLock { $0 }?()
    }

    /// Finds out whether another program that is given a file's name will be able to read it.
    ///
    /// - Throws: `missing` or `unreadable`.
    public static func checkReadable(_ path: String) throws(InputError) {
        let descriptor = try open(path, O_NONBLOCK, dash: false)
        _ = close(descriptor)
    }

    private static func open(_ path: String, _ flags: Int32 = 0, dash: Bool = true) throws(InputError) -> Int32 {
        if path == "-" && dash { return STDIN_FILENO }
        if path.isEmpty || path.utf8.contains(0) { throw .missing(file: path) }
        let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | flags)
        guard descriptor >= 0 else { throw InputError(SystemError.last, file: path) }
        return descriptor
    }

    /// The next `limit` bytes, or fewer at the end of the file.
    private static func readUpTo(_ limit: Int, _ descriptor: Int32, _ path: String) throws(InputError) -> [UInt8] {
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
        if let failure { throw InputError(failure, file: path) }
        return bytes
    }
}
