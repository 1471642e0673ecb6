// What a JPEG says beside its pixels: a walk over the markers that precede the first scan.

extension JPEG {
    /// The comment of a JPEG, whose markers are joined; nil if there is none. The pixels are not decoded.
    ///
    /// - Parameter name: what errors call the picture.
    /// - Throws: `PictureError.notAPicture`, or `.damaged` for a file that ends before its pixels begin.
    public static func comment(in bytes: [UInt8], name: String = "JPEG") throws(PictureError) -> String? {
        guard bytes.starts(with: signature) else { throw .notAPicture(file: name) }
        let (segments, isComplete) = segments(of: bytes)
        guard isComplete else { throw .damaged(file: name, reason: "the file ends too early") }
        let comments = segments.filter { $0.marker == Marker.comment }
        return comments.isEmpty ? nil : String(decoding: comments.flatMap { bytes[$0.contents] }, as: UTF8.self)
    }

    /// EXIF's orientation of the picture, 1 (upright) to 8; 1 as well where there is none or it makes no sense.
    static func orientation(in bytes: [UInt8]) -> Int {
        for segment in segments(of: bytes).segments where segment.marker == Marker.application1 {
            if let orientation = orientation(inEXIF: bytes[segment.contents]) { return orientation }
        }
        return 1
    }

    // MARK: - Markers

    private enum Marker {
        static let temporary: UInt8 = 0x01
        static let restarts: ClosedRange<UInt8> = 0xD0...0xD7
        static let startOfImage: UInt8 = 0xD8
        static let endOfImage: UInt8 = 0xD9
        static let startOfScan: UInt8 = 0xDA
        static let application1: UInt8 = 0xE1
        static let comment: UInt8 = 0xFE
    }

    private struct Segment {
        let marker: UInt8
        let contents: Range<Int>  // in the file, without marker and length
    }

    /// The segments up to the first scan, and whether that scan was reached. Bytes between segments are skipped, as libjpeg
    /// skips them.
    private static func segments(of bytes: [UInt8]) -> (segments: [Segment], isComplete: Bool) {
        var segments: [Segment] = []
        var position = 0
        while true {
            while position < bytes.count && bytes[position] != 0xFF { position += 1 }
            while position < bytes.count && bytes[position] == 0xFF { position += 1 }
            guard position < bytes.count else { return (segments, false) }
            let marker = bytes[position]
            position += 1
            switch marker {
            case 0, Marker.temporary, Marker.startOfImage, Marker.restarts:
                continue
            case Marker.startOfScan, Marker.endOfImage:
                return (segments, true)
            default:
                guard bytes.count - position >= 2 else { return (segments, false) }
                let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
                guard length >= 2, length <= bytes.count - position else { return (segments, false) }
                segments.append(Segment(marker: marker, contents: position + 2..<position + length))
                position += length
            }
        }
    }

    // MARK: - EXIF

    /// The orientation that a segment's EXIF data states: a TIFF header and a directory of 12-byte entries.
    private static func orientation(inEXIF segment: ArraySlice<UInt8>) -> Int? {
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
