import Images
import TestSupport
import Testing

@Suite struct HeatMapTests {
    private func flat(_ value: UInt8, side: Int) -> Picture { picture(width: side, height: side) { _, _, _ in value } }

    /// A colour that no letter has.
    private func green(_ value: UInt8, side: Int) -> Picture { picture(width: side, height: side) { _, _, channel in channel == 1 ? value : 0 } }

    /// Whether a colour occurs anywhere.
    private func pixels(of map: Picture, in color: [UInt8]) -> Int {
        (0..<map.height).reduce(0) { sum, y in sum + (0..<map.width).count { map.pixel($0, y) == color } }
    }

    private func named(_ values: [Double], rows: Int, columns: Int) -> HeatMap {
        HeatMap(
            values: values, rows: (0..<rows).map { .name("\($0)") }, columns: (0..<columns).map { .name("\($0)") }, caption: "")
    }

    @Test func aHigherNumberIsLighter() {
        let light = [0, 0.25, 0.5, 0.75, 1].map { named([$0], rows: 1, columns: 1).figure.picture.planes().reduce(0, +) }
        #expect(zip(light, light.dropFirst()).allSatisfy { $0 + 60 * 32 * 0.1 < $1 }, "\(light)")
    }

    @Test func aNumberColoursItsCellAlone() {
        let base = named([0, 0, 0, 0, 0, 0], rows: 2, columns: 3).figure.picture
        var lefts: [Int] = []
        for index in 0..<6 {
            var values = [Double](repeating: 0, count: 6)
            values[index] = 1
            let changed = named(values, rows: 2, columns: 3).figure.picture
            let places = (0..<base.height).flatMap { y in
                (0..<base.width).filter { base.pixel($0, y) != changed.pixel($0, y) }.map { (x: $0, y: y) }
            }
            let (xs, ys) = (places.map(\.x), places.map(\.y))
            #expect(xs.max()! - xs.min()! == 59 && ys.max()! - ys.min()! == 31)
            lefts.append(xs.min()! + 10_000 * ys.min()!)
        }
        #expect(Set(lefts).count == 6 && lefts == lefts.sorted())
    }

    @Test func picturesStandAlongBothSides() {
        let labels = [green(10, side: 20), green(20, side: 200)].map { HeatMap.Label.picture($0, name: "") }
        let drawn = HeatMap(values: [1, 1, 1, 1], rows: labels, columns: labels, caption: "").figure.picture
        #expect(pixels(of: drawn, in: [0, 10, 0]) == 2 * 20 * 20)
        #expect(pixels(of: drawn, in: [0, 20, 0]) == 2 * 128 * 128)  // made smaller
    }

    /// A chart that is printed small can still be read: letters are a sixth of the pictures, and never small.
    @Test(arguments: [(64, "16"), (200, "21")])
    func lettersGrowWithPictures(_ side: Int, _ size: String) throws {
        let labels = [HeatMap.Label.picture(green(10, side: side), name: "seed 0")]
        let svg = try HeatMap(values: [1], rows: labels, columns: labels, caption: "one").figure.svg()
        #expect(svg.split(separator: "font-size=\"").dropFirst().allSatisfy { $0.hasPrefix("\(size)\"") }, "\(svg.suffix(600))")
    }

    /// Leaves 0 and 1 join at 0.9, and 2 with both at 0.4; a line marks 0.8.
    @Test func aTreeStandsBesideTheRows() {
        var map = named([Double](repeating: 0, count: 9), rows: 3, columns: 3)
        let bare = map.figure.picture
        map.tree = HeatMap.Tree(joins: [.init(first: 0, second: 1, value: 0.9), .init(first: 3, second: 2, value: 0.4)], mark: 0.8)
        let drawn = map.figure.picture
        #expect(drawn.height == bare.height && drawn.width > bare.width + 100)
        let area = bare.width..<drawn.width
        func isBlack(_ x: Int, _ y: Int) -> Bool { drawn.pixel(x, y) == [0, 0, 0] }
        // The joins are the columns that are black over a row's height.
        let joins = area.filter { x in (0..<drawn.height).count { isBlack(x, $0) } > 30 }
        #expect(joins.count == 2 * 2, "\(joins)")
        let (first, second) = (joins[0], joins[2])
        let start = joins.first! - (second - first) / 5  // values fall from 1: 0.1 and 0.6
        #expect(abs(start - area.first { x in (0..<drawn.height).contains { isBlack(x, $0) } }!) <= 2)
        // The second joins the third row with the middle of the first join.
        func top(_ x: Int) -> Int { (0..<drawn.height).first { y in (y..<y + 8).allSatisfy { isBlack(x, $0) } }! }
        #expect(abs(top(second) - top(first) - 17) <= 2, "\(top(first)), \(top(second))")
    }

    @Test func groupsAreSetApartAndLongCaptionsBroken() {
        var map = HeatMap(values: [1, 0, 0, 1], rows: [.name("a"), .name("b")], columns: [.name("a"), .name("b")], caption: "one")
        let plain = map.figure.picture
        map.breaks = [0, 1]
        #expect(map.figure.picture.width >= plain.width && map.figure.picture.height == plain.height + 6)
        map.breaks = []
        map.caption = [String](repeating: "word", count: 40).joined(separator: " ")
        #expect(map.figure.picture.width < 600 && map.figure.picture.height > plain.height)
    }

    /// An L above a column is an L turned by a quarter to the left: its foot is on the right, its stroke below.
    @Test func columnsAreNamedUpwards() {
        let drawn = HeatMap(values: [1], rows: [.name("")], columns: [.name("L")], caption: "").figure.picture
        let ink = (0..<drawn.height).map { y in (0..<drawn.width).filter { drawn.pixel($0, y)[0] < 128 } }
        let lines = ink.filter { !$0.isEmpty }.prefix(7).map { Array($0) }
        #expect(lines[5].count > 9 && lines[6].count > 9 && lines[..<5].allSatisfy { $0 == [lines[5].last!] }, "\(lines)")
    }

    @Test func picturesHaveNamesBesideThem() {
        let (plain, named) = ("", "seed 3\nfacet 1")
        let drawn = [plain, named].map { name in
            let label = HeatMap.Label.picture(green(10, side: 20), name: name)
            return HeatMap(values: [1], rows: [label], columns: [label], caption: "").figure.picture
        }
        #expect(drawn[1].width > drawn[0].width + 30 && drawn[1].height == drawn[0].height + 40)
        #expect(pixels(of: drawn[1], in: [0, 10, 0]) == 2 * 20 * 20)
    }

    @Test func aSheetTellsWherePicturesLie() {
        let pictures = [flat(1, side: 4), flat(2, side: 6), flat(3, side: 6)]
        let layout = ContactSheet.Layout(pictures.map { ($0.width, $0.height) }, columns: 2, gap: 3)
        let sheet = ContactSheet.compose(pictures, columns: 2, gap: 3)
        #expect((layout.width, layout.height) == (sheet.width, sheet.height))
        #expect(layout.cells.map { [$0.row, $0.column] } == [[0, 0], [0, 1], [1, 0]])
        for (index, cell) in layout.cells.enumerated() {
            #expect(sheet.pixel(cell.x, cell.y) == [UInt8](repeating: UInt8(index + 1), count: 3))
            #expect(sheet.pixel(cell.x - 1, cell.y - 1) == [255, 255, 255])
        }
    }
}
