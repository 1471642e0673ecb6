import FoundationEssentials

// A figure as an SVG 1.1 document: text as text, pictures as PNG files within it.

extension Figure {
    /// The document.
    ///
    /// - Parameter record: a text that goes into its metadata.
    public func svg(record: String? = nil) throws(PictureError) -> String {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink""#
                + #" width="\#(width)" height="\#(height)" viewBox="0 0 \#(width) \#(height)">"#,
        ]
        if let record { lines.append("\(Self.metadata.opening)\(Self.escaped(record))\(Self.metadata.closing)") }
        lines.append(Self.box(0, 0, width, height, background))
        lines.append("<g font-family=\"\(Typeface.families)\">")
        for element in elements {
            switch element {
            case .box(let x, let y, let width, let height, let color): lines.append(Self.box(x, y, width, height, color))
            case .polygon(let points, let color):
                let places = points.map { "\(Self.decimal($0.x)),\(Self.decimal($0.y))" }.joined(separator: " ")
                lines.append("<polygon points=\"\(places)\" fill=\"\(Self.hex(color))\" fill-rule=\"evenodd\"/>")
            case .picture(let picture, let x, let y):
                let data = Data(try PNG.encode(picture, quality: nil, record: nil)).base64EncodedString()
                lines.append(
                    #"<image x="\#(x)" y="\#(y)" width="\#(picture.width)" height="\#(picture.height)""#
                        + #" xlink:href="data:image/png;base64,\#(data)"/>"#)
            case .text(let line): lines.append(Self.text(line))
            }
        }
        return (lines + ["</g>", "</svg>", ""]).joined(separator: "\n")
    }

    /// The record in a document that `svg` has made; nil if there is none, or the bytes are none.
    public static func record(inSVG bytes: [UInt8]) -> String? {
        // Pictures may follow that are long.
        guard isSVG(bytes), let end = bytes.firstRange(of: Array(metadata.closing.utf8)),
            let start = bytes[..<end.lowerBound].firstRange(of: Array(metadata.opening.utf8))
        else { return nil }
        var text = String(decoding: bytes[start.upperBound..<end.lowerBound], as: UTF8.self)
        for (character, name) in entities.reversed() { text = text.replacing(name, with: String(character)) }
        return text
    }

    /// Whether bytes are a document that `svg` has made.
    public static func isSVG(_ bytes: [UInt8]) -> Bool { bytes.prefix(160).firstRange(of: Array("<svg xmlns=".utf8)) != nil }

    private static let metadata = (opening: "<metadata id=\"lucid\">", closing: "</metadata>")
    /// The ampersand first: the others have one.
    private static let entities: [(character: Character, name: String)] = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")]

    /// A text as XML may hold it: control characters and surrogates have no place there at all.
    private static func escaped(_ text: String) -> String {
        let allowed = String.UnicodeScalarView(
            text.unicodeScalars.map { $0.value < 0x20 && $0 != "\t" && $0 != "\n" || $0.value & 0xFFFE == 0xFFFE ? "\u{FFFD}" : $0 })
        return entities.reduce(String(allowed)) { $0.replacing(String($1.character), with: $1.name) }
    }

    private static func box(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color) -> String {
        #"<rect x="\#(x)" y="\#(y)" width="\#(width)" height="\#(height)" fill="\#(hex(color))"/>"#
    }

    /// The length is said, so that another font keeps the text in its place.
    private static func text(_ line: Line) -> String {
        let (x, y) = (decimal(line.x), decimal(line.y))
        let length = decimal(Typeface.standard.width(of: line.text, size: line.size))
        let turn = line.upwards ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
        let color = line.color == black ? "" : " fill=\"\(hex(line.color))\""
        return "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(decimal(line.size))\" textLength=\"\(length)\" lengthAdjust=\"spacingAndGlyphs\""
            + " xml:space=\"preserve\"\(color)\(turn)>\(escaped(line.text))</text>"
    }

    /// "#ff8000"
    private static func hex(_ color: Color) -> String {
        "#" + (0..<3).map { channel in
            let byte = UInt8(unit: color[channel])
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// With at most two decimals.
    private static func decimal(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        let fraction = hundredths % 100 == 0 ? "" : "." + String(hundredths % 100 + 100).dropFirst()
        return "\(value < 0 && hundredths > 0 ? "-" : "")\(hundredths / 100)\(fraction)"
    }
}
