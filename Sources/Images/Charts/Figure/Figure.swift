/// A chart or a sheet: boxes, polygons, pictures and lines of text on a ground, later ones over earlier ones. It is described once, and then
/// made a picture (`picture`) or a document (`FigureFormat`).
public struct Figure: Sendable {
    /// Pixels in a row.
    public let width: Int
    /// Rows.
    public let height: Int
    /// The ground's colour.
    package let background: Color
    private(set) var elements: [Element] = []

    /// Red, green and blue in 0…1.
    public typealias Color = SIMD3<Float>
    package static let black = Color(repeating: 0)
    package static let white = Color(repeating: 1)

    /// A place in pixels from the upper left corner.
    package typealias Point = SIMD2<Double>

    /// Places are in pixels from the upper left corner.
    package enum Element: Sendable {
        case box(x: Int, y: Int, width: Int, height: Int, Color)
        case polygon([Point], Color)
        case picture(Picture, x: Int, y: Int)
        case text(Line)
    }

    /// A line of text.
    package struct Line: Sendable {
        let text: String
        /// Where it begins, on the line that the letters stand on.
        let x: Double
        let y: Double
        /// Pixels from line to line, roughly: the size of the letters.
        let size: Double
        let color: Color
        /// Turned by a quarter to the left.
        let upwards: Bool
    }

    /// Where a line of text lies beside its place.
    package enum Anchor { case start, middle, end }

    package init(width: Int, height: Int, background: Color = white) {
        (self.width, self.height, self.background) = (width, height, background)
    }

    package mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
        elements.append(.box(x: x, y: y, width: width, height: height, color))
    }

    /// Fills what the line through these places encloses, by the even-odd rule; the last is joined with the first.
    package mutating func fill(_ points: [Point], _ color: Color) {
        if points.count > 2 { elements.append(.polygon(points, color)) }
    }

    /// Draws a line of this thickness from place to place.
    package mutating func draw(_ points: [Point], thickness: Double, _ color: Color) {
        for (start, end) in zip(points, points.dropFirst()) where start != end {
            let along = (end - start) / ((end - start) * (end - start)).sum().squareRoot()
            let across = Point(-along.y, along.x) * (thickness / 2)
            fill([start + across, end + across, end - across, start - across], color)
        }
    }

    /// Lays a picture with its upper left corner at a place, blended with the ground where it is transparent.
    package mutating func draw(_ picture: Picture, x: Int, y: Int) { elements.append(.picture(picture, x: x, y: y)) }

    /// Writes a line of text.
    ///
    /// - Parameters:
    ///   - x: where it begins, has its middle or ends, as the anchor says; if `upwards`, the line that the letters stand on.
    ///   - y: the line that the letters stand on; if `upwards`, the place along it.
    package mutating func write(
        _ text: String, x: Double, y: Double, size: Double, anchor: Anchor = .start, _ color: Color = black, upwards: Bool = false
    ) {
        guard !text.isEmpty else { return }
        let width = Typeface.standard.width(of: text, size: size)
        let shift = switch anchor {
        case .start: 0.0
        case .middle: width / 2
        case .end: width
        }
        elements.append(
            .text(Line(text: text, x: upwards ? x : x - shift, y: upwards ? y + shift : y, size: size, color: color, upwards: upwards)))
    }

    /// Writes lines of text one under another, the first with its upper edge at a place.
    package mutating func write(_ lines: [String], x: Double, top: Double, size: Double, anchor: Anchor = .start) {
        for (index, line) in lines.enumerated() {
            // Letters that stand on whole pixels are sharper.
            let y = (top + (Double(index) + 0.5) * size * Typeface.lineHeight + size * Typeface.capital / 2).rounded()
            write(line, x: x, y: y, size: size, anchor: anchor)
        }
    }

    /// The height of lines of text, in pixels.
    package static func height(ofLines count: Int, size: Double) -> Int { Int((Double(count) * size * Typeface.lineHeight).rounded(.up)) }

    /// The least size of letters that can be read, in pixels.
    package static let leastSize = 9.0

    /// The size of letters beside a picture of this size: a fourteenth of its shorter side, in whole pixels.
    package static func textSize(beside width: Int, _ height: Int) -> Double {
        max(leastSize, (Double(min(width, height)) / 14).rounded())
    }
}
