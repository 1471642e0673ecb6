/// A matrix of numbers from 0 to 1 as colours, from black over red to white, each with its number in it; its rows and columns named or
/// pictured along the sides.
public struct HeatMap: Sendable {
    /// The label beside a row or above a column.
    public enum Label: Sendable {
        /// Words.
        case name(String)
        /// A name beside it; empty for none.
        case picture(Picture, name: String)
    }

    /// `[rows, columns]`, row-major.
    public var values: [Double]
    /// The labels of the rows.
    public var rows: [Label]
    /// The labels of the columns.
    public var columns: [Label]
    /// Words under it, in lines.
    public var caption: String
    /// Rows and columns before which a wider gap is left.
    public var breaks: Set<Int> = []
    /// How the rows join, drawn beside them; nil for no tree.
    public var tree: Tree?

    /// A heat map without breaks.
    public init(values: [Double], rows: [Label], columns: [Label], caption: String) {
        precondition(values.count == rows.count * columns.count && !values.isEmpty, "a value for each row and column")
        self.values = values
        self.rows = rows
        self.columns = columns
        self.caption = caption
    }

    // In pixels.
    private static let (leastSize, gap, margin, wideGap) = (16.0, 2, 8, 8)
    /// Letters beside pictures are a sixth of those, so that a chart that is printed small can be read.
    private static let pictureInLetters = 6.0
    private static let cell = (width: 60, height: 32)
    /// A caption's line may be so long, however small the matrix.
    private static let leastLine = 420
    /// A label beside a picture is broken where it is longer, in sizes of its letters.
    private static let longestName = 10.0
    /// Pictures are so large, unless there are many: then the matrix is about so wide.
    private static let (pictureSide, leastPictureSide, wanted) = (128, 64, 2400)
    /// Colours below this are dark, and bear white letters.
    private static let dark = 0.6

    /// A label as it is drawn.
    private struct Drawn {
        var picture: Picture?
        var lines: [String] = []
        var textWidth = 0
        let size: Double
        var textHeight: Int { Figure.height(ofLines: lines.count, size: size) }

        init(_ label: Label, side: Int, size: Double) {
            self.size = size
            var name: String
            switch label {
            case .name(let own): name = own
            case .picture(let own, let ownName): (picture, name) = (own.fitted(within: side), ownName)
            }
            guard !name.isEmpty else { return }
            let typeface = Typeface.standard
            lines = typeface.lines(of: name, within: picture == nil ? .infinity : HeatMap.longestName * size, size: size, atMost: 2)
            textWidth = Int((lines.map { typeface.width(of: $0, size: size) }.max() ?? 0).rounded(.up))
        }

        /// From the label's far side to the matrix, beside a row.
        var extentBeside: Int { textWidth + (picture.map { $0.width + (lines.isEmpty ? 0 : HeatMap.margin) } ?? 0) }
        /// The same above a column, where a name without a picture stands upwards.
        var extentAbove: Int { picture.map { $0.height + textHeight } ?? textWidth }
    }

    /// The whole chart.
    public var figure: Figure {
        let side = max(Self.leastPictureSide, min(Self.pictureSide, Self.wanted / max(rows.count, columns.count)))
        let pictures = (rows + columns).compactMap { if case .picture(let picture, _) = $0 { max(picture.width, picture.height) } else { nil } }
        let size = max(Self.leastSize, (Double(min(side, pictures.max() ?? 0)) / Self.pictureInLetters).rounded())
        let (rows, columns) = (rows.map { Drawn($0, side: side, size: size) }, columns.map { Drawn($0, side: side, size: size) })
        let thumbnails = (rows + columns).compactMap(\.picture)
        let cellWidth = max(Self.cell.width, thumbnails.map(\.width).max() ?? 0)
        let cellHeight = max(Self.cell.height, thumbnails.map(\.height).max() ?? 0)
        func places(_ count: Int, _ side: Int) -> [Int] {
            var place = 0
            return (0..<count).map { index in
                if index > 0 { place += side + (breaks.contains(index) ? Self.wideGap : Self.gap) }
                return place
            }
        }
        let left = Self.margin + (rows.map(\.extentBeside).max() ?? 0) + Self.margin
        let top = Self.margin + (columns.map(\.extentAbove).max() ?? 0) + Self.margin
        let (xs, ys) = (places(columns.count, cellWidth), places(rows.count, cellHeight))
        let bottom = top + ys.last! + cellHeight + Self.margin
        let right = left + xs.last! + cellWidth + (tree == nil ? 0 : Self.margin + Tree.width)
        let lines = caption.isEmpty ? [] : Typeface.standard.lines(
            of: caption, within: Double(max(right - Self.margin, Self.leastLine)), size: size)
        let captionWidth = Int((lines.map { Typeface.standard.width(of: $0, size: size) }.max() ?? 0).rounded(.up))
        var figure = Figure(
            width: max(right, captionWidth + Self.margin) + Self.margin,
            height: bottom + Figure.height(ofLines: lines.count, size: size) + Self.margin)

        for (y, label) in zip(ys, rows) {
            var right = left - Self.margin
            if let picture = label.picture {
                right -= picture.width
                figure.draw(picture, x: right, y: top + y + (cellHeight - picture.height) / 2)
                right -= Self.margin
            }
            figure.write(
                label.lines, x: Double(right), top: Double(top + y) + Double(cellHeight - label.textHeight) / 2, size: size, anchor: .end)
        }
        for (x, label) in zip(xs, columns) {
            let (middle, line) = (Double(left + x) + Double(cellWidth) / 2, top - Self.margin)
            if let picture = label.picture {
                figure.draw(picture, x: left + x + (cellWidth - picture.width) / 2, y: line - picture.height)
                figure.write(
                    label.lines, x: middle, top: Double(line - picture.height - label.textHeight), size: size, anchor: .middle)
            } else {
                figure.write(
                    label.lines.joined(separator: " "), x: (middle + size * Typeface.capital / 2).rounded(), y: Double(line),
                    size: size, upwards: true)
            }
        }
        for (row, y) in ys.enumerated() {
            for (column, x) in xs.enumerated() {
                let value = values[row * columns.count + column]
                figure.fill(x: left + x, y: top + y, width: cellWidth, height: cellHeight, HeatColors.color(of: Float(value)))
                figure.write(
                    Self.decimal(value), x: Double(left + x) + Double(cellWidth) / 2,
                    y: (Double(top + y) + (Double(cellHeight) + size * Typeface.capital) / 2).rounded(), size: size,
                    anchor: .middle, value < Self.dark ? Figure.white : Figure.black)
            }
        }
        tree?.draw(on: &figure, x: right - Tree.width, top: top, rows: ys.map { top + $0 + cellHeight / 2 }, size: size)
        figure.write(lines, x: Double(Self.margin), top: Double(bottom), size: size)
        return figure
    }

    /// Two decimals.
    private static func decimal(_ value: Double) -> String {
        let hundredths = Int((abs(value) * 100).rounded())
        return "\(value < 0 && hundredths > 0 ? "-" : "")\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
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
