import CZlib

extension TIFF {
    /// The bytes of a file. The same arguments give the same bytes; all numbers have their least significant byte first.
    public static func encode(
        _ picture: Picture, quality: Int?, record: (keyword: String, text: String)?
    ) throws(PictureError) -> [UInt8] {
        let data: [UInt8]
        switch picture.samples {
        case .eight(let values): data = values
        case .sixteen(let values): data = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        }
        // Header, pixels, directory, and then the values that are too long for it.
        let pixels = try deflated(data)
        let channels = picture.channels, start = 8
        let directory = start + pixels.count + pixels.count % 2
        var entries: [(tag: TIFFDirectory.Tag, type: Int, values: [Int])] = [
            (.width, 4, [picture.width]), (.height, 4, [picture.height]),
            (.bitsPerSample, 3, Array(repeating: picture.bitDepth.rawValue, count: channels)), (.compression, 3, [Self.deflated[0]]),
            (.photometric, 3, [2]), (.stripOffsets, 4, [start]), (.samplesPerPixel, 3, [channels]), (.rowsPerStrip, 4, [picture.height]),
            (.stripByteCounts, 4, [pixels.count]), (.planarConfiguration, 3, [1]),
        ]
        if let record { entries.append((.description, 2, record.text.utf8.map { Int($0) } + [0])) }
        if picture.hasAlpha { entries.append((.extraSamples, 3, [2])) }  // straight
        entries.sort { $0.tag.rawValue < $1.tag.rawValue }

        var table = number(entries.count, 2), rest: [UInt8] = []
        let end = directory + 2 + 12 * entries.count + 4
        for (tag, type, values) in entries {
            let bytes = values.flatMap { number($0, TIFFDirectory.sizes[type]!) }
            table += number(tag.rawValue, 2) + number(type, 2) + number(values.count, 4)
            if bytes.count <= 4 {
                table += bytes + [UInt8](repeating: 0, count: 4 - bytes.count)
            } else {
                table += number(end + rest.count, 4)
                rest += bytes + (bytes.count % 2 == 1 ? [0] : [])
            }
        }
        guard end + rest.count <= UInt32.max else { throw .unencodable(format, reason: "more than 4 GiB") }
        return signature + number(directory, 4) + pixels + (pixels.count % 2 == 1 ? [0] : []) + table + number(0, 4) + rest
    }

    private static var format: PictureFormat { .tiff }

    private static func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    private static func deflated(_ data: [UInt8]) throws(PictureError) -> [UInt8] {
        var status = Z_OK
        let most = Int(compressBound(uLong(data.count)))
        let deflated = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            var length = uLong(most)
            status = data.withUnsafeBufferPointer { compress2(buffer.baseAddress, &length, $0.baseAddress, uLong($0.count), 6) }
            count = status == Z_OK ? Int(length) : 0
        }
        guard status == Z_OK else { throw .unencodable(format, reason: "out of memory") }
        return deflated
    }
}
