import CJPEG

extension JPEG {
    /// The longest side that libjpeg takes.
    static let maximumSide = 65500

    /// From this quality on, colour keeps its full resolution. Below, it is stored at half resolution, which suits photographs
    /// but blurs the saturated edges of a feature visualization.
    static let fullChromaQuality = 90

    /// The bytes of a baseline JPEG file. The same arguments give the same bytes.
    ///
    /// JPEG has neither alpha nor 16 bits: the picture is blended with the background and rounded to 8 bits first.
    ///
    /// - Parameters:
    ///   - quality: from 1 to 100, libjpeg's scale. From 90 on, colour is kept at full resolution.
    ///   - comment: kept in the file, in as many comment markers as it takes.
    ///   - background: a grey in 0…1 for what is transparent.
    /// - Throws: `PictureError.unencodable` for a side of more than 65500 pixels.
    public static func encode(
        _ picture: Picture, quality: Int = usualQuality, comment: String? = nil, background: Float = 1
    ) throws(PictureError) -> [UInt8] {
        precondition((1...100).contains(quality), "JPEG has qualities 1 to 100")
        guard max(picture.width, picture.height) <= maximumSide else {
            let size = "\(picture.width)x\(picture.height)"
            throw .unencodable(.jpeg, reason: "\(size) pixels, but a JPEG has at most \(maximumSide) a side")
        }
        let samples = picture.composited(over: background).eightBitSamples
        guard let writer = lucid_jpeg_create_writer() else { throw .unencodable(.jpeg, reason: "out of memory") }
        defer { lucid_jpeg_destroy_writer(writer) }
        let comment = Array((comment ?? "").utf8)
        let done = lucid_jpeg_write(
            writer, samples, UInt32(picture.width), UInt32(picture.height), Int32(quality),
            quality >= fullChromaQuality ? 1 : 0, comment, comment.count)
        guard done == 1 else {
            throw .unencodable(.jpeg, reason: String(cString: lucid_jpeg_writer_message(writer)))
        }
        return Array(UnsafeBufferPointer(start: writer.pointee.bytes, count: Int(writer.pointee.count)))
    }
}
