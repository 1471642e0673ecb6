#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The number that a system call failed with.
public struct SystemError: Error, Equatable {
    /// The number, `errno`.
    public let code: Int32

    /// The error of the last call on this thread.
    package static var last: SystemError { SystemError(code: errno) }

    /// The system's words for it, such as "Permission denied".
    public var message: String { String(cString: strerror(code)) }
}

/// open(2), again when a signal interrupts it.
package func openFile(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    while true {
        let descriptor = FileName.withBytes(of: path) { open($0, flags, mode) }
        if descriptor >= 0 || errno != EINTR { return descriptor }
    }
}

/// read(2), again when a signal interrupts it; waits when the descriptor is a non-blocking one. 0 is the end.
package func readSome(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        try waitForRetry(descriptor, POLLIN)
    }
}

/// write(2) as often as it takes to write all bytes, with the same patience.
package func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    try bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
        var done = 0
        while done < bytes.count {
            let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
            if count >= 0 { done += count } else { try waitForRetry(descriptor, POLLOUT) }
        }
    }
}

/// Throws the error of the last call, unless it only says that the call should be made again.
private func waitForRetry(_ descriptor: Int32, _ event: Int32) throws(SystemError) {
    if errno == EINTR { return }
    guard errno == EAGAIN else { throw .last }
    var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    if poll(&wanted, 1, -1) < 0 && errno != EINTR { throw .last }
}

/// fsync(2): waits until the disk has all bytes, where the file system can do that.
package func flushToDisk(_ descriptor: Int32) throws(SystemError) {
    if fsync(descriptor) != 0 && ![EINVAL, ENOTSUP].contains(errno) { throw .last }
}

/// rename(2): gives a file another name, in place of a file that has it.
package func renameFile(_ old: String, to new: String) throws(SystemError) {
    let code = FileName.withBytes(of: old) { old in FileName.withBytes(of: new) { rename(old, $0) } }
    if code != 0 { throw .last }
}

/// unlink(2): removes a file.
package func removeFile(_ path: String) throws(SystemError) {
    if FileName.withBytes(of: path, { unlink($0) }) != 0 { throw .last }
}

/// readlink(2): the path in a symbolic link; nil for what is none.
package func linkTarget(_ path: String) -> String? {
    var isLink = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
        let length = buffer.withMemoryRebound(to: CChar.self) { buffer in
            FileName.withBytes(of: path) { readlink($0, buffer.baseAddress!, buffer.count) }
        }
        (isLink, count) = (length >= 0, max(0, length))
    }
    return isLink ? FileName.string(bytes) : nil
}
