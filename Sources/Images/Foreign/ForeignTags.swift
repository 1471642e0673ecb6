extension ForeignFormat {
    /// WebP: chunks of a RIFF file, whose lengths have the least significant byte first.
    static func webPTags(_ file: BigEndianReader) -> PictureTags {
        var (tags, place) = (PictureTags(), 12)
        while let name = file.name(place), let length = file.littleEndian(place + 4), let chunk = file.slice(place + 8, length) {
            if name == "ICCP" { tags.colors = .profile(Array(chunk.bytes)) }
            if name == "EXIF" { tags.read(exif: chunk.bytes) }
            place += 8 + length + length % 2
        }
        return tags
    }

    static func tiffTags(_ file: BigEndianReader) -> PictureTags {
        var tags = PictureTags()
        tags.read(exif: file.bytes)
        tags.colors = TIFFDirectory(file.bytes)?.data(.profile).map { .profile($0) }
        return tags
    }

    /// BMP: the fifth version of the header says whether a profile lies in the file, and where.
    static func bmpTags(_ file: BigEndianReader) -> PictureTags {
        let header = 14, shortest = 124
        var tags = PictureTags()
        if let length = file.littleEndian(header), length >= shortest, file.name(header + 56) == "DEBM",
            let place = file.littleEndian(header + 112), let count = file.littleEndian(header + 116),
            let profile = file.slice(header + place, count)
        {
            tags.colors = .profile(Array(profile.bytes))
        }
        return tags
    }

    /// JPEG 2000: the box "colr" in the box "jp2h" holds a profile if its method is 2.
    static func jpeg2000Tags(_ file: BigEndianReader) -> PictureTags {
        var tags = PictureTags()
        if let header = file.box("jp2h"), let color = header.box("colr"), color.byte(0) == 2, let profile = color.tail(3) {
            tags.colors = .profile(Array(profile.bytes))
        }
        return tags
    }
}

extension BigEndianReader {
    /// Four bytes, the least significant first.
    func littleEndian(_ place: Int) -> Int? { slice(place, 4)?.bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }

    /// The boxes of an MP4 (ISO/IEC 14496-12), which lie one after the other: a length, a name, contents.
    var boxes: [(name: String, contents: BigEndianReader)] {
        var (place, boxes) = (0, [(name: String, contents: BigEndianReader)]())
        while var length = long(place), let name = name(place + 4) {
            var header = 8
            if length == 1, let high = long(place + 8), let low = long(place + 12), high == 0 { (length, header) = (low, 16) }
            if length == 0 { length = count - place }
            guard length >= header, let contents = slice(place + header, length - header) else { break }
            boxes.append((name, contents))
            place += length
        }
        return boxes
    }

    /// The contents of the first box of a name.
    func box(_ name: String) -> BigEndianReader? { boxes.first { $0.name == name }?.contents }
}
