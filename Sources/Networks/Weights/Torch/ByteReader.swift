import Files

/// A place in a file's bytes that moves forward and never past an end; every read is checked, every number
/// little-endian. Positions count from the start of the file, so that ranges mean the same to everyone.
struct ByteReader {
    /// The file's name for messages.
    let file: String
    /// The whole file.
    let bytes: UnsafeRawBufferPointer
    /// The next byte.
    private(set) var position: Int
    /// The end of what may be read, at most the end of the file.
    let end: Int

    /// - Parameter range: of the file's bytes; nil for all of them.
    init(_ mapping: MappedFile, _ range: Range<Int>? = nil) {
        file = mapping.path
        bytes = mapping.bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? mapping.bytes.count
        precondition(position >= 0 && position <= end && end <= bytes.count)
    }

    private init(_ other: ByteReader, _ range: Range<Int>) {
        (file, bytes, position, end) = (other.file, other.bytes, range.lowerBound, range.upperBound)
    }

    /// A reader of a part, which must lie within the file.
    func within(_ range: Range<Int>) -> ByteReader {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        return ByteReader(self, range)
    }

    /// Bytes left.
    var remaining: Int { end - position }

    func refuse(_ reason: String) -> WeightsError { WeightsError(file: file, reason: reason) }

    /// Steps over `count` bytes; where they lie.
    mutating func take(_ count: Int, _ what: String) throws(WeightsError) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw refuse("cut short in \(what) at byte \(position): \(count) bytes needed, \(remaining) left; copy the file again")
        }
        defer { position += count }
        return position..<position + count
    }

    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type, _ what: String) throws(WeightsError) -> Integer {
        let range = try take(MemoryLayout<Integer>.size, what)
        return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Integer.self))
    }

    /// A count or an offset, which must be a non-negative Int.
    mutating func size<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type, _ what: String) throws(WeightsError) -> Int {
        let value = try integer(type, what)
        guard let size = Int(exactly: value), size >= 0 else { throw refuse("\(what) is \(value)") }
        return size
    }

    /// UTF-8 of `count` bytes.
    mutating func string(_ count: Int, _ what: String) throws(WeightsError) -> String {
        let range = try take(count, what)
        guard let string = String(validating: bytes[range], as: UTF8.self) else {
            throw refuse("\(what) at byte \(range.lowerBound) is not UTF-8")
        }
        return string
    }

    /// The text up to a line feed, which is stepped over; at most `longest` bytes.
    mutating func line(longest: Int, _ what: String) throws(WeightsError) -> String {
        guard let length = bytes[position..<min(end, position + longest)].firstIndex(of: 0x0A) else {
            throw refuse("\(what) at byte \(position) has no end")
        }
        defer { position += 1 }
        return try string(length - position, what)
    }
}

/// A name from a file as it may stand in a message: on one line, without control characters, not too long.
package func shown(_ name: String) -> String {
    FileName.quoted(name)
}
