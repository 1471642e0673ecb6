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
        precondition(!pictures.isEmpty, "a sheet has at least one picture")
        precondition(gap >= 0 && columns ?? 1 > 0, "a sheet has at least one column, and no overlaps")
        let cellWidth = pictures.map(\.width).max()!, cellHeight = pictures.map(\.height).max()!
        let columns = min(columns ?? squarest(pictures.count, cellWidth + gap, cellHeight + gap), pictures.count)
        let rows = (pictures.count + columns - 1) / columns
        let width = columns * (cellWidth + gap) + gap, height = rows * (cellHeight + gap) + gap

        func draw<S: Sample>(_ samples: (Picture) -> [S]) -> [S] {
            let ground = (0..<3).map { S(unit: background[$0]) }
            var sheet = [S](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
                for pixel in 0..<width * height { for channel in 0..<3 { buffer[3 * pixel + channel] = ground[channel] } }
                count = width * height * 3
            }
            for (index, picture) in pictures.enumerated() {
                let left = gap + index % columns * (cellWidth + gap) + (cellWidth - picture.width) / 2
                let top = gap + index / columns * (cellHeight + gap) + (cellHeight - picture.height) / 2
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

    /// The number of columns that makes width and height of the whole most alike.
    private static func squarest(_ count: Int, _ cellWidth: Int, _ cellHeight: Int) -> Int {
        let ideal = (Double(count) * Double(cellHeight) / Double(max(cellWidth, 1))).squareRoot()
        return min(max(1, Int(ideal.rounded(.up))), count)
    }
}
