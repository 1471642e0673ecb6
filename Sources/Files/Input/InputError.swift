#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a file cannot be read. Every description is one line: the file, the reason, and what to try.
public enum InputError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no such file or folder.
    case missing(file: String)
    /// The file is there, but the system does not let it be read.
    case unreadable(file: String, reason: String)
    /// The path names a folder.
    case isFolder(file: String)
    /// The file has no bytes.
    case empty(file: String)
    /// The file has more bytes than the limit.
    case tooLong(file: String, limit: Int)

    /// The reason where a path names a device.
    static let device = "it is a device, no file"

    init(_ error: SystemError, file: String) {
        self =
            switch error.code {
            case ENOENT, ENOTDIR: .missing(file: file)
            case EISDIR: .isFolder(file: file)
            default: .unreadable(file: file, reason: error.message)
            }
    }

    /// The file's path; "-" is standard input.
    public var file: String {
        switch self {
        case .missing(let file), .unreadable(let file, _), .isFolder(let file), .empty(let file), .tooLong(let file, _): file
        }
    }

    /// Whether the file is missing or unreadable (exit code EX_NOINPUT, 66), rather than read and found unusable (EX_DATAERR, 65).
    public var isMissing: Bool {
        switch self {
        case .missing, .unreadable, .isFolder: true
        case .empty, .tooLong: false
        }
    }

    /// The reason alone, without the file's name.
    public var reason: String {
        switch self {
        case .missing: SystemError(code: ENOENT).message
        case .unreadable(_, let reason): reason
        case .isFolder: "it is a folder"
        case .empty: "the file is empty"
        case .tooLong(_, let limit): "it has more than \(limit >> 30) GiB"
        }
    }

    public var description: String {
        let file = file == "-" ? "standard input" : file.isEmpty ? "\"\"" : FileName.quoted(file)
        return switch self {
        case .missing: "\(file): there is no such file; check the name"
        case .unreadable(_, Self.device): "\(file): cannot be read (\(reason)); name a regular file"
        case .unreadable: "\(file): cannot be read (\(reason)); check its permissions"
        case .isFolder: "\(file): is a folder; name a file in it"
        case .empty: "\(file): the file is empty; fetch or save it again"
        case .tooLong: "\(file): cannot be read (\(reason)); name a smaller file"
        }
    }
}
