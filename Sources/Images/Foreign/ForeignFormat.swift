/// A format of still pictures that ffmpeg decodes for this program. Colour profiles and turns are read here, for ffmpeg's versions
/// differ in what they tell of them.
struct ForeignFormat: Sendable {
    let name: String
    /// Endings of file names, in small letters.
    let endings: [String]
    /// ffmpeg's name for how the file is to be opened, so that it never guesses: it would follow playlists to other files.
    let demuxer: String
    /// A remedy where ffmpeg is too old for the format.
    var remedy: String?
    let isSignature: @Sendable (BigEndianReader) -> Bool
    /// The file's words beside its samples, and its extents where they are known.
    let tags: @Sendable (BigEndianReader) -> (tags: PictureTags, size: (width: Int, height: Int)?)

    /// Every such format but TIFF.
    static let all: [ForeignFormat] = [
        ForeignFormat(
            name: "WebP", endings: [".webp"], demuxer: "webp_pipe", isSignature: { $0.name(0) == "RIFF" && $0.name(8) == "WEBP" },
            tags: { (webPTags($0), nil) }),
        ForeignFormat(
            name: "BMP", endings: [".bmp"], demuxer: "bmp_pipe", isSignature: { $0.bytes.starts(with: "BM".utf8) && $0.long(6) == 0 },
            tags: { (bmpTags($0), nil) }),
        ForeignFormat(
            name: "JPEG 2000", endings: [".jp2", ".j2k"], demuxer: "j2k_pipe",
            isSignature: { $0.name(4) == "jP  " || $0.long(0) == 0xFF4F_FF51 }, tags: { (jpeg2000Tags($0), nil) }),
        ForeignFormat(
            name: "GIF", endings: [".gif"], demuxer: "gif", isSignature: { $0.name(0) == "GIF8" }, tags: { _ in (PictureTags(), nil) }),
        ForeignFormat(
            name: "AVIF", endings: [".avif"], demuxer: "mov", isSignature: { isHEIF($0, ["avif", "avis"]) }, tags: { heifTags($0) }),
        ForeignFormat(
            name: "HEIC", endings: [".heic", ".heif"], demuxer: "mov", remedy: "ffmpeg 8 or heif-convert reads it",
            isSignature: { isHEIF($0, ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"]) }, tags: { heifTags($0) }),
    ]

    /// The TIFFs that are not read here.
    static let tiff = ForeignFormat(
        name: "TIFF", endings: TIFF.endings, demuxer: "tiff_pipe", isSignature: { TIFF.isSignature(Array($0.bytes)) },
        tags: { (tiffTags($0), nil) })

    /// The format that a file's first bytes announce.
    init?(signatureOf bytes: [UInt8]) {
        let head = BigEndianReader(bytes)
        guard let format = Self.all.first(where: { $0.isSignature(head) }) else { return nil }
        self = format
    }

    private init(
        name: String, endings: [String], demuxer: String, remedy: String? = nil, isSignature: @escaping @Sendable (BigEndianReader) -> Bool,
        tags: @escaping @Sendable (BigEndianReader) -> (PictureTags, (width: Int, height: Int)?)
    ) {
        (self.name, self.endings, self.demuxer, self.remedy) = (name, endings, demuxer, remedy)
        (self.isSignature, self.tags) = (isSignature, tags)
    }

    private static func isHEIF(_ head: BigEndianReader, _ brands: Set<String>) -> Bool {
        head.name(4) == "ftyp" && head.name(8).map { brands.contains($0) } ?? false
    }

    /// The name of a format that nobody here reads, by a file's first bytes, and a program that converts it.
    static func stranger(of bytes: [UInt8]) -> (name: String, converter: String)? {
        let head = BigEndianReader(bytes)
        if bytes.starts(with: [0xFF, 0x0A]) || head.name(4) == "JXL " { return ("JPEG XL", "djxl") }
        if head.name(0) == "%PDF" { return ("PDF", "pdftoppm -png") }
        if head.name(0) == "8BPS" { return ("Photoshop", "convert") }
        return nil
    }
}
