import Images

/// A picture as a page holds it: its file's bytes, or those of a thumbnail.
struct EmbeddedPicture: Sendable {
    /// "image/png" or "image/jpeg"
    let type: String
    /// The contents of a file of that type.
    let bytes: [UInt8]

    /// Bytes of a file that costs less than its thumbnail would.
    private static let smallFile = 24_000
    /// The quality of a thumbnail without an opacity, which is a JPEG.
    private static let quality = 88

    /// A file that is there.
    init(type: String, bytes: [UInt8]) { (self.type, self.bytes) = (type, bytes) }

    /// - Parameters:
    ///   - file: the bytes that the picture was decoded from.
    ///   - side: pixels of the thumbnail's longer side; nil to hold the file as it is.
    init(_ picture: Picture, file: [UInt8], side: Int?) throws(PictureError) {
        let longer = max(picture.width, picture.height)
        guard let side, longer > side || file.count >= Self.smallFile else {
            let format = PictureFormat(signatureOf: file)
            // Browsers show no TIFF.
            (type, bytes) = format == .jpeg ? ("image/jpeg", file) : ("image/png", format == .png ? file : try PNG.encode(picture))
            return
        }
        let scale = min(1, Double(side) / Double(longer))
        func scaled(_ extent: Int) -> Int { max(1, Int((Double(extent) * scale).rounded())) }
        let small = picture.resized(width: scaled(picture.width), height: scaled(picture.height))
        if small.hasAlpha {
            type = "image/png"
            bytes = try PNG.encode(small, compressionLevel: 9)
        } else {
            type = "image/jpeg"
            bytes = try JPEG.encode(small, quality: Self.quality)
        }
    }
}
