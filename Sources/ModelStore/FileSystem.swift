#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system's words for why its last call failed.
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// What the system says of a file: how long it is and when it was last changed.
struct FileState: Equatable {
    let bytes: Int
    /// Nanoseconds since 1970.
    let modified: Int

    init(bytes: Int, modified: Int) {
        self.bytes = bytes
        self.modified = modified
    }

    /// nil if there is no regular file.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        bytes = Int(status.st_size)
        modified = Int(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(status.st_mtim.tv_nsec)
    }
}

/// Creates a folder and those above it, as `mkdir -p` does.
func createFolder(_ folder: String) throws(StoreError) {
    func create() -> Bool { mkdir(folder, 0o777) == 0 || errno == EEXIST }
    if create() { return }
    let parent = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
    guard errno == ENOENT, !parent.isEmpty else {
        throw StoreError(.cannotWrite, "\(folder): \(lastSystemError()); LUCID_HOME names another place for pulled models")
    }
    try createFolder(parent)
    guard create() else {
        throw StoreError(.cannotWrite, "\(folder): \(lastSystemError()); LUCID_HOME names another place for pulled models")
    }
}

/// The names in a folder, in order; none if it is not there.
func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let length = MemoryLayout.size(ofValue: entry.pointee.d_name)
        names.append(
            withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: length) { String(cString: $0) }
            })
    }
    return names.sorted()
}
