// Lines of text in a given width.

extension Typeface {
    /// The text's lines, each broken where it is too wide into at most so many, and then shortened in its middle: the beginning and
    /// the end of a name say most.
    ///
    /// - Parameter text: lines separated by newlines.
    package func lines(of text: String, within width: Double, size: Double, atMost count: Int = .max) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            let whole = broken(String(line), within: width, size: size)
            guard whole.count > count else { return whole }
            let characters = Array(line)
            func shortened(_ kept: Int) -> [String] {
                broken(String(characters.prefix((kept + 1) / 2)) + "…" + String(characters.suffix(kept / 2)), within: width, size: size)
            }
            // The most characters that fit; more need more room, but for breaks between words. None is much narrower than a fifth of
            // the size.
            var kept = Int(min(Double(characters.count - 1), Double(count) * width / (0.2 * size)))
            while kept > 0, shortened(kept).count > count { kept -= 1 }
            return shortened(kept)
        }
    }

    /// A line, broken between words, else after signs within names, else anywhere.
    private func broken(_ text: String, within width: Double, size: Double) -> [String] {
        func fits(_ line: String) -> Bool { self.width(of: line, size: size) <= width }
        if fits(text) { return [text] }
        var (lines, line) = ([String](), "")
        func next() {
            lines.append(Self.trimmed(line))
            line = ""
        }
        for word in Self.pieces(of: text, after: { $0 == " " }) {
            if fits(line + Self.trimmed(word)) { line += word; continue }
            // A name that has a line's room goes there whole.
            if fits(Self.trimmed(word)) { next(); line = word; continue }
            for part in Self.pieces(of: word, after: { ":/,_-.()=".contains($0) }) {
                if fits(line + Self.trimmed(part)) { line += part; continue }
                if !line.isEmpty { next() }
                for character in part {
                    if !line.isEmpty, character != " ", !fits(line + String(character)) { next() }
                    line.append(character)
                }
            }
        }
        next()
        return lines
    }

    /// The text cut after these characters.
    private static func pieces(of text: String, after isEnd: (Character) -> Bool) -> [String] {
        var (pieces, piece) = ([String](), "")
        for character in text {
            piece.append(character)
            if isEnd(character) {
                pieces.append(piece)
                piece = ""
            }
        }
        return piece.isEmpty ? pieces : pieces + [piece]
    }

    /// Without spaces at the end.
    private static func trimmed(_ text: String) -> String { String(text.reversed().drop { $0 == " " }.reversed()) }
}
