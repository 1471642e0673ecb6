import Files
import Images

/// A film that ffmpeg decodes into a pipe, from its first frame to its last.
final class FilmDecoder {
    let properties: VideoProperties
    let sound: FilmSound?
    private let path: String
    private let process: ChildProcess
    private let stream: PPMStream
    private let isCancelled: @Sendable () -> Bool
    private var isAtEnd = false

    /// Asks ffprobe what the film is, and starts ffmpeg, which then waits until its frames are read.
    init(path: String, maximumPixels: Int, isCancelled: @escaping @Sendable () -> Bool) throws(FilmError) {
        let (ffmpeg, ffprobe) = (try Self.program("ffmpeg"), try Self.program("ffprobe"))
        do { try InputFile.checkReadable(path) } catch { throw .input(error) }
        let properties = try Self.properties(of: path, ffprobe, isCancelled)
        let words = try Self.said(VideoProperties.soundArguments(path: path), of: path, ffprobe, isCancelled)
        let codec = VideoProperties.soundCodec(ffprobeOutput: words)
        let process = try FilmError.start(ffmpeg, properties.ffmpegArguments(path: path, hasSound: codec != nil), .fromOutput)
        sound = codec.map { FilmSound(path: path, codec: $0) }
        self.path = path
        self.isCancelled = isCancelled
        self.properties = properties
        self.process = process
        stream = PPMStream(name: path, maximumPixels: maximumPixels) { process.read(into: $0, isCancelled: isCancelled) }
    }

    func next() throws(FilmError) -> Picture? {
        try step { () throws(PictureError) in try stream.next() }
    }

    /// - Returns: false at the end.
    func skip() throws(FilmError) -> Bool {
        try step { () throws(PictureError) in try stream.skip() ? true : nil } ?? false
    }

    /// Reads from the stream; nil at its end, which is a good one only if ffmpeg says so.
    private func step<Result>(_ body: () throws(PictureError) -> Result?) throws(FilmError) -> Result? {
        if isAtEnd { return nil }
        let result: Result?
        do {
            result = try body()
        } catch {
            // A frame that is cut is what a failing ffmpeg leaves, and its own words say why. One that is too large is not.
            if case .damaged = error { try finish() }
            isAtEnd = true
            process.cancel()
            throw .picture(error)
        }
        if result == nil { try finish() }
        return result
    }

    private func finish() throws(FilmError) {
        isAtEnd = true
        if isCancelled() {
            process.cancel()
            throw .interrupted
        }
        let end = process.finish()
        if !end.isSuccess { throw Self.failure(path, end) }
    }

    private static func program(_ name: String) throws(FilmError) -> String {
        try FilmError.find(name, toMake: "films are read", remedy: "name a folder of the film's frames (.png, .jpg)")
    }

    private static func properties(of path: String, _ ffprobe: String, _ isCancelled: @escaping @Sendable () -> Bool) throws(FilmError) -> VideoProperties {
        let text = try said(VideoProperties.ffprobeArguments(path: path), of: path, ffprobe, isCancelled)
        guard let properties = VideoProperties(ffprobeOutput: text) else {
            throw .damaged(file: path, reason: "there is no moving picture in it; name a film, or a folder of frames")
        }
        return properties
    }

    /// The words of ffprobe.
    private static func said(
        _ arguments: [String], of path: String, _ ffprobe: String, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(FilmError) -> String {
        let process = try FilmError.start(ffprobe, arguments, .fromOutput)
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
            throw .interrupted
        }
        let end = process.finish()
        guard end.isSuccess else { throw failure(path, end) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func failure(_ path: String, _ end: ChildProcess.End) -> FilmError {
        // It often begins with the file's name.
        let line = end.lastLine
        let own = "file:\(path): "
        let words = line.hasPrefix(own) ? String(line.dropFirst(own.count)) : line
        return .damaged(file: path, reason: "ffmpeg cannot read it (\(words)); fetch or convert it anew, or name a folder of its frames")
    }
}
