import Images
import TestSupport
import Testing

/// Maps over photographs.
@Suite struct MapOverlayTests {
    private func overlay(_ values: [Float], rows: Int, columns: Int, _ change: (inout MapOverlay) -> Void = { _ in }) -> MapOverlay {
        let photo = picture(width: 60, height: 40) { _, _, _ in 128 }
        var overlay = MapOverlay(
            photo: photo, values: values, rows: rows, columns: columns,
            placement: .init(firstColumn: 15, columnStep: 10, firstRow: 10, rowStep: 10, left: 10, top: 0, right: 50, bottom: 40),
            limit: 1, colors: .signed, caption: ["cat"])
        change(&overlay)
        return overlay
    }

    /// Orange for, blue against, grey where nothing is; what the network did not see is dark.
    @Test func coloursStandWhereTheirPositionsLook() {
        let picture = overlay([0, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0], rows: 3, columns: 4).picture
        #expect((picture.width, picture.height) == (60, 40))
        let (plus, minus) = (picture.pixel(25, 20), picture.pixel(35, 30))
        #expect(plus[0] > plus[2] + 100 && minus[2] > minus[0] + 100)
        let grey = picture.pixel(15, 10)
        #expect(grey.max()! - grey.min()! <= 3)
        #expect(picture.pixel(5, 20)[0] < 60 && picture.pixel(55, 20)[0] < 60)
        // Half way between 1 and 0 it is weaker.
        let half = picture.pixel(20, 20)
        #expect(half[0] > half[2] && half[0] - half[2] < plus[0] - plus[2])
    }

    @Test func aValueBeyondTheLimitIsAsTheLimit() {
        let pixels = [Float(1), 2, 50].map { value in
            overlay([Float](repeating: value, count: 12), rows: 3, columns: 4).picture.pixel(30, 20)
        }
        #expect(Set(pixels).count == 1)
    }

    @Test func aMapOfNothingShowsThePhotograph() {
        let picture = overlay([Float](repeating: 0, count: 12), rows: 3, columns: 4) { $0.colors = .positive }.picture
        #expect(picture.pixel(30, 20) == [128, 128, 128])
    }

    /// The scale and the caption stand under it, and nothing is cut.
    @Test func theFigureHoldsScaleAndWords() {
        let figure = overlay([Float](repeating: 0.5, count: 12), rows: 3, columns: 4).figure
        let svg = (try? figure.svg(record: nil)) ?? ""
        for word in [">-1.00<", ">0<", ">1.00<", ">cat<"] { #expect(svg.contains(word), "\(word)") }
        #expect(figure.height > 40)
    }

    @Test(arguments: [(Float(0), "0"), (0.389, "0.389"), (12.34, "12.3"), (1234, "1.23e+03"), (-0.0001, "-1.00e-04"), (150, "150")])
    func numbersHaveThreeDigits(_ value: Float, _ text: String) { #expect(MapOverlay.number(value) == text) }
}
