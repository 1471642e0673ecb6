/// A matrix of numbers from 0 to 1 as colours, from black over red to white, each with its number in it; its rows and columns named or
/// pictured along the sides.
public struct HeatMap: Sendable {
    /// The label beside a row or above a column.
    public enum Label: Sendable {
        case name(String)
        case picture(Picture)
    }

    /// `[rows, columns]`, row-major.
    public var values: [Double]
    /// The labels of the rows.
    public var rows: [Label]
    /// The labels of the columns.
    public var columns: [Label]
    /// Words under it, printable ASCII, in lines.
    public var caption: String
    /// Rows and columns before which a wider gap is left.
    public var breaks: Set<Int> = []

    /// A heat map without breaks.
    public init(values: [Double], rows: [Label], columns: [Label], caption: String) {
        precondition(values.count == rows.count * columns.count && !values.isEmpty, "a value for each row and column")
        self.values = values
        self.rows = rows
        self.columns = columns
        self.caption = caption
    }

    // In pixels.
    fileprivate static let (scale, gap, margin, wideGap) = (2, 2, 8, 8)
    private static let cell = (width: 60, height: 32)
    /// A caption's line may be so long, however small the matrix.
    private static let leastLine = 420
    /// Colours below this are dark, and bear white letters.
    private static let dark = 0.6

    /// The whole chart.
    public var picture: Picture {
        let thumbnails = (rows + columns).compactMap(\.thumbnail)
        let cellWidth = max(Self.cell.width, thumbnails.map(\.width).max() ?? 0)
        let cellHeight = max(Self.cell.height, thumbnails.map(\.height).max() ?? 0)
        func places(_ count: Int, _ side: Int) -> [Int] {
            var place = 0
            return (0..<count).map { index in
                if index > 0 { place += side + (breaks.contains(index) ? Self.wideGap : Self.gap) }
                return place
            }
        }
        let lineHeight = DrawingSurface.height(ofLine: Self.scale) + 6
        let left = Self.margin + (rows.map(\.extent).max() ?? 0) + Self.margin
        let top = Self.margin + (columns.map { $0.thumbnail?.height ?? $0.extent }.max() ?? 0) + Self.margin
        let (xs, ys) = (places(columns.count, cellWidth), places(rows.count, cellHeight))
        let bottom = top + ys.last! + cellHeight + Self.margin
        let lines = wrapped(within: max(left + xs.last! + cellWidth - Self.margin, Self.leastLine))
        let captionWidth = lines.map { DrawingSurface.extent(of: $0, scale: Self.scale) }.max() ?? 0
        var surface = DrawingSurface(
            width: max(left + xs.last! + cellWidth, captionWidth + Self.margin) + Self.margin,
            height: bottom + lines.count * lineHeight + Self.margin)

        let letter = DrawingSurface.height(ofLine: Self.scale)
        for (y, label) in zip(ys, rows) {
            switch label {
            case .name(let name):
                let x = left - Self.margin - label.extent
                surface.write(name, x: x, y: top + y + (cellHeight - letter) / 2, scale: Self.scale)
            case .picture:
                let picture = label.thumbnail!
                surface.draw(picture, x: left - Self.margin - picture.width, y: top + y + (cellHeight - picture.height) / 2)
            }
        }
        for (x, label) in zip(xs, columns) {
            switch label {
            case .name(let name):
                surface.write(
                    name, x: left + x + (cellWidth - letter) / 2, y: top - Self.margin, scale: Self.scale, upwards: true)
            case .picture:
                let picture = label.thumbnail!
                surface.draw(picture, x: left + x + (cellWidth - picture.width) / 2, y: top - Self.margin - picture.height)
            }
        }
        for (row, y) in ys.enumerated() {
            for (column, x) in xs.enumerated() {
                let value = values[row * columns.count + column]
                surface.fill(
                    x: left + x, y: top + y, width: cellWidth, height: cellHeight, HeatColors.color(of: Float(value)))
                let number = Self.decimal(value)
                let extent = DrawingSurface.extent(of: number, scale: Self.scale)
                surface.write(
                    number, x: left + x + (cellWidth - extent) / 2, y: top + y + (cellHeight - letter) / 2, scale: Self.scale,
                    value < Self.dark ? DrawingSurface.white : DrawingSurface.black)
            }
        }
        for (index, line) in lines.enumerated() {
            surface.write(line, x: Self.margin, y: bottom + index * lineHeight, scale: Self.scale)
        }
        return surface.picture
    }

    /// The caption's lines, broken between words where they are longer than so many pixels.
    private func wrapped(within width: Int) -> [String] {
        var lines: [String] = []
        for line in caption.split(separator: "\n") {
            var current = ""
            for word in line.split(separator: " ") {
                let longer = current.isEmpty ? String(word) : "\(current) \(word)"
                if !current.isEmpty, DrawingSurface.extent(of: longer, scale: Self.scale) > width {
                    lines.append(current)
                    current = String(word)
                } else {
                    current = longer
                }
            }
            lines.append(current)
        }
        return lines
    }

    /// Two decimals.
    private static func decimal(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        return "\(value < 0 && hundredths > 0 ? "-" : "")\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}

extension HeatMap.Label {
    private static let thumbnailSide = 64

    /// A picture of at most so many pixels a side.
    fileprivate var thumbnail: Picture? {
        guard case .picture(let picture) = self else { return nil }
        return picture.fitted(within: Self.thumbnailSide)
    }

    /// Along the line of a row's label, in pixels.
    fileprivate var extent: Int {
        switch self {
        case .name(let name): DrawingSurface.extent(of: name, scale: HeatMap.scale)
        case .picture: thumbnail!.width
        }
    }
}

extension Picture {
    /// The picture made smaller, if it must be, so that its longer side has at most so many pixels.
    public func fitted(within side: Int) -> Picture {
        let longer = max(width, height)
        guard longer > side else { return self }
        return resized(
            width: max(1, (width * side + longer / 2) / longer), height: max(1, (height * side + longer / 2) / longer))
    }
}
