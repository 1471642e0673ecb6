import CZlib

/// TIFF files (TIFF 6.0, 1992): RGB and RGBA of 8 or 16 bits, deflated. Such are read here too, with or without compression; any
/// other TIFF is read by ffmpeg.
public enum TIFF: PictureCodec {
    public static let name = "TIFF"
    public static let endings = [".tif", ".tiff"]
    public static let signature = Array("II*\0".utf8)
    public static let mediaType = "image/tiff"
    public static let isLossy = false
    public static let remedy = "write a PNG instead"

    /// The numbers of zlib's compression: Adobe's, and the one that was used before it.
    static let deflated = [8, 32946]

    public static func isSignature(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) || bytes.starts(with: "MM\0*".utf8) }

    public static func record(in bytes: [UInt8], keyword: String, name: String) throws(PictureError) -> String? {
        guard let directory = TIFFDirectory(bytes[...]) else { throw .damaged(file: name, reason: "its directory is missing") }
        return directory.data(.description).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    public static func decode(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture {
        guard let directory = TIFFDirectory(bytes[...]) else { throw .damaged(file: name, reason: "its directory is missing") }
        guard let layout = Layout(directory) else {
            return try ForeignFormat.tiff.decode(bytes, name: name, maximumPixels: maximumPixels)
        }
        try checkSize(width: layout.width, height: layout.height, limit: maximumPixels, name: name)
        guard let data = samples(directory, layout) else { throw .damaged(file: name, reason: "its pixels are cut off or garbled") }
        let samples: Picture.Samples
        if layout.bits == 8 {
            samples = .eight(data)
        } else {
            let (low, high) = directory.isLittleEndian ? (0, 1) : (1, 0)
            samples = .sixteen((0..<data.count / 2).map { UInt16(data[2 * $0 + low]) | UInt16(data[2 * $0 + high]) << 8 })
        }
        let picture = Picture(width: layout.width, height: layout.height, hasAlpha: layout.channels == 4, samples: samples)
        return ForeignFormat.tiffTags(BigEndianReader(bytes)).applied(to: picture, name: name)
    }

    /// How the samples lie in the file, where that is one of the ways that are read here.
    private struct Layout {
        let width, height, bits, channels: Int
        let isDeflated: Bool

        init?(_ directory: TIFFDirectory) {
            guard let width = directory.number(.width), let height = directory.number(.height), width > 0, height > 0,
                let bits = directory.numbers(.bitsPerSample), let first = bits.first, [8, 16].contains(first),
                bits.allSatisfy({ $0 == first }), directory.number(.photometric) == 2, directory.number(.samplesPerPixel) == bits.count,
                directory.number(.planarConfiguration) ?? 1 == 1, directory.number(.predictor) ?? 1 == 1,
                (directory.numbers(.sampleFormat) ?? [1]).allSatisfy({ $0 == 1 }),
                bits.count == 3 || bits.count == 4 && directory.number(.extraSamples) == 2
            else { return nil }
            let compression = directory.number(.compression) ?? 1
            guard compression == 1 || TIFF.deflated.contains(compression), directory.numbers(.stripOffsets) != nil else { return nil }
            (self.width, self.height, self.bits, channels, isDeflated) = (width, height, first, bits.count, compression != 1)
        }

        var bytesPerRow: Int { width * channels * bits / 8 }
    }

    /// The bytes of all strips; nil where any is missing.
    private static func samples(_ directory: TIFFDirectory, _ layout: Layout) -> [UInt8]? {
        guard let places = directory.numbers(.stripOffsets), let lengths = directory.numbers(.stripByteCounts),
            places.count == lengths.count
        else { return nil }
        let rows = min(directory.number(.rowsPerStrip) ?? layout.height, layout.height)
        guard rows > 0, (layout.height + rows - 1) / rows == places.count else { return nil }
        var isWhole = true
        let total = layout.height * layout.bytesPerRow
        let samples = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
            for (strip, (place, length)) in zip(places, lengths).enumerated() where isWhole {
                let start = strip * rows * layout.bytesPerRow, wanted = min(rows * layout.bytesPerRow, total - start)
                guard let bytes = directory.slice(place, length) else { isWhole = false; break }
                isWhole = bytes.withUnsafeBufferPointer { bytes in
                    if layout.isDeflated {
                        var filled = uLong(wanted)
                        return uncompress(buffer.baseAddress! + start, &filled, bytes.baseAddress, uLong(bytes.count)) == Z_OK
                            && filled == uLong(wanted)
                    }
                    guard bytes.count >= wanted else { return false }
                    (buffer.baseAddress! + start).initialize(from: bytes.baseAddress!, count: wanted)
                    return true
                }
            }
            count = isWhole ? total : 0
        }
        return isWhole ? samples : nil
    }
}
