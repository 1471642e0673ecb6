import Files

/// A file format of pictures: what it is called, how its files are recognized, read and written. Everything that the
/// program knows about a format is said here; a new one is a type of its own and a line in `PictureFormat.all`.
public protocol PictureCodec: Sendable {
    /// Such as "PNG".
    static var name: String { get }
    /// The endings of file names in small letters, the usual one first.
    static var endings: [String] { get }
    /// The bytes that every file begins with.
    static var signature: [UInt8] { get }
    /// Whether a file's first bytes are the format's: those of `signature`, unless there are others.
    static func isSignature(_ bytes: [UInt8]) -> Bool
    /// The media type (RFC 6838), such as "image/png".
    static var mediaType: String { get }
    /// Whether pixels are stored with losses, of 8 bits and without alpha, and a quality says how much is lost.
    static var isLossy: Bool { get }
    /// The advice after an `unencodable` error.
    static var remedy: String { get }

    /// Decodes a file.
    ///
    /// - Parameters:
    ///   - name: how errors call the picture.
    ///   - maximumPixels: more than these are refused when the header is read, before memory is taken for them.
    static func decode(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture

    /// The bytes of a file.
    ///
    /// - Parameters:
    ///   - quality: 1 to 100, where the format is lossy; nil for the usual one.
    ///   - record: a text that goes into the file, and the keyword that it has where the format knows keywords.
    static func encode(
        _ picture: Picture, quality: Int?, record: (keyword: String, text: String)?
    ) throws(PictureError) -> [UInt8]

    /// The text that `encode` has put into a file; nil if there is none. The pixels are not decoded.
    static func record(in bytes: [UInt8], keyword: String, name: String) throws(PictureError) -> String?
}

extension PictureCodec {
    public static func isSignature(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }
}

/// One of the file formats of pictures.
public struct PictureFormat: Sendable, Equatable {
    /// How the format is read and written.
    public let codec: any PictureCodec.Type

    /// Portable Network Graphics: without losses, with alpha, 8 or 16 bits.
    public static let png = PictureFormat(codec: PNG.self)
    /// JPEG: with losses, of 8 bits.
    public static let jpeg = PictureFormat(codec: JPEG.self)

    /// TIFF: without losses, with alpha, 8 or 16 bits.
    public static let tiff = PictureFormat(codec: TIFF.self)

    /// Every format that is read and written.
    public static let all = ([PNG.self, JPEG.self, TIFF.self] as [any PictureCodec.Type]).map { PictureFormat(codec: $0) }

    private init(codec: any PictureCodec.Type) { self.codec = codec }

    /// The format that a file's first bytes announce, whatever its name says; nil if it is none of these.
    public init?(signatureOf bytes: [UInt8]) {
        guard let format = Self.all.first(where: { $0.codec.isSignature(bytes) }) else { return nil }
        self = format
    }

    /// The format of a file name's ending, in any case; nil if it is none of these.
    public init?(fileName: String) {
        let name = FileName.split(fileName).name.lowercased()
        guard let format = Self.all.first(where: { $0.codec.endings.contains { name.hasSuffix($0) } }) else { return nil }
        self = format
    }

    public static func == (left: PictureFormat, right: PictureFormat) -> Bool {
        ObjectIdentifier(left.codec) == ObjectIdentifier(right.codec)
    }

    /// Enough bytes to tell the formats apart, and to name some others.
    static let signatureLength = 12
}
