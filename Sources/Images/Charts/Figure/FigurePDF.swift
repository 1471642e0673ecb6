// A figure as a PDF document of one page (ISO 32000-1): text as text in the charts' typeface, pictures without losses.

extension Figure {
    /// Points of a page in a pixel: 96 pixels are an inch, as in SVG.
    private static let scale = 0.75

    /// The document. The same figure has the same bytes.
    ///
    /// - Parameter record: a text that is attached to it as lucid.json.
    public func pdf(record: String? = nil) throws(PictureError) -> [UInt8] {
        var file = PDFFile()
        let (catalog, pages, page) = (file.reserve(), file.reserve(), file.reserve())
        var names = ""
        if let record {
            let stream = file.add(stream: Array(record.utf8), Self.recordKeys)
            let attachment = file.add("<< /Type /Filespec /F (lucid.json) /UF (lucid.json) /EF << /F \(stream) >> >>")
            names = " /Names << /EmbeddedFiles << /Names [(lucid.json) \(attachment)] >> >>"
        }
        var font = PDFFont()
        var content = "\(Self.scale) 0 0 \(Self.scale) 0 0 cm\n" + box(0, 0, width, height, background)
        var pictures: [String] = []
        for element in elements {
            switch element {
            case .box(let x, let y, let width, let height, let color): content += box(x, y, width, height, color)
            case .polygon(let points, let color): content += polygon(points, color)
            case .picture(let picture, let x, let y):
                content += "q \(picture.width) 0 0 \(picture.height) \(x) \(height - y - picture.height) cm /P\(pictures.count) Do Q\n"
                pictures.append("/P\(pictures.count) \(try add(picture, to: &file))")
            case .text(let line): content += text(line, &font)
            }
        }
        let body = file.add(stream: Array(content.utf8))
        file.set(catalog, "<< /Type /Catalog /Pages \(pages)\(names) >>")
        file.set(pages, "<< /Type /Pages /Kids [\(page)] /Count 1 >>")
        let (pageWidth, pageHeight) = (PDFFile.number(Double(width) * Self.scale), PDFFile.number(Double(height) * Self.scale))
        file.set(
            page,
            "<< /Type /Page /Parent \(pages) /MediaBox [0 0 \(pageWidth) \(pageHeight)] /Contents \(body)"
                + " /Resources << /Font << /F \(font.add(to: &file)) >> /XObject << \(pictures.joined(separator: " ")) >> >> >>")
        return file.bytes(catalog: catalog)
    }

    /// The record in a document that `pdf` has made; nil if there is none.
    static func record(inPDF bytes: [UInt8]) -> String? {
        guard let keys = bytes.firstRange(of: Array("\(recordKeys) /Length ".utf8)) else { return nil }
        let digits = bytes[keys.upperBound...].prefix { (0x30...0x39).contains($0) }.prefix(12)
        guard let count = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        let start = digits.endIndex + PDFFile.streamStart.utf8.count
        guard start <= bytes.count, count <= bytes.count - start else { return nil }
        return String(decoding: bytes[start..<start + count], as: UTF8.self)
    }

    private static let recordKeys = "/Type /EmbeddedFile /Subtype /application#2Fjson /Description (how lucid made it)"

    private static func color(_ color: Color) -> String { (0..<3).map { PDFFile.number(Double(color[$0])) }.joined(separator: " ") + " rg" }

    /// Places are counted from below.
    private func box(_ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color) -> String {
        "\(Self.color(color)) \(x) \(self.height - y - height) \(width) \(height) re f\n"
    }

    private func polygon(_ points: [Point], _ color: Color) -> String {
        let places = points.map { "\(PDFFile.number($0.x)) \(PDFFile.number(Double(height) - $0.y))" }
        return "\(Self.color(color)) \(places[0]) m \(places.dropFirst().map { "\($0) l" }.joined(separator: " ")) f*\n"
    }

    private func text(_ line: Line, _ font: inout PDFFont) -> String {
        let turn = line.upwards ? "0 1 -1 0" : "1 0 0 1"
        let place = "\(PDFFile.number(line.x)) \(PDFFile.number(Double(height) - line.y))"
        return "BT \(Self.color(line.color)) /F \(PDFFile.number(line.size)) Tf \(turn) \(place) Tm \(font.shown(line.text)) TJ ET\n"
    }

    /// The data of a PNG file is what PDF calls deflated with PNG's predictors.
    private func add(_ picture: Picture, to file: inout PDFFile) throws(PictureError) -> String {
        var opaque = picture
        if picture.hasAlpha {
            var ground = Figure(width: picture.width, height: picture.height, background: background)
            ground.draw(picture, x: 0, y: 0)
            opaque = ground.picture
        }
        let png = try PNG.encode(opaque, quality: nil, record: nil)
        let bits = opaque.bitDepth.rawValue
        return file.add(
            stream: PNG.compressedRows(in: png),
            "/Type /XObject /Subtype /Image /Width \(opaque.width) /Height \(opaque.height) /ColorSpace /DeviceRGB /BitsPerComponent \(bits)"
                + " /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent \(bits) /Columns \(opaque.width) >>")
    }
}
