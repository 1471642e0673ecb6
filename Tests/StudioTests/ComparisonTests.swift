import Foundation
import Images
import Networks
import Studio
import TestSupport
import Testing

/// Two networks against each other, and pictures of one channel among themselves.
@Suite struct ComparisonTests {
    private struct Comparison: Decodable {
        struct Match: Decodable {
            let layerA, layerB: String
            let cka: Double
            let dead: [Int]
            let channels: [Pair]
        }
        struct Pair: Decodable {
            let a: Int
            let b: Int?
            let correlation: Double?
        }
        let photographs, examples: Int
        let cka: [[Double]]
        let matches: [Match]
    }

    private let quick = ["--photos", Photograph.folder, "--size", "96", "--grid", "5"]

    /// - Returns: the numbers as JSON, the table, and the notes.
    private func compare(_ words: [String], in scratch: Scratch, _ session: Session = sharedSession) throws -> (json: String, table: String, notes: [String]) {
        let listener = Listener()
        let request = try ComparisonRequest(given: texts(words, for: ComparisonRequest.self, in: scratch.path))
        let result = try request.run(session, listener)
        return (json(result.values), result.table, listener.heard.notes)
    }

    private func decode<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    /// The same weights under two names: every layer and every channel is its own match.
    @Test func aNetworkMatchesItself() throws {
        let scratch = try Scratch()
        let weights = bundledFile("squeezenet1_1.safetensors")
        let result = try compare(["squeezenet1_1", "squeezenet1_1=\(weights)", "--layers", "features.3,features.9"] + quick, in: scratch)
        let comparison = try decode(result.json, as: Comparison.self)
        #expect(comparison.photographs == 3 && comparison.examples == 3 * 25)
        #expect(comparison.cka[0][0] == 1 && comparison.cka[1][1] == 1 && comparison.cka[0][1] < 0.95)
        #expect(comparison.cka[0][1] == comparison.cka[1][0])
        for match in comparison.matches {
            #expect(match.layerA == match.layerB && match.cka == 1)
            for pair in match.channels where !match.dead.contains(pair.a) { #expect(pair.b == pair.a && pair.correlation == 1) }
            for channel in match.dead { #expect(match.channels[channel].b == nil && match.channels[channel].correlation == nil) }
        }
        #expect(result.notes.contains { $0.contains("add photographs") }, "\(result.notes)")
    }

    @Test func twoNetworksMatchOneToOne() throws {
        let scratch = try Scratch()
        let two = ["vgg16", "squeezenet1_1", "--layers", "features.7", "--layers-b", "features.3,features.6"] + quick
        let free = try compare(two, in: scratch)
        let bound = try compare(two + ["--one-to-one", "--pairs", "p.json", "-o", "m.png"], in: scratch)
        #expect(bound.table.contains("features.7"))
        let matrix = try scratch.picture("m.png")
        #expect(matrix.width > 2 * 60 && matrix.height > 32)
        let best = try decode(free.json, as: Comparison.self).matches[0]
        let own = try decode(try scratch.text("p.json"), as: [Comparison.Match].self)[0]
        #expect(own.layerB == best.layerB && own.cka == best.cka)
        let matched = own.channels.compactMap(\.b)
        #expect(Set(matched).count == matched.count && matched.count == 128 - own.dead.count)
        func sum(_ pairs: [Comparison.Pair]) -> Double { pairs.compactMap(\.correlation).reduce(0, +) }
        #expect(sum(own.channels) <= sum(best.channels) && sum(own.channels) > 0.5 * sum(best.channels))
        try fails(scratch, two + ["--pairs", "p.json", "-o", "n.png"], .cannotWrite, "p.json", "--force")
    }

    @Test func threadsChangeNothing() throws {
        let words = ["vgg16", "squeezenet1_1", "--layers", "features.5", "--layers-b", "features.4"] + quick
        let (one, four) = (Session(workers: .one), Session(workers: .init(4)))
        #expect(try compare(words, in: Scratch(), one).json == compare(words, in: Scratch(), four).json)
    }

    @Test func pairsAreDrawn() throws {
        let scratch = try Scratch()
        let drawn = ["--draw", "2", "--draw-size", "64", "--steps", "2", "--sheet", "s.png"]
        _ = try compare(["squeezenet1_1", "squeezenet1_1", "--layers", "features.3"] + quick + drawn, in: scratch)
        let sheet = try scratch.picture("s.png")
        #expect(sheet.width == 2 * 64 + 3 * 4)
        // A network's channels are drawn the same twice: the lower row is the upper one.
        let cell = (sheet.height - 3 * 4) / 2
        let rows = [4, 8 + cell].map { sheet.part(y: $0, width: sheet.width, height: 64) }
        #expect(rows[0] == rows[1])
    }

    private func fails(_ scratch: Scratch, _ words: [String], _ kind: Problem.Kind, _ parts: String...) throws {
        try scratch.fails(kind, parts, "\(words)") { _ = try compare(words, in: scratch) }
    }

    @Test func whatCannotBeComparedIsNamed() throws {
        let scratch = try Scratch()
        try scratch.makeFolder("photos")
        func words(_ more: String...) -> [String] { ["squeezenet1_1", "vgg16", "--photos", "photos"] + more }
        try fails(scratch, words(), .missing, "photos", "no pictures")
        try fails(scratch, ["squeezenet1_1", "vgg16", "--photos", "nowhere"], .missing, "nowhere")
        try scratch.save("photos/broken.png", text: "no picture")
        try fails(scratch, words("--layers", "features.3"), .badData, "broken.png")
        try fails(scratch, words("--layers", "featres.3"), .usage, "featres.3", "features.3")
        try fails(scratch, words("--layers-b", "features.99"), .usage, "vgg16", "features.99", "features.9")
        try fails(scratch, words("--layers", "features.3,features.3"), .usage, "features.3", "twice")
        try fails(scratch, words("--steps", "3"), .usage, "--steps", "--draw")
        try fails(scratch, ["squeezenet1_1=", "vgg16", "--photos", Photograph.folder], .usage, "squeezenet1_1=", "FILE")
    }

    // MARK: - Facets

    private struct Facets: Decodable {
        let pictures: [String]
        let facets: [[Int]]
        let similarities: [[Double]]
        let meanSimilarity: Double
        let complete: Bool
    }

    @Test func seedsFallIntoFacets() throws {
        let scratch = try Scratch()
        let words = ["facets", "--layer", "features.8", "--index", "5", "--seeds", "2,4,6", "--size", "64", "--steps", "8"]
        let told = try scratch.run(words + ["-o", "f.png"])
        #expect(try scratch.contents("") == ["f.json", "f.png"])
        let facets = try decode(try scratch.text("f.json"), as: Facets.self)
        #expect(facets.pictures == ["2", "4", "6"] && facets.complete && facets.facets.flatMap { $0 }.sorted() == [0, 1, 2])
        for i in 0..<3 {
            #expect(abs(facets.similarities[i][i] - 1) < 1e-5)
            for j in 0..<3 { #expect(abs(facets.similarities[i][j] - facets.similarities[j][i]) < 1e-6) }
        }
        #expect(told.lines.joined().contains("of 3 pictures"))
        #expect(try scratch.record("f.png").pictures.map(\.plan.seed) == [2, 4, 6])
        // All one at a threshold of 0, each its own at 1.
        for (threshold, count) in [("0", 1), ("1", 3)] {
            let told = try scratch.run(words + ["-o", "t\(count).png", "--threshold", threshold])
            #expect(try told.value(as: Facets.self).facets.count == count)
        }
        try scratch.fails(words + ["-o", "f.png", "--threshold", "0.31"], .cannotWrite, "f.png", "--force")
    }

    @Test func picturesThatAreThereAreLookedAt() throws {
        let scratch = try Scratch()
        let pictures = [Photograph.chelsea, Photograph.coffee, Photograph.chelsea]
        let told = try scratch.run(["facets", "--layer", "features.3", "-o", "f.png", "--threshold", "0.99"] + pictures)
        let facets = try told.value(as: Facets.self)
        #expect(facets.facets == [[0, 2], [1]] && facets.pictures == ["chelsea.jpg", "coffee.jpg", "chelsea.jpg"])
        let two = ["facets"] + pictures.prefix(2) + ["--layer", "features.3", "-o", "g.png"]
        try scratch.fails(two + ["--steps", "3"], .usage, "--steps")
        try scratch.fails(two + ["--index", "3"], .usage, "--index")
        try scratch.fails(["facets", pictures[0], "--layer", "features.3"], .usage, "2 to 256")
        try scratch.fails(["facets", "--layer", "features.3"], .usage, "--index")
    }
}
