/// Numbers in bytes, the most significant byte first, as ICC profiles, PNG and MP4's boxes have them. Nothing outside the bytes is
/// read: every number that would lie there is nil.
struct BigEndianReader: Sendable {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }
    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    var count: Int { bytes.count }

    /// So many bytes from a place on.
    func slice(_ place: Int, _ count: Int) -> BigEndianReader? {
        guard place >= 0, count >= 0, place <= bytes.count, count <= bytes.count - place else { return nil }
        let start = bytes.startIndex + place
        return BigEndianReader(bytes[start..<start + count])
    }

    /// Everything from a place on.
    func tail(_ place: Int) -> BigEndianReader? { slice(place, bytes.count - place) }

    /// A number of 1 to 7 bytes.
    func number(_ place: Int, _ count: Int) -> Int? { slice(place, count)?.bytes.reduce(0) { $0 << 8 | Int($1) } }

    func byte(_ place: Int) -> Int? { number(place, 1) }
    func word(_ place: Int) -> Int? { number(place, 2) }
    func long(_ place: Int) -> Int? { number(place, 4) }

    /// ICC's s15Fixed16Number.
    func fixed(_ place: Int) -> Double? { long(place).map { Double(Int32(truncatingIfNeeded: $0)) / 65536 } }

    /// Four characters, as the names of tags, chunks and boxes are; each byte is one.
    func name(_ place: Int) -> String? {
        slice(place, 4).map { String(String.UnicodeScalarView($0.bytes.map { Unicode.Scalar($0) })) }
    }
}
