import CPNG

extension PNG {
    /// Decodes any PNG: grey, palette and colour of 1 to 16 bits, interlaced or not. tRNS becomes alpha, 16 bits stay 16,
    /// fewer than 8 are spread over 0…255. gAMA and colour profiles are passed over; see `Picture.read(from:)`.
    static func decode(_ bytes: [UInt8], name: String, maximumPixels: Int) throws(PictureError) -> Picture {
        try bytes.withUnsafeBufferPointer { bytes throws(PictureError) in
            guard let reader = lucid_png_open(bytes.baseAddress, bytes.count) else {
                throw .input(.unreadable(file: name, reason: "out of memory"))
            }
            defer { lucid_png_close(reader) }
            func damaged() -> PictureError { .damaged(file: name, reason: String(cString: lucid_png_message(reader))) }

            guard lucid_png_read_header(reader) == 1 else { throw damaged() }
            let width = Int(reader.pointee.width), height = Int(reader.pointee.height)
            let channels = Int(reader.pointee.channels)
            try checkSize(width: width, height: height, limit: maximumPixels, name: name)

            func pixels<S: Sample>() throws(PictureError) -> [S] {
                var done = false
                let samples = [S](unsafeUninitializedCapacity: width * height * channels) { buffer, count in
                    done = lucid_png_read_pixels(reader, buffer.baseAddress) == 1
                    count = done ? width * height * channels : 0
                }
                guard done else { throw damaged() }
                return samples
            }
            let samples: Picture.Samples = reader.pointee.bit_depth == 16 ? .sixteen(try pixels()) : .eight(try pixels())
            return Picture(width: width, height: height, hasAlpha: channels == 4, samples: samples)
        }
    }
}
