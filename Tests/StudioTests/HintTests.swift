import Studio
import Testing

/// A first picture comes with a word on what to try next; later ones, and those whose look was chosen, do not.
@Suite struct HintTests {
    private func hint(_ scratch: Scratch, _ words: [String]) throws -> Message? {
        let unit = ["--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1", "--output", scratch("")]
        return try ChannelRequest(given: texts(unit + words, for: ChannelRequest.self)).prepared(sharedSession).hint
    }

    @Test func theFirstPictureOfAFolderHasAHint() throws {
        let scratch = try Scratch()
        #expect(try hint(scratch, [])?.settings == ["preset", "tv", "seed"])
        for words in [["--seed", "1"], ["--preset", "best"], ["--tv", "0.1"], ["--seeds", "0-1"]] { #expect(try hint(scratch, words) == nil, "\(words)") }
        try scratch.draw("channel", ["--layer", "features.3", "--index", "5"], "squeezenet1_1_features.3_5.png")
        #expect(try hint(scratch, []) != nil, "it is the same picture")
        try scratch.draw("channel", ["--layer", "features.3", "--index", "6"], "squeezenet1_1_features.3_6.png")
        #expect(try hint(scratch, []) == nil)
    }
}
