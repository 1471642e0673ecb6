import Files
import FoundationEssentials
import Images

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The frames of a moving picture: a folder of pictures in the order of their names, or a film that ffmpeg decodes. They come
/// one after another, and one is in memory at a time.
///
///     let frames = try FrameSource(path: path)
///     try frames.skip(done)  // to go on where another run stopped
///     while let picture = try frames.next() { … }
///
/// Frames after the last one that was asked for are not decoded; a film's process ends with the object.
public final class FrameSource {
    let path: String
    /// Frames in all, those passed over included; nil if unknown, as of a film whose frames come unevenly. A film's number is
    /// that of its packets, which a damaged one may miss by a few.
    let count: Int?
    /// Frames a second; nil for a folder, which does not say.
    let rate: Double?
    /// The number of the next frame, from 0.
    private(set) var position = 0

    private let source: Source
    private let maximumPixels: Int

    private enum Source {
        case folder([String])
        case film(FilmDecoder)
    }

    /// Whether a path is to be taken for a moving picture rather than a photograph: a folder, or the name of a film, there or
    /// not.
    public static func isMoving(_ path: String) -> Bool { isFolder(path) || isFilm(path) }

    /// - Throws: 69 for a film without ffmpeg, before anything is looked at; 66 for a file or a folder's pictures that are not
    ///   there; 65 for a file without a moving picture in it.
    ///
    /// - Parameter maximumPixels: larger frames are refused.
    init(
        path: String, maximumPixels: Int = Picture.defaultMaximumPixels, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(Problem) {
        self.path = path
        self.maximumPixels = maximumPixels
        if isFolder(path) {
            let paths = try picturePaths(in: path)
            source = .folder(paths)
            count = paths.count
            rate = nil
        } else {
            let film = try FilmDecoder(path: path, maximumPixels: maximumPixels, isCancelled: isCancelled)
            source = .film(film)
            count = film.properties.frames
            rate = film.properties.rate.perSecond
        }
    }

    /// The next frame; nil after the last one.
    ///
    /// - Throws: 65 for a picture or a film that is damaged, with its name or with ffmpeg's words; 66 for a picture that has
    ///   gone; 130 and its like where Ctrl-C came while it waited for ffmpeg.
    func next() throws(Problem) -> Picture? {
        switch source {
        case .folder(let paths):
            guard position < paths.count else { return nil }
            position += 1
            return try Picture.reading(paths[position - 1], maximumPixels: maximumPixels)
        case .film(let film):
            let picture = try film.next()
            if picture != nil { position += 1 }
            return picture
        }
    }

    /// Passes over frames, as many as there are.
    ///
    /// - Throws: 65, as `next`.
    func skip(_ frames: Int) throws(Problem) {
        switch source {
        case .folder(let paths): position = min(position + max(frames, 0), paths.count)
        case .film(let film):
            var left = frames
            while left > 0, try film.skip() {
                position += 1
                left -= 1
            }
        }
    }

    /// Ends of the names of films, in small letters.
    private static let filmEnds = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif", ".m4v"]

    private static func isFilm(_ path: String) -> Bool {
        let name = path.lowercased()
        return filmEnds.contains { name.hasSuffix($0) }
    }

}

/// A film that ffmpeg decodes into a pipe, from its first frame to its last.
private final class FilmDecoder {
    let properties: VideoProperties
    private let path: String
    private let process: ChildProcess
    private let stream: PPMStream
    private let isCancelled: @Sendable () -> Bool
    private var isAtEnd = false

    /// Asks ffprobe what the film is, and starts ffmpeg, which then waits until its frames are read.
    init(path: String, maximumPixels: Int, isCancelled: @escaping @Sendable () -> Bool) throws(Problem) {
        let (ffmpeg, ffprobe) = (try Self.program("ffmpeg"), try Self.program("ffprobe"))
        try Self.checkFile(path)
        let properties = try Self.properties(of: path, ffprobe, isCancelled)
        let process = try asProblem { () throws(ProcessError) in try ChildProcess(ffmpeg, properties.ffmpegArguments(path: path), .fromOutput) }
        self.path = path
        self.isCancelled = isCancelled
        self.properties = properties
        self.process = process
        stream = PPMStream(name: path, maximumPixels: maximumPixels) { process.read(into: $0, isCancelled: isCancelled) }
    }

    func next() throws(Problem) -> Picture? {
        try step { () throws(PictureError) in try stream.next() }
    }

    /// - Returns: false at the end.
    func skip() throws(Problem) -> Bool {
        try step { () throws(PictureError) in try stream.skip() ? true : nil } ?? false
    }

    /// Reads from the stream; nil at its end, which is a good one only if ffmpeg says so.
    private func step<Result>(_ body: () throws(PictureError) -> Result?) throws(Problem) -> Result? {
        if isAtEnd { return nil }
        let result: Result?
        do {
            result = try body()
        } catch {
            // A frame that is cut is what a failing ffmpeg leaves, and its own words say why. One that is too large is not.
            if case .damaged = error { try finish() }
            isAtEnd = true
            process.cancel()
            throw Problem(error)
        }
        if result == nil { try finish() }
        return result
    }

    private func finish() throws(Problem) {
        isAtEnd = true
        if isCancelled() {
            process.cancel()
            throw Problem.interrupted
        }
        let end = process.finish()
        if !end.isSuccess { throw Self.failure(path, end) }
    }

    private static func program(_ name: String) throws(Problem) -> String {
        if let program = ChildProcess.find(name) { return program }
        throw Problem(
            .unavailable,
            "films are read with \(name), which is not in PATH; install it (apt install ffmpeg), or name a folder of the film's frames (.png, .jpg)")
    }

    private static func checkFile(_ path: String) throws(Problem) {
        try asProblem { () throws(InputError) in try InputFile.checkReadable(path) }
    }

    private static func properties(of path: String, _ ffprobe: String, _ isCancelled: @escaping @Sendable () -> Bool) throws(Problem) -> VideoProperties {
        let process = try asProblem { () throws(ProcessError) in try ChildProcess(ffprobe, VideoProperties.ffprobeArguments(path: path), .fromOutput) }
        /// More than ffprobe says of one stream.
        let most = 1 << 16
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while text.count < most {
            let count = chunk.withUnsafeMutableBytes { process.read(into: $0, isCancelled: isCancelled) }
            if count == 0 { break }
            text += chunk[..<count]
        }
        if isCancelled() {
            process.cancel()
            throw Problem.interrupted
        }
        let end = process.finish()
        guard end.isSuccess else { throw failure(path, end) }
        guard let properties = VideoProperties(ffprobeOutput: String(decoding: text, as: UTF8.self)) else {
            throw .badData("\(path): there is no moving picture in it; name a film, or a folder of frames")
        }
        return properties
    }

    private static func failure(_ path: String, _ end: ChildProcess.End) -> Problem {
        // It often begins with the file's name.
        let line = end.lastLine
        let own = "file:\(path): "
        let words = line.hasPrefix(own) ? String(line.dropFirst(own.count)) : line
        return .badData("\(path): ffmpeg cannot read it (\(words)); fetch or convert it anew, or name a folder of its frames")
    }
}
