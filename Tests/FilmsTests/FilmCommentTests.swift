import Films
import Testing

@Suite struct FilmCommentTests {
    private func box(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        let length = contents.count + 8
        return [UInt8(length >> 24), UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)] + name.unicodeScalars.map { UInt8($0.value) } + contents
    }

    private func mp4(_ comment: String) -> [UInt8] {
        let list = box("ilst", box("\u{A9}too", [1, 2]) + box("\u{A9}cmt", box("data", [0, 0, 0, 1, 0, 0, 0, 0] + Array(comment.utf8))))
        return box("ftyp", Array("isom".utf8)) + box("mdat", [9, 9, 9]) + box("moov", box("mvhd", [7]) + box("udta", box("meta", [0, 0, 0, 0] + box("hdlr", []) + list)))
    }

    @Test func anMP4sCommentIsRead() {
        #expect(FilmComment.text(in: mp4("{é}")) == "{é}")
        let whole = mp4("{}")
        // One that ends early, or says a wrong length, has none.
        for count in 0..<whole.count { #expect(FilmComment.text(in: Array(whole[..<count])) == nil) }
        var wrong = whole
        for place in wrong.indices {
            wrong[place] ^= 0xFF
            _ = FilmComment.text(in: wrong)
            wrong[place] ^= 0xFF
        }
    }

    @Test func aWebMsCommentIsRead() {
        let tag: [UInt8] = [0x45, 0xA3, 0x87] + Array("COMMENT".utf8) + [0x44, 0x87, 0x40, 0x02] + Array("{}".utf8)
        let film: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3, 0x80] + tag
        #expect(FilmComment.text(in: film) == "{}")
        for count in 0..<film.count { #expect(FilmComment.text(in: Array(film[..<count])) == nil) }
    }
}
