import Foundation

/// What units answer to: of each family of stimuli the best one, and the answers around it.
public struct TuningChart: Sendable {
    /// Answers around a circle or along a line.
    public enum Plot: Sendable {
        /// Degrees, counterclockwise from the right, and the answers there; colours where each has its own.
        case round([(degrees: Double, value: Double)], colors: [SIMD3<Float>]? = nil)
        /// Lengths, ascending, on a logarithmic axis.
        case line([(length: Double, value: Double)])
    }

    /// A family of stimuli.
    public struct Panel: Sendable {
        let title: String
        let stimulus: Picture?
        let response: Double
        let plots: [Plot]

        /// - Parameters:
        ///   - stimulus: the best one; nil where none is answered to more than grey.
        ///   - response: the largest answer.
        public init(title: String, stimulus: Picture?, response: Double, plots: [Plot]) {
            (self.title, self.stimulus, self.response, self.plots) = (title, stimulus, response, plots)
        }
    }

    /// A unit with its families; the best one alone where there are many units.
    public struct Unit: Sendable {
        let name: String
        let label: String
        let panels: [Panel]
        let best: Int?

        /// - Parameter best: the place of the panel with the largest answer; nil where none is above that to grey.
        public init(name: String, label: String, panels: [Panel], best: Int?) {
            (self.name, self.label, self.panels, self.best) = (name, label, panels, best)
        }
    }

    /// A line over all units.
    public let title: String
    /// Up to eight get a row each with all families; more get a tile each with the best family alone.
    public let units: [Unit]

    /// - Parameter units: one at least.
    public init(title: String, units: [Unit]) { (self.title, self.units) = (title, units) }

    /// More than these have a tile each instead of a row.
    private static let mostRows = 8
    // In pixels.
    private static let (margin, side, gap, size) = (10, 84, 12, 11.0)
    private static let (ink, faint) = (SIMD3<Float>(0.10, 0.36, 0.75), SIMD3<Float>(repeating: 0.82))

    private var isBrief: Bool { units.count > Self.mostRows }
    private var lineHeight: Int { Figure.height(ofLines: 1, size: Self.size) }

    /// The chart as pixels, wide enough for the families, or about square where there are tiles.
    public var figure: Figure { isBrief ? tiles : rows }

    /// A row for each unit with all of its families.
    private var rows: Figure {
        let plots = units.flatMap(\.panels).map(\.plots.count).max() ?? 0
        let width = 2 * Self.margin + (units.map(\.panels.count).max() ?? 1) * (Self.side + Self.gap) - Self.gap
        let height = 2 * lineHeight + Self.side + lineHeight + plots * (Self.side + 4) + 2 * Self.gap
        var figure = Figure(width: max(width, 320), height: 2 * Self.margin + lineHeight + units.count * height)
        write(title, x: Self.margin, top: Self.margin, within: figure.width - 2 * Self.margin, on: &figure)
        for (row, unit) in units.enumerated() {
            var top = Self.margin + lineHeight + row * height + Self.gap
            write("\(unit.name): \(unit.label)", x: Self.margin, top: top, within: figure.width - 2 * Self.margin, on: &figure)
            top += lineHeight + 4
            for (column, panel) in unit.panels.enumerated() {
                draw(panel, isBest: column == unit.best, x: Self.margin + column * (Self.side + Self.gap), top: top, on: &figure)
            }
        }
        return figure
    }

    /// A tile for each unit with its best family.
    private var tiles: Figure {
        let (width, height) = (2 * Self.side + 2 * Self.gap, 4 * lineHeight + Self.side + Self.gap)
        let columns = max(1, Int((Double(units.count * height) / Double(width)).squareRoot().rounded(.up)))
        let down = (units.count + columns - 1) / columns
        var figure = Figure(width: 2 * Self.margin + columns * width, height: 2 * Self.margin + 2 * lineHeight + down * height)
        write(title, x: Self.margin, top: Self.margin, within: figure.width - 2 * Self.margin, on: &figure)
        for (index, unit) in units.enumerated() {
            let (left, top) = (Self.margin + index % columns * width, Self.margin + 2 * lineHeight + index / columns * height)
            if let panel = unit.best.map({ unit.panels[$0] }) {
                if let stimulus = panel.stimulus { figure.draw(stimulus.enlarged(to: Self.side), x: left, y: top) }
                if let plot = panel.plots.first { draw(plot, x: left + Self.side + 4, top: top, on: &figure) }
            }
            let words = unit.best.map { "\(unit.name) (\(MapOverlay.number(Float(unit.panels[$0].response)))) \(unit.label)" } ?? "\(unit.name) \(unit.label)"
            write(words, x: left, top: top + Self.side + 2, within: width - Self.gap, lines: 3, on: &figure)
        }
        return figure
    }

    private func write(_ text: String, x: Int, top: Int, within width: Int, lines: Int = 1, on figure: inout Figure) {
        let lines = Typeface.standard.lines(of: text, within: Double(width), size: Self.size, atMost: lines)
        figure.write(lines, x: Double(x), top: Double(top), size: Self.size)
    }

    private func draw(_ panel: Panel, isBest: Bool, x left: Int, top: Int, on figure: inout Figure) {
        if isBest { figure.fill(x: left - 3, y: top - 3, width: Self.side + 6, height: Self.side + 6, Self.ink) }
        if let stimulus = panel.stimulus { figure.draw(stimulus.enlarged(to: Self.side), x: left, y: top) }
        var place = top + Self.side + 3
        write("\(panel.title) \(MapOverlay.number(Float(panel.response)))", x: left, top: place, within: Self.side + Self.gap - 2, on: &figure)
        place += lineHeight + 1
        for plot in panel.plots {
            draw(plot, x: left, top: place, on: &figure)
            place += Self.side + 4
        }
    }

    private func draw(_ plot: Plot, x left: Int, top: Int, on figure: inout Figure) {
        switch plot {
        case .round(let values, let colors): drawRound(values, colors, x: left, top: top, on: &figure)
        case .line(let values): drawLine(values, x: left, top: top, on: &figure)
        }
    }

    /// Distance from the middle is the answer, the largest at the rim; answers below that to grey are in the middle.
    private func drawRound(
        _ values: [(degrees: Double, value: Double)], _ colors: [SIMD3<Float>]?, x left: Int, top: Int, on figure: inout Figure
    ) {
        let (radius, most) = (Double(Self.side) / 2, values.map(\.value).max() ?? 0)
        let middle = Figure.Point(Double(left) + radius, Double(top) + radius)
        func place(_ degrees: Double, _ share: Double) -> Figure.Point {
            middle + radius * share * Figure.Point(cos(degrees * .pi / 180), -sin(degrees * .pi / 180))
        }
        let rim = (0...72).map { place(Double($0) * 5, 1 - 0.5 / radius) }
        figure.draw(rim, thickness: 1, Self.faint)
        for angle in [0.0, 90] { figure.draw([place(angle, 1), place(angle + 180, 1)], thickness: 1, Self.faint) }
        guard most > 0 else { return }
        let shares = values.map { max($0.value, 0) / most }
        let half = 180 / Double(values.count)
        for (index, value) in values.enumerated() where shares[index] > 0 {
            let share = shares[index]
            figure.fill([middle] + [-half, 0, half].map { place(value.degrees + $0, share) }, colors?[index] ?? Self.ink)
        }
    }

    /// Height is the answer, the largest at the top; where no answer is above that to grey, all lie on the base line.
    private func drawLine(_ answers: [(length: Double, value: Double)], x left: Int, top: Int, on figure: inout Figure) {
        let room = Double(Self.side - lineHeight - 4)
        let largest = answers.map(\.value).max() ?? 0
        let values: [(length: Double, value: Double)] = largest > 0 ? answers : answers.map { (length: $0.length, value: 0) }
        let (least, most) = (min(values.map(\.value).min() ?? 0, 0), largest > 0 ? largest : 1)
        let range = most - least
        guard let first = values.first?.length, let last = values.last?.length, last > first else { return }
        func place(_ point: (length: Double, value: Double)) -> Figure.Point {
            Figure.Point(
                Double(left) + 2 + Double(Self.side - 4) * log(point.length / first) / log(last / first),
                Double(top) + 2 + room * (most - point.value) / range)
        }
        let zero = place((first, 0)).y
        figure.draw([Figure.Point(Double(left), zero), Figure.Point(Double(left + Self.side), zero)], thickness: 1, Self.faint)
        figure.draw(values.map(place), thickness: 1.5, Self.ink)
        for point in values.map(place) {
            let half = 2.0
            figure.fill([point + .init(-half, -half), point + .init(half, -half), point + .init(half, half), point + .init(-half, half)], Self.ink)
        }
        let under = Double(top + Self.side - lineHeight)
        figure.write([MapOverlay.number(Float(first))], x: Double(left), top: under, size: Figure.leastSize)
        figure.write(["\(MapOverlay.number(Float(last))) px"], x: Double(left + Self.side), top: under, size: Figure.leastSize, anchor: .end)
    }
}

extension Picture {
    /// The picture with each pixel enlarged as it is, its longer side about so long; a larger one is made smaller.
    fileprivate func enlarged(to side: Int) -> Picture {
        let longer = max(width, height)
        guard longer < side else { return fitted(within: side) }
        let (wide, high) = (max(width * side / longer, 1), max(height * side / longer, 1))
        let planes = planes()
        var enlarged: [Float] = []
        for channel in 0..<channels {
            for y in 0..<high {
                let row = (channel * height + y * height / high) * width
                for x in 0..<wide { enlarged.append(planes[row + x * width / wide]) }
            }
        }
        return Picture(planes: enlarged, channels: channels, width: wide, height: high)
    }
}
