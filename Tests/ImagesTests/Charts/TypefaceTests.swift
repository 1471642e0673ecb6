import Images
import TestSupport
import Testing

@Suite struct TypefaceTests {
    private let typeface = Typeface.standard

    /// The covered shares of pixels, in 255ths, by place.
    private func ink(_ text: String, x: Double = 0, y: Double = 0, size: Double, upwards: Bool = false) -> [[Int]: Int] {
        var covered: [[Int]: Int] = [:]
        typeface.draw(text, x: x, y: y, size: size, upwards: upwards) { covered[[$0, $1], default: 0] += Int($2 * 255 + 0.5) }
        return covered
    }

    /// The font's units are 2048 to the size: an H is 1386 wide, an A 1260, and before a V it gives 131 back.
    @Test func widthsAreTheFonts() {
        #expect(typeface.width(of: "H", size: 2048) == 1386)
        #expect(typeface.width(of: "HH", size: 1024) == 1386)
        #expect(typeface.width(of: "AV", size: 2048) == 1260 - 131 + 1260)
        #expect(typeface.width(of: "", size: 16) == 0)
    }

    /// At 32 pixels a unit is a 64th of a pixel, and an I is a box from 181 to 363 across and up to 1493.
    @Test func coverageIsExact() {
        let covered = ink("I", size: 32)
        // 181/64 = 2.83 and 363/64 = 5.67: a part of pixels 2 and 5, and all of 3 and 4. 1493/64 = 23.33.
        func share(_ shares: Double) -> ClosedRange<Int> { Int((shares * 255).rounded()) - 1...Int((shares * 255).rounded()) + 1 }
        #expect(covered[[3, -1]] == 255 && covered[[4, -23]] == 255)
        #expect(share(11.0 / 64).contains(covered[[2, -1]]!) && share(43.0 / 64).contains(covered[[5, -1]]!))
        #expect(share(21.0 / 64).contains(covered[[3, -24]]!))
        #expect(covered.count == 4 * 24 && covered.keys.allSatisfy { (2...5).contains($0[0]) && (-24 ... -1).contains($0[1]) })
    }

    @Test func textGoesUpwards() {
        let (flat, turned) = (ink("L", size: 32), ink("L", size: 32, upwards: true))
        #expect(flat.count > 50 && flat.values.reduce(0, +) == turned.values.reduce(0, +))
        // A point at (x, y) above the line lies at (y, -x) when the line goes up.
        for (place, share) in flat { #expect(turned[[place[1], -place[0] - 1]] == share) }
    }

    @Test func lettersHaveDescendersAndStrangeOnesAreBoxes() {
        #expect(ink("p", size: 16).keys.contains { $0[1] >= 2 } && !ink("n", size: 16).keys.contains { $0[1] > 0 })
        #expect(!ink("漢", size: 16).isEmpty && ink("漢", size: 16) == ink("字", size: 16))
        for letter in "éßłαΩ→–—≥≤×·…∞√∑±²₂" { #expect(ink("\(letter)", size: 16) != ink("漢", size: 16), "\(letter)") }
    }

    @Test func widerTextIsBrokenBetweenWordsThenShortenedInItsMiddle() {
        func lines(_ text: String, _ width: Double, _ count: Int = 2) -> [String] {
            typeface.lines(of: text, within: width, size: 10, atMost: count)
        }
        #expect(lines("one two", 100) == ["one two"])
        #expect(lines("one two", 25) == ["one", "two"])
        #expect(lines("one\ntwo", 100) == ["one", "two"])
        #expect(lines("features.10", 40) == ["features.", "10"])
        let long = lines("a_photograph_with_a_long_name_of_a_dog.png", 80)
        #expect(long.count == 2 && long.joined().hasPrefix("a_photo") && long.joined().hasSuffix("dog.png") && long.joined().contains("…"))
        for line in long { #expect(typeface.width(of: line, size: 10) <= 80) }
        // A single letter that does not fit still has its line.
        #expect(lines("WWW", 1, 5) == ["W", "W", "W"])
    }
}
