import Foundation

extension LabColor {
    /// CIEDE2000 with all parametric factors 1: how different two colours look, about 1 being just noticeable.
    ///
    /// The formula and its numbers are those of CIE 142-2001, in the form of Sharma, Wu and Dalal, "The CIEDE2000
    /// color-difference formula", Color Research and Application 30(1), 2005, whose names for the quantities are kept.
    public func difference(to other: LabColor) -> Double {
        let chroma = (hypot(a, b) + hypot(other.a, other.b)) / 2
        let g = (1 - Self.saturating(chroma)) / 2
        let first = Polar(self, stretch: 1 + g), second = Polar(other, stretch: 1 + g)

        let ΔL = other.lightness - lightness
        let ΔC = second.chroma - first.chroma
        let isGrey = first.chroma * second.chroma == 0
        var Δh = isGrey ? 0 : second.hue - first.hue
        if Δh > 180 { Δh -= 360 } else if Δh < -180 { Δh += 360 }
        let ΔH = 2 * (first.chroma * second.chroma).squareRoot() * sine(Δh / 2)

        let L = (lightness + other.lightness) / 2
        let C = (first.chroma + second.chroma) / 2
        var h = first.hue + second.hue  // of a grey the other's, as its own is 0
        if !isGrey {
            if abs(first.hue - second.hue) > 180 { h += h < 360 ? 360 : -360 }
            h /= 2
        }

        let T = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) - 0.20 * cosine(4 * h - 63)
        let fromMiddle = (L - 50) * (L - 50)
        let SL = 1 + 0.015 * fromMiddle / (20 + fromMiddle).squareRoot()
        let SC = 1 + 0.045 * C
        let SH = 1 + 0.015 * C * T
        let Δθ = 30 * exp(-pow((h - 275) / 25, 2))
        let RT = -2 * Self.saturating(C) * sine(2 * Δθ)

        let (l, c, t) = (ΔL / SL, ΔC / SC, ΔH / SH)
        return max(0, l * l + c * c + t * t + RT * c * t).squareRoot()
    }

    /// √(C⁷ / (C⁷ + 25⁷)), from 0 of greys to 1 of the most vivid.
    private static func saturating(_ chroma: Double) -> Double {
        let seventh = pow(chroma, 7), half = 6_103_515_625.0  // 25⁷
        return (seventh / (seventh + half)).squareRoot()
    }

    /// Chroma and hue after a* was stretched.
    private struct Polar {
        let chroma: Double
        /// In degrees, from 0 on and below 360; 0 for greys.
        let hue: Double

        init(_ color: LabColor, stretch: Double) {
            let a = color.a * stretch
            chroma = hypot(a, color.b)
            let angle = atan2(color.b, a) * 180 / .pi
            hue = chroma == 0 ? 0 : angle < 0 ? angle + 360 : angle
        }
    }
}

private func sine(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }
private func cosine(_ degrees: Double) -> Double { cos(degrees * .pi / 180) }
