extension HeatMap {
    /// The tree of joined rows (a dendrogram), its leaves at the rows, and further from them the less alike two branches are.
    public struct Tree: Sendable {
        /// Two branches that become one. Rows have the numbers from 0 on, in their order, and what is joined the next ones.
        public struct Join: Sendable {
            let first: Int
            let second: Int
            /// How alike they are, 1 for the same.
            let value: Double

            /// - Parameter value: how alike the two are, 1 for the same.
            public init(first: Int, second: Int, value: Double) { (self.first, self.second, self.value) = (first, second, value) }
        }

        /// Each after those that it joins.
        let joins: [Join]
        /// Joins of at least this value count; a line stands there, with the number over it.
        let mark: Double

        /// - Parameter joins: in their order, each after those that it joins.
        public init(joins: [Join], mark: Double) { (self.joins, self.mark) = (joins, mark) }

        // In pixels.
        static let width = 120
        private static let (stroke, thin) = (2, 1)
        private static let grey = Figure.Color(repeating: 0.6)

        /// - Parameters:
        ///   - x: the edge on the side of the rows.
        ///   - top: where the first row begins.
        ///   - rows: their middles.
        func draw(on figure: inout Figure, x left: Int, top: Int, rows: [Int], size: Double) {
            let least = min(joins.map(\.value).min() ?? mark, mark)
            let reach = Double(Self.width - Self.stroke)
            func place(_ value: Double) -> Int { left + Int((reach * min(1, max(0, (1 - value) / max(1 - least, 1e-9)))).rounded()) }

            let line = place(mark)
            let end = (rows.last ?? top) + (rows.first ?? top) - top
            figure.fill(x: line, y: top, width: Self.thin, height: end - top, Self.grey)
            let text = Self.number(mark)
            let half = Typeface.standard.width(of: text, size: size) / 2
            let middle = min(max(Double(line), Double(left) + half), Double(left + Self.width) - half)
            figure.write([text], x: middle, top: Double(top) - size * Typeface.lineHeight, size: size, anchor: .middle)

            var ends = rows.map { (x: left, y: $0) }
            for join in joins {
                let (first, second, x) = (ends[join.first], ends[join.second], place(join.value))
                for end in [first, second] { figure.fill(x: end.x, y: end.y, width: x - end.x + Self.stroke, height: Self.stroke, Figure.black) }
                let (upper, lower) = (min(first.y, second.y), max(first.y, second.y))
                figure.fill(x: x, y: upper, width: Self.stroke, height: lower - upper + Self.stroke, Figure.black)
                ends.append((x, (upper + lower) / 2))
            }
        }

        /// "0.8"
        private static func number(_ value: Double) -> String {
            let hundredths = Int((value * 100).rounded())
            let digits = hundredths % 10 == 0 ? "\(hundredths / 10 % 10)" : String(hundredths % 100 + 100).suffix(2).description
            return "\(hundredths / 100).\(digits)"
        }
    }
}
