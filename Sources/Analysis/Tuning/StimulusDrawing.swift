import Foundation
import Tensors

/// Where stimuli are drawn, and how strongly.
public struct StimulusDrawing: Sendable {
    /// Of the picture, `[channels, height, width]`; one channel or three.
    public let picture: Shape
    /// The middle of what the unit sees, in pixels; a pixel's own middle is 0.5.
    public let centre: (x: Double, y: Double)
    /// Pixels on a side of what the unit sees, as far as stimuli fill it.
    public let size: Double
    /// Light less dark over light and dark, 0 to 1.
    public let contrast: Double
    /// Beyond this distance from the middle everything is grey.
    public let radius: Double
    /// Within this distance gratings and edges have their full contrast.
    private let inner: Double

    /// The share of the picture that stimuli fill at most: 160 of 224 pixels.
    private static let largestShare = 160.0 / 224
    /// The soft rim of gratings and edges, so that nothing has an edge of its own.
    private static let rim = 1.15

    /// - Parameters:
    ///   - picture: `[1 or 3, height, width]`.
    ///   - centre: the middle of what the unit sees, in pixels.
    ///   - field: pixels on a side of what the unit sees; stimuli fill 160/224 of the shorter side at most.
    ///   - contrast: 0 to 1.
    public init(on picture: Shape, centre: (x: Double, y: Double), field: Double, contrast: Double) {
        precondition(picture.channels == 1 || picture.channels == 3)
        let limit = Self.largestShare * Double(min(picture.height, picture.width))
        (self.picture, self.centre, self.contrast) = (picture, centre, contrast)
        size = min(field, limit)
        // The disc covers the corners of the field where it may.
        radius = min(size / 2 * 2.squareRoot() * Self.rim, limit / 2 * Self.rim)
        inner = radius / Self.rim
    }

    /// Mid-grey in the network's pictures of 0…1.
    private static let grey: Float = 0.5

    /// Every stimulus that suits the field and the picture's channels.
    public var stimuli: [TuningStimulus] { TuningStimulus.all(size: size, inColour: picture.channels == 3) }

    /// The ground alone.
    public var ground: Tensor { Tensor(picture, repeating: Self.grey) }

    /// The stimulus on its ground, `picture`, in 0…1.
    public func callAsFunction(_ stimulus: TuningStimulus) -> Tensor {
        var image = ground
        let shade = shade(of: stimulus)
        let color = color(of: stimulus)
        let (rows, columns) = (pixels(centre.y, of: picture.height), pixels(centre.x, of: picture.width))
        image.withMutableElements { values in
            for y in rows {
                for x in columns {
                    let strength = shade(Double(x) + 0.5 - centre.x, centre.y - Double(y) - 0.5)
                    for channel in color.indices {
                        values[(channel * picture.height + y) * picture.width + x] = Self.grey + Float(color[channel] * strength)
                    }
                }
            }
        }
        return image
    }

    /// The pixels along an axis that a stimulus can reach.
    public func pixels(_ middle: Double, of extent: Int) -> Range<Int> {
        let first = min(max(Int((middle - radius - 1).rounded(.down)), 0), extent)
        return first..<max(first, min(Int((middle + radius + 1).rounded(.up)), extent))
    }

    /// Each channel's difference from grey at full strength: of colours the root mean square over red, green and blue is that of light
    /// and dark, and their mean is the grey's.
    private func color(of stimulus: TuningStimulus) -> [Double] {
        let amplitude = contrast / 2
        guard let hue = stimulus.hue else { return [Double](repeating: amplitude, count: picture.channels) }
        let strength = amplitude * 2.squareRoot() * (stimulus.saturation ?? 1)
        return [0, 120, 240].map { strength * cos((hue - $0) * .pi / 180) }
    }

    /// The strength at a place, −1…1: x to the right of the field's middle, y above it.
    private func shade(of stimulus: TuningStimulus) -> (_ x: Double, _ y: Double) -> Double {
        let angle = (stimulus.angle ?? 0) * .pi / 180
        let (c, s) = (cos(angle), sin(angle))
        let sign = stimulus.isDark == true ? -1.0 : 1
        let length = stimulus.length ?? size
        switch stimulus.family {
        case .grating:
            let phase = (stimulus.phase ?? 0) * .pi / 180
            return { x, y in aperture(x, y) * cos(2 * .pi / length * (y * c - x * s) + phase) }
        case .edge:
            return { x, y in aperture(x, y) * (2 * covered(x * c + y * s) - 1) }
        case .curve:
            let deviation = max(size / 16, 1) / 2.355  // of a line whose width at half height is a sixteenth of the field
            return { x, y in
                let (dx, dy) = (x - length * c, y - length * s)
                let distance = (dx * dx + dy * dy).squareRoot() - length
                // The half of the circle that is nearer to the field's middle.
                return sign * disc(x, y) * covered(-(dx * c + dy * s)) * exp(-distance * distance / (2 * deviation * deviation))
            }
        case .corner:
            let half = 2.squareRoot() / 2
            return { x, y in
                let (along, across) = (x * c + y * s, y * c - x * s)
                return sign * disc(x, y) * covered(half * (along - abs(across)))
            }
        case .patch, .spot:
            let radius = length / 2
            return { x, y in sign * covered(radius - (x * x + y * y).squareRoot()) }
        }
    }

    /// The share of a pixel that lies on the inner side of a border at this distance.
    private func covered(_ distance: Double) -> Double { min(max(distance + 0.5, 0), 1) }

    /// 1 within the disc that everything lies in.
    private func disc(_ x: Double, _ y: Double) -> Double { covered(inner - (x * x + y * y).squareRoot()) }

    /// 1 in the middle, falling to 0 over the rim as half a period of a cosine.
    private func aperture(_ x: Double, _ y: Double) -> Double {
        let distance = (x * x + y * y).squareRoot()
        if distance <= inner { return 1 }
        return distance >= radius ? 0 : 0.5 + 0.5 * cos(.pi * (distance - inner) / (radius - inner))
    }
}
