import Files

/// Why a picture could not be read, or not be encoded. Every description is one line: the file, the reason, what to try.
public enum PictureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file cannot be read at all.
    case input(InputError)
    /// The bytes are in none of the formats.
    case notAPicture(file: String)
    /// The file breaks its format's rules, or ends too early.
    case damaged(file: String, reason: String)
    /// The header announces more pixels than the limit.
    case tooLarge(file: String, width: Int, height: Int, limit: Int)
    /// The file may be sound, but it uses what this program does not know.
    case unsupported(file: String, reason: String)
    /// Only another program reads the format, and it is not there.
    case noProgram(file: String, format: String)
    /// The format to be written has no place for the picture, or for the text that goes with it.
    case unencodable(PictureFormat, reason: String)

    /// The kinds of errors, which have exit codes of their own.
    public enum Kind: Sendable {
        /// The file is missing or unreadable: EX_NOINPUT, 66.
        case noInput
        /// The file's contents are at fault: EX_DATAERR, 65.
        case badData
        /// A program is missing: EX_UNAVAILABLE, 69.
        case unavailable
    }

    /// Whether the file could not be read, holds what cannot be used, or needs another program.
    public var kind: Kind {
        switch self {
        case .input(let error): error.isMissing ? .noInput : .badData
        case .noProgram: .unavailable
        case .notAPicture, .damaged, .tooLarge, .unsupported, .unencodable: .badData
        }
    }

    public var description: String {
        func shown(_ file: String) -> String { file == "-" ? "standard input" : FileName.quoted(file) }
        return switch self {
        case .input(let error): error.description
        case .notAPicture(let file):
            "\(shown(file)): is neither \(Self.formats(separator: " nor ")); convert it to one of them"
        case .damaged(let file, let reason):
            "\(shown(file)): the picture is damaged (\(reason)); fetch or save it again"
        case .tooLarge(let file, let width, let height, let limit):
            "\(shown(file)): \(width)x\(height) pixels are more than the limit of \(limit); "
                + "make it smaller, or raise the limit"
        case .unsupported(let file, let reason):
            "\(shown(file)): cannot be handled (\(reason)); convert it to an ordinary 8-bit "
                + PictureFormat.all.map { $0.codec.name }.joined(separator: " or ")
        case .noProgram(let file, let format):
            "\(shown(file)): a \(format) is read by ffmpeg, which is not in PATH; install it (apt install ffmpeg), or convert the "
                + "picture where it is (ffmpeg -i \(file == "-" ? "photo" : FileName.shown(FileName.split(file).name)) photo.png)"
        case .unencodable(let format, let reason):
            "a \(format.codec.name) cannot hold this (\(reason)); \(format.codec.remedy)"
        }
    }

    private static func formats(separator: String) -> String {
        PictureFormat.all.map { "a \($0.codec.name)" }.joined(separator: separator)
    }
}
