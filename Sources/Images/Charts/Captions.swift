/// Words under pictures, in a small font of our own.
extension Picture {
    /// The picture with lines of text under it, black on white, cut where they do not fit.
    ///
    /// - Parameter text: printable ASCII; other characters are shown as a box. Lines are separated by newlines.
    public func captioned(_ text: String) -> Picture {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let scale = max(1, width / 400)
        let (advance, lineHeight) = (scale * (Font.width + 1), scale * (Font.height + 3))
        let room = lines.count * lineHeight + 2 * scale
        let opaque = composited(over: 1)
        var planes = [Float](repeating: 1, count: 3 * width * (height + room))
        let own = opaque.planes()
        for channel in 0..<3 {
            let target = channel * width * (height + room)
            planes.replaceSubrange(
                target..<target + width * height, with: own[channel * width * height..<(channel + 1) * width * height])
        }
        func ink(_ x: Int, _ y: Int) {
            guard x < width else { return }
            for channel in 0..<3 { planes[(channel * (height + room) + height + y) * width + x] = 0 }
        }
        for (row, line) in lines.enumerated() {
            for (place, character) in line.enumerated() where (place + 1) * advance <= width {
                let glyph = Font.rows(of: character)
                for y in 0..<Font.height * scale {
                    for x in 0..<Font.width * scale where glyph[y / scale] >> (Font.width - 1 - x / scale) & 1 == 1 {
                        ink(place * advance + x + scale, row * lineHeight + y + 2 * scale)
                    }
                }
            }
        }
        return Picture(planes: planes, channels: 3, width: width, height: height + room, bitDepth: bitDepth)
    }
}

/// Letters of five by seven dots.
enum Font {
    static let width = 5
    static let height = 7

    /// Seven rows, the leftmost dot in the highest of five bits.
    static func rows(of character: Character) -> [UInt8] {
        guard let value = character.asciiValue, value >= 32, Int(value) - 32 < glyphs.count else { return box }
        return glyphs[Int(value) - 32]
    }

    private static let box: [UInt8] = [31, 17, 17, 17, 17, 17, 31]

    /// From the space to the tilde.
    private static let glyphs: [[UInt8]] = [
        [0, 0, 0, 0, 0, 0, 0], [4, 4, 4, 4, 4, 0, 4], [10, 10, 0, 0, 0, 0, 0], [10, 10, 31, 10, 31, 10, 10],
        [4, 15, 20, 14, 5, 30, 4], [25, 25, 2, 4, 8, 19, 19], [12, 18, 20, 8, 21, 18, 13], [4, 4, 0, 0, 0, 0, 0],
        [2, 4, 8, 8, 8, 4, 2], [8, 4, 2, 2, 2, 4, 8], [0, 4, 21, 14, 21, 4, 0], [0, 4, 4, 31, 4, 4, 0],
        [0, 0, 0, 0, 4, 4, 8], [0, 0, 0, 31, 0, 0, 0], [0, 0, 0, 0, 0, 0, 4], [1, 1, 2, 4, 8, 16, 16],
        // 0 to 9
        [14, 17, 19, 21, 25, 17, 14], [4, 12, 4, 4, 4, 4, 14], [14, 17, 1, 6, 8, 16, 31], [14, 17, 1, 6, 1, 17, 14],
        [2, 6, 10, 18, 31, 2, 2], [31, 16, 30, 1, 1, 17, 14], [6, 8, 16, 30, 17, 17, 14], [31, 1, 2, 4, 4, 8, 8],
        [14, 17, 17, 14, 17, 17, 14], [14, 17, 17, 15, 1, 2, 12],
        [0, 0, 4, 0, 0, 4, 0], [0, 0, 4, 0, 4, 4, 8], [1, 2, 4, 8, 4, 2, 1], [0, 0, 31, 0, 31, 0, 0],
        [16, 8, 4, 2, 4, 8, 16], [14, 17, 1, 2, 4, 0, 4], [14, 17, 23, 21, 23, 16, 15],
        // A to Z
        [14, 17, 17, 31, 17, 17, 17], [30, 17, 17, 30, 17, 17, 30], [14, 17, 16, 16, 16, 17, 14],
        [30, 17, 17, 17, 17, 17, 30], [31, 16, 16, 30, 16, 16, 31], [31, 16, 16, 30, 16, 16, 16],
        [14, 17, 16, 23, 17, 17, 14], [17, 17, 17, 31, 17, 17, 17], [14, 4, 4, 4, 4, 4, 14], [7, 2, 2, 2, 2, 18, 12],
        [17, 18, 20, 24, 20, 18, 17], [16, 16, 16, 16, 16, 16, 31], [17, 27, 21, 21, 17, 17, 17],
        [17, 25, 21, 19, 17, 17, 17], [14, 17, 17, 17, 17, 17, 14], [30, 17, 17, 30, 16, 16, 16],
        [14, 17, 17, 17, 21, 18, 13], [30, 17, 17, 30, 20, 18, 17], [15, 16, 16, 14, 1, 1, 30], [31, 4, 4, 4, 4, 4, 4],
        [17, 17, 17, 17, 17, 17, 14], [17, 17, 17, 17, 10, 10, 4], [17, 17, 17, 21, 21, 27, 17],
        [17, 17, 10, 4, 10, 17, 17], [17, 17, 10, 4, 4, 4, 4], [31, 1, 2, 4, 8, 16, 31],
        [14, 8, 8, 8, 8, 8, 14], [16, 16, 8, 4, 2, 1, 1], [14, 2, 2, 2, 2, 2, 14], [4, 10, 17, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 31], [8, 4, 0, 0, 0, 0, 0],
        // a to z
        [0, 0, 14, 1, 15, 17, 15], [16, 16, 30, 17, 17, 17, 30], [0, 0, 14, 17, 16, 17, 14], [1, 1, 15, 17, 17, 17, 15],
        [0, 0, 14, 17, 31, 16, 14], [6, 9, 8, 28, 8, 8, 8], [0, 0, 15, 17, 15, 1, 14], [16, 16, 30, 17, 17, 17, 17],
        [4, 0, 12, 4, 4, 4, 14], [2, 0, 6, 2, 2, 18, 12], [16, 16, 18, 20, 24, 20, 18], [12, 4, 4, 4, 4, 4, 14],
        [0, 0, 26, 21, 21, 21, 21], [0, 0, 30, 17, 17, 17, 17], [0, 0, 14, 17, 17, 17, 14], [0, 0, 30, 17, 30, 16, 16],
        [0, 0, 15, 17, 15, 1, 1], [0, 0, 22, 25, 16, 16, 16], [0, 0, 15, 16, 14, 1, 30], [8, 8, 28, 8, 8, 9, 6],
        [0, 0, 17, 17, 17, 19, 13], [0, 0, 17, 17, 17, 10, 4], [0, 0, 17, 17, 21, 21, 10], [0, 0, 17, 10, 4, 10, 17],
        [0, 0, 17, 17, 15, 1, 14], [0, 0, 31, 2, 4, 8, 31],
        [2, 4, 4, 8, 4, 4, 2], [4, 4, 4, 4, 4, 4, 4], [8, 4, 4, 2, 4, 4, 8], [0, 0, 8, 21, 2, 0, 0],
    ]
}
