import Files
import Images

/// Why an animation could not be read or written. Every description is one line: the file, the reason, what to try.
public enum FilmError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A name by which no animation can be written.
    case name(String)
    /// ffmpeg or ffprobe is not in PATH, or does not start.
    case noProgram(String)
    /// A frame is there already.
    case exists(path: String)
    /// No picture lies in the folder.
    case noFrames(folder: String)
    /// The file holds no moving picture, or a damaged one.
    case damaged(file: String, reason: String)
    /// ffmpeg could not write the file.
    case notWritten(path: String, reason: String)
    /// The folder or the film cannot be read at all.
    case input(InputError)
    /// A frame cannot be read, or not be encoded.
    case picture(PictureError)
    /// The file, or a frame's, cannot be written.
    case output(OutputError)
    /// The end was asked for.
    case interrupted

    public var description: String {
        switch self {
        case .name(let reason), .noProgram(let reason): reason
        case .exists(let path): "\(path) is there already"
        case .noFrames(let folder): "\(folder): there are no pictures (.png, .jpg …) in it"
        case .damaged(let file, let reason): "\(file): \(reason)"
        case .notWritten(let path, let reason): "\(path): ffmpeg failed (\(reason)); mend that, or name a .gif or a folder"
        case .input(let error): error.description
        case .picture(let error): error.description
        case .output(let error): error.description
        case .interrupted: "interrupted"
        }
    }

    /// Where ffmpeg or ffprobe lies.
    ///
    /// - Parameter remedy: what to do without it.
    static func find(_ program: String, toMake what: String, remedy: String) throws(FilmError) -> String {
        if let path = ChildProcess.find(program) { return path }
        throw .noProgram("\(what) with \(program), which is not in PATH; install it (apt install ffmpeg), or \(remedy)")
    }

    /// Starts ffmpeg or ffprobe.
    static func start(_ program: String, _ arguments: [String], _ direction: ChildProcess.Direction) throws(FilmError) -> ChildProcess {
        do {
            return try ChildProcess(program, arguments, direction)
        } catch {
            throw .noProgram("\(error)")
        }
    }
}

/// Calls what may throw an error about an output, and throws it as a `FilmError`.
func asFilmError<Result>(_ body: () throws(OutputError) -> Result) throws(FilmError) -> Result {
    do {
        return try body()
    } catch {
        throw .output(error)
    }
}
