import Files
import Images

/// The kinds of film, by the ends of their names, which are also ffmpeg's names for them.
public enum FilmFormat: String, CaseIterable {
    /// The format that every browser plays; H.264 where ffmpeg has it.
    case mp4
    /// A free format; VP9, which keeps an opacity beside the colours.
    case webm

    /// ffmpeg's options beside the format, whose usual encoder it chooses itself.
    fileprivate var options: [String] {
        switch self {
        // Fine detail is what these films are about: hardly any loss that can be seen. The index goes first, for the web.
        case .mp4: ["-crf", "18", "-movflags", "+faststart"]
        case .webm: ["-crf", "24", "-b:v", "0", "-row-mt", "1"]
        }
    }

    /// Copies a sound that the format holds, and encodes any other.
    fileprivate func options(forSound codec: String) -> [String] {
        switch self {
        case .mp4: ["aac", "mp3", "ac3", "eac3", "alac", "opus"].contains(codec) ? ["-c:a", "copy"] : ["-c:a", "aac", "-b:a", "192k"]
        case .webm: ["opus", "vorbis"].contains(codec) ? ["-c:a", "copy"] : ["-c:a", "libopus", "-b:a", "128k"]
        }
    }
}

/// The sound of a film, to go along with frames that have its times.
public struct FilmSound: Equatable, Sendable {
    /// The film that has it.
    public let path: String
    /// ffmpeg's name for how it is encoded.
    public let codec: String
}

/// A film in the making: ffmpeg reads the frames' pixels from a pipe and writes a file that gets its name when it is whole.
/// If the value goes before `finish`, so do the process and the file.
struct FilmEncoder: ~Copyable {
    private let path: String
    private let width: Int
    private let height: Int
    private let hasOpacity: Bool
    private let process: ChildProcess
    private let file: PendingFile

    /// Where ffmpeg lies.
    ///
    /// - Throws: `noProgram`.
    static func program(for format: FilmFormat) throws(FilmError) -> String {
        try FilmError.find("ffmpeg", toMake: ".\(format.rawValue) files are made", remedy: "name a .gif or a folder")
    }

    /// Starts ffmpeg.
    ///
    /// - Parameters:
    ///   - width: of the frames. The film is one pixel wider if it is odd, for its colours have half as many pixels; so with
    ///     the height.
    ///   - hasOpacity: whether frames have one, which the format must hold.
    ///   - rate: frames a second.
    ///   - comment: kept in the file as its metadata "comment".
    init(
        path: String, format: FilmFormat, width: Int, height: Int, hasOpacity: Bool, rate: Double, comment: String?, sound: FilmSound?
    ) throws(FilmError) {
        self.path = path
        self.width = width
        self.height = height
        self.hasOpacity = hasOpacity
        let program = try Self.program(for: format)
        let file = try Self.pendingFile(for: path)
        let input = [
            "-f", "rawvideo", "-pix_fmt", hasOpacity ? "rgba" : "rgb24", "-video_size", "\(Self.even(width))x\(Self.even(height))",
            "-framerate", "\(rate)", "-i", "pipe:0",
        ] + (sound.map { ["-i", "file:" + $0.path, "-map", "0:v:0", "-map", "1:a:0"] } ?? ["-an"])
        // Players take BT.709 for granted more often than BT.601, ffmpeg's first choice; said twice, to the converter and in
        // the file.
        let colors = [
            "-vf", "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709",
            "-pix_fmt", hasOpacity ? "yuva420p" : "yuv420p",
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        ] + (hasOpacity ? ["-auto-alt-ref", "0"] : [])  // libvpx hides no frames beside an opacity
        let metadata = comment.map { ["-metadata", "comment=\($0)"] } ?? []
        // "file:", lest a name with a colon be taken for a protocol.
        let output = metadata + (sound.map { format.options(forSound: $0.codec) } ?? []) + format.options + ["-f", format.rawValue, "file:" + file.temporaryPath]
        let arguments = ["-hide_banner", "-loglevel", "error", "-y"] + input + colors + output
        process = try FilmError.start(program, arguments, .toInput)
        self.file = file
    }

    private static func pendingFile(for path: String) throws(FilmError) -> PendingFile {
        do {
            return try PendingFile(for: path)
        } catch {
            throw .output(error)
        }
    }

    /// Hands a frame to ffmpeg.
    func add(_ picture: Picture) throws(FilmError) {
        guard process.feed(pixels(of: picture)) else { throw failure(process.finish()) }
    }

    /// Waits until ffmpeg has written the rest, and gives the file its name.
    consuming func finish() throws(FilmError) {
        let end = process.finish()
        guard end.isSuccess else { throw failure(end) }
        do {
            try file.commit()
        } catch {
            throw .output(error)
        }
    }

    private func failure(_ end: ChildProcess.End) -> FilmError { .notWritten(path: path, reason: end.lastLine) }

    private static func even(_ length: Int) -> Int { length + length % 2 }

    /// `[even height, even width, 3 or 4]` in 8 bits: before white where there is no opacity, the last column and row repeated where one
    /// is wanting.
    private func pixels(of picture: Picture) -> [UInt8] {
        let channels = hasOpacity ? 4 : 3
        let samples = hasOpacity ? picture.withOpacity.eightBitSamples : picture.composited(over: 1).eightBitSamples
        let rowLength = channels * picture.width
        if picture.width % 2 == 0 && picture.height % 2 == 0 { return samples }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(channels * Self.even(picture.width) * Self.even(picture.height))
        for y in 0..<Self.even(picture.height) {
            let row = samples[min(y, picture.height - 1) * rowLength..<(min(y, picture.height - 1) + 1) * rowLength]
            pixels += row
            if picture.width % 2 == 1 { pixels += row.suffix(channels) }
        }
        return pixels
    }
}
