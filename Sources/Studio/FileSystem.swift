import FoundationEssentials
import Images

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

public func isFolder(_ path: String) -> Bool {
    var status = stat()
    return withPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether a regular file of this name is there, which a careless command could overwrite.
public func isFile(_ path: String) -> Bool {
    var status = stat()
    return withPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// Whether two names lead to one file or folder that is there.
func isSame(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return withPath(path) { stat($0, &first) } == 0 && withPath(other) { stat($0, &second) } == 0
        && first.st_dev == second.st_dev && first.st_ino == second.st_ino
}

/// The way from a file's folder to a file or folder; to a folder it ends in a slash, or is empty.
func relativePath(of path: String, from file: String) -> String {
    let start = URL(filePath: file).absoluteURL.standardized.deletingLastPathComponent().pathComponents
    let end = URL(filePath: path).absoluteURL.standardized.pathComponents
    let common = zip(start, end).prefix { $0 == $1 }.count
    let names = [String](repeating: "..", count: start.count - common) + end.dropFirst(common)
    return names.joined(separator: "/") + (isFolder(path) && !names.isEmpty ? "/" : "")
}

/// Removes a folder that nothing is left in.
func removeEmptyFolder(_ path: String) { _ = withPath(path) { rmdir($0) } }

/// File names are bytes; `FileName` keeps those that are not UTF-8.
private func withPath<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let bytes = FileName.bytes(of: path).map { CChar(bitPattern: $0) } + [0]
    return bytes.withUnsafeBufferPointer { body($0.baseAddress!) }
}

/// Bytes of address space that this process may still take; nil if that is not limited.
func addressSpaceLeft() -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt64(Int.max) else { return nil }
    // The first field of statm: the size of the address space, in pages.
    let pages = (try? String(contentsOf: URL(filePath: "/proc/self/statm"), encoding: .utf8))
        .flatMap { $0.split(separator: " ").first }.flatMap { Int($0) } ?? 0
    return max(0, Int(limit.rlim_cur) - pages * sysconf(Int32(_SC_PAGESIZE)) - threadReserve)
}

/// Address space that threads, their heaps and OpenBLAS's buffers take once work begins.
private let threadReserve = 256 << 20
