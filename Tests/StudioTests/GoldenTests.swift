import Foundation
import Images
import Networks
import Studio
import Testing
import Visualization

/// Golden pictures against new ones, small pictures that are made here.
@Suite struct GoldenTests {
    /// A grey picture, but for the middle pixel, whose red is brighter by `more`.
    private func save(_ name: String, in scratch: Scratch, more: UInt8 = 0, width: Int = 12, record: String? = nil) throws {
        var samples = [UInt8](repeating: 100, count: 12 * width * 3)  // [height, width, 3]
        samples[3 * (6 * width + width / 2)] += more
        let picture = Picture(width: width, height: 12, samples: .eight(samples))
        try scratch.save(name, try PNG.encode(picture, text: record.map { [(keyword: Record.keyword, text: $0)] } ?? []))
    }

    /// A check that has run.
    ///
    /// - Parameter settings: by name, such as "max-rms"; files are named within the folder.
    private func check(
        _ scratch: Scratch, _ expected: String, _ actual: String, _ settings: [String: String] = [:]
    ) throws -> GoldenCheck {
        var texts = ["expected": [scratch(expected)], "actual": [scratch(actual)]]
        for (name, text) in settings {
            texts[name] = name == "update" ? [] : [["output", "junit"].contains(name) ? scratch(text) : text]
        }
        var check = try GoldenCheck(try DiffSettings(given: texts))
        try check.run()
        return check
    }

    private func objects(_ check: GoldenCheck) throws -> [[String: Any]] {
        try check.comparisons.map { try #require(try JSONSerialization.jsonObject(with: Data($0.json.utf8)) as? [String: Any]) }
    }

    @Test func thePixelsDecideWithoutThresholds() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("same.png", in: scratch, record: "{}")  // other bytes, the same pixels
        try save("b.png", in: scratch, more: 6)
        let same = try check(scratch, "a.png", "same.png")
        #expect(same.problem == nil && same.comparisons[0].line == "same  \(scratch("same.png"))")
        #expect(try check(scratch, "a.png", "a.png").problem == nil)
        let different = try check(scratch, "a.png", "b.png")
        #expect(different.problem == Problem(.partial, ""))
        #expect(different.comparisons[0].line.contains("rms 0.29, difference 6.0, psnr 58.9"), "\(different.comparisons)")  // √(36 / 432)
    }

    /// The first time there is nothing to compare with.
    @Test func aMissingFolderIsMadeByAnUpdate() throws {
        let scratch = try Scratch()
        try save("new/a.png", in: scratch)
        let problem = #expect(throws: Problem.self) { try check(scratch, "golden", "new") }
        #expect(problem?.kind == .missing && problem!.message.text { "--\($0)" }.contains("--update"), "\(String(describing: problem))")
        #expect(try check(scratch, "golden", "new", ["update": ""]).problem == nil)
        #expect(try check(scratch, "golden", "new").problem == nil)
    }

    @Test func everyThresholdCanBeMetAndMissed() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, more: 60)
        let bounds = [
            ("max-rms", "3", "2"), ("max-difference", "60", "59"), ("min-psnr", "38", "40"), ("min-ssim", "0.5", "0.99999"),
            ("max-lab", "1", "0.01"), ("max-lab-pixel", "50", "1"),
        ]
        for (name, loose, tight) in bounds {
            #expect(try check(scratch, "a.png", "b.png", [name: loose]).problem == nil, "\(name)")
            let missed = try check(scratch, "a.png", "b.png", [name: tight])
            #expect(missed.problem?.kind == .partial, "\(name)")
            let line = missed.comparisons[0].line
            #expect(line.contains(name.hasPrefix("max") ? "(above " : "(below "), "\(line)")
        }
        #expect(try check(scratch, "a.png", "b.png", ["max-rms": "3", "max-difference": "59"]).problem?.kind == .partial)
    }

    @Test func anotherSizeIsADifference() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, width: 9)
        let result = try check(scratch, "a.png", "b.png", ["max-rms": "255", "output": "heat.png"])
        #expect(result.problem?.kind == .partial)
        #expect(result.comparisons[0].line.contains("9x12 pixels instead of 12x12"), "\(result.comparisons)")
        #expect(try scratch.contents("").contains("heat.png"))
    }

    @Test func mistakesAreToldByKindAndName() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("folder/a.png", in: scratch)
        try scratch.save("text.png", text: "no picture")
        try FileManager.default.createDirectory(atPath: scratch("empty"), withIntermediateDirectories: true)
        func fails(_ expected: String, _ actual: String, with settings: [String: String] = [:], _ kind: Problem.Kind, _ word: String) {
            do {
                let problem = try check(scratch, expected, actual, settings).problem
                #expect(problem?.kind == kind && problem?.message.description.contains(word) == true, "\(expected) \(actual)")
            } catch {
                let problem = error as? Problem
                #expect(problem?.kind == kind && problem?.message.description.contains(word) == true, "\(expected) \(actual): \(error)")
            }
        }
        fails("a.png", "a.png", with: ["max-rms": "-1"], .usage, "max-rms")
        fails("a.png", "a.png", with: ["max-rms": "nan"], .usage, "max-rms")
        fails("a.png", "a.png", with: ["min-ssim": "2"], .usage, "min-ssim")
        fails("a.png", "folder", .usage, "two folders")
        fails("a.png", "a.png", with: ["output": "a.png"], .usage, "overwrite")
        fails("folder", "folder", with: ["output": "folder/heat"], .usage, "elsewhere")
        fails("a.png", "text.png", .badData, "text.png")
        fails("text.png", "text.png", .badData, "text.png")
        fails("a.png", "b.png", .missing, "b.png")
        fails("b.png", "a.png", .missing, "b.png")
        fails("folder", "nowhere", .missing, "nowhere")
        fails("empty", "empty", .missing, "no pictures")
        fails("a.png", "a.png", with: ["output": "a.png/heat.png"], .cannotWrite, "a.png")
        fails("a.png", "a.png", with: ["junit": "a.png/a.xml"], .cannotWrite, "a.png")
        #expect(throws: Problem.usage("standard input can be one of the pictures, not both")) {
            try DiffSettings(given: ["expected": ["-"], "actual": ["-"]])
        }
        let toStandardOutput = ["expected": [scratch("folder")], "actual": [scratch("folder")], "output": ["-"]]
        #expect { try GoldenCheck(try DiffSettings(given: toStandardOutput)) } throws: { error in
            (error as? Problem)?.kind == .usage && "\(error)".contains("folder")
        }
    }

    /// Two folders with every kind of outcome.
    private func saveFolders(_ scratch: Scratch) throws {
        for name in ["x2.png", "x10.png", "sub/same.png", "gone.png"] { try save("golden/\(name)", in: scratch) }
        try save("new/x2.png", in: scratch, more: 2)
        try save("new/x10.png", in: scratch, more: 50)
        try save("new/sub/same.png", in: scratch)
        try save("new/more <&\u{1}>.png", in: scratch)
    }

    @Test func foldersAreComparedByName() throws {
        let scratch = try Scratch()
        try saveFolders(scratch)
        let result = try check(scratch, "golden", "new", ["max-rms": "1", "output": "heat", "junit": "out.xml"])
        #expect(result.isOfFolders && result.problem == Problem(.partial, ""))
        #expect(result.comparisons.map(\.result) == [.missing, .extra, .same, .same, .different])
        #expect(result.summary == "5 pictures: 2 same, 1 different, 1 missing, 1 extra")
        #expect(try scratch.contents("heat") == ["x10.png"])
        let xml = try scratch.text("out.xml")
        #expect(xml.contains("tests=\"5\" failures=\"3\" errors=\"0\" skipped=\"0\""), "\(xml)")
        #expect(xml.contains("more &lt;&amp;\\u{01}&gt;.png") || xml.contains("more &lt;&amp;\\u{1}&gt;.png"), "\(xml)")
        #expect(!xml.utf8.contains(1))
        let json = try objects(try check(scratch, "golden", "new"))
        #expect(json.map { $0["result"] as? String } == ["missing", "extra", "same", "different", "different"])
        #expect(json[3]["name"] as? String == "x2.png")
        #expect(json[3]["maxDifference"] as? Double == 2)
        #expect(json[3]["expected"] as? String == scratch("golden/x2.png"))
        #expect(json[2]["psnr"] == nil && json[2]["ssim"] as? Double == 1)
    }

    @Test func oneDamagedPictureDoesNotHideTheOthers() throws {
        let scratch = try Scratch()
        try saveFolders(scratch)
        try scratch.save("new/x2.png", text: "no picture")
        let result = try check(scratch, "golden", "new", ["junit": "out.xml"])
        #expect(result.problem?.kind == .badData && result.problem?.message.description.contains("new/x2.png") == true)
        #expect(result.comparisons.contains { $0.line.hasPrefix("different  x10.png") } && result.summary.contains("1 unreadable"))
        #expect(try scratch.text("out.xml").contains("errors=\"1\""))
    }

    @Test func anUpdateTakesWhatDiffersAndRemovesNothing() throws {
        let scratch = try Scratch()
        try saveFolders(scratch)
        let within = try scratch.bytes("golden/x2.png")
        let result = try check(scratch, "golden", "new", ["max-rms": "1", "update": ""])
        #expect(result.problem == nil)
        #expect(result.comparisons.contains { $0.line.hasPrefix("updated  x10.png") })
        #expect(result.summary.contains("2 same, 1 missing, 1 updated, 1 added"))
        #expect(try scratch.bytes("golden/x10.png") == scratch.bytes("new/x10.png"))
        #expect(try scratch.bytes("golden/x2.png") == within)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == ["golden", "new"])
        #expect(try scratch.contents("golden") == ["gone.png", "more <&\u{1}>.png", "sub", "sub/same.png", "x10.png", "x2.png"])
        // The first golden pictures of all.
        #expect(try check(scratch, "first", "new", ["update": ""]).problem == nil)
        #expect(try check(scratch, "first", "new").problem == nil)
        #expect(try check(scratch, "one/a.png", "new/x2.png", ["update": ""]).comparisons[0].line.hasPrefix("added  "))
        #expect(try scratch.bytes("one/a.png") == scratch.bytes("new/x2.png"))
    }

    @Test func anUpdateMendsADamagedGoldenButTakesNoDamagedPicture() throws {
        let scratch = try Scratch()
        try saveFolders(scratch)
        try scratch.save("golden/x2.png", text: "no picture")
        #expect(try check(scratch, "golden", "new", ["update": ""]).problem == nil)
        #expect(try scratch.bytes("golden/x2.png") == scratch.bytes("new/x2.png"))
        let kept = try scratch.bytes("golden/x10.png")
        try save("new/x10.png", in: scratch, more: 9)
        try scratch.save("new/x2.png", text: "no picture")
        #expect { try check(scratch, "golden", "new", ["update": ""]) } throws: { ($0 as? Problem)?.kind == .badData }
        #expect(try scratch.bytes("golden/x10.png") == kept, "nothing is copied if one cannot be")
    }

    /// Quick renders, whose records are true ones.
    @Test func scoresAreCompared() throws {
        let scratch = try Scratch()
        for (name, index, steps) in [("short.png", "5", "2"), ("long.png", "5", "8"), ("other.png", "6", "2")] {
            try scratch.draw("channel", ["--layer", "features.3", "--size", "64", "--index", index, "--steps", steps], name)
        }
        try save("plain.png", in: scratch)
        let ratio = try #require(try objects(try check(scratch, "short.png", "long.png"))[0]["scoreRatio"] as? Double)
        #expect(ratio > 1, "more steps climb higher")
        #expect(try check(scratch, "short.png", "long.png", ["min-score-ratio": "1"]).problem == nil)
        let worse = try check(scratch, "long.png", "short.png", ["min-score-ratio": "0.99"])
        #expect(worse.problem?.kind == .partial && worse.comparisons[0].line.contains("score ratio 0."), "\(worse.comparisons)")
        let others = try check(scratch, "short.png", "other.png", ["min-score-ratio": "0"])
        #expect(others.problem?.kind == .partial && others.comparisons[0].line.contains("different things"), "\(others.comparisons)")
        #expect(try check(scratch, "plain.png", "plain.png", ["min-score-ratio": "0.5"]).comparisons[0].line.contains("carries no score"))
    }

    @Test func aNegativeScoreMayFallByTheSameShare() throws {
        let scratch = try Scratch()
        let plan = RenderPlan(model: "squeezenet1_1", weights: "0", objective: "channel(features.3,5)", steps: 1)
        func scored(_ score: Float) -> String { Record(DrawnPicture(plan: .picture(plan), stepsDone: 1, score: score)).json }
        try save("golden.png", in: scratch, record: scored(-10))
        try save("near.png", in: scratch, more: 1, record: scored(-10.5))
        try save("far.png", in: scratch, more: 1, record: scored(-12))
        try save("zero.png", in: scratch, record: scored(0))
        func isEnough(_ expected: String, _ actual: String, _ ratio: String) throws -> Bool {
            try check(scratch, expected, actual, ["min-score-ratio": ratio]).problem == nil
        }
        #expect(try isEnough("golden.png", "near.png", "0.9"))
        #expect(try !isEnough("golden.png", "far.png", "0.9"))
        #expect(try !isEnough("zero.png", "near.png", "0"))
        #expect(try isEnough("near.png", "zero.png", "1.5"))
        #expect(try isEnough("zero.png", "zero.png", "1"))
    }
}
