import FoundationEssentials

/// Shows a picture in a terminal, by the best means that the terminal understands.
public enum TerminalPreview {
    /// The means of a terminal to show pictures.
    public enum Style: Sendable, Equatable {
        /// The graphics protocol of kitty, which ghostty speaks too: a PNG in escape sequences.
        case kitty
        /// The inline images of iTerm2, which WezTerm speaks too: a PNG in one escape sequence.
        case iTerm2
        /// Two pixels in a character cell, as the colours of ▀ and of its ground, of 24 bits each.
        case halfBlocks
        /// The same in the 256 colours of xterm.
        case halfBlocks256
        /// Characters from dark to light on a dark ground, without any colour.
        case ascii
    }

    /// The best style of the terminal that a process runs in, as far as its environment tells.
    public static func detect(environment: [String: String]) -> Style {
        func has(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
        let terminal = environment["TERM"] ?? "", program = environment["TERM_PROGRAM"] ?? ""
        if terminal == "dumb" || has("NO_COLOR") { return .ascii }
        // These hand on text and colours, but not pictures, of the terminal they run in.
        let isMultiplexed = has("TMUX") || terminal.hasPrefix("screen") || terminal.hasPrefix("tmux")
        if !isMultiplexed {
            if has("KITTY_WINDOW_ID") || ["xterm-kitty", "xterm-ghostty"].contains(terminal) || program == "ghostty" {
                return .kitty
            }
            if ["iTerm.app", "WezTerm"].contains(program) { return .iTerm2 }
        }
        return ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "") ? .halfBlocks : .halfBlocks256
    }

    /// The text that makes a terminal show the picture, its last line break included. Transparent parts are shown black.
    ///
    /// - Parameter columns: how many character cells the picture may take in width. It is made smaller to fit in, never
    ///   larger than a pixel a cell, or about ten in the styles that show true pixels.
    public static func text(for picture: Picture, protocol style: Style, columns: Int) -> String {
        precondition(columns > 0, "a terminal has at least one column")
        let opaque = picture.composited(over: 0).converted(to: .eight)
        return switch style {
        case .kitty: kitty(opaque, columns)
        case .iTerm2: iTerm2(opaque, columns)
        case .halfBlocks: halfBlocks(opaque, columns, trueColor)
        case .halfBlocks256: halfBlocks(opaque, columns, paletteColor)
        case .ascii: ascii(opaque, columns)
        }
    }

    private static let escape = "\u{1B}"

    // MARK: - True pixels

    /// A PNG of no more pixels than the cells can show, and the number of cells that it takes in width.
    private static func encoded(_ picture: Picture, _ columns: Int) -> (png: [UInt8], columns: Int) {
        let pixelsPerColumn = 10  // as wide as common fonts; on a screen of high density it is twice that
        let columns = min(columns, (picture.width + pixelsPerColumn - 1) / pixelsPerColumn)
        let scaled = fitted(picture, width: 2 * pixelsPerColumn * columns)
        guard let png = try? PNG.encode(scaled, compressionLevel: 1) else { preconditionFailure("a PNG without text") }
        return (png, columns)
    }

    /// https://sw.kovidgoyal.net/kitty/graphics-protocol: transmit and display (a=T) a PNG (f=100) over so many columns,
    /// without an answer (q=2), in pieces of 4096 bytes that say whether more (m) follow.
    private static func kitty(_ picture: Picture, _ columns: Int) -> String {
        let (png, columns) = encoded(picture, columns)
        let payload = Array(Data(png).base64EncodedString().utf8), pieceLength = 4096
        var text = ""
        for start in stride(from: 0, to: payload.count, by: pieceLength) {
            let end = min(start + pieceLength, payload.count)
            let head = start == 0 ? "a=T,f=100,q=2,c=\(columns)," : ""
            text += "\(escape)_G\(head)m=\(end < payload.count ? 1 : 0);"
            text += String(decoding: payload[start..<end], as: UTF8.self) + "\(escape)\\"
        }
        return text + "\n"
    }

    /// https://iterm2.com/documentation-images.html
    private static func iTerm2(_ picture: Picture, _ columns: Int) -> String {
        let (png, columns) = encoded(picture, columns)
        let payload = Data(png).base64EncodedString()
        return "\(escape)]1337;File=inline=1;size=\(png.count);width=\(columns);preserveAspectRatio=1:\(payload)\u{7}\n"
    }

    // MARK: - Characters

    /// A cell is about twice as high as wide, so its halves are square.
    private static func halfBlocks(_ picture: Picture, _ columns: Int, _ code: (SIMD3<Int>) -> String) -> String {
        let small = fitted(picture, width: columns)
        let samples = small.eightBitSamples
        func color(_ x: Int, _ y: Int) -> String {
            let start = (y * small.width + x) * 3
            return code(SIMD3(Int(samples[start]), Int(samples[start + 1]), Int(samples[start + 2])))
        }
        var text = ""
        for y in stride(from: 0, to: small.height, by: 2) {
            var current = ""
            for x in 0..<small.width {
                let below = y + 1 < small.height ? "48;\(color(x, y + 1))" : "49"  // 49: the terminal's own ground
                let colors = "\(escape)[38;\(color(x, y));\(below)m"
                text += (colors == current ? "" : colors) + "▀"
                current = colors
            }
            text += "\(escape)[0m\n"
        }
        return text
    }

    private static func trueColor(_ rgb: SIMD3<Int>) -> String { "2;\(rgb.x);\(rgb.y);\(rgb.z)" }

    /// The nearest of xterm's cube of 6³ colours and its 24 greys.
    private static func paletteColor(_ rgb: SIMD3<Int>) -> String {
        let levels = [0, 95, 135, 175, 215, 255]
        func step(_ value: Int) -> Int { levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) }! }
        func distance(_ other: SIMD3<Int>) -> Int { ((rgb &- other) &* (rgb &- other)).wrappedSum() }
        let cube = SIMD3(step(rgb.x), step(rgb.y), step(rgb.z))
        let cubeColor = SIMD3(levels[cube.x], levels[cube.y], levels[cube.z])
        let grey = min(max((rgb.wrappedSum() / 3 - 3) / 10, 0), 23)
        let isGreyNearer = distance(SIMD3(repeating: 8 + 10 * grey)) < distance(cubeColor)
        return "5;\(isGreyNearer ? 232 + grey : 16 + 36 * cube.x + 6 * cube.y + cube.z)"
    }

    private static func ascii(_ picture: Picture, _ columns: Int) -> String {
        let ramp = Array(" .:-=+*#%@")
        let width = min(columns, picture.width)
        let height = max(1, (picture.height * width / picture.width + 1) / 2)
        let small = picture.resized(width: width, height: height)
        let planes = small.planes(), pixels = width * height
        var text = ""
        for y in 0..<height {
            for x in 0..<width {
                let pixel = y * width + x
                // Rec. 709's weights of light, close enough for ten characters.
                let light = 0.2126 * planes[pixel] + 0.7152 * planes[pixels + pixel] + 0.0722 * planes[2 * pixels + pixel]
                text.append(ramp[min(Int(light * Float(ramp.count)), ramp.count - 1)])
            }
            text += "\n"
        }
        return text
    }

    /// The picture itself, or one of the given width in its proportions.
    private static func fitted(_ picture: Picture, width: Int) -> Picture {
        if picture.width <= width { return picture }
        return picture.resized(width: width, height: max(1, (picture.height * width + picture.width / 2) / picture.width))
    }
}
