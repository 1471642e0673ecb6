/// The comment that ffmpeg keeps in a film, read without it: from the boxes of an MP4 (ISO/IEC 14496-12), or the tags of a WebM.
public enum FilmComment {
    /// Nil where there is none, or the bytes are no such film's.
    public static func text(in bytes: [UInt8]) -> String? {
        if isBox("ftyp", at: 0, bytes) { return mp4(bytes, 0..<bytes.count, ["moov", "udta", "meta", "ilst", "\u{A9}cmt", "data"]) }
        return bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) ? webM(bytes) : nil
    }

    private static func isBox(_ name: String, at position: Int, _ bytes: [UInt8]) -> Bool {
        position + 8 <= bytes.count && bytes[position + 4..<position + 8].elementsEqual(name.unicodeScalars.map { UInt8($0.value) })
    }

    /// The contents of the innermost of boxes that lie in each other.
    private static func mp4(_ bytes: [UInt8], _ range: Range<Int>, _ names: [String]) -> String? {
        guard let name = names.first else { return String(decoding: bytes[range], as: UTF8.self) }
        var position = range.lowerBound
        while position + 8 <= range.upperBound {
            var (length, header) = (number(bytes, position, 4), 8)
            if length == 1 {  // a longer length follows the name
                guard position + 16 <= range.upperBound else { return nil }
                (length, header) = (number(bytes, position + 8, 8), 16)
            }
            if length == 0 { length = range.upperBound - position }
            guard length >= header, length <= range.upperBound - position else { return nil }
            if isBox(name, at: position, bytes) {
                // A version and flags stand ahead of what is in "meta", a type and a language ahead of what is in "data".
                let skipped = ["meta": 4, "data": 8][name] ?? 0
                guard header + skipped <= length else { return nil }
                return mp4(bytes, position + header + skipped..<position + length, Array(names.dropFirst()))
            }
            position += length
        }
        return nil
    }

    /// The string of the tag COMMENT: the element 0x4487 that follows its name.
    private static func webM(_ bytes: [UInt8]) -> String? {
        let name = [0x45, 0xA3, 0x87] + Array("COMMENT".utf8) + [0x44, 0x87]
        // Tags stand at either end, and pictures between.
        guard let found = bytes.indices.first(where: { bytes[$0] == 0x45 && bytes[$0...].starts(with: name) }) else { return nil }
        var position = found + name.count
        guard position < bytes.count else { return nil }
        // A length's first byte says by its leading zeros how many follow.
        let size = bytes[position].leadingZeroBitCount + 1
        guard size <= 7, position + size <= bytes.count else { return nil }
        let length = number(bytes, position, size) & ((1 << (7 * size)) - 1)
        position += size
        guard length <= bytes.count - position else { return nil }
        return String(decoding: bytes[position..<position + length], as: UTF8.self)
    }

    /// A number with its most significant byte first; the largest where it is none of ours.
    private static func number(_ bytes: [UInt8], _ position: Int, _ count: Int) -> Int {
        Int(clamping: bytes[position..<position + count].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }
}
