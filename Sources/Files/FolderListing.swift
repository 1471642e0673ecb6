#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The contents of folders, by one rule everywhere: hidden files, whose names begin with a dot, are left out, and frame_2 comes
/// before frame_10 (`NaturalOrder`).
public enum FolderListing {
    /// The names in a folder.
    ///
    /// - Throws: `missing` or `unreadable`.
    public static func names(in folder: String) throws(InputError) -> [String] {
        do {
            return try allNames(in: folder).filter { !$0.hasPrefix(".") }.sorted(by: NaturalOrder.precedes)
        } catch {
            throw InputError(error, file: folder)
        }
    }

    /// The paths of a folder's own regular files, and of links to such, that have wanted names. A path begins with the
    /// folder's.
    ///
    /// - Throws: `missing` or `unreadable`.
    public static func files(in folder: String, where isWanted: (_ name: String) -> Bool) throws(InputError) -> [String] {
        try names(in: folder).filter(isWanted).map { FileName.join(folder, $0) }.filter(isFile)
    }

    /// The paths of the wanted files in a folder and in all folders within it, relative to the folder. Links are followed, but
    /// not into a folder that they lie in.
    ///
    /// - Throws: `missing` or `unreadable`, for a folder within too.
    public static func tree(in folder: String, where isWanted: (_ name: String) -> Bool) throws(InputError) -> [String] {
        var paths: [String] = []
        try walk(folder, prefix: "", within: [], isWanted, &paths)
        return paths.sorted(by: NaturalOrder.precedes)
    }

    private static func walk(
        _ folder: String, prefix: String, within: [FileStatus.Identity], _ isWanted: (String) -> Bool, _ paths: inout [String]
    ) throws(InputError) {
        let status: FileStatus
        do { status = try FileStatus(of: folder) } catch { throw InputError(error, file: folder) }
        if within.contains(status.identity) { return }
        for name in try names(in: folder) {
            let path = FileName.join(folder, name)
            guard let inner = try? FileStatus(of: path) else { continue }  // it has gone, or is a link to nothing
            switch inner.kind {
            case .folder: try walk(path, prefix: prefix + name + "/", within: within + [status.identity], isWanted, &paths)
            case .file where isWanted(name): paths.append(prefix + name)
            default: break
            }
        }
    }

    /// Every name in a folder in the system's order, hidden ones, "." and ".." among them.
    static func allNames(in folder: String) throws(SystemError) -> [String] {
        guard let stream = FileName.withBytes(of: folder, { opendir($0) }) else { throw .last }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                let capacity = MemoryLayout.size(ofValue: name.pointee)
                names.append(name.withMemoryRebound(to: CChar.self, capacity: capacity) { FileName.string(cString: $0) })
            }
        }
        return names
    }
}
