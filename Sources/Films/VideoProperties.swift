/// A film's frame rate and length, as ffprobe prints them.
public struct VideoProperties: Equatable, Sendable {
    /// Frames a second, as a ratio.
    public struct Rate: Equatable, Sendable {
        /// At least 1.
        public let numerator: Int
        /// At least 1.
        public let denominator: Int

        /// Frames a second.
        public var perSecond: Double { Double(numerator) / Double(denominator) }

        /// "30000/1001" or "25"; nil for "0/0", by which ffprobe means that it does not know, and for anything else.
        public init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { Int($0) }
            guard let numerator = parts[0], numerator > 0 else { return nil }
            guard let denominator = parts.count > 1 ? parts[1] : 1, denominator > 0 else { return nil }
            (self.numerator, self.denominator) = (numerator, denominator)
        }
    }

    /// The mean rate at which the frames are to be shown.
    public let rate: Rate
    /// Nil where frames do not follow each other evenly, or ffprobe did not count them.
    public let frames: Int?

    /// The arguments with which ffprobe describes the first moving picture in a file (a cover's picture is none). It reads all of
    /// the file's packets for their number, but decodes nothing.
    public static func ffprobeArguments(path: String) -> [String] {
        [
            "-v", "error", "-select_streams", "V:0", "-count_packets",
            "-show_entries", "stream=avg_frame_rate,r_frame_rate,nb_read_packets", "-of", "default=noprint_wrappers=1",
            "file:" + path,
        ]
    }

    /// The arguments with which ffprobe describes the film's first sound.
    static func soundArguments(path: String) -> [String] {
        [
            "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=codec_name", "-of", "default=noprint_wrappers=1",
            "file:" + path,
        ]
    }

    /// How the sound is encoded that ffprobe describes; nil for none.
    static func soundCodec(ffprobeOutput text: String) -> String? {
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("codec_name=") }
        return line.flatMap { $0.split(separator: "=").last.map(String.init) }
    }

    /// The arguments by which ffmpeg writes the frames of that picture to standard output for `PPMStream`: at an even rate,
    /// upright, with square pixels.
    ///
    /// - Parameter hasSound: the film's time begins with the sound, and the first frame is repeated until its own comes.
    public func ffmpegArguments(path: String, hasSound: Bool = false) -> [String] {
        let filters = [
            // Frames that come unevenly (a telephone's, a screen's) are repeated or left out; of others each comes once.
            "fps=\(rate.numerator)/\(rate.denominator)" + (hasSound ? ":start_time=0" : ""),
            "scale=max(1\\,round(iw*sar)):ih:flags=bicubic+accurate_rnd+full_chroma_int", "setsar=1",
        ]
        return [
            "-v", "error", "-nostdin", "-i", "file:" + path, "-map", "0:V:0", "-vf", filters.joined(separator: ","),
            "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1",
        ]
    }

    /// - Parameter text: what ffprobe wrote: lines of KEY=VALUE.
    ///
    /// Nil if there is no moving picture.
    public init?(ffprobeOutput text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = line[line.index(after: equals)...]
        }
        guard !values.isEmpty else { return nil }
        // The mean, and the least common one: that at which every frame has a place.
        let (mean, common) = (values["avg_frame_rate"].flatMap { Rate($0) }, values["r_frame_rate"].flatMap { Rate($0) })
        guard let mean = mean ?? common else {
            // A stream without times, as of raw frames: what ffmpeg takes then.
            rate = Rate("25")!
            frames = nil
            return
        }
        let isEven = common.map { abs($0.perSecond / mean.perSecond - 1) < 0.01 } ?? true
        // An even film's mean is off by its rounded times; the other is the exact one.
        rate = isEven ? common ?? mean : mean
        frames = isEven ? values["nb_read_packets"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } : nil
    }
}
