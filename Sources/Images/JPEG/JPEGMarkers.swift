import CJPEG

// The texts and the EXIF data of a JPEG, which precede its first scan.
extension JPEG {
    /// The comment of a JPEG, whose markers are joined; nil if there is none. The pixels are not decoded.
    ///
    /// - Parameter name: how errors call the picture.
    /// - Throws: `PictureError.notAPicture`, or `.damaged` for a file that ends before its pixels begin.
    public static func comment(in bytes: [UInt8], name: String = "JPEG") throws(PictureError) -> String? {
        guard bytes.starts(with: signature) else { throw .notAPicture(file: name) }
        return try withReader(bytes, name: name, maximumPixels: .max) { reader, _ in
            let comments = markers(LUCID_JPEG_COMMENT, in: reader)
            return comments.isEmpty ? nil : String(decoding: comments.joined(), as: UTF8.self)
        }
    }

    /// EXIF's orientation of the picture, 1 (upright) to 8; 1 as well where there is none or it makes no sense.
    static func orientation(in reader: UnsafeMutablePointer<lucid_jpeg_reader>) -> Int {
        markers(LUCID_JPEG_EXIF, in: reader).lazy.compactMap(orientation(inEXIF:)).first ?? 1
    }

    /// The contents of all markers of a kind.
    private static func markers(_ kind: Int, in reader: UnsafeMutablePointer<lucid_jpeg_reader>) -> [[UInt8]] {
        var contents: [[UInt8]] = []
        var next = reader.pointee.decoder.marker_list
        while let marker = next {
            if Int(marker.pointee.marker) == kind {
                contents.append(Array(UnsafeBufferPointer(start: marker.pointee.data, count: Int(marker.pointee.data_length))))
            }
            next = marker.pointee.next
        }
        return contents
    }

    /// The orientation in EXIF data: a TIFF header and a directory of 12-byte entries.
    private static func orientation(inEXIF segment: [UInt8]) -> Int? {
        let prefix = Array("Exif\0\0".utf8), orientationTag = 0x0112, shortType = 3
        guard segment.starts(with: prefix) else { return nil }
        let tiff = Array(segment.dropFirst(prefix.count))
        let isLittleEndian = tiff.starts(with: "II".utf8)
        guard isLittleEndian || tiff.starts(with: "MM".utf8) else { return nil }
        func number(at start: Int, bytes count: Int) -> Int? {
            guard start >= 0, start <= tiff.count - count else { return nil }
            let digits = tiff[start..<start + count]
            return isLittleEndian ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
            let entries = number(at: directory, bytes: 2)
        else { return nil }
        for index in 0..<entries {
            let entry = directory + 2 + 12 * index
            guard let tag = number(at: entry, bytes: 2) else { return nil }
            guard tag == orientationTag else { continue }
            guard number(at: entry + 2, bytes: 2) == shortType, let value = number(at: entry + 8, bytes: 2) else { return nil }
            return (1...8).contains(value) ? value : nil
        }
        return nil
    }
}
