import Files

/// A tar file (POSIX ustar): for each member a header of 512 bytes and its bytes, padded to 512; then zeros.
///
/// Python's tarfile, which wrote the checkpoints of PyTorch 0.1, fills the file up to a multiple of 10240 bytes, so that
/// a file cut anywhere is known by its size or by the zeros that are not there.
struct TarArchive {
    /// Where the bytes of each regular file lie, by name.
    let members: [String: Range<Int>]

    private static let block = 512
    private static let record = 20 * block

    /// Whether a file is a tar: "ustar" stands in its first header.
    static func isTar(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= block && bytes[257..<262].elementsEqual("ustar".utf8)
    }

    init(_ mapping: MappedFile) throws(WeightsError) {
        var reader = ByteReader(mapping)
        guard reader.remaining % Self.record == 0 else {
            throw reader.refuse("cut short: a tar has a multiple of \(Self.record) bytes, not \(reader.remaining); copy the file again")
        }
        var members: [String: Range<Int>] = [:]
        while true {
            let header = try reader.take(Self.block, "the tar's headers")
            if reader.bytes[header].allSatisfy({ $0 == 0 }) { break }
            let start = header.lowerBound
            /// The octal number in a field of the header.
            func octal(_ field: Range<Int>) -> Int? {
                let digits = reader.bytes[start + field.lowerBound..<start + field.upperBound].filter { $0 != 0 && $0 != 0x20 }
                return digits.allSatisfy { (0x30...0x37).contains($0) } ? Int(String(decoding: digits, as: UTF8.self), radix: 8) : nil
            }
            // The sum of the header's bytes, the field that holds it taken for blanks.
            let sum = header.reduce(0) { $0 + ((148..<156).contains($1 - start) ? 0x20 : Int(reader.bytes[$1])) }
            guard octal(148..<156) == sum else { throw reader.refuse("damaged tar header at byte \(start)") }
            guard let size = octal(124..<136) else { throw reader.refuse("damaged size in the tar header at byte \(start)") }
            let field = reader.bytes[start..<start + 100]
            guard let name = String(validating: field.prefix { $0 != 0 }, as: UTF8.self) else {
                throw reader.refuse("a name in the tar at byte \(start) is not UTF-8")
            }
            let bytes = try reader.take(size, "the tar member \(shown(name))")
            _ = try reader.take((Self.block - size % Self.block) % Self.block, "the tar member \(shown(name))")
            // Regular files are of type 0; others (x: times of more precision) hold nothing that is needed.
            guard reader.bytes[start + 156] == 0x30 || reader.bytes[start + 156] == 0 else { continue }
            guard members.updateValue(bytes, forKey: name) == nil else {
                throw reader.refuse("the tar member \(shown(name)) occurs twice")
            }
        }
        let padding = try reader.take(reader.remaining, "the tar")
        guard padding.count >= Self.block, reader.bytes[padding].allSatisfy({ $0 == 0 }) else {
            throw reader.refuse("damaged tar: its last member is not followed by zeros alone")
        }
        self.members = members
    }
}
