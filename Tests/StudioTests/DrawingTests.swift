import Foundation
import Images
import Networks
import Studio
import TestSupport
import Testing

/// The files of commands that draw from noise, and what is told of them.
@Suite struct DrawingTests {
    private static let quick = ["--size", "64", "--steps", "4"]
    private static let unit = ["channel", "--layer", "features.3", "--index", "5"] + quick

    @Test func theSameSeedGivesTheSameBytesWhateverTheThreads() throws {
        let scratch = try Scratch()
        for threads in [1, 2, 3] { try scratch.run(Self.unit + ["-o", "t\(threads).png"], threads: threads) }
        #expect(try scratch.bytes("t1.png") == scratch.bytes("t2.png"))
        #expect(try scratch.bytes("t1.png") == scratch.bytes("t3.png"))
        try scratch.run(Self.unit + ["--seed", "1", "-o", "other.png"])
        #expect(try scratch.bytes("t1.png") != scratch.bytes("other.png"))
    }

    /// A file of another kind is refused; a name without an ending is a PNG, whatever dots it has.
    @Test func anEndingIsAPicturesOrNone() throws {
        let scratch = try Scratch()
        for name in ["a.txt", "a.JSON", "a.md", "b.c/a.html", "a.webp", "a.mp4", "a.b.zip"] {
            try scratch.fails(Self.unit + ["-o", name], .usage, "pictures are written as .png")
            try scratch.fails(["sheet", "--layer", "features.3", "--index", "0-1", "-o", name] + Self.quick, .usage, "charts and sheets are written as .png")
        }
        let names = ["plain", "out.v2", "features.10", "features.3_5", "a.7z", "a.b.c"]
        for name in names {
            try scratch.run(Self.unit + ["--steps", "1", "-o", name])
            #expect(try scratch.bytes(name).starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(name)")
        }
        #expect(try scratch.contents("") == names.sorted())
    }

    /// An array holds what the picture shows, in all channels and unrounded.
    @Test func valuesAreWrittenAsAnArray() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + ["--alpha", "-o", "a.png"])
        try scratch.run(Self.unit + ["--alpha", "-o", "a.npy"])
        let array = try NumPyArray(path: scratch("a.npy"))
        #expect(array.shape == [4, 64, 64])
        let shown = try scratch.picture("a.png")
        let planes = shown.planes() + (shown.alphaPlane() ?? [])
        let error = zip(array.values, planes).map { abs(min(max($0, 0), 1) - $1) }.max() ?? 1
        #expect(array.values.count == planes.count && error < 0.6 / 255, "\(error)")
        #expect(Set(array.values).count > 5000)
        try scratch.fails(Self.unit + ["-o", "a.npy", "--depth", "16"], .usage, "holds floats")
        try scratch.fails(["sheet", "--layer", "features.3", "-o", "s.npy"], .usage, "charts and sheets")
    }

    @Test func severalAtOnceAreThoseOfSingleRuns() throws {
        let (all, single) = (try Scratch(), try Scratch())
        try all.run(Self.unit + ["--index", "0-3"], threads: 2)
        for index in 0..<4 { try single.run(Self.unit + ["--index", "\(index)"]) }
        #expect(try all.contents("") == single.contents("") && all.contents("").count == 4)
        for name in try all.contents("") { #expect(try all.bytes(name) == single.bytes(name), "\(name)") }
    }

    @Test func everyOptionOfThePictureChangesIt() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + ["-o", "plain.png"])
        let plain = try scratch.bytes("plain.png")
        for (name, words) in [
            ("seed", ["--seed", "9"]), ("param", ["--param", "pixel"]), ("decay", ["--decay-power", "1.5"]),
            ("colour", ["--no-decorrelate"]), ("transforms", ["--transforms", "none"]), ("optimizer", ["--optimizer", "sgd"]),
            ("rate", ["--learning-rate", "0.2"]), ("schedule", ["--schedule", "cosine"]), ("tv", ["--tv", "0.01"]),
            ("negative", ["--negative"]), ("model", ["--model", "vgg16"]), ("size", ["--size", "80x72"]),
            ("noise", ["--transforms", "noise(0.1) flip crop(60)"]),
        ] {
            try scratch.run(Self.unit + words + ["-o", "\(name).png"])
            #expect(try scratch.bytes("\(name).png") != plain, "\(name) does nothing")
        }
    }

    @Test func aJPEGCarriesItsRecordToo() throws {
        let scratch = try Scratch()
        try scratch.run(["layer", "--layer", "features.3", "-o", "a.jpg"] + Self.quick)
        #expect(try scratch.bytes("a.jpg").prefix(2) == [0xFF, 0xD8])
        #expect(try scratch.record("a.jpg").pictures[0].plan.objective.contains("layer(features.3)"))
    }

    @Test func seedsGoOnOneSheet() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + ["--seeds", "0-3"])
        let name = "squeezenet1_1_features.3_5_seeds0-3.png"
        #expect(try scratch.contents("") == [name])
        #expect((2 * 64 + 3 * 2..<3 * 64).contains(try scratch.picture(name).width))
        try scratch.run(Self.unit + ["--seeds", "0-1", "-o", "s{seed}.png"])
        try scratch.run(Self.unit + ["--seed", "1", "-o", "one.png"])
        #expect(try scratch.bytes("one.png") == scratch.bytes("s1.png"))
    }

    private struct Index: Decodable { let pictures: [Cell] }

    private struct Cell: Decodable {
        let objective: String?
        let file: String?
        let row, column, x, y, width, height: Int
    }

    @Test func aSheetHoldsTheSamePicturesAndAnIndex() throws {
        let scratch = try Scratch()
        try scratch.run(["sheet", "--layer", "features.3", "--index", "0-3", "-o", "s.png", "--keep", "."] + Self.quick)
        try scratch.run(Self.unit + ["--index", "2", "-o", "two.png"])
        #expect(try scratch.bytes("two.png") == scratch.bytes("squeezenet1_1_features.3_2.png"))
        let cells = try JSONDecoder().decode(Index.self, from: Data(scratch.bytes("s.json"))).pictures
        #expect(cells[2].file == "squeezenet1_1_features.3_2.png")
        #expect(cells.map(\.objective) == (0..<4).map { "channel_cosine(features.3,\($0))" })
        // The third cell, at the left of the second row.
        #expect(cells[2].x < 64 && cells[2].y > 64)
        let (sheet, own) = (try scratch.picture("s.png"), try scratch.picture("two.png"))
        #expect(sheet.part(x: cells[2].x, y: cells[2].y, width: 64, height: 64) == own.planes())
        let record = try scratch.record("s.png")
        #expect(record.isSheet && record.pictures.count == 4)
        try scratch.fails(["replay", "s.png"], .badData, "sheet")
    }

    @Test(arguments: [
        ["sheet", "--layer", "features.3", "--index", "0-2", "--columns", "2"],
        ["progression", "--layers", "features.1,features.3,features.4"],
    ])
    func anIndexTellsWherePicturesLie(_ words: [String]) throws {
        let scratch = try Scratch()
        let quick = ["--size", "64x48", "--steps", "2"]
        try scratch.run(words + quick + ["-o", "s.png"])
        let single = words[0] == "sheet" ? ["channel", "--index", "2", "--layer", "features.3"] : ["layer", "--layer", "features.4"]
        try scratch.run(single + quick + ["-o", "one.png"])
        let cells = try JSONDecoder().decode(Index.self, from: Data(scratch.bytes("s.json"))).pictures
        #expect(cells.map { [$0.row, $0.column] } == [[0, 0], [0, 1], [1, 0]])
        let (sheet, own, cell) = (try scratch.picture("s.png"), try scratch.picture("one.png"), cells[2])
        #expect(cell.width == 64 && cell.height == 48)
        #expect(sheet.part(x: cell.x, y: cell.y, width: 64, height: 48) == own.planes())
        // Words stand between the picture and the sheet's edge, and over all.
        #expect(sheet.height > cell.y + 48 + 9 && cells[0].y > 13)
        try scratch.run(words + quick + ["--no-captions", "-o", "bare.png"])
        let bare = try scratch.picture("bare.png")
        #expect(bare.width == sheet.width && bare.height == 2 * 48 + 3 * 2)
        try scratch.run(words + quick + ["-o", "s.svg", "--force"])
        #expect(try scratch.text("s.svg").split(separator: "<image ").count == 1 + 3)
    }

    @Test func resultsNameTheirUnit() throws {
        struct Unit: Decodable { let layer: String?, index: Int?, label: String? }
        let scratch = try Scratch()
        let channel = try scratch.run(["channel", "--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1"]).value(as: Unit.self)
        #expect(channel.layer == "features.3" && channel.index == 5 && channel.label == nil)
        let goldfish = try scratch.run(["class", "--label", "goldfish", "--size", "32", "--steps", "1"]).value(as: Unit.self)
        #expect(goldfish.index == 1 && goldfish.label?.contains("goldfish") == true)
    }

    @Test func resultsAreSentences() throws {
        let scratch = try Scratch()
        let up = try scratch.run(Self.unit + ["--steps", "16"])
        #expect(up.lines.count == 1 && up.lines[0].contains("; channel 5 is the ") && up.lines[0].contains("strongest of 128 on this picture"), "\(up)")
        let down = try scratch.run(Self.unit + ["--negative", "--steps", "1", "-o", "down.png"])
        #expect(down.lines[0].contains("weakest of 128 on this picture"), "\(down)")
        let fish = try scratch.run(["class", "--size", "64", "--steps", "1", "--label", "gold fish", "--label", "zebra"])
        #expect(fish.lines.count == 2 && fish.values.count == 2 && fish.lines[0].contains("goldfish is the ") && fish.lines[0].contains(" of 1000 classes on this picture"), "\(fish)")
    }

    @Test func everythingThatIsLoadedIsTold() throws {
        let scratch = try Scratch()
        let told = try scratch.run(["caricature", Photograph.chelsea, "--layer", "features.3"] + Self.quick).details.joined(separator: "\n")
        for word in ["squeezenet1_1", "chelsea.jpg from /", "\"objective\"", "threads", "GB of memory", "drawn in"] {
            #expect(told.contains(word), "\(told)")
        }
    }

    @Test func diversityTellsSimilarities() throws {
        let scratch = try Scratch()
        let told = try scratch.run(
            ["diversity", "--layer", "features.8", "--index", "5", "--count", "3", "-o", "d.png", "--size", "64", "--steps", "48"])
        #expect(try scratch.contents("") == ["d.png", "d_0.png", "d_1.png", "d_2.png"])
        struct Outcome: Decodable { let similarityBefore, similarityAfter, scoreBefore, scoreAfter: Float }
        let outcome = try told.value(told.values.count - 1, as: Outcome.self)
        #expect(outcome.similarityAfter < outcome.similarityBefore)
        try scratch.run(["replay", "d_1.png", "-o", "again.png"])
        #expect(try scratch.bytes("again.png") == scratch.bytes("d_1.png"))
    }

    @Test func anInterruptedDiversityKeepsWhatThereIs() throws {
        let scratch = try Scratch()
        let words = ["diversity", "--layer", "features.10", "--index", "5", "--count", "2", "--size", "64", "--steps", "100000", "-o", "d.png"]
        #expect(throws: Problem.interrupted) { try scratch.run(words, until: 2) }
        #expect(try scratch.contents("") == ["d.png", "d_0.png", "d_1.png"])
        #expect(try scratch.record("d_0.png").rows.contains { $0.value.contains("incomplete") })
    }

    @Test func rowsOfPictures() throws {
        let scratch = try Scratch()
        try scratch.run(["interpolate", "--layer", "features.3", "--index", "5,12", "--count", "3", "-o", "i.png"] + Self.quick)
        #expect(try scratch.contents("") == ["i.png", "i_0.png", "i_1.png", "i_2.png"])
        let words = ["i_0.png", "i_2.png", "-o", "c.png"]
        try CaptionedSheet(CaptionedSheetSettings(given: texts(words, for: CaptionedSheetSettings.self, in: scratch.path))).write()
        #expect(try scratch.picture("c.png").width >= 2 * 64)
        try scratch.run(["render", "channel(features.3,5) - 10*diversity(features.3)", "--count", "2", "-o", "r.png"] + Self.quick)
        #expect(try scratch.picture("r.png").width >= 2 * 64)
    }

    @Test func aNumPyVectorIsADirection() throws {
        let scratch = try Scratch()
        var bytes = [UInt8]([0x93]) + Array("NUMPY".utf8) + [1, 0]
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (128,), }"
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        bytes += [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
        for channel in 0..<128 { withUnsafeBytes(of: Float(channel == 5 ? 1 : 0)) { bytes += Array($0) } }
        try scratch.save("v.npy", bytes)
        try scratch.run(["direction", "--layer", "features.3", "--vector", "v.npy", "-o", "v.png"] + Self.quick)
        try scratch.run(["direction", "--layer", "features.3", "--channels", "5:1", "-o", "c.png"] + Self.quick)
        #expect(try scratch.bytes("v.png") == scratch.bytes("c.png"))
    }

    /// The way there as a film, as a folder of frames, and as stages on a sheet.
    @Test func theWayThereIsKept() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + ["--evolution", "way.gif", "-o", "a.png"])
        #expect(try scratch.bytes("way.gif").starts(with: Array("GIF89a".utf8)))
        try scratch.run(Self.unit + ["--evolution", "way", "-o", "a.png"])
        #expect(try scratch.contents("way").count == 5)
        try scratch.run(Self.unit + ["--steps", "3", "--evolution", "way.png", "-o", "b.png"])
        let (way, last) = (try scratch.picture("way.png"), try scratch.picture("b.png"))
        // Before, and after each of three steps; each with a line of words. The last is the finished picture.
        #expect(way.width == 2 * 64 + 3 * 2)
        let cell = (way.height - 3 * 2) / 2
        #expect(way.part(x: 4 + 64, y: 4 + cell, width: 64, height: 64) == last.planes())
        // Twelve of many, as JPEG; that of another plan is not replaced by itself.
        let longer = Self.unit + ["--steps", "40", "--evolution", "way.png", "-o", "c.png"]
        try scratch.fails(longer, .cannotWrite, "way.png", "--force")
        try scratch.run(longer + ["--force"])
        #expect(try scratch.picture("way.png").width == 4 * 64 + 5 * 2)
        try scratch.run(["style", Photograph.coffee, Photograph.chelsea, "--model", "squeezenet1_1", "--size", "64", "--steps", "2", "--evolution", "way.jpg", "-o", "s.png"])
        #expect(try scratch.bytes("way.jpg").starts(with: [0xFF, 0xD8]))
        try scratch.fails(Self.unit + ["--evolution", "/dev/null/way.png", "-o", "d.png"], .cannotWrite, "/dev/null/way.png")
    }

    @Test func anInterruptedWayIsWritten() throws {
        let scratch = try Scratch()
        let words = Self.unit + ["--steps", "1000000", "--evolution", "way.png", "--save-at", "1", "-o", "a.png"]
        #expect(throws: Problem.interrupted) { try scratch.run(words, until: 2) }
        #expect(try scratch.contents("") == ["a.png", "a_step1.png", "way.png"])
        #expect(try scratch.picture("way.png").height > 64)
    }
}
