#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The pictures in a folder and the folders within it.
public enum PictureTree {
    /// The paths of all files that are named as pictures (.png, .jpg, .jpeg), relative to the folder, frame_2 before frame_10.
    ///
    /// Names that begin with a dot are passed over. Links are followed, but not into a folder that they lie in.
    ///
    /// - Throws: `missing` or `unreadable`, for a folder within too.
    public static func relativePaths(in folder: String) throws(PictureError) -> [String] {
        var paths: [String] = []
        try walk(folder, prefix: "", within: [], &paths)
        return paths.sorted(by: NaturalOrder.precedes)
    }

    /// What tells folders apart, whatever they are called.
    private struct Identity: Equatable {
        let device: dev_t
        let file: ino_t
    }

    private static func walk(
        _ folder: String, prefix: String, within: [Identity], _ paths: inout [String]
    ) throws(PictureError) {
        guard let status = status(of: folder) else { throw .missing(file: folder) }
        let identity = Identity(device: status.st_dev, file: status.st_ino)
        if within.contains(identity) { return }
        for name in try names(in: folder) where !name.hasPrefix(".") {
            let path = join(folder, name)
            guard let status = self.status(of: path) else { continue }  // it has gone, or is a link to nothing
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try walk(path, prefix: prefix + name + "/", within: within + [identity], &paths)
            case S_IFREG where PictureFormat(fileName: name) != nil: paths.append(prefix + name)
            default: break
            }
        }
    }

    private static func status(of path: String) -> FileStatus? {
        var status = FileStatus()
        return FileName.withBytes(of: path, { stat($0, &status) }) == 0 ? status : nil
    }

    private static func names(in folder: String) throws(PictureError) -> [String] {
        guard let stream = FileName.withBytes(of: folder, { opendir($0) }) else {
            let error = SystemError.last
            if [ENOENT, ENOTDIR].contains(error.code) { throw .missing(file: folder) }
            throw .unreadable(file: folder, reason: error.message)
        }
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
