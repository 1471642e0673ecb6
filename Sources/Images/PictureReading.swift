extension Picture {
    /// 128 megapixels: more than any photograph, and half a gigabyte of 8-bit samples at most.
    public static let defaultMaximumPixels = 128 << 20

    /// Reads a PNG or JPEG file, which is which being told by its first bytes, never by its name.
    ///
    /// All colours are taken as sRGB. In particular a PNG's gAMA, cHRM and iCCP chunks and a JPEG's colour profile change
    /// nothing: the networks were trained on samples as stored, which is also what Pillow hands out. A JPEG's EXIF
    /// orientation is applied.
    ///
    /// - Parameters:
    ///   - path: the file; "-" is standard input.
    ///   - maximumPixels: more than these are refused when the header is read, before memory is taken for them.
    public static func read(
        from path: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(PictureError) -> Picture {
        let bytes = try InputFile.read(path, headLength: PictureFormat.signatureLength) { head throws(PictureError) in
            _ = try format(of: head, name: path)
        }
        return try decode(bytes, name: path, maximumPixels: maximumPixels)
    }

    /// Decodes the bytes of a PNG or JPEG file, as `read(from:)` does.
    ///
    /// - Parameter name: what errors call the picture.
    public static func decode(
        _ bytes: [UInt8], name: String, maximumPixels: Int = defaultMaximumPixels
    ) throws(PictureError) -> Picture {
        switch try format(of: bytes, name: name) {
        case .png: try PNG.decode(bytes, name: name, maximumPixels: maximumPixels)
        case .jpeg: try JPEG.decode(bytes, name: name, maximumPixels: maximumPixels)
        }
    }

    private static func format(of bytes: [UInt8], name: String) throws(PictureError) -> PictureFormat {
        if bytes.isEmpty { throw .damaged(file: name, reason: "it is empty") }
        if let format = PictureFormat(signatureOf: bytes) { return format }
        if let foreign = foreignFormat(of: bytes) { throw .unsupported(file: name, reason: "it is a \(foreign) file") }
        throw .notAPicture(file: name)
    }
}

/// Refuses a header that announces too many pixels.
func checkSize(width: Int, height: Int, limit: Int, name: String) throws(PictureError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    if overflow || pixels > limit { throw .tooLarge(file: name, width: width, height: height, limit: limit) }
}
