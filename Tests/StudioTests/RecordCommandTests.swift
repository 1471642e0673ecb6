import Studio
import Testing

/// The command that a picture shows makes the same picture.
@Suite struct RecordCommandTests {
    private static let unit = ["--layer", "features.3"]

    @Test(arguments: [
        ("channel", unit + ["--index", "7", "--alpha"]), ("channel", unit + ["--index", "7", "--negative", "--alpha"]),
        ("channel", unit + ["--index", "7", "--start", "photo.png"]), ("channel", unit + ["--index", "7", "--mask", "photo.png"]),
        ("caricature", ["--photo", "photo.png"] + unit), ("invert", ["--photo", "photo.png"] + unit),
        ("accentuate", ["--photo", "photo.png", "--index", "3"] + unit), ("render", ["channel(features.3,2)", "--count", "2"]),
    ])
    func aRendersCommandMakesItAgain(_ command: String, _ words: [String]) throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.5", "--index", "1"], "photo.png")
        try scratch.draw(command, words.map { $0 == "photo.png" ? scratch($0) : $0 }, "a.png")
        let again = try #require(try Record(ofFile: scratch("a.png")).command)
        var texts = again.arguments + again.settings.flatMap { $0.text.isEmpty ? ["--\($0.name)"] : ["--\($0.name)", $0.text] }
        // Photographs are called by their names, which lie in the folder.
        texts = texts.map { $0.replacing("photo.png", with: scratch("photo.png")) }
        try scratch.draw(again.command, texts, "b.png")
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"), "\(again)")
    }

    @Test func dreamsAndStylesShowTheirCommands() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.5", "--index", "1", "--size", "64"], "photo.png")
        func command(_ name: String, _ texts: [String: [String]]) throws -> PlanCommand? {
            let request = allRequests.first { $0.command == name }!
            let list = try request.init(given: texts.merging(["output": [scratch("a.png")]]) { $1 }).jobs(Session())
            return Record(DrawnPicture(plan: list.jobs[0].plan, stepsDone: list.jobs[0].steps, score: 0)).command
        }
        let dream = try command("deepdream", ["photo": [scratch("photo.png")], "layer": ["features.5"], "channel": ["1,2"], "tv": ["0.5"]])
        #expect(dream?.arguments == ["photo.png"])
        #expect(dream?.settings.map(\.text).starts(with: ["features.5", "1,2", "64"]) == true && dream?.settings.contains { $0 == ("tv", "0.5") } == true)
        let style = try command(
            "style", ["content": [scratch("photo.png")], "styles": [scratch("photo.png")], "model": ["squeezenet1_1"], "size": ["64"], "keep-colors": []])
        #expect(style?.arguments == ["photo.png", "photo.png"] && style?.settings.contains { $0 == ("keep-colors", "") } == true)
    }

    @Test func aFilmSaysHowItWasMade() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", Self.unit + ["--index", "7", "--evolution", scratch("way.gif")], "a.png")
        #expect(try Record(ofFile: scratch("way.gif")).pictures[0].plan == Record(ofFile: scratch("a.png")).pictures[0].plan)
        try scratch.save("other.gif", Array("GIF89a\u{1}\0\u{1}\0\0\0\0;".utf8))
        let problem = #expect(throws: Problem.self) { try Record(ofFile: scratch("other.gif")) }
        #expect(problem?.message.description.contains("does not say how it was made") == true)
    }
}
