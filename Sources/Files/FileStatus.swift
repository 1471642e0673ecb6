import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The system's facts about a file or a folder.
public struct FileStatus: Equatable, Sendable {
    /// The kinds of files that are told apart.
    public enum Kind: Sendable {
        /// A regular file.
        case file
        /// A directory.
        case folder
        /// A symbolic link; only where links are not followed.
        case link
        /// A pipe or a character device.
        case stream
        /// A block device or a socket.
        case other
    }

    /// Two names lead to the same file if their identities are equal.
    struct Identity: Equatable, Sendable {
        let device: dev_t
        let file: ino_t
    }

    /// A file, a folder, or what else it is.
    public let kind: Kind
    /// The size of the file.
    public let bytes: Int
    /// When the contents last changed, in nanoseconds since 1970.
    public let modified: Int
    let identity: Identity
    let owner: uid_t
    let group: gid_t
    let permissions: mode_t

    /// - Parameter followsLinks: describe what a symbolic link leads to, rather than the link.
    public init(of path: String, followsLinks: Bool = true) throws(SystemError) {
        var status = stat()
        let code = FileName.withBytes(of: path) { followsLinks ? stat($0, &status) : lstat($0, &status) }
        guard code == 0 else { throw .last }
        self.init(status)
    }

    /// - Parameter descriptor: an open file.
    init(of descriptor: Int32) throws(SystemError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            case S_IFIFO, S_IFCHR: .stream
            default: .other
            }
        bytes = Int(status.st_size)
        modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
        identity = Identity(device: status.st_dev, file: status.st_ino)
        (owner, group, permissions) = (status.st_uid, status.st_gid, status.st_mode & 0o7777)
    }
}

/// Whether a path leads to a folder.
public func isFolder(_ path: String) -> Bool { (try? FileStatus(of: path))?.kind == .folder }

/// Whether a path leads to a regular file, which a careless command could overwrite.
public func isFile(_ path: String) -> Bool { (try? FileStatus(of: path))?.kind == .file }

/// Whether two paths lead to one and the same existing file or folder.
public func isSame(_ path: String, _ other: String) -> Bool {
    guard let first = try? FileStatus(of: path), let second = try? FileStatus(of: other) else { return false }
    return first.identity == second.identity
}

/// Creates a folder and those above it, as `mkdir -p` does.
public func createFolder(_ folder: String) throws(SystemError) {
    // If it exists and is a file, creating a file in it will say so.
    func create() -> Bool { FileName.withBytes(of: folder) { mkdir($0, 0o777) } == 0 || errno == EEXIST }
    if create() { return }
    let parent = FileName.split(folder).folder
    guard errno == ENOENT && parent != folder else { throw .last }
    try createFolder(parent)
    if !create() { throw .last }
}

/// Removes a folder if nothing is left in it.
public func removeEmptyFolder(_ path: String) { _ = FileName.withBytes(of: path) { rmdir($0) } }

/// The relative path from a file's folder to a file or folder. The path to a folder ends in a slash, or is empty.
public func relativePath(of path: String, from file: String) -> String {
    let start = URL(filePath: file).absoluteURL.standardized.deletingLastPathComponent().pathComponents
    let end = URL(filePath: path).absoluteURL.standardized.pathComponents
    let common = zip(start, end).prefix { $0 == $1 }.count
    let names = [String](repeating: "..", count: start.count - common) + end.dropFirst(common)
    return names.joined(separator: "/") + (isFolder(path) && !names.isEmpty ? "/" : "")
}
