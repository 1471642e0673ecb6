import CJPEG

// The texts, the EXIF data and the colour profile of a JPEG, which precede its first scan.
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

    /// The file's own words about its samples.
    static func tags(in reader: UnsafeMutablePointer<lucid_jpeg_reader>) -> PictureTags {
        var tags = PictureTags()
        for exif in markers(LUCID_JPEG_EXIF, in: reader).reversed() where exif.starts(with: "Exif\0\0".utf8) { tags.read(exif: exif[...]) }
        tags.colors = profile(in: reader)
        return tags
    }

    /// The colour profile, which lies in as many markers as it takes, each with its number and how many there are (ICC.1:2022,
    /// annex B.4).
    private static func profile(in reader: UnsafeMutablePointer<lucid_jpeg_reader>) -> ColorTag? {
        let title = Array("ICC_PROFILE\0".utf8)
        let parts = markers(LUCID_JPEG_PROFILE, in: reader).filter { $0.starts(with: title) && $0.count > title.count + 2 }
        guard let first = parts.first else { return nil }
        let sorted = parts.sorted { $0[title.count] < $1[title.count] }
        guard parts.count == Int(first[title.count + 1]), sorted.enumerated().allSatisfy({ Int($1[title.count]) == $0 + 1 }) else {
            return .unusable("a part of its colour profile is missing")
        }
        return .profile(Array(sorted.map { $0.dropFirst(title.count + 2) }.joined()))
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
}
