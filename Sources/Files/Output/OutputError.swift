#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why an output cannot be written. Every description is one line: the file, the reason, what to try. All of them are a
/// command line's exit code EX_CANTCREAT, 73.
public enum OutputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path names a folder.
    case isFolder(path: String)
    /// The folder that the file should lie in does not exist.
    case folderMissing(path: String, folder: String)
    /// The path of the file's folder names a file.
    case notAFolder(path: String, folder: String)
    /// The system does not allow it: permissions, or a file system that is read-only.
    case notAllowed(path: String, reason: String)
    /// No space, or no quota, is left.
    case diskFull(path: String, reason: String)
    /// The system allows no file of this size.
    case fileTooLarge(path: String, reason: String)
    /// The reader of standard output or of a pipe has gone.
    case brokenPipe(path: String)
    /// Anything else, in the system's words.
    case failed(path: String, reason: String)

    public var description: String {
        switch self {
        case .isFolder(let path):
            "\(output(path)): is a folder; name a file in it"
        case .folderMissing(let path, let folder):
            "\(output(path)): the folder \(FileName.quoted(folder)) does not exist; create it, or choose another output"
        case .notAFolder(let path, let folder):
            "\(output(path)): \(FileName.quoted(folder)) is not a folder; choose another output"
        case .notAllowed(let path, let reason):
            "\(output(path)): cannot be written (\(reason)); choose a folder and a file that you may write to"
        case .diskFull(let path, let reason):
            "\(output(path)): cannot be written (\(reason)); free some space, or choose another disk"
        case .fileTooLarge(let path, let reason):
            "\(output(path)): cannot be written (\(reason)); raise the limit on the size of files (ulimit -f)"
        case .brokenPipe(let path):
            "\(output(path)): its reader has closed the pipe; let it read to the end"
        case .failed(let path, let reason):
            "\(output(path)): cannot be written (\(reason)); choose another output"
        }
    }
}

extension OutputError {
    /// The error for a system call's number.
    ///
    /// - Parameter file: what the path leads to, if that is another file.
    init(_ code: Int32, _ path: String, leadingTo file: String? = nil) {
        let reason = SystemError(code: code).message
        let folder = FileName.split(file ?? path).folder
        self =
            switch code {
            case EISDIR: .isFolder(path: path)
            case ENOENT: .folderMissing(path: path, folder: folder)
            case ENOTDIR: .notAFolder(path: path, folder: folder)
            case EACCES, EPERM, EROFS: .notAllowed(path: path, reason: reason)
            case ENOSPC, EDQUOT: .diskFull(path: path, reason: reason)
            case EFBIG: .fileTooLarge(path: path, reason: reason)
            case EPIPE: .brokenPipe(path: path)
            default: .failed(path: path, reason: reason)
            }
    }
}

private func output(_ path: String) -> String {
    if path.isEmpty { return "output" }
    return path == "-" ? "standard output" : FileName.quoted(path)
}
