import CPNG
import Files

extension PNG {
    /// All that the text chunks of a PNG say, by keyword, compressed ones included; the pixels are not decoded. Of two
    /// texts with one keyword the first counts.
    ///
    /// - Parameter name: what errors call the picture.
    /// - Throws: `PictureError.notAPicture`, or `.damaged` for a file that is cut off or has a wrong checksum anywhere.
    public static func text(in bytes: [UInt8], name: String = "PNG") throws(PictureError) -> [String: String] {
        var texts: [String: String] = [:]
        try forEachChunk(of: bytes, name: name) { type, contents throws(PictureError) in
            guard let entry = try parseText(type, contents, name) else { return }
            if texts[entry.keyword] == nil { texts[entry.keyword] = entry.text }
        }
        return texts
    }

    /// A chunk that holds a text: tEXt if Latin-1 can say it, else iTXt.
    static func textChunk(
        keyword: String, text: String
    ) throws(PictureError) -> (type: (UInt8, UInt8, UInt8, UInt8), contents: [UInt8]) {
        guard let keywordBytes = latin1(keyword), isKeyword(keywordBytes) else {
            throw .unencodable(.png, reason: "\(FileName.shown(keyword)) is no keyword of a PNG text")
        }
        guard !text.utf8.contains(0) else {
            throw .unencodable(.png, reason: "the text under \(FileName.shown(keyword)) has a NUL character")
        }
        guard text.utf8.count < maximumChunkBytes - 100 else {
            throw .unencodable(.png, reason: "the text under \(FileName.shown(keyword)) is longer than 2 GiB")
        }
        if let textBytes = latin1(text) { return (tEXt, keywordBytes + [0] + textBytes) }
        // An uncompressed text (0, 0) of no stated language (0), the keyword not translated (0).
        return (iTXt, keywordBytes + [0, 0, 0, 0, 0] + text.utf8)
    }

    // MARK: - Chunks

    private typealias ChunkType = (UInt8, UInt8, UInt8, UInt8)
    private static let tEXt: ChunkType = (0x74, 0x45, 0x58, 0x74)
    private static let iTXt: ChunkType = (0x69, 0x54, 0x58, 0x74)

    /// A chunk's length is below 2³¹, says the PNG specification.
    private static let maximumChunkBytes = 1 << 31

    /// Walks over the chunks of a whole file and checks the order of the first and last, every length and every checksum.
    private static func forEachChunk(
        of bytes: [UInt8], name: String, _ body: (_ type: String, _ contents: ArraySlice<UInt8>) throws(PictureError) -> Void
    ) throws(PictureError) {
        guard bytes.starts(with: signature) else { throw .notAPicture(file: name) }
        func number(at start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        var start = signature.count
        while true {
            guard bytes.count - start >= 12 else { throw .damaged(file: name, reason: "the file ends too early") }
            let length = number(at: start)
            let type = String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
            guard length < maximumChunkBytes, length <= bytes.count - start - 12 else {
                throw .damaged(file: name, reason: "a chunk is longer than the rest of the file")
            }
            guard checksum(bytes[start + 4..<start + 8 + length]) == number(at: start + 8 + length) else {
                throw .damaged(file: name, reason: "\(FileName.shown(type)): CRC error")
            }
            guard (type == "IHDR") == (start == signature.count) else {
                throw .damaged(file: name, reason: "IHDR is not the first chunk")
            }
            if type == "IEND" { return }
            try body(type, bytes[start + 8..<start + 8 + length])
            start += 12 + length
        }
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBufferPointer { Int(crc32_z(0, $0.baseAddress, $0.count)) }
    }

    // MARK: - Texts

    /// What a chunk says if it is one of text: tEXt and zTXt are Latin-1, iTXt is UTF-8, z and a flag in i mean deflated.
    private static func parseText(
        _ type: String, _ contents: ArraySlice<UInt8>, _ name: String
    ) throws(PictureError) -> (keyword: String, text: String)? {
        guard ["tEXt", "zTXt", "iTXt"].contains(type) else { return nil }
        func damaged() -> PictureError { .damaged(file: name, reason: "\(type): not as the format wants it") }
        func inflate(_ bytes: ArraySlice<UInt8>) throws(PictureError) -> ArraySlice<UInt8> {
            guard let inflated = inflated(bytes, limit: maximumInflatedBytes) else {
                throw .damaged(file: name, reason: "\(type): does not inflate to a text of at most 8 MiB")
            }
            return inflated[...]
        }
        var rest = contents
        func field() throws(PictureError) -> ArraySlice<UInt8> {
            guard let end = rest.firstIndex(of: 0) else { throw damaged() }
            defer { rest = rest[(end + 1)...] }
            return rest[..<end]
        }

        let keyword = string(latin1: try field())
        switch type {
        case "tEXt":
            return (keyword, string(latin1: rest))
        case "zTXt":
            guard rest.popFirst() == 0 else { throw damaged() }  // the only compression method
            return (keyword, string(latin1: try inflate(rest)))
        default:
            guard let compressed = rest.popFirst(), rest.popFirst() == 0 else { throw damaged() }
            _ = try field()  // the language
            _ = try field()  // the keyword in that language
            return (keyword, String(decoding: compressed == 1 ? try inflate(rest) : rest, as: UTF8.self))
        }
    }

    /// The bound that libpng sets for a chunk it inflates.
    private static let maximumInflatedBytes = 8 << 20

    private static func inflated(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
        bytes.withUnsafeBufferPointer { source in
            var stream = z_stream()
            guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
            defer { inflateEnd(&stream) }
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = uInt(source.count)
            var result: [UInt8] = []
            while result.count <= limit {
                var status = Z_OK
                let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = uInt(buffer.count)
                    status = CPNG.inflate(&stream, Z_NO_FLUSH)
                    count = buffer.count - Int(stream.avail_out)
                }
                result += chunk
                if status == Z_STREAM_END { return result.count <= limit ? result : nil }
                if status != Z_OK { return nil }
            }
            return nil
        }
    }

    // MARK: - Latin-1

    private static func isKeyword(_ bytes: [UInt8]) -> Bool {
        let space = UInt8(ascii: " ")
        return (1...79).contains(bytes.count) && !bytes.contains(UInt8(ascii: "\n")) && bytes.first != space
            && bytes.last != space && !zip(bytes, bytes.dropFirst()).contains { $0 == space && $1 == space }
    }

    /// nil if the text needs more than line breaks and the printable characters of Latin-1.
    private static func latin1(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x20...0x7E, 0xA1...0xFF: bytes.append(UInt8(scalar.value))
            default: return nil
            }
        }
        return bytes
    }

    private static func string(latin1 bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
