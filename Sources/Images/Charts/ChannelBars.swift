/// What channels have to do with a score: bars to both sides of 0, the strongest with their names and pictures, and all of them in a row.
public struct ChannelBars: Sendable {
    /// A channel with a bar of its own.
    public struct Row: Sendable {
        /// Words left of the bar, cut where they take more than half of the width.
        public var name: String
        /// The length of the bar in the unit of `limit`: to the right above 0, to the left below, full beyond ±`limit`.
        public var value: Double
        /// What it looks for; nil where nobody has drawn it.
        public var icon: Picture?

        /// - Parameters: as the properties hold them.
        public init(name: String, value: Double, icon: Picture? = nil) { (self.name, self.value, self.icon) = (name, value, icon) }
    }

    /// From the most for the score to the most against it.
    public var rows: [Row]
    /// Of every channel.
    public var values: [Double]
    /// The value whose bar is the longest. Above 0.
    public var limit: Double
    /// Words over the bars, on two lines at most.
    public var title: String
    /// Paragraphs under the bars, of four lines at most each.
    public var caption: [String]

    /// - Parameters: as the properties hold them.
    public init(rows: [Row], values: [Double], limit: Double, title: String, caption: [String]) {
        (self.rows, self.values, self.limit, self.title, self.caption) = (rows, values, limit, title, caption)
    }

    // In pixels.
    private static let (width, margin, gap, textSize, titleSize) = (760, 16, 6, 15.0, 19.0)
    private static let (iconSide, plainRow, barHeight, stripHeight, numberWidth) = (56, 26, 16, 72, 70)
    private static let axis = SIMD3<Float>(repeating: 0.55)

    /// The chart, 760 pixels wide and as high as its rows and words need.
    public var figure: Figure {
        let typeface = Typeface.standard
        let hasIcons = rows.contains { $0.icon != nil }
        let inner = Double(Self.width - 2 * Self.margin)
        let titleLines = typeface.lines(of: title, within: inner, size: Self.titleSize, atMost: 2)
        let captionLines = caption.flatMap { typeface.lines(of: $0, within: inner, size: Self.textSize, atMost: 4) }
        let rowHeight = hasIcons ? Self.iconSide + Self.gap : Self.plainRow
        let rowsTop = Self.margin + Figure.height(ofLines: titleLines.count, size: Self.titleSize) + Self.gap
        let stripTop = rowsTop + rows.count * rowHeight + Self.margin
        let captionTop = stripTop + Self.stripHeight + Self.gap
        let height = captionTop + Figure.height(ofLines: captionLines.count + 1, size: Self.textSize) + Self.margin
        var figure = Figure(width: Self.width, height: height)
        figure.write(titleLines, x: Double(Self.margin), top: Double(Self.margin), size: Self.titleSize)

        let widest = rows.map { typeface.width(of: $0.name, size: Self.textSize) }.max() ?? 0
        let nameLeft = Self.margin + (hasIcons ? Self.iconSide + Self.gap : 0)
        let barLeft = nameLeft + Int(min(widest, inner / 2).rounded(.up)) + Self.margin
        let barWidth = Self.width - Self.margin - Self.numberWidth - barLeft
        let zero = barLeft + barWidth / 2
        figure.fill(x: zero, y: rowsTop, width: 1, height: rows.count * rowHeight, Self.axis)
        for (index, row) in rows.enumerated() {
            let top = rowsTop + index * rowHeight
            let middle = Double(top + rowHeight / 2)
            if let icon = row.icon {
                figure.draw(icon.resized(width: Self.iconSide, height: Self.iconSide), x: Self.margin, y: top)
            }
            let name = typeface.lines(of: row.name, within: inner / 2, size: Self.textSize, atMost: hasIcons ? 2 : 1)
            let nameTop = middle - Double(Figure.height(ofLines: name.count, size: Self.textSize)) / 2
            figure.write(name, x: Double(nameLeft), top: nameTop, size: Self.textSize)
            bar(row.value, from: zero, half: barWidth / 2, top: Int(middle) - Self.barHeight / 2, height: Self.barHeight, in: &figure)
            figure.write(
                [MapOverlay.number(Float(row.value))], x: Double(Self.width - Self.margin),
                top: middle - Double(Figure.height(ofLines: 1, size: Self.textSize)) / 2, size: Self.textSize, anchor: .end)
        }
        drawAll(in: &figure, top: stripTop)
        figure.write(
            ["all \(values.count) channels in their order"], x: Double(Self.margin), top: Double(captionTop), size: Self.textSize)
        figure.write(
            captionLines, x: Double(Self.margin), top: Double(captionTop + Figure.height(ofLines: 1, size: Self.textSize)), size: Self.textSize)
        return figure
    }

    /// A bar across, to the right of its start for the score, to the left against it.
    private func bar(_ value: Double, from zero: Int, half: Int, top: Int, height: Int, in figure: inout Figure) {
        let share = min(abs(value) / limit, 1)
        let length = Int((share * Double(half)).rounded())
        guard length > 0 else { return }
        figure.fill(x: value > 0 ? zero + 1 : zero - length, y: top, width: length, height: height, MapColors.signed.cover(Float(value)).color)
    }

    /// A bar upwards or downwards for each channel, the strongest of those that share a column of pixels.
    private func drawAll(in figure: inout Figure, top: Int) {
        let width = Self.width - 2 * Self.margin
        let half = Self.stripHeight / 2
        figure.fill(x: Self.margin, y: top + half, width: width, height: 1, Self.axis)
        for column in 0..<width where !values.isEmpty {
            let first = column * values.count / width
            let end = max(first + 1, (column + 1) * values.count / width)
            let value = values[first..<end].max { abs($0) < abs($1) }!
            let length = Int((min(abs(value) / limit, 1) * Double(half)).rounded())
            guard length > 0 else { continue }
            figure.fill(
                x: Self.margin + column, y: value > 0 ? top + half - length : top + half + 1, width: 1, height: length,
                MapColors.signed.cover(Float(value)).color)
        }
    }
}
