import Foundation
import Images
import Testing

/// `lucid report`, and the commands that it and `lucid info` show.
@Suite struct ReportTests {
    private func draw(_ arguments: [String], _ name: String, in scratch: Scratch) throws {
        let program = try Program.run(arguments + ["--size", "32", "--steps", "1", "-o", name], in: scratch.path)
        #expect(program.status == 0, "\(program.errors)")
    }

    private func page(_ scratch: Scratch) throws -> String { String(decoding: try scratch.bytes("report.html"), as: UTF8.self) }

    /// The places of a text's parts, in their order; nil if one is missing.
    private func order(of parts: [String], in text: String) -> Bool {
        var rest = text[...]
        for part in parts {
            guard let range = rest.range(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    @Test func picturesAreGroupedAndEscaped() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/deep/er", withIntermediateDirectories: true)
        try draw(["channel", "--layer", "features.10", "--index", "10"], "a.png", in: scratch)
        try draw(["channel", "--layer", "features.10", "--index", "9"], "deep/er/b.jpg", in: scratch)
        try draw(["channel", "--layer", "features.3", "--index", "1"], "<script>alert('&\").png", in: scratch)
        try draw(["render", "channel(features.3,1) - 0.1*total_variation()"], "e.png", in: scratch)
        try draw(["sheet", "--layer", "features.3", "--index", "0-1"], "s.png", in: scratch)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/broken.png"))
        let plain = try PNG.encode(Picture(width: 4, height: 4, samples: .eight([UInt8](repeating: 9, count: 48))), text: [])
        try Data(plain).write(to: URL(filePath: "\(scratch.path)/other.png"))
        let program = try Program.run(["report", ".", "--title", "<Mine>"], in: scratch.path)
        #expect(program.status == 0, "\(program.errors)")
        #expect(program.errors.contains("broken.png") && program.errors.split(separator: "\n").count == 1, "\(program.errors)")
        let page = try page(scratch)
        #expect(page.contains("<title>&lt;Mine&gt;</title>") && page.contains("5 pictures, 1 others left out"))
        #expect(!page.contains("<script>alert"))
        #expect(page.contains("href=\"./%3Cscript%3Ealert%28%27%26%22%29.png\""))
        #expect(order(of: ["<h2>squeezenet1_1</h2>", "<h3>features.3</h3>", "channel 1", "2 pictures", "<h3>features.10</h3>", "channel 9", "channel 10", "<h3>Expressions</h3>"], in: page))
        #expect(page.components(separatedBy: "<figure").count == 6)
        #expect(!page.contains("http://") && !page.contains("https://"))
        // Without a time or a path in it the same folder gives the same page.
        let again = try Program.run(["report", scratch.path, "--title", "<Mine>", "-o", "-"])
        #expect(again.text == page)
    }

    @Test func otherFilesAreNotOverwritten() throws {
        let scratch = try Scratch()
        #expect(try Program.run(["report", "missing"], in: scratch.path).status == 66)
        #expect(try Program.run(["report", "."], in: scratch.path).status == 66)
        try draw(["channel", "--layer", "features.3", "--index", "1"], "a.png", in: scratch)
        try Data("mine".utf8).write(to: URL(filePath: "\(scratch.path)/report.html"))
        #expect(try Program.run(["report", "."], in: scratch.path).status == 73)
        #expect(try scratch.bytes("report.html") == Data("mine".utf8))
        #expect(try Program.run(["report", ".", "--force"], in: scratch.path).status == 0)
        #expect(try Program.run(["report", "."], in: scratch.path).status == 0, "its own page")
        let program = try Program.run(["report", ".", "-o", "elsewhere.html", "--full", "--json"], in: scratch.path)
        let object = try JSONSerialization.jsonObject(with: program.output) as? [String: Any]
        #expect(object?["pictures"] as? Int == 1 && object?["output"] as? String == "elsewhere.html")
        let whole = try scratch.bytes("a.png").base64EncodedString()
        #expect(String(decoding: try scratch.bytes("elsewhere.html"), as: UTF8.self).contains(whole))
    }

    @Test(arguments: [
        ["channel", "--layer", "features.3", "--index", "5"],
        ["channel", "--model", "vgg16", "--layer", "features.10", "--index", "5", "--negative", "--seed", "7"],
        ["neuron", "--layer", "features.8", "--index", "2"],
        ["neuron", "--layer", "features.8", "--index", "2", "--x", "1", "--y", "0", "--steps", "33"],
        ["layer", "--layer", "features.3", "--size", "64x48"],
        ["class", "--label", "goldfish", "--param", "pixel", "--no-decorrelate"],
        ["render", "-0.5*channel(features.3,5) + neuron(features.5,1,x=2,y=2)", "--tv", "0.01"],
        ["channel", "--layer", "features.3", "--index", "5", "--tv", "0.5", "--blur", "0.1"],
        ["channel", "--layer", "features.3", "--index", "5", "--transforms", "jitter(4) flip", "--crops", "3", "--relu", "guided"],
        ["channel", "--layer", "features.3", "--index", "5", "--preset", "lucent"],
        ["channel", "--layer", "features.3", "--index", "5", "--preset", "torch-dreams"],
        ["channel", "--layer", "features.3", "--index", "5", "--param", "cppn", "--output-size", "64"],
        ["channel", "--layer", "features.3", "--index", "5", "--optimizer", "sgd(0.9)", "--learning-rate", "0.2", "--schedule", "warmup(20) cosine"],
        ["channel", "--layer", "features.3", "--index", "5", "--decay-power", "0.5", "--pool-gradient", "average", "--clip-gradient", "2"],
        ["channel", "--layer", "features.3", "--index", "5", "--normalize-gradient", "--until-converged", "0.01", "--convolution", "plain"],
        ["direction", "--layer", "features.3", "--channels", "5:1,10:-0.5", "--cossim-pow", "2"],
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
