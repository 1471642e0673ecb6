// A figure as a picture.

extension Figure {
    /// The figure in pixels. It has 16 bits if one of its pictures has.
    public var picture: Picture {
        let isDeep = elements.contains { if case .picture(let picture, _, _) = $0 { picture.bitDepth == .sixteen } else { false } }
        return Picture(
            width: width, height: height, samples: isDeep ? .sixteen(drawn(\.sixteenBitSamples)) : .eight(drawn(\.eightBitSamples)))
    }

    /// `[height, width, 3]`
    private func drawn<S: Sample>(_ samples: (Picture) -> [S]) -> [S] {
        let ground = (0..<3).map { S(unit: background[$0]) }
        return [S](unsafeUninitializedCapacity: width * height * 3) { sheet, count in
            for pixel in 0..<width * height { for channel in 0..<3 { sheet[3 * pixel + channel] = ground[channel] } }
            count = width * height * 3
            for element in elements {
                switch element {
                case .box(let x, let y, let width, let height, let color): fill(sheet, x, y, width, height, color)
                case .polygon(let points, let color): fill(points, color, on: sheet)
                case .picture(let picture, let x, let y): lay(picture, samples(picture), x, y, on: sheet)
                case .text(let line): write(line, on: sheet)
                }
            }
        }
    }

    /// The part of so many places from one on that lies within the figure.
    private static func within(_ start: Int, _ count: Int, _ extent: Int) -> Range<Int> {
        let first = min(max(start, 0), extent)
        return first..<max(first, min(start + count, extent))
    }

    private func fill<S: Sample>(_ sheet: UnsafeMutableBufferPointer<S>, _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ color: Color) {
        let values = (0..<3).map { S(unit: color[$0]) }
        for row in Self.within(y, height, self.height) {
            for column in Self.within(x, width, self.width) {
                for channel in 0..<3 { sheet[(row * self.width + column) * 3 + channel] = values[channel] }
            }
        }
    }

    private func lay<S: Sample>(_ picture: Picture, _ source: [S], _ left: Int, _ top: Int, on sheet: UnsafeMutableBufferPointer<S>) {
        let channels = picture.channels
        source.withUnsafeBufferPointer { source in
            for row in Self.within(top, picture.height, height) {
                for column in Self.within(left, picture.width, width) {
                    let from = ((row - top) * picture.width + column - left) * channels, to = (row * width + column) * 3
                    let alpha = picture.hasAlpha ? source[from + 3].unit : 1
                    for channel in 0..<3 {
                        let value = source[from + channel]
                        sheet[to + channel] = alpha == 1 ? value : S(unit: alpha * value.unit + (1 - alpha) * background[channel])
                    }
                }
            }
        }
    }

    private func write<S: Sample>(_ line: Line, on sheet: UnsafeMutableBufferPointer<S>) {
        Typeface.standard.draw(line.text, x: line.x, y: line.y, size: line.size, upwards: line.upwards) { x, y, share in
            guard (0..<width).contains(x), (0..<height).contains(y) else { return }
            blend(line.color, share, x: x, y: y, on: sheet)
        }
    }

    /// Lays a colour over a share of a pixel.
    private func blend<S: Sample>(_ color: Color, _ share: Float, x: Int, y: Int, on sheet: UnsafeMutableBufferPointer<S>) {
        let place = (y * width + x) * 3
        for channel in 0..<3 { sheet[place + channel] = S(unit: share * color[channel] + (1 - share) * sheet[place + channel].unit) }
    }

    /// Lines within a row of pixels, along which a polygon covers exactly so much of each pixel.
    private static let linesInPixel = 8

    private func fill<S: Sample>(_ points: [Point], _ color: Color, on sheet: UnsafeMutableBufferPointer<S>) {
        let ends = zip(points, points.dropFirst() + [points[0]])
        let rows = Self.within(Int(points.map(\.y).min()!.rounded(.down)), Int((points.map(\.y).max()! - points.map(\.y).min()!).rounded(.up)) + 1, height)
        for row in rows {
            var shares = [Double](repeating: 0, count: width)
            for line in 0..<Self.linesInPixel {
                let y = Double(row) + (Double(line) + 0.5) / Double(Self.linesInPixel)
                let crossings = ends.compactMap { start, end -> Double? in
                    guard (start.y <= y) != (end.y <= y) else { return nil }
                    return start.x + (y - start.y) / (end.y - start.y) * (end.x - start.x)
                }.sorted()
                for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
                    let (first, last) = (max(crossings[pair], 0), min(crossings[pair + 1], Double(width)))
                    guard first < last else { continue }
                    for x in Int(first)..<Int(last.rounded(.up)) {
                        shares[x] += (min(last, Double(x + 1)) - max(first, Double(x))) / Double(Self.linesInPixel)
                    }
                }
            }
            for x in 0..<width where shares[x] > 0 { blend(color, Float(min(shares[x], 1)), x: x, y: row, on: sheet) }
        }
    }
}
