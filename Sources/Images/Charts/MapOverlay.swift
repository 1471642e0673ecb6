import Foundation

/// A map of numbers over the part of a photograph that it belongs to, with its scale and words under it.
public struct MapOverlay: Sendable {
    /// The photograph under the map, in its own size.
    public var photo: Picture
    /// `[rows, columns]`, row-major.
    public var values: [Float]
    /// Rows of the map.
    public var rows: Int
    /// Columns of the map.
    public var columns: Int
    /// Where the values lie in the photograph.
    public var placement: Placement
    /// The value whose colour is the strongest. Above 0.
    public var limit: Float
    /// The colours that values have.
    public var colors: MapColors
    /// The photograph is pale and grey, so that single pixels of the map are seen on it.
    public var isFine = false
    /// Words under the scale, in lines.
    public var caption: [String]

    /// Where the positions of a map look in a photograph, in its pixels: a pixel's own middle is 0.5.
    public struct Placement: Sendable, Equatable {
        /// The middle of what the first column sees.
        public var firstColumn: Double
        /// From one column to the next.
        public var columnStep: Double
        /// The middle of what the first row sees.
        public var firstRow: Double
        /// From one row to the next.
        public var rowStep: Double
        /// The part that the network saw; the rest is dimmed.
        public var left: Double
        /// Upper edge of the part that the network saw.
        public var top: Double
        /// Right edge of the part that the network saw.
        public var right: Double
        /// Lower edge of the part that the network saw.
        public var bottom: Double

        /// All in pixels of the photograph.
        public init(
            firstColumn: Double, columnStep: Double, firstRow: Double, rowStep: Double, left: Double, top: Double, right: Double, bottom: Double
        ) {
            (self.firstColumn, self.columnStep, self.firstRow, self.rowStep) = (firstColumn, columnStep, firstRow, rowStep)
            (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        }
    }

    /// - Parameter values: `[rows, columns]`, row-major.
    public init(
        photo: Picture, values: [Float], rows: Int, columns: Int, placement: Placement, limit: Float, colors: MapColors, caption: [String]
    ) {
        precondition(values.count == rows * columns && rows > 0 && columns > 0 && limit > 0)
        (self.photo, self.values, self.rows, self.columns) = (photo, values, rows, columns)
        (self.placement, self.limit, self.colors, self.caption) = (placement, limit, colors, caption)
    }

    /// The photograph's colours are weakened by this, so that the map's own can be told from them.
    private static let greyness: Float = 0.75
    private static let dimmed: Float = 0.35
    /// What a pale photograph's white and black become.
    private static let (paleWhite, paleBlack): (Float, Float) = (0.97, 0.55)

    /// The photograph in its own size with the map over it.
    public var picture: Picture {
        let (width, height) = (photo.width, photo.height)
        let area = width * height
        var planes = photo.composited(over: 1).planes()
        let across = (0..<width).map { place(Double($0) + 0.5, placement.firstColumn, placement.columnStep, columns) }
        let down = (0..<height).map { place(Double($0) + 0.5, placement.firstRow, placement.rowStep, rows) }
        for y in 0..<height {
            let isInside = Double(y) + 0.5 > placement.top && Double(y) + 0.5 < placement.bottom
            for x in 0..<width {
                let pixel = y * width + x
                let color = SIMD3(planes[pixel], planes[area + pixel], planes[2 * area + pixel])
                let grey = (color * SIMD3(0.299, 0.587, 0.114)).sum()
                var shown = color + Self.greyness * (SIMD3(repeating: grey) - color)
                if isInside, Double(x) + 0.5 > placement.left, Double(x) + 0.5 < placement.right {
                    if isFine { shown = SIMD3(repeating: Self.paleBlack + (Self.paleWhite - Self.paleBlack) * grey) }
                    let (color, share) = colors.cover(value(across[x], down[y]) / limit)
                    shown += share * (color - shown)
                } else {
                    shown *= Self.dimmed
                }
                for channel in 0..<3 { planes[channel * area + pixel] = shown[channel] }
            }
        }
        return Picture(planes: planes, channels: 3, width: width, height: height)
    }

    /// Two neighbouring positions of the map, and how far between them: beyond the first and the last the edge's value holds.
    private func place(_ pixel: Double, _ first: Double, _ step: Double, _ count: Int) -> (first: Int, second: Int, fraction: Float) {
        let position = min(max((pixel - first) / step, 0), Double(count - 1))
        let lower = min(Int(position), max(count - 2, 0))
        return (lower, min(lower + 1, count - 1), Float(position - Double(lower)))
    }

    private func value(_ x: (first: Int, second: Int, fraction: Float), _ y: (first: Int, second: Int, fraction: Float)) -> Float {
        func row(_ row: Int) -> Float {
            let (a, b) = (values[row * columns + x.first], values[row * columns + x.second])
            return a + x.fraction * (b - a)
        }
        let (a, b) = (row(y.first), row(y.second))
        return a + y.fraction * (b - a)
    }

    // In pixels.
    private static let (margin, barHeight) = (8, 14)
    private static let ground: Float = 0.75

    /// The picture with the scale of its colours and the caption under it.
    public var figure: Figure { Self.figure([(nil, self)]) }

    /// Several maps of one photograph beside each other, with their names, and one scale and caption, the first's, under them.
    public static func figure(_ overlays: [(name: String?, overlay: MapOverlay)]) -> Figure {
        let first = overlays[0].overlay
        let (photo, isNamed) = (first.photo, overlays.contains { $0.name != nil })
        let columns = min(overlays.count, mostColumns)
        let rows = (overlays.count + columns - 1) / columns
        let size = min(max(Figure.textSize(beside: photo.width, photo.height), 11), 22)
        let gap = overlays.count > 1 ? margin : 0
        let (cellWidth, cellHeight) = (photo.width + gap, photo.height + gap + (isNamed ? Figure.height(ofLines: 1, size: size) : 0))
        let (width, height) = (columns * cellWidth - gap, rows * cellHeight - gap)
        let barWidth = max(40, width - 2 * margin)
        let lines = first.caption.flatMap { Typeface.standard.lines(of: $0, within: Double(barWidth), size: size, atMost: 4) }
        let bar = first.bar(width: barWidth)
        let lineHeight = Figure.height(ofLines: 1, size: size)
        let textTop = height + margin + barHeight + 2
        var figure = Figure(width: width, height: textTop + lineHeight + Figure.height(ofLines: lines.count, size: size) + margin)
        for (index, (name, overlay)) in overlays.enumerated() {
            let (x, y) = (index % columns * cellWidth, index / columns * cellHeight)
            figure.draw(overlay.picture, x: x, y: y)
            if let name {
                figure.write([name], x: Double(x) + Double(photo.width) / 2, top: Double(y + photo.height), size: size, anchor: .middle)
            }
        }
        figure.draw(bar, x: margin, y: height + margin)
        let ends = first.colors == .signed ? [-first.limit, 0, first.limit] : [0, first.limit]
        for (index, end) in ends.enumerated() {
            let x = Double(margin) + Double(bar.width) * Double(index) / Double(ends.count - 1)
            figure.write([number(end)], x: x, top: Double(textTop), size: size, anchor: index == 0 ? .start : index == ends.count - 1 ? .end : .middle)
        }
        figure.write(lines, x: Double(margin), top: Double(textTop + lineHeight), size: size)
        return figure
    }

    private static let mostColumns = 3

    /// The colours of the scale on a light grey.
    private func bar(width: Int) -> Picture {
        let height = Self.barHeight
        var planes = [Float](repeating: 0, count: 3 * width * height)
        for x in 0..<width {
            let share = (Float(x) + 0.5) / Float(width)
            let (color, cover) = colors.cover(colors == .signed ? 2 * share - 1 : share)
            let shown = SIMD3(repeating: Self.ground) + cover * (color - SIMD3(repeating: Self.ground))
            for y in 0..<height { for channel in 0..<3 { planes[(channel * height + y) * width + x] = shown[channel] } }
        }
        return Picture(planes: planes, channels: 3, width: width, height: height)
    }

    /// Three digits that count.
    package static func number(_ value: Float) -> String {
        if value == 0 { return "0" }
        let size = abs(Double(value))
        if size >= 1000 || size < 0.001 { return String(format: "%.2e", Double(value)) }
        return String(format: size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", Double(value))
    }
}
