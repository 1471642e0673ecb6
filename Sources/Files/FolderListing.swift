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

    /// What lies in a folder and in all folders within it.
    public struct Tree: Sendable {
        /// The wanted files' paths, relative to the folder, in natural order.
        public fileprivate(set) var paths: [String] = []
        /// Folders and files within it that the system does not let be read; all others are listed nevertheless.
        public fileprivate(set) var unreadable: [InputError] = []
    }

    /// The wanted files in a folder and in all folders within it. Links are followed, but not into a folder that they lie in.
    ///
    /// - Throws: `missing` or `unreadable`, for the folder itself.
    public static func tree(in folder: String, where isWanted: (_ name: String) -> Bool) throws(InputError) -> Tree {
        var tree = Tree()
        try walk(folder, prefix: "", within: [], isWanted, &tree)
        tree.paths.sort(by: NaturalOrder.precedes)
        return tree
    }

    private static func walk(
        _ folder: String, prefix: String, within: [FileStatus.Identity], _ isWanted: (String) -> Bool, _ tree: inout Tree
    ) throws(InputError) {
        let status: FileStatus
        do { status = try FileStatus(of: folder) } catch { throw InputError(error, file: folder) }
        if within.contains(status.identity) { return }
        for name in try names(in: folder) {
            let path = FileName.join(folder, name)
            do throws(InputError) {
                let inner: FileStatus
                do { inner = try FileStatus(of: path) } catch { throw InputError(error, file: path) }
                switch inner.kind {
                case .folder: try walk(path, prefix: prefix + name + "/", within: within + [status.identity], isWanted, &tree)
                case .file where isWanted(name): tree.paths.append(prefix + name)
                default: break
                }
            } catch {
                if case .missing = error { continue }  // it has gone, or is a link to nothing
                tree.unreadable.append(error)
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
