/// Two pictures and where they differ, on one sheet.
public enum DifferenceSheet {
    private static let leastWidth = 192, mostHeight = 1024  // in pixels, that small pictures are enlarged to
    private static let scaleHeight = 12

    /// The expected picture, the actual one, and the difference in colour (CIEDE2000) of each pixel, black meaning none and
    /// pale yellow the largest there is; under it the scale. Small pictures are enlarged. Of pictures of different sizes
    /// there is no difference to show.
    public static func figure(_ expected: Picture, _ actual: Picture) -> Figure {
        func sized(_ name: String, _ picture: Picture) -> String { "\(name)\n\(picture.width) × \(picture.height)" }
        guard (expected.width, expected.height) == (actual.width, actual.height) else {
            let cells = [(sized("expected", expected), expected), (sized("actual", actual), actual)]
            return ContactSheet.figure(cells.map { ContactSheet.Tile(enlarged($1), caption: $0) }, columns: 2)
        }
        let map = ColorDifferenceMap(PicturePair(expected, actual))
        let largest = Float(map.maximum)
        let heat = colored(width: expected.width, height: expected.height) { x, y in
            largest > 0 ? map.values[y * expected.width + x] / largest : 0
        }
        let panels = [(sized("expected", expected), expected), (sized("actual", actual), actual)].map { caption, picture in
            panel(enlarged(picture), caption: caption) { width in
                Picture(planes: [Float](repeating: 1, count: width * scaleHeight), channels: 1, width: width, height: scaleHeight)
            }
        }
        let scale = "CIEDE2000, 0 to \(decimal(map.maximum))\nmean \(decimal(map.mean))"
        let last = panel(enlarged(heat), caption: scale) { width in
            colored(width: width, height: scaleHeight) { x, _ in Float(x) / Float(max(width - 1, 1)) }
        }
        return ContactSheet.figure(panels + [last], columns: 3)
    }

    /// A picture above a strip of its width, and words under both.
    private static func panel(_ picture: Picture, caption: String, strip: (Int) -> Picture) -> ContactSheet.Tile {
        let (above, below) = (picture.onWhite, strip(picture.width).onWhite)
        return ContactSheet.Tile(
            Picture(width: picture.width, height: picture.height + scaleHeight, samples: .eight(above + below)), caption: caption)
    }

    private static func enlarged(_ picture: Picture) -> Picture {
        let wanted = (leastWidth + picture.width - 1) / picture.width
        return picture.enlarged(times: max(1, min(wanted, mostHeight / picture.height)))
    }

    private static func colored(width: Int, height: Int, _ value: (Int, Int) -> Float) -> Picture {
        var planes = [Float](repeating: 0, count: 3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let color = HeatColors.color(of: value(x, y))
                for channel in 0..<3 { planes[(channel * height + y) * width + x] = color[channel] }
            }
        }
        return Picture(planes: planes, channels: 3, width: width, height: height)
    }

    private static func decimal(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}

extension Picture {
    /// `[height, width, 3]`, what is transparent blended with white.
    fileprivate var onWhite: [UInt8] { composited(over: 1).eightBitSamples }
}
