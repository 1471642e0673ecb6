import CFreeType
import Synchronization

/// Outlines of letters, drawn without hints: the same text has the same pixels and the same width on every machine.
package final class Typeface: Sendable {
    /// The typeface of captions and charts, which is part of the program.
    package static let standard = Typeface(PackageResources.figures_ttf)!

    /// Names for browsers and editors, the typeface's own first, then those of its width.
    package static let families = "'DejaVu Sans Condensed', 'Roboto Condensed', 'Arial Narrow', 'DejaVu Sans', Arial, Helvetica, sans-serif"

    /// The height of capitals, and how far letters reach below the line, as shares of the size.
    package static let (capital, descent) = (0.73, 0.24)
    /// From line to line, as a share of the size.
    package static let lineHeight = 1.25

    private struct Handle: @unchecked Sendable { let pointer: UnsafeMutablePointer<lucid_typeface> }

    /// FreeType keeps the glyph at hand in the typeface.
    private let handle: Mutex<Handle>

    /// - Parameter file: a TrueType font.
    /// - Returns: nil if it is none.
    package init?(_ file: [UInt8]) {
        guard let pointer = lucid_typeface_open(file, file.count) else { return nil }
        handle = Mutex(Handle(pointer: pointer))
    }

    /// A letter's number in the font, and its place on the line in units of the font.
    struct Letter {
        let scalar: Unicode.Scalar
        let glyph: UInt32
        let place: Int
        /// To the place of the next one, without kerning.
        let advance: Int
    }

    private static func letters(of text: String, _ typeface: UnsafeMutablePointer<lucid_typeface>) -> (letters: [Letter], end: Int) {
        var (letters, end) = ([Letter](), 0)
        for scalar in text.unicodeScalars {
            let glyph = lucid_typeface_glyph(typeface, scalar.value)
            if let last = letters.last { end += lucid_typeface_kerning(typeface, last.glyph, glyph) }
            let advance = lucid_typeface_advance(typeface, glyph)
            letters.append(Letter(scalar: scalar, glyph: glyph, place: end, advance: advance))
            end += advance
        }
        return (letters, end)
    }

    /// The letters of a line.
    func letters(of text: String) -> [Letter] { handle.withLock { Self.letters(of: text, $0.pointer).letters } }

    /// Units of the font in the size.
    var units: Int { handle.withLock { Int(lucid_typeface_units($0.pointer)) } }

    /// The width of a glyph in units of the font.
    func advance(of glyph: UInt32) -> Int { handle.withLock { lucid_typeface_advance($0.pointer, glyph) } }

    /// The width of a line in pixels.
    package func width(of text: String, size: Double) -> Double {
        handle.withLock { handle in
            let typeface = handle.pointer
            return Double(Self.letters(of: text, typeface).end) * size / Double(lucid_typeface_units(typeface))
        }
    }

    /// Draws a line. A character that the typeface lacks is a box.
    ///
    /// - Parameters:
    ///   - x, y: where the line begins, y downwards.
    ///   - upwards: turned by a quarter to the left.
    ///   - ink: told of each pixel that a letter covers, and of the share that it covers, 0 to 1.
    package func draw(_ text: String, x: Double, y: Double, size: Double, upwards: Bool = false, ink: (_ x: Int, _ y: Int, _ share: Float) -> Void) {
        handle.withLock { handle in
            let typeface = handle.pointer
            let scale = size / Double(lucid_typeface_units(typeface))
            for letter in Self.letters(of: text, typeface).letters {
                let along = Double(letter.place) * scale
                let (right, up) = upwards ? (x, -y + along) : (x + along, -y)
                func parts(_ value: Double) -> Int { Int((value * 64).rounded()) }
                var bitmap = lucid_typeface_bitmap()
                guard lucid_typeface_draw(typeface, letter.glyph, parts(size), parts(right), parts(up), upwards ? 1 : 0, &bitmap) == 1 else {
                    continue
                }
                for row in 0..<Int(bitmap.height) {
                    for column in 0..<Int(bitmap.width) {
                        let covered = bitmap.coverage[row * Int(bitmap.pitch) + column]
                        if covered > 0 { ink(Int(bitmap.left) + column, row - Int(bitmap.top), Float(covered) / 255) }
                    }
                }
            }
        }
    }
}
