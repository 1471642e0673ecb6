import CPNG
import Files

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension PNG {
    /// A text in a PNG under its keyword.
    public typealias Text = (keyword: String, text: String)

    /// All texts of a PNG by keyword, compressed ones included; the pixels are not decoded. Of two texts with one keyword the
    /// first counts.
    ///
    /// - Parameter name: how errors call the picture.
    /// - Throws: `PictureError.notAPicture`, or `.damaged` for a file that is cut off or has a wrong checksum anywhere.
    public static func text(in bytes: [UInt8], name: String = "PNG") throws(PictureError) -> [String: String] {
        guard bytes.starts(with: signature) else { throw .notAPicture(file: name) }
        return try withReader(bytes, name: name) { reader throws(PictureError) in
            guard lucid_png_read_texts(reader) == 1 else { throw damaged(reader, name) }
            var count: Int32 = 0
            let entries = UnsafeBufferPointer(start: lucid_png_texts(reader, &count), count: Int(count))
            return Dictionary(entries.map { (latin1($0.key), text($0)) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private static func text(_ entry: png_text) -> String {
        entry.compression >= PNG_ITXT_COMPRESSION_NONE ? String(cString: entry.text) : latin1(entry.text)
    }

    private static func latin1(_ string: UnsafePointer<CChar>) -> String {
        let bytes = UnsafeRawBufferPointer(start: string, count: strlen(string))
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Calls libpng with texts: tEXt where Latin-1 can say it, else iTXt, which is UTF-8.
    static func withTexts<Result>(
        _ texts: [Text], _ body: (UnsafePointer<png_text>, Int32) throws(PictureError) -> Result
    ) throws(PictureError) -> Result {
        var strings: [UnsafeMutablePointer<CChar>] = []
        defer { for string in strings { free(string) } }
        func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<CChar> {
            let string = (bytes + [0]).withUnsafeBytes { strdup($0.baseAddress!.assumingMemoryBound(to: CChar.self))! }
            strings.append(string)
            return string
        }
        var entries: [png_text] = []
        for (keyword, text) in texts {
            let (keywordBytes, textBytes, isLatin1) = try encoded(keyword: keyword, text: text)
            var entry = png_text()
            entry.compression = isLatin1 ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE
            entry.key = copy(keywordBytes)
            entry.text = copy(textBytes)
            if isLatin1 { entry.text_length = textBytes.count } else { entry.itxt_length = textBytes.count }
            entries.append(entry)
        }
        return try entries.withUnsafeBufferPointer { entries throws(PictureError) in
            var none = png_text()
            guard let start = entries.baseAddress else { return try body(&none, 0) }
            return try body(start, Int32(entries.count))
        }
    }

    private static func encoded(
        keyword: String, text: String
    ) throws(PictureError) -> (keyword: [UInt8], text: [UInt8], isLatin1: Bool) {
        guard let keywordBytes = latin1Bytes(keyword), isKeyword(keywordBytes) else {
            throw .unencodable(.png, reason: "\(FileName.quoted(keyword)) is no keyword of a PNG text")
        }
        guard !text.utf8.contains(0) else {
            throw .unencodable(.png, reason: "the text under \(FileName.quoted(keyword)) has a NUL character")
        }
        let longest = 1 << 31 - 100  // a chunk's length is below 2³¹, says the PNG specification
        guard text.utf8.count < longest else {
            throw .unencodable(.png, reason: "the text under \(FileName.quoted(keyword)) is longer than 2 GiB")
        }
        let textBytes = latin1Bytes(text)
        return (keywordBytes, textBytes ?? Array(text.utf8), textBytes != nil)
    }

    private static func isKeyword(_ bytes: [UInt8]) -> Bool {
        let space = UInt8(ascii: " ")
        return (1...79).contains(bytes.count) && !bytes.contains(UInt8(ascii: "\n")) && bytes.first != space
            && bytes.last != space && !zip(bytes, bytes.dropFirst()).contains { $0 == space && $1 == space }
    }

    /// nil if the text needs more than line breaks and the printable characters of Latin-1.
    private static func latin1Bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A, 0x20...0x7E, 0xA1...0xFF: bytes.append(UInt8(scalar.value))
            default: return nil
            }
        }
        return bytes
    }
}
