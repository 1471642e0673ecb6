import Foundation
import Images
import Testing

/// Every drawing command through the program: the files that it says, which replay to the same bytes.
@Suite struct DrawingCommandTests {
    private static let quick = ["--size", "64", "--steps", "4"]
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
    private static let photo = photos.appending(path: "chelsea.jpg").path

    private func draw(_ scratch: Scratch, _ arguments: [String], quick: [String] = quick) throws -> Program {
        let program = try Program.run(arguments + quick, in: scratch.path)
        #expect(program.status == 0, "\(arguments): \(program.errors)")
        return program
    }

    private func picture(_ scratch: Scratch, _ name: String) throws -> Picture {
        try Picture.decode([UInt8](scratch.bytes(name)), name: name)
    }

    @Test(arguments: [
        ["direction", "--layer", "features.3", "--channels", "5:1,10:-0.5"],
        ["direction", "--layer", "features.3", "--channels", "5:1,10:-0.5", "--cossim-pow", "2", "--neuron", "--x", "3", "--y", "2"],
        ["class", "--label", "goldfish"],
        ["class", "--index", "1", "--negative"],
        ["caricature", photo, "--layer", "features.3"],
        ["invert", photo, "--layer", "features.3"],
        ["accentuate", photo, "--layer", "features.6", "--index", "5"],
        ["render", "channel(features.3,5)*layer(features.4) - 0.1*input_diff(\(photo))"],
        ["channel", "--layer", "features.3", "--index", "5", "--start", photo, "--mask", photo],
        ["channel", "--layer", "features.3", "--index", "5", "--alpha"],
        ["channel", "--layer", "features.3", "--index", "5", "--param", "cppn"],
        ["channel", "--layer", "features.3", "--index", "5", "--param", "laplacian", "--optimizer", "rmsprop(0.9)"],
        ["channel", "--layer", "features.3", "--index", "5", "--preset", "maco", "--crops", "2"],
        ["channel", "--layer", "features.3", "--index", "5", "--preset", "xplique"],
        ["channel", "--layer", "features.3", "--index", "5", "--crops", "2", "--clip-gradient", "1", "--normalize-gradient",
         "--pool-gradient", "average", "--relu", "guided", "--schedule", "warmup(2) step(2, 0.5)", "--tv", "0.001",
         "--l1", "0.001", "--l2", "0.01", "--blur", "0.1", "--boundary", "0.1", "--optimizer", "nadam"],
    ])
    func aPictureReplaysToTheSameBytes(_ arguments: [String]) throws {
        let scratch = try Scratch()
        _ = try draw(scratch, arguments + ["-o", "a.png"])
        let given = arguments.contains { $0.contains(Self.photo) } ? ["--picture", Self.photo] : []
        let replay = try Program.run(["replay", "a.png", "-o", "b.png", "--threads", "1"] + given, in: scratch.path)
        #expect(replay.status == 0, "\(replay.errors)")
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        let info = try Program.run(["info", "a.png"], in: scratch.path)
        #expect(info.status == 0 && info.text.contains("squeezenet1_1"))
    }

    @Test func seedsGoOnOneSheet() throws {
        let scratch = try Scratch()
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "--seeds", "0-3"])
        #expect(try scratch.names() == ["squeezenet1_1_features.3_5_seeds0-3.png"])
        #expect((2 * 64 + 3 * 2..<3 * 64).contains(try picture(scratch, "squeezenet1_1_features.3_5_seeds0-3.png").width))
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "--seeds", "0-1", "-o", "s{seed}.png"])
        #expect(try scratch.names().contains("s1.png"))
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "--seed", "1", "-o", "one.png"])
        #expect(try scratch.bytes("one.png") == scratch.bytes("s1.png"))
    }

    @Test func aSheetHoldsTheSamePicturesAndAnIndex() throws {
        let scratch = try Scratch()
        _ = try draw(scratch, ["sheet", "--layer", "features.3", "--index", "0-3", "-o", "s.png", "--keep", "."])
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "2", "-o", "two.png"])
        #expect(try scratch.bytes("two.png") == scratch.bytes("squeezenet1_1_features.3_2.png"))
        struct Entry: Decodable {
            let objective, layer: String
            let index: Int
            let score: Float
            let file: String
            let x, y: Int
        }
        struct Index: Decodable {
            struct Plan: Decodable { let kind: String }
            let title: String
            let plan: Plan
            let pictures: [Entry]
        }
        let index = try JSONDecoder().decode(Index.self, from: scratch.bytes("s.json"))
        let entries = index.pictures
        #expect(index.plan.kind == "sheet" && index.title.contains("features.3"))
        #expect(entries.map(\.layer) == [String](repeating: "features.3", count: 4) && entries.map(\.index) == [0, 1, 2, 3])
        #expect(entries[2].file == "squeezenet1_1_features.3_2.png")
        #expect(entries.map(\.objective) == (0..<4).map { "channel_cosine(features.3,\($0))" })
        let (sheet, single) = (try picture(scratch, "s.png"), try picture(scratch, "two.png"))
        // The third cell, at the left of the second row.
        let (planes, own, cell) = (sheet.planes(), single.planes(), entries[2])
        #expect(cell.x < 64 && cell.y > 64)
        #expect((0..<64).allSatisfy { y in (0..<64).allSatisfy { planes[(cell.y + y) * sheet.width + cell.x + $0] == own[y * 64 + $0] } })
        let info = try Program.run(["info", "s.png"], in: scratch.path)
        #expect(info.text.split(separator: "\n").count == 4)
        #expect(try Program.run(["replay", "s.png"], in: scratch.path).status == 65)
    }

    @Test func resultsNameTheirUnit() throws {
        let scratch = try Scratch()
        struct Unit: Decodable { let layer: String?, index: Int?, label: String? }
        func unit(_ arguments: [String]) throws -> Unit {
            let program = try Program.run(arguments + ["--size", "32", "--steps", "1", "--json"], in: scratch.path)
            return try JSONDecoder().decode(Unit.self, from: Data(program.text.utf8))
        }
        let channel = try unit(["channel", "--layer", "features.3", "--index", "5"])
        #expect(channel.layer == "features.3" && channel.index == 5 && channel.label == nil)
        let goldfish = try unit(["class", "--label", "goldfish"])
        #expect(goldfish.index == 1 && goldfish.label?.contains("goldfish") == true)
    }

    @Test func diversityTellsSimilarities() throws {
        let scratch = try Scratch()
        let program = try draw(
            scratch, ["diversity", "--layer", "features.8", "--index", "5", "--count", "3", "--json", "-o", "d.png"],
            quick: ["--size", "64", "--steps", "48"])
        #expect(try scratch.names() == ["d.png", "d_0.png", "d_1.png", "d_2.png"])
        struct Outcome: Decodable { let similarityBefore, similarityAfter, scoreBefore, scoreAfter: Float }
        let last = program.text.split(separator: "\n").last!
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(last.utf8))
        #expect(outcome.similarityAfter < outcome.similarityBefore)
        let replay = try Program.run(["replay", "d_1.png", "-o", "again.png"], in: scratch.path)
        #expect(replay.status == 0)
        #expect(try scratch.bytes("again.png") == scratch.bytes("d_1.png"))
    }

    @Test func rowsOfPictures() throws {
        let scratch = try Scratch()
        let row = try draw(scratch, ["interpolate", "--layer", "features.3", "--index", "5,12", "--count", "3", "-o", "i.png"])
        #expect(row.text.hasPrefix("i_0.png to i_2.png  score "), "\(row.text)")
        #expect(try scratch.names() == ["i.png", "i_0.png", "i_1.png", "i_2.png"])
        _ = try draw(scratch, ["progression", "--layers", "features.1,features.3,features.6", "-o", "p.png"])
        #expect(try picture(scratch, "p.png").height > 64)
        _ = try draw(scratch, ["compare", "i_0.png", "i_2.png", "-o", "c.png"], quick: [])
        #expect(try picture(scratch, "c.png").width >= 2 * 64)
        _ = try draw(scratch, ["render", "channel(features.3,5) - 10*diversity(features.3)", "--count", "2", "-o", "r.png"])
        #expect(try picture(scratch, "r.png").width >= 2 * 64)
    }

    @Test func theWayThereIsKept() throws {
        let scratch = try Scratch()
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "--evolution", "way.gif", "-o", "a.png"])
        #expect(try scratch.bytes("way.gif").starts(with: Data("GIF89a".utf8)))
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "--evolution", "way", "-o", "a.png"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/way").count == 5)
    }

    @Test func aPatternNetworkIsDrawnAtAnySize() throws {
        let scratch = try Scratch()
        _ = try draw(
            scratch, ["channel", "--layer", "features.3", "--index", "5", "--param", "cppn", "--output-size", "200x100", "-o", "a.png"])
        let large = try picture(scratch, "a.png")
        #expect(large.width == 200 && large.height == 100)
        #expect(try Program.run(["replay", "a.png", "-o", "b.png"], in: scratch.path).status == 0)
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
    }

    @Test func aJPEGReplaysWithItsQuality() throws {
        let scratch = try Scratch()
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "--quality", "40", "-o", "a.jpg"])
        #expect(try Program.run(["replay", "a.jpg"], in: scratch.path).status == 0)
        #expect(try scratch.bytes("squeezenet1_1_replay.jpg") == scratch.bytes("a.jpg"))
    }

    @Test func anInterruptedDiversityKeepsWhatThereIs() throws {
        let scratch = try Scratch()
        let program = try Program.run(
            ["diversity", "--layer", "features.10", "--index", "5", "--count", "2", "--steps", "100000", "-o", "d.png"],
            in: scratch.path, interruptWhen: { try Program.processorTime(of: $0) > 1.5 })
        #expect(program.status == 130, "\(program.errors)")
        #expect(try scratch.names() == ["d.png", "d_0.png", "d_1.png"])
        #expect(try Program.run(["info", "d_0.png"], in: scratch.path).text.contains("incomplete"))
    }

    @Test func verboseSaysWhatHappens() throws {
        let scratch = try Scratch()
        let program = try draw(scratch, ["caricature", Self.photo, "--layer", "features.3", "--verbose", "-o", "a.png"])
        for word in ["squeezenet1_1", "chelsea.jpg from /", "\"objective\"", "threads", "GB of memory", "drawn in"] {
            #expect(program.errors.contains(word), "\(program.errors)")
        }
    }

    @Test func aNumPyVectorIsADirection() throws {
        let scratch = try Scratch()
        var bytes = [UInt8]([0x93]) + Array("NUMPY".utf8) + [1, 0]
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (128,), }"
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        bytes += [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
        for channel in 0..<128 { withUnsafeBytes(of: Float(channel == 5 ? 1 : 0)) { bytes += Array($0) } }
        try Data(bytes).write(to: URL(filePath: "\(scratch.path)/v.npy"))
        _ = try draw(scratch, ["direction", "--layer", "features.3", "--vector", "v.npy", "-o", "v.png"])
        _ = try draw(scratch, ["direction", "--layer", "features.3", "--channels", "5:1", "-o", "c.png"])
        #expect(try scratch.bytes("v.png") == scratch.bytes("c.png"))
    }

    /// What stands in a picture may be anything.
    @Test(arguments: [
        ("\"count\":1", "\"count\":0"), ("\"count\":1", "\"count\":1000000000"), ("\"crops\":1", "\"crops\":-3"),
        ("\"steps\":4", "\"steps\":-1"), ("\"stepsDone\":4", "\"stepsDone\":999999999999"), ("\"seed\":0", "\"sead\":0"),
        ("\"width\":64", "\"width\":100000000"), ("\"learningRate\":0.06", "\"learningRate\":-1"),
        ("channel_cosine(features.3,5)", "channel_cosine(features.3,500)"), ("\"fft\"", "\"maco\",\"spectrum\":{\"rings\":[]}"), ("{", "["),
    ])
    func aPlanThatNoCommandMakesIsRefused(_ part: String, _ replacement: String) throws {
        let scratch = try Scratch()
        _ = try draw(scratch, ["channel", "--layer", "features.3", "--index", "5", "-o", "a.png"])
        let bytes = [UInt8](try scratch.bytes("a.png"))
        let record = try #require(try PNG.text(in: bytes, name: "a.png")["lucid"])
        #expect(record.contains(part))
        let crafted = try PNG.encode(
            try picture(scratch, "a.png"), text: [("lucid", record.replacing(part, with: replacement, maxReplacements: 1))])
        try Data(crafted).write(to: URL(filePath: "\(scratch.path)/b.png"))
        let replay = try Program.run(["replay", "b.png", "-o", "c.png"], in: scratch.path)
        #expect(replay.status == 65, "\(replay.errors)")
        #expect(replay.errors.contains("b.png") && replay.errors.split(separator: "\n").count == 1, "\(replay.errors)")
        #expect(try scratch.names() == ["a.png", "b.png"])
    }

    @Test func aReplayNoticesAnotherPhotograph() throws {
        let scratch = try Scratch()
        let place = "\(scratch.path)/photo.jpg"
        try FileManager.default.copyItem(atPath: Self.photo, toPath: place)
        _ = try draw(scratch, ["caricature", "photo.jpg", "--layer", "features.3", "-o", "a.png"])
        try FileManager.default.removeItem(atPath: place)
        try FileManager.default.copyItem(atPath: Self.photos.appending(path: "coffee.jpg").path, toPath: place)
        let replay = try Program.run(["replay", "a.png", "-o", "b.png"], in: scratch.path)
        #expect(replay.status == 65 && replay.errors.contains("photo.jpg"), "\(replay.errors)")
    }

    @Test func aSheetsIndexOverwritesNothing() throws {
        let scratch = try Scratch()
        try Data("{}".utf8).write(to: URL(filePath: "\(scratch.path)/package.json"))
        let sheet = ["sheet", "--layer", "features.3", "--index", "0-1", "-o", "package.png"] + Self.quick
        #expect(try Program.run(sheet, in: scratch.path).status == 73)
        #expect(try scratch.bytes("package.json") == Data("{}".utf8))
        #expect(try Program.run(sheet + ["--force"], in: scratch.path).status == 0)
    }

    @Test(arguments: ["-channel(features.3,5)", "-0.5*channel(features.3,5)", "-(channel(features.3,5) + l1())"])
    func anExpressionMayBeginWithAMinus(_ expression: String) throws {
        let scratch = try Scratch()
        _ = try draw(scratch, ["render", expression, "-o", "a.png"])
        #expect(try scratch.names() == ["a.png"])
    }

    @Test(arguments: [
        (["channel", "--layer", "features.3", "--index", "5", "--preset", "lucis"], 64, "lucid"),
        (["channel", "--layer", "features.3", "--index", "5", "--start", "none.png"], 66, "none.png"),
        (["channel", "--layer", "features.3", "--index", "5", "--optimizer", "adam(2)"], 64, "--optimizer"),
        (["channel", "--layer", "features.3", "--index", "5", "--schedule", "sometimes"], 64, "--schedule"),
        (["channel", "--layer", "features.3", "--index", "5", "--output-size", "99"], 64, "cppn"),
        (["channel", "--layer", "features.3", "--index", "5", "--x", "-1"], 64, "--x"),
        (["neuron", "--layer", "features.3", "--index", "5", "--x", "-1"], 64, "--x"),
        (["class", "--label", "goldfsh"], 64, "goldfish"),
        (["class", "--model", "vgg16", "--index", "1"], 64, "classes"),
        (["render", "diversity(features.3)"], 64, "--count"),
        (["render", "mean_alpha()"], 64, "--alpha"),
        (["render", "picture(3,layer(features.3))"], 64, "picture 3"),
        (["direction", "--layer", "features.3", "--channels", "5:x"], 64, "5:1"),
        (["direction", "--layer", "features.3", "--channels", "500:1"], 64, "127"),
        (["interpolate", "--layer", "features.3", "--index", "5"], 64, "5,12"),
        (["diversity", "--layer", "features.3", "--index", "5,6", "-o", "a.png"], 64, "a.png"),
        (["caricature", "none.jpg", "--layer", "features.3"], 66, "none.jpg"),
        (["compare", "one.png"], 64, "two"),
        (["channel", "--layer", "features.3", "--index", "5", "--evolution", "x.avi"], 64, "x.avi"),
        (["channel", "--layer", "features.3", "--index", "5", "-o", "-", "--save-at", "2"], 64, "--save-at"),
        // Options that would do nothing.
        (["channel", "--layer", "features.3", "--index", "5", "--param", "pixel", "--decay-power", "2"], 64, "--decay-power"),
        (["channel", "--layer", "features.3", "--index", "5", "--preset", "maco", "--decay-power", "2"], 64, "--decay-power"),
        (["channel", "--layer", "features.3", "--index", "5", "--quality", "80"], 64, ".jpg"),
        (["channel", "--layer", "features.3", "--index", "5", "--quality", "80", "-o", "a.png"], 64, ".jpg"),
        (["channel", "--layer", "features.3", "--index", "5", "--steps", "4", "--save-at", "2,5"], 64, "--save-at 5"),
        (["channel", "--layer", "features.3", "--index", "5", "--seeds", "0-1", "--save-at", "2"], 64, "sheet"),
        (["sheet", "--layer", "features.3", "--save-at", "2"], 64, "sheet"),
        (["progression", "--save-at", "2"], 64, "sheet"),
        (["channel", "--layer", "features.3", "--index", "5", "--seed", "0", "--seeds", "0-1"], 64, "--seeds"),
        (["layers", "--labels", "labels.txt"], 64, "--labels"),
        (["channel", "--layer", "features.3", "--index", "0-1", "--evolution", "way.gif", "-o", "{index}.png"], 64, "--evolution"),
        // What is allowed.
        (["channel", "--layer", "features.3", "--index", "-1"], 64, "0-15"),
        (["channel", "--layer", "features.3", "--index", "5", "--size", "-5"], 64, "WIDTHxHEIGHT"),
        (["channel", "--layer", "features.3", "--index", "5", "--size", "0"], 64, "1 to 1000000"),
        (["channel", "--layer", "features.3", "--index", "5", "--seed", "-1"], 64, "0 or more"),
        (["channel", "--layer", "features.3", "--index", "5", "--seeds", "3-1"], 64, "1,5,9"),
        (["channel", "--layer", "features.3", "--index", "5", "--optimizer", "adamm"], 64, "rmsprop"),
        (["channel", "--layer", "features.3", "--index", "5", "--schedule", "linear"], 64, "cosine"),
        (["diversity", "--layer", "features.3", "--index", "5", "--count", "-1"], 64, "2 to 64"),
        (["direction", "--layer", "features.3", "--channels", "5:1", "--cossim-pow", "-1"], 64, "0 to 16"),
        (["chanel", "--layer", "features.3"], 64, "channel?"),
        (["models", "pul"], 64, "pull?"),
        (["channel", "--layer", "features.3", "--index", "5", "--param", "cppn", "--output-size", "1000000"], 70, "--output-size"),
        (["class", "--label", "shark"], 64, "tiger shark"),
    ])
    func mistakesAreOneLine(_ arguments: [String], _ status: Int32, _ word: String) throws {
        let scratch = try Scratch()
        let program = try Program.run(arguments, in: scratch.path)
        #expect(program.status == status, "\(program.errors)")
        #expect(program.errors.contains(word), "\(program.errors)")
        #expect(program.errors.split(separator: "\n").count == 1, "\(program.errors)")
        #expect(try scratch.names().isEmpty)
    }
}
