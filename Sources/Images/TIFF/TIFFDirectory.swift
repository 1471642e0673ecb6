/// The first directory of a TIFF file, which EXIF data are as well: numbers and texts by their tags (TIFF 6.0, 1992).
struct TIFFDirectory {
    /// The tags that are used here.
    enum Tag: Int {
        case width = 256, height, bitsPerSample, compression
        case photometric = 262
        case description = 270
        case stripOffsets = 273, orientation
        case samplesPerPixel = 277, rowsPerStrip, stripByteCounts
        case planarConfiguration = 284
        case software = 305
        case predictor = 317
        case extraSamples = 338
        case sampleFormat
        case profile = 34675
    }

    /// The types of values by their numbers, and how many bytes each takes.
    static let sizes = [1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1]

    private let bytes: ArraySlice<UInt8>
    let isLittleEndian: Bool
    private var entries: [Int: (type: Int, count: Int, place: Int)] = [:]

    /// - Parameter bytes: from the header on, "II" or "MM".
    init?(_ bytes: ArraySlice<UInt8>) {
        isLittleEndian = bytes.starts(with: "II".utf8)
        guard isLittleEndian || bytes.starts(with: "MM".utf8) else { return nil }
        self.bytes = bytes
        guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard let tag = number(entry, 2), let type = number(entry + 2, 2), let count = number(entry + 4, 4) else { break }
            guard let size = Self.sizes[type], entries[tag] == nil else { continue }
            // Values of up to four bytes stand in the entry itself.
            guard let place = size * count <= 4 ? entry + 8 : number(entry + 8, 4) else { continue }
            entries[tag] = (type, count, place)
        }
    }

    /// The whole numbers under a tag; nil where there are none.
    func numbers(_ tag: Tag) -> [Int]? {
        guard let (type, count, place) = entries[tag.rawValue], [1, 3, 4].contains(type), let size = Self.sizes[type], count > 0,
            place <= bytes.count, count * size <= bytes.count - place
        else { return nil }
        return (0..<count).compactMap { number(place + $0 * size, size) }
    }

    func number(_ tag: Tag) -> Int? { numbers(tag)?.first }

    /// The bytes under a tag.
    func data(_ tag: Tag) -> [UInt8]? {
        guard let (type, count, place) = entries[tag.rawValue], Self.sizes[type] == 1 else { return nil }
        return slice(place, count).map(Array.init)
    }

    /// Some of the file's bytes.
    func slice(_ place: Int, _ count: Int) -> ArraySlice<UInt8>? {
        guard place >= 0, count >= 0, place <= bytes.count, count <= bytes.count - place else { return nil }
        return bytes[bytes.startIndex + place..<bytes.startIndex + place + count]
    }

    /// How the picture must be turned to stand upright, 1 (not at all) to 8; nil where there is nothing said or nothing sensible.
    var orientation: Int? {
        guard entries[Tag.orientation.rawValue]?.type == 3, let value = number(.orientation) else { return nil }
        return (1...8).contains(value) ? value : nil
    }

    private func number(_ place: Int, _ count: Int) -> Int? {
        guard let digits = slice(place, count) else { return nil }
        return isLittleEndian ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
    }
}
