/// The surface that charts are drawn on: RGB of 8 bits, white at first. Shapes are cut off at its edges.
struct DrawingSurface {
    let width: Int
    let height: Int
    private var samples: [UInt8]  // [height, width, 3]

    /// Red, green and blue in 0…1.
    typealias Color = SIMD3<Float>
    static let black = Color(repeating: 0)
    static let white = Color(repeating: 1)

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        samples = [UInt8](repeating: 255, count: width * height * 3)
    }

    var picture: Picture { Picture(width: width, height: height, samples: .eight(samples)) }

    mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
        let bytes = (0..<3).map { UInt8(unit: color[$0]) }
        for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
            for column in max(x, 0)..<max(min(x + width, self.width), max(x, 0)) {
                for channel in 0..<3 { samples[(row * self.width + column) * 3 + channel] = bytes[channel] }
            }
        }
    }

    /// Lays a picture with its upper left corner at a place, transparent parts before white.
    mutating func draw(_ picture: Picture, x: Int, y: Int) {
        let source = picture.composited(over: 1).eightBitSamples
        for row in 0..<picture.height where (0..<height).contains(y + row) {
            for column in 0..<picture.width where (0..<width).contains(x + column) {
                for channel in 0..<3 {
                    samples[((y + row) * width + x + column) * 3 + channel] = source[(row * picture.width + column) * 3 + channel]
                }
            }
        }
    }

    /// Writes a line of printable ASCII.
    ///
    /// - Parameters:
    ///   - x, y: its upper left corner as it is read; upwards that is the lower left one of the surface.
    ///   - scale: pixels a dot of the letters.
    ///   - upwards: turned by a quarter to the left.
    mutating func write(_ text: String, x: Int, y: Int, scale: Int, _ color: Color = black, upwards: Bool = false) {
        for (place, character) in text.enumerated() {
            for (row, dots) in Font.rows(of: character).enumerated() {
                for column in 0..<Font.width where dots >> (Font.width - 1 - column) & 1 == 1 {
                    let (along, across) = ((place * (Font.width + 1) + column) * scale, row * scale)
                    fill(
                        x: upwards ? x + across : x + along, y: upwards ? y - along - scale : y + across, width: scale, height: scale,
                        color)
                }
            }
        }
    }

    /// The width of a line of text, in pixels.
    static func extent(of text: String, scale: Int) -> Int { max(0, text.count * (Font.width + 1) - 1) * scale }

    /// The height of a line of text, in pixels.
    static func height(ofLine scale: Int) -> Int { Font.height * scale }
}
