import Studio
import Testing

/// The stages of the way to a picture on one sheet.
@Suite struct EvolutionTests {
    @Test(arguments: [
        (40, [4, 5, 6, 7, 9, 11, 14, 17, 21, 26, 32, 40]),  // round(4 · (40/4)^(k/11))
        (16, [4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16]),  // round(4 · (16/4)^(k/11)), of which two are 5
        (13, Array(2...13)), (6, Array(0...6)), (0, [0]),
    ])
    func stagesAreSpreadOverTheSteps(_ steps: Int, _ expected: [Int]) throws {
        let scratch = try Scratch()
        let words = ["--layer", "features.3", "--index", "5", "--steps", "\(steps)", "--stages", "none", "--evolution", scratch("way.svg")]
        try scratch.draw("channel", words, "a.png")
        let captions = try scratch.text("way.svg").matches(of: />step ([0-9]+)</).compactMap { Int($0.1) }
        #expect(captions == expected)
        #expect(try scratch.text("way.svg").split(separator: "<image ").count == 1 + expected.count)
    }
}
