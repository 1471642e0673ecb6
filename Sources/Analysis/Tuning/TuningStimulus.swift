import Foundation

/// A simple picture on mid-grey that a unit may be tuned to. Lengths are in pixels; angles in degrees, counterclockwise from the right.
public struct TuningStimulus: Sendable, Equatable {
    /// What it shows.
    public enum Family: String, Sendable, CaseIterable, Encodable {
        /// A sine wave.
        case grating
        /// Two halves, of light and dark or of a hue and its opposite.
        case edge
        /// A half circle through the middle.
        case curve
        /// A quarter of the plane.
        case corner
        /// A coloured disc.
        case patch
        /// A disc that is lighter or darker than the grey.
        case spot
    }

    /// The kind of picture, which decides which of the values below are set.
    public let family: Family
    /// Of a grating, the direction of its stripes, below 180; of an edge, where its first side lies; of a curve, where its centre
    /// lies; of a corner, where it opens to.
    public var angle: Double?
    /// A grating's period, a curve's radius, a spot's diameter.
    public var length: Double?
    /// Of a grating, where in its period the middle lies.
    public var phase: Double?
    /// On the circle of colours around grey: red 0, green 120, blue 240. Nil without colour.
    public var hue: Double?
    /// 0 to 1.
    public var saturation: Double?
    /// Darker than the grey, of a curve, a corner or a spot.
    public var isDark: Bool?

    init(_ family: Family) { self.family = family }
}

extension TuningStimulus {
    private static let (orientations, phases, directions, colourDirections) = (12, 4, 24, 12)
    private static let (periods, radii, diameters, hues, saturations) = (6, 8, 8, 24, 3)
    /// In cycles a pixel; nearer to 0.5 a sine wave is not one any more.
    private static let highestFrequency = 0.4

    /// Every stimulus for a unit that sees so many pixels.
    ///
    /// - Parameters:
    ///   - size: pixels of the field on a side.
    ///   - inColour: without it those that differ in colour alone are left out.
    public static func all(size: Double, inColour: Bool) -> [TuningStimulus] {
        gratings(size) + edges(inColour) + curves(size) + corners + (inColour ? patches : []) + spots(size)
    }

    private static func angles(_ count: Int, of whole: Double = 360) -> [Double] { (0..<count).map { Double($0) * whole / Double(count) } }

    /// Lengths in equal ratios.
    private static func lengths(_ count: Int, from first: Double, to last: Double) -> [Double] {
        (0..<count).map { first * pow(last / first, Double($0) / Double(count - 1)) }
    }

    /// Half an octave apart, from two periods in the field, or as high as pixels allow.
    private static func gratings(_ size: Double) -> [TuningStimulus] {
        let highest = min(2 / size * pow(2, Double(periods - 1) / 2), highestFrequency)
        return (0..<periods).flatMap { step in
            angles(orientations, of: 180).flatMap { angle in
                angles(phases).map { phase in
                    var stimulus = TuningStimulus(.grating)
                    (stimulus.angle, stimulus.phase) = (angle, phase)
                    stimulus.length = 1 / (highest * pow(2, -Double(step) / 2))
                    return stimulus
                }
            }
        }
    }

    private static func edges(_ inColour: Bool) -> [TuningStimulus] {
        func edge(_ angle: Double) -> TuningStimulus {
            var stimulus = TuningStimulus(.edge)
            stimulus.angle = angle
            return stimulus
        }
        // The opposite hue on the first side is the same edge from the other side.
        let coloured = coloured(angles(hues / 2, of: 180)).flatMap { hue, saturation in
            angles(colourDirections).map { angle in
                var stimulus = edge(angle)
                (stimulus.hue, stimulus.saturation) = (hue, saturation)
                return stimulus
            }
        }
        return angles(directions).map(edge) + (inColour ? coloured : [])
    }

    private static func curves(_ size: Double) -> [TuningStimulus] {
        bothWays(.curve).flatMap { curve in
            lengths(radii, from: size / 8, to: 2 * size).flatMap { radius in
                angles(directions).map { angle in
                    var stimulus = curve
                    (stimulus.length, stimulus.angle) = (radius, angle)
                    return stimulus
                }
            }
        }
    }

    private static var corners: [TuningStimulus] {
        bothWays(.corner).flatMap { corner in
            angles(directions).map { angle in
                var stimulus = corner
                stimulus.angle = angle
                return stimulus
            }
        }
    }

    private static var patches: [TuningStimulus] {
        coloured(angles(hues)).map { hue, saturation in
            var stimulus = TuningStimulus(.patch)
            (stimulus.hue, stimulus.saturation) = (hue, saturation)
            return stimulus
        }
    }

    private static func spots(_ size: Double) -> [TuningStimulus] {
        bothWays(.spot).flatMap { spot in
            lengths(diameters, from: size / 8, to: size).map { diameter in
                var stimulus = spot
                stimulus.length = diameter
                return stimulus
            }
        }
    }

    private static func coloured(_ hues: [Double]) -> [(hue: Double, saturation: Double)] {
        hues.flatMap { hue in (1...saturations).map { (hue, Double($0) / Double(saturations)) } }
    }

    /// Light, and dark.
    private static func bothWays(_ family: Family) -> [TuningStimulus] {
        [false, true].map { isDark in
            var stimulus = TuningStimulus(family)
            stimulus.isDark = isDark
            return stimulus
        }
    }
}
