#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file's bytes, mapped into memory rather than copied.
///
/// `@unchecked Sendable`: the mapping is private and read-only for as long as the object lives.
package final class MappedFile: @unchecked Sendable {
    /// The path that the file was opened under.
    package let path: String
    /// The whole file, valid for as long as the object lives.
    package let bytes: UnsafeRawBufferPointer

    /// - Throws: if the file is missing or unreadable, is no regular file, or is empty.
    package init(path: String) throws(InputError) {
        // Opening a pipe would wait for its writer, or let it in and leave it alone.
        if let status = try? FileStatus(of: path), status.kind != .file { throw .unreadable(file: path, reason: "not a regular file") }
        let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw InputError(SystemError.last, file: path) }
        defer { _ = close(descriptor) }
        let status: FileStatus
        do { status = try FileStatus(of: descriptor) } catch { throw InputError(error, file: path) }
        guard status.kind == .file else { throw .unreadable(file: path, reason: "not a regular file") }
        guard status.bytes > 0 else { throw .empty(file: path) }
        guard let start = mmap(nil, status.bytes, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .unreadable(file: path, reason: "cannot be mapped: \(SystemError.last.message)")
        }
        self.path = path
        bytes = UnsafeRawBufferPointer(start: start, count: status.bytes)
    }

    /// Tells the system that these bytes have been read and need not stay in memory.
    package func release(_ range: Range<Int>) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        if start < end {
            madvise(UnsafeMutableRawPointer(mutating: bytes.baseAddress! + start), end - start, MADV_DONTNEED)
        }
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count) }
}
