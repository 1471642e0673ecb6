import Foundation
import Images
import Studio
import Tensors
import Testing

/// The page of a folder's pictures.
@Suite struct ReportTests {
    private func report(_ folder: String, _ settings: [String: [String]] = [:]) throws -> PictureReport {
        try PictureReport(try ReportSettings(given: settings.merging(["folder": [folder]]) { $1 }), session: Session(workers: Workers(2)))
    }

    private func commandLine(_ command: PlanCommand) -> String { command.command }

    /// Whether a text holds parts in this order.
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
        try FileManager.default.createDirectory(atPath: scratch("deep/er"), withIntermediateDirectories: true)
        try scratch.draw("channel", ["--layer", "features.10", "--index", "10"], "a.png")
        try scratch.draw("channel", ["--layer", "features.10", "--index", "9"], "deep/er/b.jpg")
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "<script>alert('&\").png")
        try scratch.draw("render", ["--expression", "channel(features.3,1) - 0.1*total_variation()"], "e.png")
        try scratch.draw("sheet", ["--layer", "features.3", "--index", "0-1"], "s.png")
        try scratch.save("broken.png", text: "no picture")
        let plain = Picture(width: 4, height: 4, samples: .eight([UInt8](repeating: 9, count: 48)))
        try scratch.save("other.png", try PNG.encode(plain, text: []))
        let report = try report(scratch.path, ["title": ["<Mine> {{style}}"]])
        #expect(report.unreadable.count == 1 && report.unreadable[0].message.description.contains("broken.png"))
        let summary = try report.write(commandLine: commandLine)
        let page = try scratch.text("report.html")
        #expect(summary.pictures == 5 && summary.skipped == 1 && summary.unreadable == 1 && summary.bytes == page.utf8.count)
        #expect(page.contains("<title>&lt;Mine&gt; {{style}}</title>") && page.contains("5 pictures, 1 others left out"))
        #expect(!page.contains("<script>alert"))
        #expect(page.contains("href=\"./%3Cscript%3Ealert%28%27%26%22%29.png\""))
        let headings = [
            "<h2>squeezenet1_1</h2>", "<h3>features.3</h3>", "channel 1", "2 pictures", "<h3>features.10</h3>", "channel 9", "channel 10",
            "<h3>Expressions</h3>",
        ]
        #expect(order(of: headings, in: page))
        #expect(page.components(separatedBy: "<figure").count == 6)
        #expect(!page.contains("http://") && !page.contains("https://"))
        #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n") && order(of: ["--paper", "\"use strict\""], in: page))
        // Without a time or a path in it the same folder gives the same page.
        let again = try self.report(scratch.path, ["title": ["<Mine> {{style}}"], "output": ["-"]])
        #expect(again.html(commandLine: commandLine) == page)
    }

    /// Pictures of one channel say what differs: a setting, or else the file's name.
    @Test func picturesOfOneUnitAreToldApart() throws {
        let scratch = try Scratch()
        let unit = ["--layer", "features.3", "--index", "1"]
        try scratch.draw("channel", unit, "a.png")
        try scratch.draw("channel", unit + ["--steps", "2"], "b.png")
        try scratch.draw("channel", unit + ["--steps", "2", "--seed", "4"], "c.png")
        try scratch.draw("channel", ["--layer", "features.3", "--index", "2"], "d.png")
        try scratch.draw("channel", ["--layer", "features.3", "--index", "2"], "e.png")
        try scratch.draw("sheet", ["--layer", "features.3", "--index", "0-1"], "s.png")
        #expect(try report(scratch.path).entries.map(\.title) == [
            "channel 1, steps 1", "channel 1, steps 2", "channel 1, seed 4", "channel 2, d.png", "channel 2, e.png", "sheet of 2 pictures",
        ])
    }

    @Test func otherFilesAreNotOverwritten() throws {
        let scratch = try Scratch()
        func fails(_ kind: Problem.Kind, _ folder: String) {
            #expect { _ = try report(folder).write(commandLine: commandLine) } throws: { ($0 as? Problem)?.kind == kind }
        }
        fails(.missing, scratch("missing"))
        fails(.missing, scratch.path)
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "a.png")
        try scratch.save("report.html", text: "mine")
        fails(.cannotWrite, scratch.path)
        #expect(try scratch.text("report.html") == "mine")
        _ = try report(scratch.path, ["force": []]).write(commandLine: commandLine)
        _ = try report(scratch.path).write(commandLine: commandLine)  // its own page
        let elsewhere = scratch("elsewhere.html")
        let summary = try report(scratch.path, ["output": [elsewhere], "full": []]).write(commandLine: commandLine)
        #expect(summary.pictures == 1 && summary.output == elsewhere)
        let whole = Data(try scratch.bytes("a.png")).base64EncodedString()
        #expect(try scratch.text("elsewhere.html").contains(whole))
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
        ["channel", "--layer", "features.0", "--index", "5"],
        ["channel", "--layer", "features.0", "--index", "5", "--negative"],
        ["channel", "--layer", "features.3", "--index", "5", "--preset", "xplique"],
        ["channel", "--layer", "features.3", "--index", "5", "--decay-power", "0.5", "--plain-decay"],
    ])
    func theCommandOfAPlanMakesItAgain(words: [String]) throws {
        let usual = (words.contains("--steps") ? [] : ["--steps", "1"]) + (words.contains("--size") ? [] : ["--size", "40"])
        let plan = try jobs(words[0], Array(words.dropFirst()) + usual).jobs[0].plan
        guard case .picture(let picture) = plan else {
            Issue.record("a picture's plan was expected, not \(plan)")
            return
        }
        let command = try #require(PlanCommand(picture))
        let options = command.settings.flatMap { $0.text.isEmpty ? ["--\($0.name)"] : ["--\($0.name)", $0.text] }
        let again = try jobs(command.command, command.arguments + options).jobs
        #expect(again.count == 1 && again[0].plan == plan, "\(command)")
    }
}
