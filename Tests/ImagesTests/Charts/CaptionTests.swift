import Images
import TestSupport
import Testing

@Suite struct CaptionTests {
    private let picture = Picture(width: 64, height: 10, samples: .eight([UInt8](repeating: 7, count: 64 * 10 * 3)))

    @Test func thePictureStaysAndWordsAreUnderIt() {
        let captioned = picture.captioned("I: 1\nscore")
        #expect(captioned.width == 64 && captioned.height > 26)
        let samples = captioned.bytes
        #expect(samples[..<(64 * 10 * 3)].allSatisfy { $0 == 7 })
        let words = samples[(64 * 10 * 3)...]
        #expect(Set(words) == [0, 255])
    }

    /// The I is a serifed stroke: its middle rows are one dot.
    @Test func lettersHaveTheirShape() {
        let samples = picture.captioned("I").bytes
        let rows = (12..<19).map { y in (1..<6).map { x in samples[(y * 64 + x) * 3] == 0 ? "#" : "." }.joined() }
        #expect(rows == [".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."])
    }

    @Test func longLinesAreCutAndStrangeLettersAreBoxes() {
        #expect(picture.captioned(String(repeating: "W", count: 1000)).width == 64)
        #expect(picture.captioned("é") != picture.captioned("e"))
    }
}
