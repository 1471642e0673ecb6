/// Pictures side by side in a grid.
public enum ContactSheet {
    /// A picture and the words under it.
    public struct Tile: Sendable {
        /// In any size; the grid's cells fit the largest.
        public var picture: Picture
        /// In lines; nil for none.
        public var caption: String?

        /// A picture with words under it, or without.
        public init(_ picture: Picture, caption: String? = nil) { (self.picture, self.caption) = (picture, caption) }
    }

    /// Lays pictures out in rows, in their order. Each lies in the middle of a cell as large as the largest of them, with a
    /// gap between cells and around them. The sheet has 16 bits if one of the pictures has; transparent ones are blended with
    /// the background.
    ///
    /// - Parameters:
    ///   - columns: nil for a grid that is as square as the cells allow.
    ///   - gap: in pixels.
    ///   - background: red, green and blue in 0…1.
    public static func compose(
        _ pictures: [Picture], columns: Int? = nil, gap: Int = 2, background: SIMD3<Float> = SIMD3(repeating: 1)
    ) -> Picture {
        figure(pictures.map { Tile($0) }, columns: columns, gap: gap, background: background).picture
    }

    /// Lays pictures out with their captions under them, and a title over all.
    ///
    /// - Parameters:
    ///   - columns: nil for a grid that is as square as the cells allow.
    ///   - gap: in pixels; nil for one that grows with captioned pictures.
    ///   - title: nil for none.
    public static func figure(
        _ tiles: [Tile], columns: Int? = nil, gap: Int? = nil, title: String? = nil, background: SIMD3<Float> = SIMD3(repeating: 1)
    ) -> Figure {
        let layout = Layout(tiles, columns: columns, gap: gap, title: title)
        var figure = Figure(width: layout.width, height: layout.height, background: background)
        figure.write(
            layout.title.lines, x: Double(layout.width) / 2, top: Double(layout.gap), size: layout.title.size, anchor: .middle)
        for (tile, cell) in zip(tiles, layout.cells) {
            figure.draw(tile.picture, x: cell.x, y: cell.y)
            figure.write(
                cell.caption, x: Double(cell.x) + Double(tile.picture.width) / 2, top: Double(cell.captionTop), size: layout.captionSize,
                anchor: .middle)
        }
        return figure
    }

    /// Where everything lies on a sheet, in pixels.
    public struct Layout: Sendable {
        /// The width of the sheet.
        public let width: Int
        /// The height of the sheet.
        public let height: Int
        /// One for each picture, in their order.
        public let cells: [Cell]
        let gap: Int
        /// The size of the captions' letters.
        let captionSize: Double
        let title: (lines: [String], size: Double)

        /// Where a picture lies.
        public struct Cell: Sendable, Equatable {
            /// From the top, from 0.
            public let row: Int
            /// From the left, from 0.
            public let column: Int
            /// The picture's left edge.
            public let x: Int
            /// The picture's upper edge.
            public let y: Int
            /// The lines under it.
            package let caption: [String]
            /// Their upper edge.
            let captionTop: Int
        }

        /// A line of a caption is broken into as many lines at most.
        private static let mostLines = 2
        /// A title's letters are larger than a caption's, and never small.
        private static let (titleScale, leastTitle) = (1.3, 13.0)
        /// A captioned picture's side is as many gaps.
        private static let gaps = 32

        /// As `figure` lays tiles out.
        public init(_ tiles: [Tile], columns: Int? = nil, gap: Int? = nil, title: String? = nil) {
            self.init(
                tiles.map { ($0.picture.width, $0.picture.height) }, captions: tiles.map(\.caption), columns: columns, gap: gap, title: title)
        }

        /// As `compose` lays pictures of these sizes out.
        public init(
            _ sizes: [(width: Int, height: Int)], captions: [String?] = [], columns: Int? = nil, gap: Int? = nil, title: String? = nil
        ) {
            precondition(!sizes.isEmpty, "a sheet has at least one picture")
            precondition(gap ?? 0 >= 0 && columns ?? 1 > 0, "a sheet has at least one column, and no overlaps")
            let cellWidth = sizes.map(\.width).max()!, cellHeight = sizes.map(\.height).max()!
            let isCaptioned = captions.contains { $0 != nil }
            let gap = gap ?? (isCaptioned ? max(2, min(cellWidth, cellHeight) / Self.gaps) : 2)
            let size = Figure.textSize(beside: cellWidth, cellHeight)
            (self.gap, captionSize) = (gap, size)

            let lines = sizes.indices.map { index -> [String] in
                guard index < captions.count, let caption = captions[index] else { return [] }
                return Typeface.standard.lines(of: caption, within: Double(cellWidth), size: size, atMost: Self.mostLines)
            }
            func room(_ lines: some Sequence<[String]>) -> Int { Figure.height(ofLines: lines.map(\.count).max() ?? 0, size: size) }
            let columns = min(columns ?? squarest(sizes.count, cellWidth + gap, cellHeight + room(lines) + gap), sizes.count)
            let rows = (sizes.count + columns - 1) / columns
            width = columns * (cellWidth + gap) + gap

            let titleSize = max(Self.leastTitle, size * Self.titleScale)
            let titleLines = title.map {
                Typeface.standard.lines(of: $0, within: Double(columns * (cellWidth + gap) - gap), size: titleSize, atMost: Self.mostLines)
            } ?? []
            self.title = (titleLines, titleSize)
            var top = gap + Figure.height(ofLines: titleLines.count, size: titleSize) + (titleLines.isEmpty ? 0 : gap)
            let tops = (0..<rows).map { row -> Int in
                let own = top
                top += cellHeight + room(lines[row * columns..<min((row + 1) * columns, lines.count)]) + gap
                return own
            }
            height = top
            cells = sizes.enumerated().map { index, size in
                let (row, column) = (index / columns, index % columns)
                return Cell(
                    row: row, column: column, x: gap + column * (cellWidth + gap) + (cellWidth - size.width) / 2,
                    y: tops[row] + (cellHeight - size.height) / 2, caption: lines[index], captionTop: tops[row] + cellHeight)
            }
        }
    }

    /// The number of columns that makes width and height of the whole most alike, with as few empty cells as can be: the longer side
    /// in the shorter one's, times the cells in the pictures'.
    private static func squarest(_ count: Int, _ cellWidth: Int, _ cellHeight: Int) -> Int {
        func cost(_ columns: Int) -> Double {
            let rows = (count + columns - 1) / columns
            let (width, height) = (Double(columns * cellWidth), Double(rows * cellHeight))
            return max(width / height, height / width) * Double(rows * columns) / Double(count)
        }
        guard count > 0, cellWidth > 0, cellHeight > 0 else { return 1 }
        return (1...count).min { (cost($0), -$0) < (cost($1), -$1) }!
    }
}
