import CPNG

/// PNG files.
public enum PNG: PictureCodec {
    public static let name = "PNG"
    public static let endings = [".png"]
    public static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    public static let mediaType = "image/png"
    public static let isLossy = false
    public static let remedy = "change it or leave it out"

    public static func encode(_ picture: Picture, quality: Int?, record: Text?) throws(PictureError) -> [UInt8] {
        try encode(picture, text: record.map { [$0] } ?? [])
    }

    public static func record(in bytes: [UInt8], keyword: String, name: String) throws(PictureError) -> String? {
        try text(in: bytes, name: name)[keyword]
    }

    /// Decodes any PNG: grey, palette and colour of 1 to 16 bits, interlaced or not. tRNS becomes alpha, 16 bits stay 16,
    /// fewer than 8 are spread over 0…255. Colours become sRGB, and the picture stands upright, as the file's chunks ask.
    public static func decode(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture {
        let picture = try samples(of: bytes, name: name, maximumPixels: maximumPixels)
        return tags(in: bytes).applied(to: picture, name: name)
    }

    /// The samples as they are stored.
    package static func samples(of bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture {
        try withReader(bytes, name: name) { reader throws(PictureError) in
            guard lucid_png_read_header(reader) == 1 else { throw damaged(reader, name) }
            let width = Int(reader.pointee.width), height = Int(reader.pointee.height)
            let channels = Int(reader.pointee.channels)
            try checkSize(width: width, height: height, limit: maximumPixels, name: name)

            func pixels<S: Sample>() throws(PictureError) -> [S] {
                var done = false
                let samples = [S](unsafeUninitializedCapacity: width * height * channels) { buffer, count in
                    done = lucid_png_read_pixels(reader, buffer.baseAddress) == 1
                    count = done ? width * height * channels : 0
                }
                guard done else { throw damaged(reader, name) }
                return samples
            }
            let samples: Picture.Samples = reader.pointee.bit_depth == 16 ? .sixteen(try pixels()) : .eight(try pixels())
            return Picture(width: width, height: height, hasAlpha: channels == 4, samples: samples)
        }
    }

    /// The rows of an encoded picture as zlib has packed them: what is in its IDAT chunks.
    static func compressedRows(in file: [UInt8]) -> [UInt8] {
        var (rows, place) = ([UInt8](), signature.count)
        while place + 8 <= file.count {
            let count = file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            if file[place + 4..<place + 8].elementsEqual("IDAT".utf8) { rows += file[place + 8..<place + 8 + count] }
            place += 12 + count
        }
        return rows
    }

    /// Opens a file for libpng.
    static func withReader<Result>(
        _ bytes: [UInt8], name: String, _ body: (UnsafeMutablePointer<lucid_png_reader>) throws(PictureError) -> Result
    ) throws(PictureError) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(PictureError) in
            guard let reader = lucid_png_open(bytes.baseAddress, bytes.count) else {
                throw .input(.unreadable(file: name, reason: "out of memory"))
            }
            defer { lucid_png_close(reader) }
            return try body(reader)
        }
    }

    /// libpng's reason for its failure.
    static func damaged(_ reader: UnsafeMutablePointer<lucid_png_reader>, _ name: String) -> PictureError {
        .damaged(file: name, reason: String(cString: lucid_png_message(reader)))
    }
}
