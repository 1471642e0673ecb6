import Images
import Studio
import Tensors
import Testing

/// Quotations in messages are short, however long the text is.
@Suite struct QuotationTests {
    private static let long = String(repeating: "x", count: 5000)

    @Test(arguments: [
        ("channel", ["--layer", long, "--index", "1"]), ("render", ["--expression", "channel(\(long),1)"]),
        ("render", ["--expression", "\(long)(1)"]),
        ("channel", ["--layer", "features.3", "--index", long]), ("channel", ["--layer", "features.3", "--index", "1", "--transforms", long]),
        ("channel", ["--layer", "features.3", "--index", "1", "--transforms", "jitter(\(long))"]),
        ("channel", ["--layer", "features.3", "--index", "1", "--preset", long]), ("channel", ["--layer", "features.3", "--index", "1", "--model", long]),
        ("invert", ["--layer", "features.3", "--photo", long]), ("channel", ["--layer", "features.3", "--index", "1", "--output", "{\(long)}"]),
        ("channel", ["--layer", "features.3", "--index", "1", "--size", long]),
    ])
    func ofALongTextBothEndsAreQuoted(_ command: String, _ words: [String]) throws {
        let problem = #expect(throws: Problem.self) { try jobs(command, words) }
        let text = problem?.message.description ?? ""
        #expect(text.contains("xxx … xxx") && text.count < 1200 && !text.contains(String(repeating: "x", count: 81)), "\(text)")
    }

    @Test func sentencesAreWhole() throws {
        let problem = #expect(throws: Problem.self) { try jobs("channel", ["--layer", "features.3", "--index", "1", "--seeds", "?"]) }
        #expect(problem?.message.description.contains(" … ") == false, "\(String(describing: problem))")
    }
}
