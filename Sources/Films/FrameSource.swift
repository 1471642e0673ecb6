import Files
import Images

/// The frames of a moving picture: a folder of pictures in the order of their names, or a film that ffmpeg decodes. They come
/// one after another, and one is in memory at a time.
///
///     let frames = try FrameSource(path: path)
///     try frames.skip(done)  // to go on where another run stopped
///     while let picture = try frames.next() { … }
///
/// Frames after the last one that was asked for are not decoded; a film's process ends with the object.
public final class FrameSource {
    /// The folder, or the film, as it was named.
    public let path: String
    /// Frames in all, those passed over included; nil if unknown, as of a film whose frames come unevenly. A film's number is
    /// that of its packets, which a damaged one may miss by a few.
    public let count: Int?
    /// Frames a second; nil for a folder, which does not say.
    public let rate: Double?
    /// The film's sound, if it has any.
    public var sound: FilmSound? { if case .film(let film) = source { film.sound } else { nil } }
    /// The number of the next frame, from 0.
    public private(set) var position = 0

    /// Pictures of a folder that could not be read, and are no frames.
    public private(set) var leftOut: [PictureError] = []

    private let source: Source
    private let maximumPixels: Int

    private enum Source {
        case folder([String])
        case film(FilmDecoder)
    }

    /// Whether a path is to be taken for a moving picture rather than a photograph: a folder, or the name of a film, there or
    /// not.
    public static func isMoving(_ path: String) -> Bool { isFolder(path) || isFilm(path) }

    /// - Parameters:
    ///   - maximumPixels: larger frames are refused.
    ///   - isCancelled: asked while it waits for ffmpeg.
    /// - Throws: `noProgram` for a film without ffmpeg, before anything is looked at; `input` or `noFrames` for a file or a
    ///   folder's pictures that are not there; `damaged` for a file without a moving picture in it.
    public init(
        path: String, maximumPixels: Int = Picture.defaultMaximumPixels, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws(FilmError) {
        self.path = path
        self.maximumPixels = maximumPixels
        if isFolder(path) {
            let paths = try Self.picturePaths(in: path)
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

    /// The next frame; nil after the last one. A folder's pictures that cannot be read are passed over.
    ///
    /// - Throws: `picture` or `damaged`, with ffmpeg's words, for a film; `interrupted`.
    public func next() throws(FilmError) -> Picture? {
        switch source {
        case .folder(let paths):
            while position < paths.count {
                position += 1
                do {
                    return try Picture.read(from: paths[position - 1], maximumPixels: maximumPixels)
                } catch {
                    leftOut.append(error)
                }
            }
            return nil
        case .film(let film):
            let picture = try film.next()
            if picture != nil { position += 1 }
            return picture
        }
    }

    /// Passes over frames, as many as there are.
    ///
    /// - Throws: as `next`.
    public func skip(_ frames: Int) throws(FilmError) {
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

    private static func picturePaths(in folder: String) throws(FilmError) -> [String] {
        let paths: [String]
        do { paths = try Picture.photographs(in: folder) } catch { throw .input(error) }
        if paths.isEmpty { throw .noFrames(folder: folder) }
        return paths
    }

    /// Ends of the names of films, in small letters.
    private static let filmEnds = [".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif", ".m4v", ".apng"]
    /// An animated PNG says so ahead of its pixels, after texts and a profile at most.
    private static let headLength = 1 << 20

    private static func isFilm(_ path: String) -> Bool {
        let name = path.lowercased()
        if filmEnds.contains(where: { name.hasSuffix($0) }) { return true }
        guard name.hasSuffix(".png"), isFile(path) else { return false }
        var head: [UInt8] = []
        _ = try? InputFile.reading(path, headLength: headLength) {
            head = $0
            return false
        }
        return PNG.isAnimated(head)
    }
}
