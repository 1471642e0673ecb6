/// Pictures side by side in a grid.
public enum ContactSheet {
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
        let layout = Layout(pictures.map { ($0.width, $0.height) }, columns: columns, gap: gap)
        let (width, height) = (layout.width, layout.height)

        func draw<S: Sample>(_ samples: (Picture) -> [S]) -> [S] {
            let ground = (0..<3).map { S(unit: background[$0]) }
            var sheet = [S](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
                for pixel in 0..<width * height { for channel in 0..<3 { buffer[3 * pixel + channel] = ground[channel] } }
                count = width * height * 3
            }
            for (index, picture) in pictures.enumerated() {
                let (left, top) = (layout.cells[index].x, layout.cells[index].y)
                let source = samples(picture), channels = picture.channels
                for y in 0..<picture.height {
                    for x in 0..<picture.width {
                        let from = (y * picture.width + x) * channels, to = ((top + y) * width + left + x) * 3
                        let alpha = picture.hasAlpha ? source[from + 3].unit : 1
                        for channel in 0..<3 {
                            let value = source[from + channel]
                            sheet[to + channel] =
                                alpha == 1 ? value : S(unit: alpha * value.unit + (1 - alpha) * background[channel])
                        }
                    }
                }
            }
            return sheet
        }
        let isDeep = pictures.contains { $0.bitDepth == .sixteen }
        return Picture(
            width: width, height: height,
            samples: isDeep ? .sixteen(draw(\.sixteenBitSamples)) : .eight(draw(\.eightBitSamples)))
    }

    /// Where everything lies on a sheet, in pixels.
    public struct Layout: Sendable {
        /// The width of the sheet.
        public let width: Int
        /// The height of the sheet.
        public let height: Int
        /// One for each picture, in their order.
        public let cells: [Cell]

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
        }

        /// As `compose` lays pictures of these sizes out.
        public init(_ sizes: [(width: Int, height: Int)], columns: Int? = nil, gap: Int = 2) {
            precondition(!sizes.isEmpty, "a sheet has at least one picture")
            precondition(gap >= 0 && columns ?? 1 > 0, "a sheet has at least one column, and no overlaps")
            let cellWidth = sizes.map(\.width).max()!, cellHeight = sizes.map(\.height).max()!
            let columns = min(columns ?? squarest(sizes.count, cellWidth + gap, cellHeight + gap), sizes.count)
            let rows = (sizes.count + columns - 1) / columns
            width = columns * (cellWidth + gap) + gap
            height = rows * (cellHeight + gap) + gap
            cells = sizes.enumerated().map { index, size in
                let (row, column) = (index / columns, index % columns)
                return Cell(
                    row: row, column: column, x: gap + column * (cellWidth + gap) + (cellWidth - size.width) / 2,
                    y: gap + row * (cellHeight + gap) + (cellHeight - size.height) / 2)
            }
        }
    }

    /// The number of columns that makes width and height of the whole most alike.
    private static func squarest(_ count: Int, _ cellWidth: Int, _ cellHeight: Int) -> Int {
        let ideal = (Double(count) * Double(cellHeight) / Double(max(cellWidth, 1))).squareRoot()
        return min(max(1, Int(ideal.rounded(.up))), count)
    }
}
