import Foundation
import Images
import Studio
import Tensors
import TestSupport
import Testing

/// Sheets and their files.
@Suite struct SheetOutputTests {
    private func compare(_ settings: [String: [String]]) throws -> CaptionedSheet { try CaptionedSheet(try CaptionedSheetSettings(given: settings)) }

    @Test func bothFormatsOfASheetShareItsIndex() throws {
        let scratch = try Scratch()
        let words = ["--layer", "features.3", "--index", "0-1"]
        try scratch.draw("sheet", words, "s.png")
        let index = try scratch.bytes("s.json")
        for name in ["s.svg", "s.jpg", "s.png"] { try scratch.draw("sheet", words, name) }
        #expect(try scratch.bytes("s.json") == index)
        // The index of another sheet stays.
        try FileManager.default.removeItem(atPath: scratch("s.svg"))
        #expect(throws: Problem.self) { try scratch.draw("sheet", ["--layer", "features.3", "--index", "2-3"], "s.svg") }
        #expect(try scratch.bytes("s.json") == index)
    }

    @Test func longPicturesAreComparedInASensibleSize() throws {
        let scratch = try Scratch()
        for (name, width, height) in [("wide", 100_000, 1), ("high", 1, 100_000), ("large", 1500, 1500)] {
            let samples = [UInt8](repeating: 90, count: 3 * width * height)
            try scratch.save("\(name).png", try PNG.encode(Picture(width: width, height: height, samples: .eight(samples))))
        }
        func sheet(_ names: [String], _ others: [String: [String]] = [:]) throws -> Figure {
            let given = ["pictures": names.map { scratch("\($0).png") }, "output": [scratch("c.png")], "no-captions": []]
            return try compare(given.merging(others) { $1 }).figure
        }
        let long = try sheet(["wide", "high"])
        #expect(long.height < 2200 && long.width < 4200, "\(long.width)x\(long.height)")
        let large = try sheet(["large", "large"], ["columns": ["2"]])
        #expect(large.height < 1100 && large.height >= 1024 && large.width < 2200, "\(large.width)x\(large.height)")
        let small = try sheet(["large", "large"], ["columns": ["2"], "size": ["100"]])
        #expect(small.height < 120 && small.width < 220, "\(small.width)x\(small.height)")
    }

    @Test func aSheetThatMemoryCannotHoldIsRefused() throws {
        let scratch = try Scratch()
        try scratch.save("a.png", try PNG.encode(noise(width: 2, height: 2)))
        // 65536² pixels each: terabytes.
        let given = ["pictures": [String](repeating: scratch("a.png"), count: 100), "output": [scratch("c.png")], "size": ["65536"]]
        let problem = #expect(throws: Problem.self) { try compare(given) }
        #expect(problem?.kind == .failed && problem?.message.description.contains("memory") == true, "\(String(describing: problem))")
    }

    @Test func aSizeThatNoMemoryHoldsIsRefused() throws {
        let scratch = try Scratch()
        try scratch.save("d/a.png", try PNG.encode(noise(width: 8, height: 8)))
        let request = try ComparisonRequest(given: [
            "a": ["squeezenet1_1"], "b": ["squeezenet1_1"], "photos": [scratch("d")], "layers": ["features.3"], "size": ["500000"],
        ])
        let problem = #expect(throws: Problem.self) { try request.run(Session(workers: Workers(1)), SilentReporter()) }
        #expect(problem?.kind == .failed && problem?.message.settings == ["size"], "\(String(describing: problem))")
    }

    @Test func aGuideIsPartOfADreamsName() throws {
        let scratch = try Scratch()
        for name in ["cat.png", "cup.png"] { try scratch.save(name, try PNG.encode(noise(width: 40, height: 40))) }
        let words = ["--photo", scratch("cat.png"), "--layer", "features.3", "--octaves", "1"]
        #expect(try jobs("deepdream", words).jobs[0].outputs == ["cat_dream.png"])
        #expect(try jobs("deepdream", words + ["--guide", scratch("cup.png")]).jobs[0].outputs == ["cat_dream_cup.png"])
    }

    @Test func severalPicturesAreReplayedAtOnce() throws {
        let scratch = try Scratch()
        for (name, index) in [("a.png", "5"), ("b.jpg", "6")] { try scratch.draw("channel", ["--layer", "features.3", "--index", index], name) }
        let session = Session(workers: Workers(1))
        let pictures = ["drawn-pictures": [scratch("a.png"), scratch("b.jpg")]]
        #expect(try ReplayRequest(given: pictures).prepared(session).jobs.flatMap(\.outputs) == ["a_replay.png", "b_replay.jpg"])
        let list = try ReplayRequest(given: pictures.merging(["output": [scratch("again/")]]) { $1 }).prepared(session)
        #expect(list.jobs.flatMap(\.outputs) == [scratch("again/a_replay.png"), scratch("again/b_replay.jpg")])
        try JobRunner(session, SilentReporter()).run(list.jobs, label: list.label)
        #expect(try scratch.bytes("again/a_replay.png") == scratch.bytes("a.png"))
    }
}
