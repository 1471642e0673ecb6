import Foundation
import Images
import TestSupport
import Testing

@Suite struct TerminalPreviewTests {
    static let environments: [([String: String], TerminalPreview.Style)] = [
        (["TERM": "xterm-256color"], .halfBlocks256),
        (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .halfBlocks),
        (["TERM": "xterm", "COLORTERM": "24bit", "KITTY_WINDOW_ID": ""], .halfBlocks),
        (["TERM": "xterm-kitty"], .kitty), (["TERM": "xterm", "KITTY_WINDOW_ID": "1"], .kitty),
        (["TERM_PROGRAM": "ghostty", "TERM": "xterm-ghostty"], .kitty),
        (["TERM_PROGRAM": "iTerm.app", "COLORTERM": "truecolor"], .iTerm2), (["TERM_PROGRAM": "WezTerm"], .iTerm2),
        (["TERM": "tmux-256color", "TMUX": "/tmp/x", "KITTY_WINDOW_ID": "1", "COLORTERM": "truecolor"], .halfBlocks),
        (["TERM": "screen", "TERM_PROGRAM": "iTerm.app"], .halfBlocks256),
        (["TERM": "dumb", "COLORTERM": "truecolor"], .ascii), (["NO_COLOR": "1", "TERM": "xterm-kitty"], .ascii),
        (["NO_COLOR": "", "TERM": "xterm-kitty"], .kitty), ([:], .halfBlocks256),
    ]

    @Test(arguments: environments)
    func theEnvironmentTellsTheStyle(_ environment: [String: String], _ style: TerminalPreview.Style) {
        #expect(TerminalPreview.detect(environment: environment) == style)
    }

    @Test func halfBlocksShowTwoPixelsACell() {
        let picture = Picture(
            width: 2, height: 3,
            samples: .eight([255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255, 1, 2, 3, 128, 128, 128]))
        #expect(TerminalPreview.text(for: picture, protocol: .halfBlocks, columns: 80) == """
            \u{1B}[38;2;255;0;0;48;2;0;0;255m▀▀\u{1B}[0m
            \u{1B}[38;2;1;2;3;49m▀\u{1B}[38;2;128;128;128;49m▀\u{1B}[0m

            """)
        #expect(TerminalPreview.text(for: picture, protocol: .halfBlocks256, columns: 80) == """
            \u{1B}[38;5;196;48;5;21m▀▀\u{1B}[0m
            \u{1B}[38;5;16;49m▀\u{1B}[38;5;244;49m▀\u{1B}[0m

            """)
    }

    @Test func asciiIsAPlainRampOfHalfTheHeight() {
        let ramp = picture(width: 10, height: 4) { x, _, _ in UInt8(x * 255 / 9) }
        #expect(TerminalPreview.text(for: ramp, protocol: .ascii, columns: 80) == " .:-=+*#%@\n .:-=+*#%@\n")
        let wide = TerminalPreview.text(for: noise(width: 300, height: 10), protocol: .ascii, columns: 40)
        #expect(wide.split(separator: "\n").map(\.count) == [40])
    }

    @Test func picturesFitTheColumns() {
        for style in [TerminalPreview.Style.halfBlocks, .halfBlocks256, .ascii] {
            let text = TerminalPreview.text(for: noise(width: 100, height: 50), protocol: style, columns: 30)
            #expect(text.split(separator: "\n").count == 8)
        }
    }

    @Test func iTermGetsAPNGInOneSequence() throws {
        let picture = noise(width: 95, height: 20)
        let text = TerminalPreview.text(for: picture, protocol: .iTerm2, columns: 80)
        let head = "\u{1B}]1337;File=inline=1;size="
        #expect(text.hasPrefix(head) && text.hasSuffix("\u{7}\n"))
        let parts = text.dropFirst(head.count).dropLast(2).split(separator: ":")
        let png = [UInt8](try #require(Data(base64Encoded: String(parts[1]))))
        #expect(parts[0] == "\(png.count);width=10;preserveAspectRatio=1")
        #expect(try Picture.decode(png, name: "inline") == picture)
    }

    @Test(arguments: [1, 31, 32, 33, 200])
    func kittyGetsAPNGInPiecesOfFourKilobytes(_ side: Int) throws {
        let text = TerminalPreview.text(for: noise(width: side, height: side), protocol: .kitty, columns: 8)
        #expect(text.hasSuffix("\u{1B}\\\n"))
        let pieces = text.dropLast(1).components(separatedBy: "\u{1B}\\").dropLast()
        var payload = ""
        for (index, piece) in pieces.enumerated() {
            let more = index < pieces.count - 1 ? 1 : 0
            let head = "\u{1B}_G" + (index == 0 ? "a=T,f=100,q=2,c=\(min(8, (side + 9) / 10))," : "") + "m=\(more);"
            #expect(piece.hasPrefix(head))
            let part = piece.dropFirst(head.count)
            #expect(part.count == 4096 || more == 0 && (1...4096).contains(part.count))
            payload += part
        }
        let png = [UInt8](try #require(Data(base64Encoded: payload)))
        #expect(try Picture.decode(png, name: "kitty").width == min(side, 160))
    }
}
