#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Files that appear whole or not at all.
///
/// A regular file is written under a temporary name in its own folder, `.NAME.lucid-PID-N.tmp`, and renamed when all of it
/// is on the disk; whatever goes wrong before, the old file is intact. A symbolic link is followed first, so what it points
/// to is replaced and the link stays. Pipes and character devices, `/dev/stdout` among them, and standard output ("-") are
/// written straight away; that assumes that SIGPIPE is ignored.
public enum OutputFile {
    /// Finds out before a long computation whether `write` will be able to write: whether the folder exists and takes a
    /// new file, and whether the path is free or names what may be replaced.
    ///
    /// - Parameters:
    ///   - path: "-" is standard output.
    ///   - createFolders: create the folders that the path needs.
    public static func check(_ path: String, createFolders: Bool = false) throws(OutputError) {
        switch try Destination(of: path) {
        case .descriptor(let descriptor):
            let flags = fcntl(descriptor, F_GETFL)
            guard flags >= 0 else { throw OutputError(errno, path) }
            guard flags & O_ACCMODE != O_RDONLY else { throw OutputError(EBADF, path) }
        case .device(let device):
            guard FileName.withBytes(of: device, { access($0, W_OK) }) == 0 else { throw OutputError(errno, path) }
        case .file(let file, existing: _):
            do throws(SystemError) {
                if createFolders { try createFolder(FileName.split(file).folder) }
                // A block's worth of bytes, since a full disk still takes empty files.
                let probe = try TemporaryFile(beside: file)
                try probe.fill(with: [UInt8](repeating: 0, count: 4096))
            } catch { throw OutputError(error.code, path, leadingTo: file) }
        }
    }

    /// Writes a file whole or not at all, in place of an existing one, whose permissions it keeps.
    ///
    /// - Parameter path: "-" is standard output.
    public static func write(_ bytes: [UInt8], to path: String) throws(OutputError) {
        let destination = try Destination(of: path)
        do throws(SystemError) {
            switch destination {
            case .descriptor(let descriptor):
                try writeAll(bytes, to: descriptor)
            case .device(let device):
                let descriptor = openFile(device, O_WRONLY | O_CLOEXEC | O_NOCTTY)
                guard descriptor >= 0 else { throw .last }
                defer { _ = close(descriptor) }
                try writeAll(bytes, to: descriptor)
            case .file(let file, let existing):
                try replace(file, existing, with: bytes)
            }
        } catch {
            throw OutputError(error.code, path, leadingTo: destination.file)
        }
    }

    /// Removes the temporary files of all writes in progress, which then fail. For a signal handler that is about to exit:
    /// it takes no lock and no memory, provided it was called once before the handler was installed.
    public static func removeTemporaryFiles() { TemporaryFileTable.removeAll() }

    /// Removes what writers that were killed have left in a folder: temporary files whose process is no more. A process on
    /// another machine that shares the folder may lose a file so, and writes it again.
    ///
    /// - Returns: how many were removed.
    @discardableResult
    public static func removeStaleTemporaryFiles(in folder: String) -> Int { TemporaryFile.removeStale(in: folder) }

    private static func replace(_ file: String, _ existing: FileStatus?, with bytes: [UInt8]) throws(SystemError) {
        let attempts = 3  // against sweeps on another machine, each within the moment that a write takes
        for attempt in 1...attempts {
            var temporary = try TemporaryFile(beside: file)
            try temporary.fill(with: bytes, keeping: existing)
            do throws(SystemError) {
                return try temporary.rename(to: file)
            } catch {
                guard error.code == ENOENT && attempt < attempts else { throw error }
            }
        }
    }
}
