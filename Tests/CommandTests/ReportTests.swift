import Foundation
import Images
import Testing

/// `lucid report`, and the commands that it and `lucid info` show, as a shell reads them.
@Suite struct ReportTests {
    private func draw(_ arguments: [String], _ name: String, in scratch: Scratch) throws {
        let program = try Program.run(arguments + ["--size", "32", "--steps", "1", "-o", name], in: scratch.path)
        #expect(program.status == 0, "\(program.errors)")
    }

    @Test func aReportTellsWhatIsInIt() throws {
        let scratch = try Scratch()
        #expect(try Program.run(["report", "."], in: scratch.path).status == 66)
        try draw(["channel", "--layer", "features.3", "--index", "1"], "a.png", in: scratch)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/broken.png"))
        let program = try Program.run(["report", ".", "--title", "<Mine>"], in: scratch.path)
        #expect(program.status == 0, "\(program.errors)")
        #expect(program.text.contains("report.html  1 picture, "), "\(program.text)")
        let left = program.errors.split(separator: "\n")
        #expect(left.count == 2 && left[0].contains("broken.png") && left[1].hasSuffix("1 of 2 pictures in . is left out"), "\(program.errors)")
        #expect(try Program.run(["report", scratch.path, "--title", "<Mine>", "-o", "-"]).output == scratch.bytes("report.html"))
        let page = String(decoding: try scratch.bytes("report.html"), as: UTF8.self)
        #expect(page.contains("lucid channel --layer features.3 --index 1 --size 32 --steps 1"))
        let elsewhere = try Program.run(["report", ".", "-o", "elsewhere.html", "--full", "--json"], in: scratch.path)
        let object = try JSONSerialization.jsonObject(with: elsewhere.output) as? [String: Any]
        #expect(object?["pictures"] as? Int == 1 && object?["output"] as? String == "elsewhere.html")
    }

    /// StudioTests hold that every setting comes back; here a shell reads the words.
    @Test(arguments: [
        ["render", "-0.5*channel(features.3,5) + neuron(features.5,1,x=2,y=2)", "--tv", "0.01"],
        ["channel", "--layer", "features.3", "--index", "5", "--transforms", "jitter(4) flip", "--schedule", "warmup(20) cosine"],
    ])
    func theCommandOfAPictureMakesThePlanAgain(arguments: [String]) throws {
        let scratch = try Scratch()
        let steps = arguments.contains("--steps") ? [] : ["--steps", "1"]
        let size = arguments.contains("--size") ? [] : ["--size", "40"]
        let drawn = try Program.run(arguments + steps + size + ["-o", "a.png"], in: scratch.path)
        #expect(drawn.status == 0, "\(drawn.errors)")
        let line = try #require(try Program.run(["info", "a.png"], in: scratch.path).text.split(separator: "\n").first { $0.hasPrefix("command") })
        let command = line.dropFirst("command".count).drop { $0 == " " }
        #expect(command.hasPrefix("lucid "))
        // As a shell reads it.
        let again = try Shell.run("\"$LUCID\" \(command.dropFirst("lucid ".count)) --dry-run", in: scratch.path)
        let plan = try JSONSerialization.jsonObject(with: Data(again.said.utf8)) as? NSDictionary
        let record = try JSONSerialization.jsonObject(with: try Program.run(["info", "a.png", "--json"], in: scratch.path).output) as? NSDictionary
        #expect(plan == record?["plan"] as? NSDictionary, "\(command)")
        #expect(plan != nil)
    }
}
