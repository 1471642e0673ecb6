import Files
import Images

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
    /// Frames a second that films have.
    public static let possibleRates = 0.002...1000

    /// The file, or the folder of frames.
    public let path: String
    /// Frames a second.
    public let rate: Double
    /// Frames so far.
    public private(set) var count = 0

    private let kind: AnimationKind
    private let comment: String?
    private let keyword: String
    private let sound: FilmSound?
    private var size: (width: Int, height: Int)?
    private var gif: GIFEncoder?
    private var film: FilmEncoder?

    /// - Parameters:
    ///   - path: *.gif, *.mp4 or *.webm in any case; any other name is a folder's.
    ///   - rate: frames a second, in `possibleRates`.
    ///   - comment: metadata; a film and a GIF hold it once, every PNG under the keyword.
    ///   - keyword: of the text in PNG files.
    ///   - sound: goes into a film; GIFs and folders have none.
    public init(
        path: String, rate: Double = defaultRate, comment: String? = nil, keyword: String = "Comment", sound: FilmSound? = nil
    ) throws(FilmError) {
        precondition(Self.possibleRates.contains(rate), "the rate was checked with the command's options")
        kind = try AnimationKind(of: path)
        self.path = path
        self.rate = rate
        self.comment = comment
        self.keyword = keyword
        self.sound = sound
    }

    /// Whether animations of a name can have a sound.
    public static func canSound(_ path: String) -> Bool { if case .film = try? AnimationKind(of: path) { true } else { false } }

    /// Finds out before a long computation whether the animation can be written. The folder of frames is created.
    ///
    /// - Parameter force: whether a folder may have frames already, which then are overwritten one by one.
    /// - Throws: `name`, `noProgram` for a film without ffmpeg, `exists`, or `output` for a place that cannot be written.
    public static func check(_ path: String, force: Bool = false) throws(FilmError) {
        let kind = try AnimationKind(of: path)
        switch kind {
        case .gif:
            try asFilmError { () throws(OutputError) in try OutputFile.check(path, createFolders: true) }
        case .film:
            try checkProgram(for: path)
            try asFilmError { () throws(OutputError) in
                try OutputFile.check(path, createFolders: true)
                _ = try PendingFile(for: path)  // no pipe or device will do
            }
        case .folder:
            let first = framePath(in: path, 1)
            try asFilmError { () throws(OutputError) in try OutputFile.check(first, createFolders: true) }
            if !force && isFile(first) { throw .exists(path: first) }
        }
    }

    /// - Throws: `noProgram` for a film without ffmpeg.
    public static func checkProgram(for path: String) throws(FilmError) {
        if case .film(let format) = try AnimationKind(of: path) { _ = try FilmEncoder.program(for: format) }
    }

    /// Adds a frame. All have the size of the first, and a film its opacity or none.
    ///
    /// - Throws: `output` if it cannot be written, `notWritten` if ffmpeg has failed.
    ///
    /// - Parameter record: a PNG's own instead of the comment.
    public func add(_ picture: Picture, record: String? = nil) throws(FilmError) {
        let size = self.size ?? (picture.width, picture.height)
        precondition((picture.width, picture.height) == size, "all frames of an animation have one size")
        self.size = size
        switch kind {
        case .gif:
            guard max(size.width, size.height) <= GIF.maximumSide else {
                throw .name("\(path): a GIF has at most \(GIF.maximumSide) pixels a side; name a folder of frames instead")
            }
            if gif == nil {
                gif = GIFEncoder(width: size.width, height: size.height, delay: 1 / rate, comment: comment)
            }
            gif?.add(picture)
        case .film(let format):
            if film == nil {
                film = try FilmEncoder(
                    path: path, format: format, width: size.width, height: size.height, hasOpacity: picture.hasAlpha && kind.holdsOpacity, rate: rate,
                    comment: comment, sound: sound)
            }
            try film?.add(picture)
        case .folder:
            try write(frame: picture, (record ?? comment).map { [(keyword: keyword, text: $0)] } ?? [])
        }
        count += 1
    }

    private func write(frame: Picture, _ text: [(keyword: String, text: String)]) throws(FilmError) {
        let bytes: [UInt8]
        do { bytes = try PNG.encode(frame, text: text) } catch { throw .picture(error) }
        try asFilmError { () throws(OutputError) in try OutputFile.write(bytes, to: Self.framePath(in: path, count + 1)) }
    }

    /// Completes the animation. Without any frame nothing is written.
    ///
    /// - Parameter rest: how long a GIF's last frame is seen at least, in seconds.
    /// - Throws: `output` if it cannot be written, `notWritten` if ffmpeg has failed.
    public func finish(rest: Double = 0) throws(FilmError) {
        if let gif {
            self.gif = nil
            let bytes = gif.finish(rest: rest)
            try asFilmError { () throws(OutputError) in try OutputFile.write(bytes, to: path) }
        }
        if let film = film.take() { try film.finish() }
    }

    /// Gives the animation up and leaves no file of it; frames in a folder stay.
    public func cancel() {
        gif = nil
        film = nil
    }

    /// "folder/frame_00001.png", from 1.
    public static func framePath(in folder: String, _ number: Int) -> String {
        let digits = 5
        let text = String(number)
        let name = "frame_" + String(repeating: "0", count: max(0, digits - text.count)) + text + ".png"
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}
