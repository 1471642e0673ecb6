import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The file that an output's bytes wait in until all of them are on the disk. It goes with the value, unless it was renamed.
struct TemporaryFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    private let entry: TemporaryFileTable.Entry?
    private var isRenamed = false

    private static let mark = ".lucid-", ending = ".tmp"
    private static let serial = Atomic<Int>(0)

    /// Creates it, empty, in the folder of the file that it is to become.
    init(beside file: String) throws(SystemError) {
        let longestName = 255  // NAME_MAX, in bytes
        let attempts = 100  // a process of the same number, in another container, may have taken the name
        let (folder, name) = FileName.split(file)
        for attempt in 1...attempts {
            let number = Self.serial.add(1, ordering: .relaxed).newValue
            let suffix = "\(Self.mark)\(getpid())-\(number)\(Self.ending)"
            var stem = "." + name
            while stem.utf8.count + suffix.utf8.count > longestName { stem.unicodeScalars.removeLast() }
            let path = FileName.join(folder, stem + suffix)
            let entry = TemporaryFileTable.add(path)
            let descriptor = openFile(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            if descriptor >= 0 {
                self.path = path
                self.descriptor = descriptor
                self.entry = entry
                return
            }
            let error = SystemError.last
            if let entry { TemporaryFileTable.remove(entry) }
            guard error.code == EEXIST && attempt < attempts else { throw error }
        }
        fatalError("the last attempt returns or throws")
    }

    deinit {
        _ = close(descriptor)
        if !isRenamed { try? removeFile(path) }
        if let entry { TemporaryFileTable.remove(entry) }
    }

    /// Writes bytes after those that are there.
    func append(_ bytes: [UInt8]) throws(SystemError) { try writeAll(bytes, to: descriptor) }

    /// Writes all bytes and waits until the disk has them.
    ///
    /// - Parameter existing: the file to be replaced, whose permissions and, where that is allowed, owner this one takes.
    func fill(with bytes: [UInt8], keeping existing: FileStatus? = nil) throws(SystemError) {
        try writeAll(bytes, to: descriptor)
        if let existing {
            // The owner first: a change of owner takes the set-user-ID bits away.
            if existing.owner != geteuid() || existing.group != getegid() {
                _ = fchown(descriptor, existing.owner, existing.group)
            }
            _ = fchmod(descriptor, existing.permissions)
        }
        try flushToDisk(descriptor)
    }

    mutating func rename(to file: String) throws(SystemError) {
        try renameFile(path, to: file)
        isRenamed = true
    }

    /// Removes the temporary files in a folder whose process is no more, and returns how many there were.
    static func removeStale(in folder: String) -> Int {
        let stale = ((try? FolderListing.allNames(in: folder)) ?? []).filter { name in
            process(inName: name).map { kill($0, 0) != 0 && errno == ESRCH } ?? false
        }
        return stale.count { (try? removeFile(FileName.join(folder, $0))) != nil }
    }

    /// The process that a temporary file's name states: `.NAME.lucid-PID-N.tmp`.
    private static func process(inName name: String) -> pid_t? {
        guard name.hasPrefix("."), name.hasSuffix(ending) else { return nil }
        let parts = name.dropLast(ending.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[parts.count - 3].hasSuffix(mark.dropLast()), Int(parts[parts.count - 1]) != nil,
            let process = pid_t(parts[parts.count - 2]), process > 0
        else { return nil }
        return process
    }
}
