import Files

/// The two file formats of pictures.
public enum PictureFormat: Sendable, CaseIterable {
    case png
    case jpeg

    /// The format that a file's first bytes announce, whatever its name says; nil if it is neither.
    public init?(signatureOf bytes: [UInt8]) {
        if bytes.starts(with: PNG.signature) {
            self = .png
        } else if bytes.starts(with: JPEG.signature) {
            self = .jpeg
        } else {
            return nil
        }
    }

    /// The format to write under a name: its extension is png, jpg or jpeg in any case; nil for any other.
    public init?(fileName: String) {
        let name = FileName.split(fileName).name.lowercased()
        if name.hasSuffix(".png") {
            self = .png
        } else if name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") {
            self = .jpeg
        } else {
            return nil
        }
    }

    /// Enough bytes to tell the formats apart, and to name some others.
    static let signatureLength = 12
}

/// The name of a well-known format that this program does not read, for a better message than "not a picture".
func foreignFormat(of bytes: [UInt8]) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }
    if has("GIF8") { return "GIF" }
    if has("RIFF") && has("WEBP", at: 8) { return "WebP" }
    if has("II*\0") || has("MM\0*") { return "TIFF" }
    if has("BM") && bytes.count > 9 && bytes[6...9].allSatisfy({ $0 == 0 }) { return "BMP" }
    if has("ftyp", at: 4) && (has("heic", at: 8) || has("mif1", at: 8)) { return "HEIC" }
    if has("ftypavif", at: 4) { return "AVIF" }
    if has("%PDF") { return "PDF" }
    return nil
}
