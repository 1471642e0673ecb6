import CPNG

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PNG {
    /// The bytes of a PNG file: RGB or RGBA of 8 or 16 bits, marked as sRGB. The same arguments give the same bytes.
    ///
    /// - Parameters:
    ///   - text: kept in the file ahead of the pixels, in this order. A keyword has 1 to 79 characters of Latin-1 without
    ///     spaces at its ends or two in a row; a text holds no NUL.
    ///   - compressionLevel: zlib's, from 0 (none, fast) to 9 (smallest, slow).
    /// - Throws: `PictureError.unencodable` for a keyword or text that PNG cannot hold.
    public static func encode(
        _ picture: Picture, text: [Text] = [], compressionLevel: Int = 6
    ) throws(PictureError) -> [UInt8] {
        precondition((0...9).contains(compressionLevel), "zlib has levels 0 to 9")
        return switch picture.samples {
        case .eight(let samples): try encode(samples, picture, text, compressionLevel)
        case .sixteen(let samples): try encode(samples, picture, text, compressionLevel)
        }
    }

    private static func encode<S: Sample>(
        _ samples: [S], _ picture: Picture, _ texts: [Text], _ level: Int
    ) throws(PictureError) -> [UInt8] {
        guard let width = UInt32(exactly: picture.width), let height = UInt32(exactly: picture.height) else {
            throw .unencodable(.png, reason: "a side of more than 2147483647 pixels")
        }
        var output = lucid_png_output()
        defer { free(output.bytes) }
        let done = try withTexts(texts) { texts, count in
            lucid_png_write(
                &output, samples, width, height, Int32(S.bitWidth), Int32(picture.channels), Int32(level), texts, count)
        }
        guard done == 1 else {
            throw .unencodable(.png, reason: String(cString: lucid_png_output_message(&output)))
        }
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
