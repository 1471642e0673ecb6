import Foundation
import Images
import Studio
import Tensors
import Testing
import Visualization

/// A file of the same plan may be replaced, or any if the user says so; never one that is read.
@Suite struct OverwritingTests {
    private let usual = ["--layer", "features.3", "--size", "32", "--steps", "1"]

    /// Runs a command's jobs.
    private func run(_ command: String, _ words: [String], force: Bool = false, inputs: [String] = []) throws {
        let session = Session(workers: Workers(1))
        let list = try jobs(command, words, session)
        var runner = JobRunner(session, SilentReporter())
        (runner.force, runner.inputs) = (force, inputs)
        try runner.run(list.jobs, label: list.label)
    }

    private func refused(_ scratch: Scratch, _ name: String, _ command: String, _ words: [String], force: Bool = false, inputs: [String] = []) throws {
        let before = try scratch.bytes(name)
        let problem = #expect(throws: Problem.self) { try run(command, words, force: force, inputs: inputs) }
        #expect(problem?.kind == .cannotWrite, "\(command) \(words): \(String(describing: problem))")
        #expect(try scratch.bytes(name) == before)
    }

    @Test func twoResultsNeverShareAFile() throws {
        let scratch = try Scratch()
        for name in ["a.png", "./a.png", "x/../a.png"] {
            let words = usual + ["--index", "7", "--output", scratch("a.png"), "--evolution", scratch(name)]
            let problem = #expect(throws: Problem.self) { try run("channel", words) }
            #expect(problem?.kind == .usage && problem?.setting == "evolution", "\(String(describing: problem))")
        }
        let both = #expect(throws: Problem.self) {
            try DiffSettings(given: ["expected": ["a.png"], "actual": ["b.png"], "output": ["c.png"], "junit": ["c.png"]])
        }
        #expect(both?.kind == .usage)
        #expect(try scratch.contents("").isEmpty)
    }

    @Test func onlyAPictureOfTheSamePlanIsReplaced() throws {
        let scratch = try Scratch()
        try scratch.save("foreign.png", text: "a photograph")
        try refused(scratch, "foreign.png", "channel", usual + ["--index", "7", "--output", scratch("foreign.png")])
        let own = usual + ["--index", "7", "--output", scratch("own.png")]
        try run("channel", own)
        let first = try scratch.bytes("own.png")
        try run("channel", own)
        #expect(try scratch.bytes("own.png") == first)
        for other in [["--steps", "0"], ["--seed", "1"], ["--index", "8"]] { try refused(scratch, "own.png", "channel", own + other) }
        try run("channel", own + ["--seed", "1"], force: true)
        #expect(try scratch.bytes("own.png") != first)
    }

    /// An SVG says how it was made, as other files do.
    @Test(arguments: [
        ("sheet", ["--index", "0-1"], ["--index", "0-2"]), ("channel", ["--index", "1", "--seeds", "0-1"], ["--steps", "2"]),
        ("facets", ["--index", "1", "--seeds", "0-1"], ["--seeds", "0-2"]), ("progression", ["--layers", "features.3"], ["--steps", "2"]),
        ("interpolate", ["--index", "1,2", "--count", "2"], ["--seed", "4"]),
    ])
    func svgsFollowTheRule(_ command: String, _ words: [String], _ change: [String]) throws {
        let scratch = try Scratch()
        let common = command == "progression" ? ["--size", "32", "--steps", "1"] : usual
        let output = ["--output", scratch("a.svg")]
        try run(command, common + words + output)
        #expect(try Record(ofFile: scratch("a.svg")).pictures.count > 0)
        let svg = try String(decoding: scratch.bytes("a.svg"), as: UTF8.self)
        #expect(svg.contains("<image ") && svg.contains("<text "))
        try run(command, common + words + output)
        try refused(scratch, "a.svg", command, common + words + output + change)
    }

    /// A figure may be written in another format beside the first: the numbers are the same.
    @Test(arguments: ["sheet", "facets"])
    func twoFormatsShareTheirNumbers(_ command: String) throws {
        let scratch = try Scratch()
        let words = usual + (command == "sheet" ? ["--index", "0-1"] : ["--index", "1", "--seeds", "0-1"])
        for name in ["a.png", "a.pdf", "a.svg", "a.png"] { try run(command, words + ["--output", scratch(name)]) }
        #expect(try scratch.contents("") == ["a.json", "a.pdf", "a.png", "a.svg"])
        try refused(scratch, "a.json", command, words + ["--output", scratch("a.jpg"), "--steps", "2"])
    }

    @Test func pdfsFollowTheRuleToo() throws {
        let scratch = try Scratch()
        let words = usual + ["--index", "0-1", "--output", scratch("a.pdf")]
        try run("sheet", words)
        let first = try scratch.bytes("a.pdf")
        #expect(try Record(ofFile: scratch("a.pdf")).pictures.count == 2)
        try run("sheet", words)
        #expect(try scratch.bytes("a.pdf") == first)
        try refused(scratch, "a.pdf", "sheet", words + ["--steps", "2"])
    }

    @Test func singlePicturesAreNoFigures() {
        for words in [["--output", "a.svg"], ["--title", "one"], ["--no-captions"]] {
            let problem = #expect(throws: Problem.self) {
                for job in try jobs("channel", usual + ["--index", "1"] + words).jobs { try job.checkOutputs(force: false) }
            }
            #expect(problem?.kind == .usage)
        }
    }

    @Test(arguments: [
        ("sheet", ["--index", "0-1"], "a.png", ["--index", "0-2"]), ("sheet", ["--index", "0-1"], "a.json", ["--index", "0-2"]),
        ("channel", ["--index", "1-2"], "", ["--index", "1,2", "--seed", "4"]),
        ("channel", ["--index", "1", "--evolution", "way.gif"], "way.gif", ["--index", "2"]),
        ("channel", ["--index", "1", "--evolution", "way.png"], "way.png", ["--index", "2"]),
        ("facets", ["--index", "1", "--seeds", "0-1"], "a.json", ["--seeds", "0-2"]),
        ("facets", ["--index", "1", "--seeds", "0-1"], "a.png", ["--threshold", "0.3"]),
        ("diversity", ["--index", "1", "--count", "2", "--weight", "8"], "a_1.png", ["--index", "2"]),
    ])
    func everyKindOfOutputFollowsTheRule(_ command: String, _ words: [String], _ name: String, _ change: [String]) throws {
        let scratch = try Scratch()
        let placed = words.map { $0.hasPrefix("way.") ? scratch($0) : $0 }
        let output = ["--output", scratch(command == "channel" && name.isEmpty ? "{index}.png" : "a.png")]
        try run(command, usual + placed + output)
        try run(command, usual + placed + output)
        try refused(scratch, name.isEmpty ? "1.png" : name, command, usual + placed + output + change)
        try scratch.save(name.isEmpty ? "2.png" : name, text: "somebody's")
        try refused(scratch, name.isEmpty ? "2.png" : name, command, usual + placed + output)
    }

    @Test func whatIsReadIsNeverReplaced() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "photo.png")
        let words = usual + ["--index", "1", "--output", scratch("photo.png")]
        try refused(scratch, "photo.png", "channel", words + ["--start", scratch("photo.png")], force: true)
        // One that a setting names without its being a photograph of the plan, and one in a folder.
        try refused(scratch, "photo.png", "channel", words, force: true, inputs: [scratch("photo.png")])
        try refused(scratch, "photo.png", "channel", words, force: true, inputs: [scratch.path])
        #expect(ReplayRequest.inputs(given: ["drawn-pictures": ["a.png"], "output": ["b.png"]]) == ["a.png"])
    }

    @Test func chartsOfPicturesFollowTheRule() throws {
        let scratch = try Scratch()
        for (name, index) in [("a.png", "1"), ("b.png", "2"), ("c.png", "3")] {
            try scratch.draw("channel", ["--layer", "features.3", "--index", index], name)
        }
        func compare(_ names: [String], to output: String, _ more: [String: [String]] = [:]) throws {
            let texts = ["pictures": names.map { scratch($0) }, "output": [scratch(output)]].merging(more) { $1 }
            try CaptionedSheet(CaptionedSheetSettings(given: texts)).write()
        }
        func diff(_ one: String, _ other: String, _ more: [String: [String]]) throws {
            let texts = ["expected": [scratch(one)], "actual": [scratch(other)]].merging(more) { $1 }
            var check = try GoldenCheck(DiffSettings(given: texts))
            try check.run()
        }
        func refused(_ body: () throws -> Void) { #expect(#expect(throws: Problem.self) { try body() }?.kind == .cannotWrite) }
        try compare(["a.png", "b.png"], to: "new/sheet.png")
        try compare(["a.png", "b.png"], to: "new/sheet.png")
        refused { try compare(["a.png", "c.png"], to: "new/sheet.png") }
        refused { try compare(["a.png", "b.png"], to: "c.png") }
        refused { try compare(["a.png", "b.png"], to: "a.png", ["force": []]) }
        #expect(try Record(ofFile: scratch("new/sheet.png")).rows.contains { $0.value == "lucid compare" })
        try diff("a.png", "b.png", ["output": [scratch("heat/h.png")], "junit": [scratch("ci/j.xml")]])
        try diff("a.png", "b.png", ["output": [scratch("heat/h.png")], "junit": [scratch("ci/j.xml")]])
        refused { try diff("a.png", "c.png", ["output": [scratch("heat/h.png")]]) }
        refused { try diff("a.png", "b.png", ["output": [scratch("c.png")]]) }
        refused { try diff("a.png", "b.png", ["junit": [scratch("b.png")], "force": []]) }
        refused { try diff("c.png", "b.png", ["junit": [scratch("ci/j.xml")]]) }
        try scratch.save("keep.html", text: "mine")
        refused { _ = try PictureReport(ReportSettings(given: ["folder": [scratch.path], "output": [scratch("keep.html")]]), session: Session()) }
    }

    /// Folders of outputs are made, and films in them too.
    @Test func missingFoldersAreMade() throws {
        let scratch = try Scratch()
        try run("channel", usual + ["--index", "0-1", "--output", scratch("x/y/"), "--evolution", scratch("w/{index}/way.gif")])
        try run("sheet", usual + ["--index", "0-1", "--output", scratch("s/s.png"), "--keep", scratch("k/k/")])
        #expect(try scratch.contents("").filter { !$0.contains(".") } == ["k", "k/k", "s", "w", "w/0", "w/1", "x", "x/y"])
    }
}
