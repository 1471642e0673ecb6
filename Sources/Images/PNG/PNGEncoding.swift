import CPNG

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PNG {
    /// The bytes of a PNG file: RGB, or grey where every pixel is, with alpha or without, of 8 or 16 bits, marked as sRGB. The same
    /// arguments give the same bytes.
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
        let grey = greySamples(samples, channels: picture.channels)
        let channels = grey == nil ? picture.channels : picture.channels - 2
        var output = lucid_png_output()
        defer { free(output.bytes) }
        let done = try withTexts(texts) { texts, count in
            lucid_png_write(
                &output, grey ?? samples, width, height, Int32(S.bitWidth), Int32(channels), Int32(level), texts, count)
        }
        guard done == 1 else {
            throw .unencodable(.png, reason: String(cString: lucid_png_output_message(&output)))
        }
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }

    /// One sample of each pixel, and its alpha; nil where a pixel has a colour.
    private static func greySamples<S: Sample>(_ samples: [S], channels: Int) -> [S]? {
        samples.withUnsafeBufferPointer { samples in
            let pixels = stride(from: 0, to: samples.count, by: channels)
            guard pixels.allSatisfy({ samples[$0] == samples[$0 + 1] && samples[$0] == samples[$0 + 2] }) else { return nil }
            return pixels.flatMap { channels == 4 ? [samples[$0], samples[$0 + 3]] : [samples[$0]] }
        }
    }
}
