import Foundation
import Studio
import Testing
import Visualization

/// Whatever shows a score says what it is.
@Suite struct ScoreTests {
    private static let unit = ["--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1"]

    private struct Scored: Decodable {
        let score: Float
        let scoreUnit: String
    }

    @Test(arguments: [
        (["channel"] + unit, "mean activation"), (["channel"] + unit + ["--negative"], "negated mean activation"),
        (["channel"] + unit + ["--cosine-power", "0"], "mean activation"), (["neuron"] + unit, "activation"),
        (["class", "--index", "1", "--size", "64", "--steps", "1"], "logit"),
        (["direction", "--layer", "features.3", "--channels", "5:1,6:2", "--size", "32", "--steps", "1"], "mean activation along the direction"),
        (["render", "2*channel(features.3,5) - channel(features.3,6)", "--size", "32", "--steps", "1"], "value of the expression"),
        (["render", "channel(features.3,5) - channel(features.3,6)", "--size", "32", "--steps", "1"], "difference in mean activation"),
    ])
    func resultsAndRecordsSayWhatTheScoreIs(_ words: [String], _ unit: String) throws {
        let scratch = try Scratch()
        let told = try scratch.run(words + ["-o", "a.png"])
        let value: Scored = try told.value()
        #expect(value.scoreUnit == unit)
        #expect(told.lines[0].contains("  \(unit) \(rounded(Double(value.score), 2)) ("), "\(told.lines)")
        let rows = try Record(ofFile: scratch("a.png")).rows
        #expect(rows.first { $0.name == "score" }?.value == "\(value.score) (\(unit))", "\(rows)")
    }

    @Test func sheetsAndFacetsSayIt() throws {
        let scratch = try Scratch()
        try scratch.run(["sheet", "--layer", "features.3", "--index", "0-1", "--size", "32", "--steps", "1", "-o", "s.png"])
        struct Index: Decodable { let pictures: [Scored] }
        let index = try JSONDecoder().decode(Index.self, from: Data(scratch.bytes("s.json")))
        #expect(index.pictures.map(\.scoreUnit) == ["mean activation", "mean activation"])
        let facets = try scratch.run(["facets"] + Self.unit + ["--seeds", "0-1", "-o", "f.png"])
        #expect(facets.values[0].contains("\"scoreUnit\":\"mean activation\""))
    }

    /// Every function of the language has a word for its number, and so has what is made of them.
    @Test func everyObjectiveHasAMeasure() throws {
        let one = Objective.channel("a", 1), other = Objective.layer("b")
        #expect(one.measure == "mean activation" && other.measure == "mean squared activation")
        #expect((-one).measure == "negated mean activation" && (1 * one).measure == "mean activation")
        #expect((one + other).measure == "value of the expression" && (one - other).measure == (one * other).measure)
        #expect((one - one).measure == "difference in mean activation")
        #expect(((one + other) - (one + other)).measure == "value of the expression")
        #expect(one.of(picture: 1).measure == "mean activation of picture 1")
    }
}
