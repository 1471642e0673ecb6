import Foundation

/// Colours for numbers from 0 to 1 that the eye puts in order: from black over violet, red and orange to a pale yellow, each
/// lighter than the one before by the same amount of L*.
enum HeatColors {
    /// How vivid the middle is: about what sRGB can hold along the way.
    private static let chroma = 75.0
    /// The hues of 0 and 1 in degrees of Lab, from violet over red to yellow.
    private static let hues = (first: -70.0, last: 100.0)
    private static let count = 256

    /// sRGB in 0…1.
    static func color(of value: Float) -> SIMD3<Float> {
        table[Int((min(max(value, 0), 1) * Float(count - 1)).rounded())]
    }

    private static let table = (0..<count).map { index in
        let value = Double(index) / Double(count - 1)
        let hue = (hues.first + (hues.last - hues.first) * value) * .pi / 180
        let vivid = chroma * sin(.pi * value)
        return SIMD3<Float>(LabColor(lightness: 98 * value, a: vivid * cos(hue), b: vivid * sin(hue)).sRGB)
    }
}
