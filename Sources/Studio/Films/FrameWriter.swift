import Files
import Images
import Visualization

/// Where the frames of an animation go: a GIF, a film that ffmpeg makes, or a folder of PNG files. The name decides.
///
///     try FrameWriter.check(path)                  // before a long computation
///     let writer = try FrameWriter(path: path)
///     for picture in pictures { try writer.add(picture) }
///     try writer.finish()
///
/// A GIF or a film appears whole when `finish` returns, or not at all: one that `cancel` or an error ends, or that is simply
/// forgotten, leaves no file. In a folder the frames that were added stay.
public final class FrameWriter {
    /// Frames a second, unless asked otherwise.
    public static let defaultRate = 15.0
    /// Frames a second that make sense; GIFs show at most 50.
    public static let rates = 0.1...60

    let path: String
    let rate: Double
    /// Frames so far.
    private(set) var count = 0

    private let kind: AnimationKind
    private let comment: String?
    private var size: (width: Int, height: Int)?
    private var gif: GIFEncoder?
    private var film: FilmEncoder?

    /// - Parameters:
    ///   - path: *.gif, *.mp4 or *.webm in any case; any other name is a folder's.
    ///   - rate: frames a second, in `rates`.
    ///   - comment: metadata; a film and a GIF hold it once, every PNG under the keyword of records.
    init(path: String, rate: Double = defaultRate, comment: String? = nil) throws(Problem) {
        precondition(Self.rates.contains(rate), "the rate was checked with the command's options")
        kind = try AnimationKind(of: path)
        self.path = path
        self.rate = rate
        self.comment = comment
    }

    /// Finds out before a long computation whether the animation can be written. The folder of frames is created.
    ///
    /// - Parameter force: whether a folder may have frames already, which then are overwritten one by one.
    /// - Throws: 64 for a name that makes no sense, 69 for a film without ffmpeg, 73 for a place that cannot be written.
    static func check(_ path: String, force: Bool = false) throws(Problem) {
        let kind = try AnimationKind(of: path)
        do {
            switch kind {
            case .gif:
                try OutputFile.check(path)
            case .film:
                try checkProgram(for: path)
                _ = try PendingFile(for: path)  // no pipe or device will do
                try OutputFile.check(path)
            case .folder:
                let first = framePath(in: path, 1)
                try OutputFile.check(first, createFolders: true)
                if !force && isFile(first) {
                    throw Problem(.cannotWrite, "\(first) is there already; use \(setting: "force") to overwrite it, or name another folder", setting: "output")
                }
            }
        } catch {
            throw Problem(any: error)
        }
    }

    /// - Throws: 69 for a film without ffmpeg.
    static func checkProgram(for path: String) throws(Problem) {
        if case .film(let format) = try AnimationKind(of: path) { _ = try FilmEncoder.program(for: format) }
    }

    /// Adds a frame. All have the size of the first.
    ///
    /// - Throws: 73 if it cannot be written, or if ffmpeg has failed.
    ///
    /// - Parameter record: a PNG's own instead of the comment.
    func add(_ picture: Picture, record: String? = nil) throws(Problem) {
        let size = self.size ?? (picture.width, picture.height)
        precondition((picture.width, picture.height) == size, "all frames of an animation have one size")
        self.size = size
        switch kind {
        case .gif:
            guard max(size.width, size.height) <= GIF.maximumSide else {
                throw .usage("\(path): a GIF has at most \(GIF.maximumSide) pixels a side; name a folder of frames instead")
            }
            if gif == nil {
                gif = GIFEncoder(width: size.width, height: size.height, delay: 1 / rate, comment: comment)
            }
            gif?.add(picture)
        case .film(let format):
            if film == nil {
                film = try FilmEncoder(
                    path: path, format: format, width: size.width, height: size.height, rate: rate, comment: comment)
            }
            try film?.add(picture)
        case .folder:
            do {
                let text = (record ?? comment).map { [(keyword: Record.keyword, text: $0)] } ?? []
                try OutputFile.write(try PNG.encode(picture, text: text), to: Self.framePath(in: path, count + 1))
            } catch {
                throw Problem(any: error)
            }
        }
        count += 1
    }

    /// Completes the animation. Without any frame nothing is written.
    ///
    /// - Throws: 73 if it cannot be written, or if ffmpeg has failed.
    func finish() throws(Problem) {
        if let gif {
            self.gif = nil
            do {
                try OutputFile.write(gif.finish(), to: path)
            } catch {
                throw Problem(error)
            }
        }
        if let film = film.take() { try film.finish() }
    }

    /// Gives the animation up and leaves no file of it; frames in a folder stay.
    func cancel() {
        gif = nil
        film = nil
    }

    /// "folder/frame_00001.png", from 1.
    static func framePath(in folder: String, _ number: Int) -> String {
        let digits = 5
        let text = String(number)
        let name = "frame_" + String(repeating: "0", count: max(0, digits - text.count)) + text + ".png"
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}

/// The kinds of animation.
enum AnimationKind: Equatable {
    case gif
    case film(FilmFormat)
    case folder

    /// The kind that a name asks for.
    init(of path: String) throws(Problem) {
        let advice = "name a .gif, .mp4 or .webm file, or a folder for PNG frames"
        let lowercased = path.lowercased()
        if path.isEmpty { throw .usage("the animation's name is empty; \(advice)") }
        if path == "-" { throw .usage("an animation cannot go to standard output; \(advice)") }
        if path.hasSuffix("/") || isFolder(path) {
            self = .folder
        } else if lowercased.hasSuffix(".gif") {
            self = .gif
        } else if let format = FilmFormat.allCases.first(where: { lowercased.hasSuffix("." + $0.rawValue) }) {
            self = .film(format)
        } else {
            // A folder of such a name is hardly what is meant.
            let foreign = [
                ".png", ".apng", ".jpg", ".jpeg", ".webp", ".avif", ".avi", ".mov", ".mkv", ".m4v", ".mpg", ".mpeg", ".ogv",
                ".tif", ".tiff", ".bmp", ".svg", ".heic", ".pdf",
            ]
            if let ending = foreign.first(where: { lowercased.hasSuffix($0) }) {
                throw .usage("\(path): animations are not written as \(ending); \(advice)")
            }
            self = .folder
        }
    }
}
