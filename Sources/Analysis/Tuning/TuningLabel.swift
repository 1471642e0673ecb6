import Foundation

// Words for stimuli.

extension FamilyTuning {
    /// "vertical grating, period 8 px"
    public var label: String { stimulus.label(longest: lengths?.values.last) }
}

extension TuningStimulus {
    /// - Parameter longest: the largest length of its family, at which a curve is nearly straight.
    func label(longest: Double? = nil) -> String {
        let tone = isDark == true ? "dark" : "light"
        let angle = angle ?? 0
        switch family {
        case .grating: return "\(Self.orientation(angle)) grating, period \(Self.pixels(length)) px"
        case .edge:
            let (first, second) = hue.map { (Self.colour($0), Self.colour($0 + 180)) } ?? ("light", "dark")
            return "\(Self.orientation(angle + 90)) edge, \(first) on the \(Self.side(angle)), \(second) on the \(Self.side(angle + 180))"
        case .curve:
            if length == longest { return "\(tone) \(Self.orientation(angle + 90)) line, nearly straight" }
            return "\(tone) curve around the \(Self.side(angle)), radius \(Self.pixels(length)) px"
        case .corner: return "\(tone) corner that opens to the \(Self.side(angle))"
        case .patch: return "\(Self.colour(hue ?? 0)) patch, saturation \(Int(((saturation ?? 1) * 100).rounded())) %"
        case .spot: return "\(tone) spot, \(Self.pixels(length)) px across"
        }
    }

    /// "vertical", "rising", or degrees from the horizontal.
    private static func orientation(_ angle: Double) -> String {
        let angle = angle.truncatingRemainder(dividingBy: 180)
        return [0: "horizontal", 45: "rising", 90: "vertical", 135: "falling"][angle] ?? "\(number(angle))°"
    }

    private static let sides = ["right", "upper right", "top", "upper left", "left", "lower left", "bottom", "lower right"]

    private static func side(_ angle: Double) -> String { nearest(sides, angle) }

    private static let colours = [
        "red", "orange", "yellow", "lime", "green", "sea green", "cyan", "azure", "blue", "violet", "magenta", "rose",
    ]

    private static func colour(_ hue: Double) -> String { nearest(colours, hue) }

    /// The name of the nearest of equally spaced angles, the first at 0.
    private static func nearest(_ names: [String], _ angle: Double) -> String {
        names[Int((angle / 360 * Double(names.count)).rounded()) % names.count]
    }

    private static func pixels(_ length: Double?) -> String { number(length ?? 0) }

    /// With one decimal below 10, where there is one.
    private static func number(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return value >= 10 || tenths == tenths.rounded() ? "\(Int(value.rounded()))" : "\(tenths)"
    }
}
