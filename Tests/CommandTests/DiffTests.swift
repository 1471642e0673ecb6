import Foundation
import Images
import Testing

/// `lucid diff` on small pictures made here.
@Suite struct DiffTests {
    /// Grey but for the middle pixel, whose red is brighter by `more`; a record of a score of its own if asked for.
    private func save(
        _ name: String, in scratch: Scratch, more: UInt8 = 0, width: Int = 12, record: String? = nil
    ) throws {
        var samples = [UInt8](repeating: 100, count: 12 * width * 3)
        samples[3 * (6 * width + width / 2)] += more
        let picture = Picture(width: width, height: 12, samples: .eight(samples))
        let bytes = try PNG.encode(picture, text: record.map { [(keyword: "lucid", text: $0)] } ?? [])
        let path = "\(scratch.path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: path))
    }

    private func diff(_ scratch: Scratch, _ arguments: String...) throws -> Program {
        let all = ["diff"] + arguments
        return try Program.run(all, in: scratch.path)
    }

    private func objects(_ program: Program) throws -> [[String: Any]] {
        try program.text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func thePixelsDecideWithoutThresholds() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("same.png", in: scratch, record: "{}")  // other bytes, the same pixels
        try save("b.png", in: scratch, more: 6)
        let same = try diff(scratch, "a.png", "same.png")
        #expect(same.status == 0 && same.text.hasPrefix("same  same.png"), "\(same.errors)")
        #expect(try diff(scratch, "a.png", "a.png").status == 0)
        let different = try diff(scratch, "a.png", "b.png")
        #expect(different.status == 1)
        #expect(different.errors.isEmpty)
        #expect(different.text.contains("rms 0.29, difference 6.0, psnr 58.9"), "\(different.text)")  // √(36 / 432)
        #expect(try diff(scratch, "a.png", "b.png", "--quiet").output.isEmpty)
    }

    @Test func everyThresholdCanBeMetAndMissed() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, more: 60)
        let bounds = [
            ("--max-rms", "3", "2"), ("--max-difference", "60", "59"), ("--min-psnr", "38", "40"), ("--min-ssim", "0.5", "0.99999"),
            ("--max-lab", "1", "0.01"), ("--max-lab-pixel", "50", "1"),
        ]
        for (option, loose, tight) in bounds {
            #expect(try diff(scratch, "a.png", "b.png", option, loose).status == 0, "\(option)")
            let missed = try diff(scratch, "a.png", "b.png", option, tight)
            #expect(missed.status == 1, "\(option)")
            #expect(missed.text.contains(option.hasPrefix("--max") ? "(above " : "(below "), "\(missed.text)")
        }
        #expect(try diff(scratch, "a.png", "b.png", "--max-rms", "3", "--max-difference", "59").status == 1)
    }

    @Test func anotherSizeIsADifference() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, width: 9)
        let result = try diff(scratch, "a.png", "b.png", "--max-rms", "255", "-o", "heat.png")
        #expect(result.status == 1)
        #expect(result.text.contains("9x12 pixels instead of 12x12"), "\(result.text)")
        #expect(try scratch.names().contains("heat.png"))
    }

    @Test func mistakesHaveTheirExitCodes() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("folder/a.png", in: scratch)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/text.png"))
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/empty", withIntermediateDirectories: true)
        func fails(_ arguments: [String], _ status: Int32, _ word: String) throws {
            let result = try Program.run(["diff"] + arguments, in: scratch.path)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(word) && result.errors.count { $0 == "\n" } == 1, "\(arguments): \(result.errors)")
        }
        try fails(["a.png"], 64, "actual")
        try fails(["a.png", "a.png", "--max-rms", "-1"], 64, "--max-rms")
        try fails(["a.png", "a.png", "--max-rms", "nan"], 64, "--max-rms")
        try fails(["a.png", "a.png", "--min-ssim", "2"], 64, "--min-ssim")
        try fails(["a.png", "folder"], 64, "two folders")
        try fails(["a.png", "a.png", "-o", "a.png"], 64, "overwrite")
        try fails(["folder", "folder", "-o", "folder/heat"], 64, "elsewhere")
        try fails(["folder", "folder", "-o", "-"], 64, "folder")
        try fails(["-", "-"], 64, "standard input")
        try fails(["a.png", "text.png"], 65, "text.png")
        try fails(["text.png", "text.png"], 65, "text.png")
        try fails(["a.png", "b.png"], 66, "b.png")
        try fails(["b.png", "a.png"], 66, "b.png")
        try fails(["folder", "nowhere"], 66, "nowhere")
        try fails(["empty", "empty"], 66, "no pictures")
        try fails(["a.png", "a.png", "-o", "nowhere/heat.png"], 73, "nowhere")
        try fails(["a.png", "a.png", "--junit", "nowhere/a.xml"], 73, "nowhere")
    }

    /// Two folders with every kind of outcome.
    private func folders(_ scratch: Scratch) throws {
        for name in ["x2.png", "x10.png", "sub/same.png", "gone.png"] { try save("golden/\(name)", in: scratch) }
        try save("new/x2.png", in: scratch, more: 2)
        try save("new/x10.png", in: scratch, more: 50)
        try save("new/sub/same.png", in: scratch)
        try save("new/more <&\u{1}>.png", in: scratch)
    }

    @Test func foldersAreComparedByName() throws {
        let scratch = try Scratch()
        try folders(scratch)
        let result = try diff(scratch, "golden", "new/", "--max-rms", "1", "--output", "heat", "--junit", "out.xml")
        #expect(result.status == 1 && result.errors.isEmpty)
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.map { $0.split(separator: " ").first ?? "" } == ["missing", "extra", "different", "5"], "\(lines)")
        #expect(lines.last == "5 pictures: 2 same, 1 different, 1 missing, 1 extra")
        #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/heat") == ["x10.png"])
        let xml = String(decoding: try scratch.bytes("out.xml"), as: UTF8.self)
        #expect(xml.contains("tests=\"5\" failures=\"3\" errors=\"0\" skipped=\"0\""), "\(xml)")
        #expect(xml.contains("more &lt;&amp;\\u{01}&gt;.png") || xml.contains("more &lt;&amp;\\u{1}&gt;.png"), "\(xml)")
        #expect(!xml.utf8.contains(1))
        let json = try objects(try diff(scratch, "golden", "new", "--json"))
        #expect(json.map { $0["result"] as? String } == ["missing", "extra", "same", "different", "different"])
        #expect(json[3]["name"] as? String == "x2.png")
        #expect(json[3]["maxDifference"] as? Double == 2)
        #expect(json[3]["expected"] as? String == "golden/x2.png")
        #expect(json[2]["psnr"] == nil && json[2]["ssim"] as? Double == 1)
    }

    @Test func oneDamagedPictureDoesNotHideTheOthers() throws {
        let scratch = try Scratch()
        try folders(scratch)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/new/x2.png"))
        let result = try diff(scratch, "golden", "new", "--junit", "out.xml")
        #expect(result.status == 65)
        #expect(result.errors.contains("new/x2.png"), "\(result.errors)")
        #expect(result.text.contains("different  x10.png") && result.text.contains("1 unreadable"), "\(result.text)")
        #expect(String(decoding: try scratch.bytes("out.xml"), as: UTF8.self).contains("errors=\"1\""))
    }

    @Test func anUpdateTakesWhatDiffersAndRemovesNothing() throws {
        let scratch = try Scratch()
        try folders(scratch)
        let within = try scratch.bytes("golden/x2.png")
        let result = try diff(scratch, "golden", "new", "--max-rms", "1", "--update")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("updated  x10.png") && result.text.contains("2 same, 1 missing, 1 updated, 1 added"), "\(result.text)")
        #expect(try scratch.bytes("golden/x10.png") == scratch.bytes("new/x10.png"))
        #expect(try scratch.bytes("golden/x2.png") == within)
        #expect(try scratch.names() == ["golden", "new"])
        #expect(try FileManager.default.subpathsOfDirectory(atPath: "\(scratch.path)/golden").sorted()
            == ["gone.png", "more <&\u{1}>.png", "sub", "sub/same.png", "x10.png", "x2.png"])
        // The first golden pictures of all.
        #expect(try diff(scratch, "first", "new", "--update", "--quiet").status == 0)
        #expect(try diff(scratch, "first", "new").status == 0)
        #expect(try diff(scratch, "one/a.png", "new/x2.png", "--update").text.hasPrefix("added  "))
        #expect(try scratch.bytes("one/a.png") == scratch.bytes("new/x2.png"))
    }

    @Test func anUpdateMendsADamagedGoldenButTakesNoDamagedPicture() throws {
        let scratch = try Scratch()
        try folders(scratch)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/golden/x2.png"))
        #expect(try diff(scratch, "golden", "new", "--update").status == 0)
        #expect(try scratch.bytes("golden/x2.png") == scratch.bytes("new/x2.png"))
        let kept = try scratch.bytes("golden/x10.png")
        try save("new/x10.png", in: scratch, more: 9)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/new/x2.png"))
        #expect(try diff(scratch, "golden", "new", "--update").status == 65)
        #expect(try scratch.bytes("golden/x10.png") == kept, "nothing is copied if one cannot be")
    }

    @Test func aHeatMapGoesToStandardOutput() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, more: 6)
        let result = try diff(scratch, "a.png", "b.png", "-o", "-")
        #expect(result.status == 1)
        #expect(try Picture.decode([UInt8](result.output), name: "heat").width == 3 * (16 * 12 + 2) + 2)
    }

    /// Quick renders, whose records are true ones.
    @Test func scoresAreCompared() throws {
        let scratch = try Scratch()
        let quick = ["channel", "--layer", "features.3", "--size", "64"]
        for (name, index, steps) in [("short.png", "5", "2"), ("long.png", "5", "8"), ("other.png", "6", "2")] {
            let drawn = try Program.run(quick + ["--index", index, "--steps", steps, "-o", name], in: scratch.path)
            #expect(drawn.status == 0, "\(drawn.errors)")
        }
        try save("plain.png", in: scratch, width: 12)
        let json = try objects(try diff(scratch, "short.png", "long.png", "--json"))[0]
        let ratio = try #require(json["scoreRatio"] as? Double)
        #expect(ratio > 1, "more steps climb higher")
        #expect(try diff(scratch, "short.png", "long.png", "--min-score-ratio", "1").status == 0)
        let worse = try diff(scratch, "long.png", "short.png", "--min-score-ratio", "0.99")
        #expect(worse.status == 1 && worse.text.contains("score ratio 0."), "\(worse.text)")
        let others = try diff(scratch, "short.png", "other.png", "--min-score-ratio", "0")
        #expect(others.status == 1 && others.text.contains("different things"), "\(others.text)")
        #expect(try diff(scratch, "plain.png", "plain.png", "--min-score-ratio", "0.5").text.contains("carries no score"))
    }

    @Test func aNegativeScoreMayFallByTheSameShare() throws {
        let scratch = try Scratch()
        let drawn = try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--size", "64", "--steps", "1", "-o", "a.png"], in: scratch.path)
        #expect(drawn.status == 0, "\(drawn.errors)")
        let record = try Program.run(["info", "a.png", "--json"], in: scratch.path).text
        func scored(_ score: String) -> String {
            record.trimmingCharacters(in: .newlines).replacing(/"score":[-0-9.e]+/, with: "\"score\":\(score)")
        }
        try save("golden.png", in: scratch, record: scored("-10"))
        try save("near.png", in: scratch, more: 1, record: scored("-10.5"))
        try save("far.png", in: scratch, more: 1, record: scored("-12"))
        try save("zero.png", in: scratch, record: scored("0"))
        #expect(try diff(scratch, "golden.png", "near.png", "--min-score-ratio", "0.9").status == 0)
        #expect(try diff(scratch, "golden.png", "far.png", "--min-score-ratio", "0.9").status == 1)
        #expect(try diff(scratch, "zero.png", "near.png", "--min-score-ratio", "0").status == 1)
        #expect(try diff(scratch, "near.png", "zero.png", "--min-score-ratio", "1.5").status == 0)
        #expect(try diff(scratch, "zero.png", "zero.png", "--min-score-ratio", "1").status == 0)
    }
}
