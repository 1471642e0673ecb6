import CZlib
import Files

/// A ZIP file whose entries are stored as they are, the kind that torch.save writes, ZIP64 included (PKWARE's APPNOTE).
///
/// The entries of the central directory at the end must agree with the entries' own headers and with their bytes;
/// they must not overlap, no name may occur twice or point out of a folder. So there is one way to read the file.
struct ZipArchive {
    /// Where the bytes of each entry lie in the file, by name.
    let entries: [String: Range<Int>]

    private struct Entry {
        let name: String
        let flags: UInt16
        let method: UInt16
        let check: UInt32
        let size: Int
        let start: Int  // of its own header
    }

    private struct Directory {
        let range: Range<Int>
        let count: Int
    }

    private enum Signature {
        static let entry: UInt32 = 0x0403_4B50, descriptor: UInt32 = 0x0807_4B50, directoryEntry: UInt32 = 0x0201_4B50
        static let end: UInt32 = 0x0605_4B50, end64: UInt32 = 0x0606_4B50, locator64: UInt32 = 0x0706_4B50
    }

    /// Bit of an entry's flags: encrypted.
    private static let encrypted: UInt16 = 1
    /// Bit of an entry's flags: check and sizes follow the bytes, as the writer did not know them before.
    private static let described: UInt16 = 8
    /// The extra field that holds sizes and offsets of 64 bits.
    private static let extra64: UInt16 = 1

    /// A checkpoint has one entry a storage; the largest have a few thousand.
    private static let mostEntries = 100_000

    init(_ mapping: MappedFile) throws(WeightsError) {
        let directory = try Self.directory(mapping)
        var reader = ByteReader(mapping, directory.range)
        guard directory.count <= Self.mostEntries else {
            throw reader.refuse("a zip of \(directory.count) entries; save model.state_dict() alone")
        }
        var found: [Entry] = []
        for _ in 0..<directory.count { found.append(try Self.entry(&reader)) }
        guard reader.remaining == 0 else { throw reader.refuse("\(reader.remaining) bytes too many in the zip's directory") }
        found.sort { $0.start < $1.start }

        var entries: [String: Range<Int>] = [:]
        var end = 0
        for entry in found {
            let name = shown(entry.name)
            guard entry.start >= end else { throw reader.refuse("the zip entry \(name) overlaps the one before it") }
            var reader = ByteReader(mapping, 0..<directory.range.lowerBound)
            _ = try reader.take(entry.start, "the zip entry \(name)")
            let bytes = try Self.content(of: entry, &reader)
            end = reader.position
            guard entries.updateValue(bytes, forKey: entry.name) == nil else {
                throw reader.refuse("the zip entry \(name) occurs twice")
            }
            guard Self.check(mapping, bytes) == entry.check else {
                throw reader.refuse("the zip entry \(name) is damaged (its CRC does not match); copy the file again")
            }
        }
        self.entries = entries
    }

    /// The CRC-32 of bytes of the file, some at a time, so that a large file does not stay in memory for it.
    private static func check(_ mapping: MappedFile, _ range: Range<Int>) -> UInt32 {
        let piece = 1 << 23
        var check: UInt32 = 0
        var position = range.lowerBound
        while position < range.upperBound {
            let next = position + min(piece, range.upperBound - position)
            check = UInt32(crc32_z(UInt(check), mapping.bytes.baseAddress! + position, next - position))
            mapping.release(position..<next)
            position = next
        }
        return check
    }

    /// Finds the central directory by the record at the end of the file.
    private static func directory(_ mapping: MappedFile) throws(WeightsError) -> Directory {
        let bytes = mapping.bytes
        let recordSize = 22
        // A comment of up to 65535 bytes may follow, and says how long it is.
        let longestComment = min(65535, bytes.count - recordSize)
        var place: Int?
        var comment = 0
        while place == nil, comment <= longestComment {
            let start = bytes.count - recordSize - comment
            if bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self).littleEndian == Signature.end,
                bytes.loadUnaligned(fromByteOffset: start + 20, as: UInt16.self).littleEndian == comment
            {
                place = start
            }
            comment += 1
        }
        guard let place else {
            throw WeightsError(file: mapping.path, reason: "cut short: a zip without its directory; copy the file again")
        }
        var reader = ByteReader(mapping, place + 4..<bytes.count)
        let disks = try (reader.size(UInt16.self, "a zip"), reader.size(UInt16.self, "a zip"))
        let counts = try (reader.size(UInt16.self, "a zip"), reader.size(UInt16.self, "a zip"))
        let size = try reader.size(UInt32.self, "a zip")
        let start = try reader.size(UInt32.self, "a zip")

        // ZIP64: before that record a locator of 20 bytes, which tells where a larger record lies.
        let locatorSize = 20
        var count = counts.0
        var range = (start: start, size: size)
        var end = place
        if place >= locatorSize,
            bytes.loadUnaligned(fromByteOffset: place - locatorSize, as: UInt32.self).littleEndian == Signature.locator64
        {
            end = place - locatorSize
            var locator = ByteReader(mapping, end + 8..<place)
            let offset = try locator.size(UInt64.self, "the ZIP64 record's place")
            var record = ByteReader(mapping, 0..<end)
            _ = try record.take(offset, "the ZIP64 record")
            guard try record.integer(UInt32.self, "the ZIP64 record") == Signature.end64 else {
                throw record.refuse("damaged zip: no ZIP64 record where its locator points")
            }
            _ = try record.take(20, "the ZIP64 record")  // its length, versions, disks
            let counts64 = try (record.size(UInt64.self, "a zip's count"), record.size(UInt64.self, "a zip's count"))
            range.size = try record.size(UInt64.self, "the size of a zip's directory")
            range.start = try record.size(UInt64.self, "the place of a zip's directory")
            count = counts64.0
            end = offset
            guard counts64.0 == counts64.1, [0xFFFF, count].contains(counts.0), [0xFFFF_FFFF, range.size].contains(size),
                [0xFFFF_FFFF, range.start].contains(start)
            else { throw record.refuse("damaged zip: its ZIP64 record says otherwise than its last one") }
        }
        let (directoryEnd, overflow) = range.start.addingReportingOverflow(range.size)
        guard disks == (0, 0), counts.0 == counts.1, !overflow, directoryEnd == end else {
            throw reader.refuse("damaged zip: its directory does not end where its last record begins")
        }
        return Directory(range: range.start..<directoryEnd, count: count)
    }

    /// One entry of the central directory.
    private static func entry(_ reader: inout ByteReader) throws(WeightsError) -> Entry {
        guard try reader.integer(UInt32.self, "the zip's directory") == Signature.directoryEntry else {
            throw reader.refuse("damaged zip: its directory has no entry at byte \(reader.position - 4)")
        }
        _ = try reader.take(4, "the zip's directory")  // versions
        let flags = try reader.integer(UInt16.self, "the zip's directory")
        let method = try reader.integer(UInt16.self, "the zip's directory")
        _ = try reader.take(4, "the zip's directory")  // time
        let check = try reader.integer(UInt32.self, "the zip's directory")
        var packed = try reader.size(UInt32.self, "the zip's directory")
        var size = try reader.size(UInt32.self, "the zip's directory")
        let nameLength = try reader.size(UInt16.self, "the zip's directory")
        let extraLength = try reader.size(UInt16.self, "the zip's directory")
        let commentLength = try reader.size(UInt16.self, "the zip's directory")
        _ = try reader.take(8, "the zip's directory")  // disk, attributes
        var start = try reader.size(UInt32.self, "the zip's directory")
        let name = try reader.string(nameLength, "a name in the zip's directory")
        let extra = try reader.take(extraLength, "the zip's directory")
        _ = try reader.take(commentLength, "the zip's directory")

        // The 64-bit values stand there in this order, those alone that do not fit above.
        var wide = try large(extra, in: reader)
        if size == 0xFFFF_FFFF { size = try wide.size(UInt64.self, "the size of a zip entry") }
        if packed == 0xFFFF_FFFF { packed = try wide.size(UInt64.self, "the size of a zip entry") }
        if start == 0xFFFF_FFFF { start = try wide.size(UInt64.self, "the place of a zip entry") }

        let path = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, !name.hasPrefix("/"), !path.contains(".."), !name.utf8.contains(where: { $0 == 0 || $0 == 0x5C }) else {
            throw reader.refuse("the zip entry \"\(shown(name))\" has a name that leads out of its folder")
        }
        guard flags & encrypted == 0 else { throw reader.refuse("the zip entry \(shown(name)) is encrypted") }
        guard method == 0 else {
            if name.hasSuffix(".py") {
                throw reader.refuse(
                    "a TorchScript program, not weights; save them in Python: "
                        + "torch.save(torch.jit.load(file).state_dict(), \"weights.pth\")")
            }
            throw reader.refuse(
                "the zip entry \(shown(name)) is compressed (method \(method)); zip -0 or torch.save stores it as it is")
        }
        guard packed == size else {
            throw reader.refuse("the zip entry \(shown(name)) is stored, but \(packed) bytes stand for \(size)")
        }
        return Entry(name: name, flags: flags, method: method, check: check, size: size, start: start)
    }

    /// A reader of the ZIP64 field among an entry's extra fields; it has nothing to read if there is none.
    private static func large(_ extra: Range<Int>, in reader: ByteReader) throws(WeightsError) -> ByteReader {
        var fields = reader.within(extra)
        while fields.remaining >= 4 {
            let kind = try fields.integer(UInt16.self, "an extra field")
            let length = try fields.size(UInt16.self, "an extra field")
            let range = try fields.take(length, "an extra field")
            if kind == extra64 { return reader.within(range) }
        }
        return reader.within(extra.upperBound..<extra.upperBound)
    }

    /// Where the bytes of an entry lie; steps over its header, them, and the descriptor after them.
    private static func content(of entry: Entry, _ reader: inout ByteReader) throws(WeightsError) -> Range<Int> {
        let what = "the zip entry \(shown(entry.name))"
        func disagrees(_ field: String) -> WeightsError {
            reader.refuse("\(what): its own header disagrees with the zip's directory about its \(field)")
        }
        guard try reader.integer(UInt32.self, what) == Signature.entry else {
            throw reader.refuse("\(what) is not where the zip's directory says")
        }
        _ = try reader.take(2, what)  // version
        guard try reader.integer(UInt16.self, what) == entry.flags else { throw disagrees("flags") }
        guard try reader.integer(UInt16.self, what) == entry.method else { throw disagrees("compression") }
        _ = try reader.take(4, what)  // time
        let check = try reader.integer(UInt32.self, what)
        var packed = try reader.size(UInt32.self, what)
        var size = try reader.size(UInt32.self, what)
        let nameLength = try reader.size(UInt16.self, what)
        let extraLength = try reader.size(UInt16.self, what)
        let name = try reader.take(nameLength, what)
        let extra = try reader.take(extraLength, what)
        guard reader.bytes[name].elementsEqual(entry.name.utf8) else { throw disagrees("name") }
        var wide = try large(extra, in: reader)
        if size == 0xFFFF_FFFF { size = try wide.size(UInt64.self, "the size of a zip entry") }
        if packed == 0xFFFF_FFFF { packed = try wide.size(UInt64.self, "the size of a zip entry") }
        let later = entry.flags & described != 0
        guard check == entry.check || later && check == 0 else { throw disagrees("CRC") }
        guard size == entry.size || later && size == 0, packed == entry.size || later && packed == 0 else { throw disagrees("size") }

        let bytes = try reader.take(entry.size, what)
        if later {
            guard try reader.integer(UInt32.self, what) == Signature.descriptor, try reader.integer(UInt32.self, what) == entry.check
            else { throw disagrees("CRC") }
            // Both sizes have 32 bits, or both 64.
            var short = reader
            if try short.size(UInt32.self, what) == entry.size, try short.size(UInt32.self, what) == entry.size {
                reader = short
            } else {
                guard try reader.size(UInt64.self, what) == entry.size, try reader.size(UInt64.self, what) == entry.size else {
                    throw disagrees("size")
                }
            }
        }
        return bytes
    }
}
