import Images
import TestSupport
import Testing

@Suite struct PDFTests {
    private func figure() -> Figure {
        var figure = Figure(width: 200, height: 100)
        figure.fill(x: 1, y: 2, width: 3, height: 4, SIMD3(1, 0.5, 0))
        figure.draw(picture(width: 5, height: 3) { x, y, _ in UInt8(20 * x + y) }, x: 5, y: 6)
        figure.write("AVA µ", x: 10, y: 20, size: 10)
        figure.write("up", x: 30, y: 90, size: 12.5, upwards: true)
        return figure
    }

    /// The bytes as Latin 1, so that places in the text are places in the file.
    private func text(_ bytes: some Sequence<UInt8>) -> String { String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })) }

    @Test func everyObjectIsWhereTheTableSays() throws {
        let bytes = try figure().pdf(record: "{}")
        let file = text(bytes)
        let end = try #require(file.split(separator: "\n").dropLast().last.flatMap { Int($0) })
        let table = text(bytes[end...]).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(table[0] == "xref" && table[1].hasPrefix("0 ") && table[2] == "0000000000 65535 f ")
        let count = try #require(Int(table[1].dropFirst(2)))
        #expect(count > 10 && table[2 + count] == "trailer" && table[3 + count].contains("/Size \(count) "))
        for number in 1..<count {
            let row = table[2 + number]
            #expect(row.count == 19)  // and the end of the line
            let place = try #require(Int(row.prefix(10)))
            #expect(text(bytes[place...].prefix(12)).hasPrefix("\(number) 0 obj"), "object \(number)")
        }
        #expect(try figure().pdf(record: "{}") == bytes)
    }

    /// Places are counted from below, and three quarters of a pixel are a point.
    @Test func aPageHoldsWhatTheFigureHolds() throws {
        let bytes = try figure().pdf()
        func holds(_ text: String) -> Bool { bytes.firstRange(of: Array(text.utf8)) != nil }
        #expect(holds("/MediaBox [0 0 150 75]") && holds("0.75 0 0 0.75 0 0 cm\n1 1 1 rg 0 0 200 100 re f\n"))
        #expect(holds("1 0.5 0 rg 1 94 3 4 re f\n"))
        #expect(holds("q 5 0 0 3 5 91 cm /P0 Do Q\n") && holds("/Width 5 /Height 3 /ColorSpace /DeviceRGB /BitsPerComponent 8"))
        #expect(holds("/F 12.5 Tf 0 1 -1 0 30 10 Tm ["))
        // Letters are found again by the map from glyphs, and A and V stand closer than their widths.
        for scalar in "AVµup".unicodeScalars {
            #expect(holds("> <\(String(String(scalar.value + 0x10000, radix: 16, uppercase: true).dropFirst()))>\n"), "\(scalar)")
        }
        let start = try #require(bytes.firstRange(of: Array("BT 0 0 0 rg /F 10 Tf 1 0 0 1 10 80 Tm [".utf8)))
        let line = String(decoding: bytes[start.upperBound...].prefix { $0 != 0x0A }, as: UTF8.self)
        let moves = line.split(separator: ">").dropFirst().compactMap { Double($0.prefix { $0 != "<" }) }
        #expect(moves.count >= 2 && moves[0] > 20 && moves[0] < 120, "\(line)")
        #expect(holds("/Length1 43204 /Length 43204"))
    }

    @Test func recordsComeBack() throws {
        let record = "{\"a\":\"ü > endstream\"}"
        #expect(FigureFormat(fileName: "A.PDF") == .pdf && FigureFormat(fileName: "a.svg") == .svg && FigureFormat(fileName: "a.png") == nil)
        for format in FigureFormat.allCases {
            let bytes = try format.encode(figure(), record: record)
            #expect(FigureFormat(bytes: bytes) == format && format.record(in: bytes) == record)
            #expect(format.record(in: try format.encode(figure(), record: nil)) == nil)
            // One that was cut has none, and harms nobody.
            for count in [0, 10, 200, 400] { #expect(format.record(in: Array(bytes.prefix(count)))?.count ?? 0 <= record.count) }
        }
    }
}
