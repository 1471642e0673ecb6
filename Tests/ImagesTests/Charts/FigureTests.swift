import Foundation
import Images
import TestSupport
import Testing

@Suite struct FigureTests {
    private let grey = picture(width: 64, height: 48) { _, _, _ in 7 }

    @Test func captionsStandUnderPicturesAndLeaveThemAsTheyAre() {
        let tiles = ["57", nil, "a long caption under a small picture"].map { ContactSheet.Tile(grey, caption: $0) }
        let layout = ContactSheet.Layout(tiles, columns: 3, title: "squeezenet1_1 features.10")
        let sheet = ContactSheet.figure(tiles, columns: 3, title: "squeezenet1_1 features.10").picture
        #expect((sheet.width, sheet.height) == (layout.width, layout.height))
        for (index, cell) in layout.cells.enumerated() {
            for y in 0..<48 { for x in 0..<64 { #expect(sheet.pixel(cell.x + x, cell.y + y) == [7, 7, 7]) } }
            let under = (cell.y + 48..<sheet.height).contains { y in (0..<64).contains { sheet.pixel(cell.x + $0, y) != [255, 255, 255] } }
            #expect(under == (index != 1))
        }
        #expect(layout.cells[0].y > 15 && (0..<layout.cells[0].y).contains { y in (0..<sheet.width).contains { sheet.pixel($0, y)[0] < 100 } })
        #expect(layout.cells[2].caption.count == 2)
    }

    /// A fourteenth of the shorter side, and at least nine pixels.
    @Test func lettersGrowWithPictures() {
        #expect(Figure.textSize(beside: 64, 64) == 9 && Figure.textSize(beside: 2000, 224) == 16 && Figure.textSize(beside: 512, 512) == 37)
    }

    @Test func darkTextOnAGround() {
        var figure = Figure(width: 40, height: 20, background: SIMD3(1, 1, 0))
        figure.write("I", x: 0, y: 16, size: 16)
        let drawn = figure.picture
        #expect((0..<40).allSatisfy { x in (0..<20).allSatisfy { drawn.pixel(x, $0)[2] == 0 } })
        #expect((0..<8).contains { drawn.pixel($0, 10)[0] < 100 } && drawn.pixel(20, 10) == [255, 255, 0])
    }

    /// The same elements as SVG.
    @Test func svgHasTextAsTextAndPicturesWithin() throws {
        var figure = Figure(width: 200, height: 100)
        figure.fill(x: 1, y: 2, width: 3, height: 4, SIMD3(1, 0.5, 0))
        figure.draw(grey, x: 5, y: 6)
        figure.write("a < b & \"c\"\u{1}", x: 10, y: 20, size: 10)
        figure.write("up", x: 30, y: 90, size: 12.5, anchor: .middle, upwards: true)
        let svg = try figure.svg(record: #"{"a":"<&\"]]></metadata>"}"#)
        #expect(svg.contains(#"width="200" height="100" viewBox="0 0 200 100""#))
        #expect(svg.contains(##"<rect x="1" y="2" width="3" height="4" fill="#ff8000"/>"##))
        #expect(svg.contains(#"<image x="5" y="6" width="64" height="48" xlink:href="data:image/png;base64,iVBORw0KGgo"#))
        #expect(svg.contains(">a &lt; b &amp; &quot;c&quot;\u{FFFD}</text>") && svg.contains("font-size=\"12.50\""))
        #expect(svg.contains("rotate(-90 30 ") && svg.contains("'DejaVu Sans Condensed'") && !svg.contains("\u{1}"))
        #expect(Figure.isSVG(Array(svg.utf8)))
        #expect(Figure.record(inSVG: Array(svg.utf8)) == #"{"a":"<&\"]]></metadata>"}"#)
        #expect(Figure.record(inSVG: Array(try figure.svg().utf8)) == nil)
        #expect(Figure.record(inSVG: Array("<svg>".utf8)) == nil)
    }
}

@Suite struct PolygonTests {
    /// The pixels that a polygon covers add up to its area, wherever it lies, and what is beyond the figure is left out.
    @Test(arguments: [0.0, 0.3, 0.77]) func pixelsAddUpToTheArea(_ shift: Double) {
        func covered(_ points: [Figure.Point]) -> Double {
            var figure = Figure(width: 40, height: 30)
            figure.fill(points.map { $0 + Figure.Point(shift, shift) }, Figure.black)
            let picture = figure.picture
            return (0..<1200).reduce(0) { $0 + Double(255 - picture.bytes[3 * $1]) / 255 }
        }
        // A horizontal border lies within half of one of the eight lines in a row of pixels.
        func bound(_ width: Double) -> Double { width / 16 + 0.3 }
        #expect(abs(covered([.init(5, 5), .init(25, 5), .init(5, 15)]) - 100) < bound(20))
        #expect(abs(covered([.init(10, 10), .init(20, 10), .init(20, 20), .init(10, 20)]) - 100) < bound(10))
        #expect(abs(covered([.init(-50, 10), .init(90, 10), .init(90, 20), .init(-50, 20)]) - 400) < bound(40))
        // A star of five beams drawn in one line: what is enclosed twice is not filled.
        let corners = (0..<5).map { Figure.Point(20 + 8 * cos(Double($0) * 0.4 * .pi), 15 + 8 * sin(Double($0) * 0.4 * .pi)) }
        let (star, pentagon) = ([0, 2, 4, 1, 3].map { corners[$0] }, corners)
        #expect(covered(star) < 0.5 * covered(pentagon) && covered(star) > 0.3 * covered(pentagon))
    }

    @Test func documentsHoldThemAsPolygons() throws {
        var figure = Figure(width: 40, height: 30)
        figure.fill([.init(1, 2), .init(3.5, 4), .init(5, 6)], .init(1, 0, 0))
        figure.draw([.init(0, 0), .init(10, 0)], thickness: 2, Figure.black)
        let svg = try figure.svg()
        #expect(svg.contains(##"<polygon points="1,2 3.50,4 5,6" fill="#ff0000" fill-rule="evenodd"/>"##))
        #expect(svg.contains(#"<polygon points="0,1 10,1 10,-1 0,-1""#))
        #expect(try figure.pdf() != Figure(width: 40, height: 30).pdf())
    }
}
