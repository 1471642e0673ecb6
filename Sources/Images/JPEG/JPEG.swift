import CJPEG

/// JPEG files.
public enum JPEG: PictureCodec {
    public static let name = "JPEG"
    public static let endings = [".jpg", ".jpeg"]
    public static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]  // the start of the image, and the next marker's first byte
    public static let mediaType = "image/jpeg"
    public static let isLossy = true
    public static let remedy = "write a PNG instead"

    /// The quality where none is asked for.
    public static let usualQuality = 95

    public static func encode(
        _ picture: Picture, quality: Int?, record: (keyword: String, text: String)?
    ) throws(PictureError) -> [UInt8] {
        try encode(picture, quality: quality ?? usualQuality, comment: record?.text)
    }

    public static func record(in bytes: [UInt8], keyword: String, name: String) throws(PictureError) -> String? {
        try comment(in: bytes, name: name)
    }

    /// Decodes what libjpeg can: baseline, progressive and arithmetic-coded files of 8 bits, grey, YCbCr, RGB, CMYK and
    /// YCCK, turns their colours into sRGB and the picture upright as its EXIF data asks. Unlike libjpeg on its own it does not make up the pixels
    /// that a damaged file lacks, and it stops at 100 scans.
    public static func decode(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture {
        try decode(bytes, name: name, maximumPixels: maximumPixels, shorterSide: nil)
    }

    /// As `decode`, but at a half, a quarter or an eighth of the size where the shorter side has so many pixels even then: fewer
    /// coefficients are transformed (libjpeg's scaling), which takes a part of the time.
    ///
    /// - Parameter shorterSide: nil for the whole size.
    static func decode(_ bytes: [UInt8], name: String, maximumPixels: Int, shorterSide: Int?) throws(PictureError) -> Picture {
        try withReader(bytes, name: name, maximumPixels: maximumPixels) { reader, failure throws(PictureError) in
            try checkSize(width: Int(reader.pointee.width), height: Int(reader.pointee.height), limit: maximumPixels, name: name)
            let side = Int(min(reader.pointee.width, reader.pointee.height))
            if let shorterSide, let eighths = [1, 2, 4].first(where: { side * $0 / 8 >= shorterSide }) {
                guard lucid_jpeg_reduce(reader, UInt32(eighths)) == 1 else { throw failure() }
            }
            let width = Int(reader.pointee.width), height = Int(reader.pointee.height)
            let count = width * height * Int(reader.pointee.channels)
            var tags = tags(in: reader)

            var done = false
            let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                done = lucid_jpeg_read_pixels(reader, buffer.baseAddress) == 1
                initialized = done ? count : 0
            }
            guard done else { throw failure() }
            var rgb = pixels
            if reader.pointee.channels == 4 {
                rgb = self.rgb(fromCMYK: pixels, inverted: reader.pointee.inverted != 0, tags.colors, name)
                tags.colors = nil
            }
            return tags.applied(to: Picture(width: width, height: height, samples: .eight(rgb)), name: name)
        }
    }

    /// Opens a file for libjpeg and reads it up to the first scan.
    ///
    /// - Parameter body: is given the reader, and libjpeg's reason for a failure.
    static func withReader<Result>(
        _ bytes: [UInt8], name: String, maximumPixels: Int,
        _ body: (UnsafeMutablePointer<lucid_jpeg_reader>, () -> PictureError) throws(PictureError) -> Result
    ) throws(PictureError) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(PictureError) in
            guard let reader = lucid_jpeg_open() else { throw .input(.unreadable(file: name, reason: "out of memory")) }
            defer { lucid_jpeg_close(reader) }
            func failure() -> PictureError {
                let reason = String(cString: lucid_jpeg_message(reader))
                switch Int(reader.pointee.errors.failure) {
                case LUCID_JPEG_UNSUPPORTED:
                    return .unsupported(file: name, reason: reason)
                case LUCID_JPEG_TOO_LARGE:
                    let width = Int(reader.pointee.width), height = Int(reader.pointee.height)
                    return .tooLarge(file: name, width: width, height: height, limit: maximumPixels)
                default:
                    return .damaged(file: name, reason: reason)
                }
            }
            guard lucid_jpeg_read_header(reader, bytes.baseAddress, bytes.count) == 1 else { throw failure() }
            return try body(reader, failure)
        }
    }

    /// Ink to light by the file's profile; without one as Pillow and browsers do it: the light that an ink lets through times
    /// that of the black. Adobe's programs, and so nearly all CMYK files, store that light and not the ink.
    private static func rgb(fromCMYK pixels: [UInt8], inverted: Bool, _ tag: ColorTag?, _ name: String) -> [UInt8] {
        if let transform = tag?.transform(name: name) {
            if transform.channels == 4 { return transform.rgb(of: pixels, stride: 4, isInverted: inverted) }
            ColorTag.ignore("its colour profile cannot be used (it is for no inks)", name: name)
        }
        let count = pixels.count / 4 * 3
        return [UInt8](unsafeUninitializedCapacity: count) { rgb, initialized in
            let flip: UInt8 = inverted ? 0 : 255
            for pixel in 0..<pixels.count / 4 {
                let black = Int(pixels[4 * pixel + 3] ^ flip)
                for channel in 0..<3 {
                    let light = Int(pixels[4 * pixel + channel] ^ flip)
                    rgb[3 * pixel + channel] = UInt8((light * black + 127) / 255)
                }
            }
            initialized = count
        }
    }
}
