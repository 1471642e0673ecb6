/// The objects of a PDF file, and where they begin.
struct PDFFile {
    private var body: [UInt8] = Array("%PDF-1.5\n%\u{E4}\u{F6}\u{FC}\n".utf8)
    /// The place of each object; nil for one that is still to come.
    private var places: [Int?] = []

    static let streamStart = " >>\nstream\n"

    /// A reference to an object that is set later.
    mutating func reserve() -> String {
        places.append(nil)
        return "\(places.count) 0 R"
    }

    mutating func set(_ reference: String, _ value: String) { write(reference, Array(value.utf8)) }

    mutating func add(_ value: String) -> String {
        let reference = reserve()
        set(reference, value)
        return reference
    }

    /// - Parameter keys: of the stream's dictionary, without its length.
    mutating func add(stream: [UInt8], _ keys: String = "") -> String {
        let reference = reserve()
        write(reference, Array("<< \(keys) /Length \(stream.count)\(Self.streamStart)".utf8) + stream + Array("\nendstream".utf8))
        return reference
    }

    private mutating func write(_ reference: String, _ value: [UInt8]) {
        let number = Int(reference.prefix { $0 != " " })!
        places[number - 1] = body.count
        body += Array("\(number) 0 obj\n".utf8) + value + Array("\nendobj\n".utf8)
    }

    /// The whole file, with its table of objects: twenty bytes a row.
    func bytes(catalog: String) -> [UInt8] {
        func padded(_ place: Int) -> String { String(String(place + 10_000_000_000).dropFirst()) }
        let rows = places.map { "\(padded($0!)) 00000 n \n" }.joined()
        return body
            + Array(
                ("xref\n0 \(places.count + 1)\n0000000000 65535 f \n\(rows)trailer\n<< /Size \(places.count + 1) /Root \(catalog) >>\n"
                    + "startxref\n\(body.count)\n%%EOF\n").utf8)
    }

    /// With at most three decimals, and never with an exponent.
    static func number(_ value: Double) -> String {
        let thousandths = Int((abs(value) * 1000).rounded())
        let digits = String(thousandths % 1000 + 1000).dropFirst().reversed().drop { $0 == "0" }.reversed()
        return "\(value < 0 && thousandths > 0 ? "-" : "")\(thousandths / 1000)" + (digits.isEmpty ? "" : "." + String(digits))
    }
}

/// The charts' typeface in a PDF file, with the letters that were used.
struct PDFFont {
    /// The first character of each glyph that was used.
    private var characters: [UInt32: Unicode.Scalar] = [:]
    private let typeface = Typeface.standard

    /// A line for the operator TJ: glyphs by their numbers, with kerning between them.
    mutating func shown(_ text: String) -> String {
        var (shown, end) = ("[", 0)
        for letter in typeface.letters(of: text) {
            characters[letter.glyph] = characters[letter.glyph] ?? (letter.glyph == 0 ? "\u{FFFD}" : letter.scalar)
            // Moves to the left, in thousandths of the size.
            if letter.place != end { shown += PDFFile.number(-thousandths(letter.place - end)) }
            shown += "<\(Self.hex(letter.glyph))>"
            end = letter.place + letter.advance
        }
        return shown + "]"
    }

    private func thousandths(_ units: Int) -> Double { 1000 * Double(units) / Double(typeface.units) }

    private static func hex(_ value: UInt32) -> String { String(String(value + 0x10000, radix: 16, uppercase: true).dropFirst()) }

    /// Adds the font's objects: a composite font whose codes are the numbers of glyphs.
    func add(to file: inout PDFFile) -> String {
        let name = "LUCIDF+DejaVuSansCondensed"
        let data = PackageResources.figures_ttf
        let program = file.add(stream: data, "/Length1 \(data.count)")
        let descriptor = file.add(
            "<< /Type /FontDescriptor /FontName /\(name) /Flags 4 /FontBBox [-1016 -350 1660 1068] /ItalicAngle 0 /Ascent 928 /Descent -236"
                + " /CapHeight 729 /StemV 80 /FontFile2 \(program) >>")
        let used = characters.sorted { $0.key < $1.key }
        let widths = used.map { "\($0.key) [\(PDFFile.number(thousandths(typeface.advance(of: $0.key))))]" }.joined(separator: " ")
        let letters = file.add(
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /\(name) /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
                + " /FontDescriptor \(descriptor) /CIDToGIDMap /Identity /W [\(widths)] >>")
        // At most a hundred rows a block; which character a glyph stands for, so that text can be found and copied.
        let blocks = stride(from: 0, to: used.count, by: 100).map { start in
            let rows = used[start..<min(start + 100, used.count)]
            return "\(rows.count) beginbfchar\n"
                + rows.map { "<\(Self.hex($0.key))> <\($0.value.utf16.map { Self.hex(UInt32($0)) }.joined())>\n" }.joined() + "endbfchar\n"
        }
        let map =
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            + "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            + "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n\(blocks.joined())endcmap\n"
            + "CMapName currentdict /CMap defineresource pop end end\n"
        let characters = file.add(stream: Array(map.utf8))
        return file.add(
            "<< /Type /Font /Subtype /Type0 /BaseFont /\(name) /Encoding /Identity-H /DescendantFonts [\(letters)] /ToUnicode \(characters) >>")
    }
}
