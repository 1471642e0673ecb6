import Foundation
import Images
import Testing

/// `compare-models`, `facets` and the sheets that tell where their pictures lie.
@Suite struct AnalysisCommandTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos").path
    private static let weights = "\(Program.models)/squeezenet1_1.safetensors"
    private let quick = ["--photos", photos, "--size", "96", "--grid", "5"]

    private struct Comparison: Decodable {
        struct Match: Decodable {
            let layerA, layerB: String
            let cka: Double
            let dead: [Int]
            let channels: [Pair]
        }
        struct Pair: Decodable {
            let a: Int
            let b: Int?
            let correlation: Double?
        }
        let photographs, examples: Int
        let cka: [[Double]]
        let matches: [Match]
    }

    private func succeeds(_ scratch: Scratch, _ arguments: [String]) throws -> Program {
        let program = try Program.run(arguments, in: scratch.path)
        #expect(program.status == 0, "\(arguments): \(program.errors)")
        return program
    }

    private func fails(_ scratch: Scratch, _ arguments: [String], with status: Int32, saying words: [String]) throws {
        let before = try scratch.names()
        let program = try Program.run(arguments, in: scratch.path)
        #expect(program.status == status, "\(arguments): \(program.errors)")
        #expect(program.errors.hasPrefix("lucid: ") && program.errors.filter { $0 == "\n" }.count == 1, "\(program.errors)")
        for word in words { #expect(program.errors.contains(word), "\(arguments): \(program.errors)") }
        #expect(try scratch.names() == before)
    }

    private func picture(_ scratch: Scratch, _ name: String) throws -> Picture {
        try Picture.decode([UInt8](scratch.bytes(name)), name: name)
    }

    /// The samples of a part of a picture, row by row.
    private func part(of picture: Picture, x: Int = 0, y: Int = 0, width: Int, height: Int) -> [Float] {
        let planes = picture.planes()
        return (0..<3).flatMap { channel in
            (y..<y + height).flatMap { row in
                let start = (channel * picture.height + row) * picture.width + x
                return planes[start..<start + width]
            }
        }
    }

    // MARK: - compare-models

    /// The same weights under two names: every layer and every channel is its own match.
    @Test func aNetworkMatchesItself() throws {
        let scratch = try Scratch()
        let program = try succeeds(
            scratch, ["compare-models", "squeezenet1_1", "squeezenet1_1=\(Self.weights)", "--layers", "features.3,features.9", "--json"] + quick)
        let comparison = try JSONDecoder().decode(Comparison.self, from: Data(program.text.utf8))
        #expect(comparison.photographs == 3 && comparison.examples == 3 * 25)
        #expect(comparison.cka[0][0] == 1 && comparison.cka[1][1] == 1 && comparison.cka[0][1] < 0.95)
        #expect(comparison.cka[0][1] == comparison.cka[1][0])
        for match in comparison.matches {
            #expect(match.layerA == match.layerB && match.cka == 1)
            for pair in match.channels where !match.dead.contains(pair.a) { #expect(pair.b == pair.a && pair.correlation == 1) }
            for channel in match.dead { #expect(match.channels[channel].b == nil && match.channels[channel].correlation == nil) }
        }
        #expect(program.errors.contains("add photographs"), "\(program.errors)")
    }

    @Test func twoNetworksMatchOneToOne() throws {
        let scratch = try Scratch()
        let two = ["compare-models", "vgg16", "squeezenet1_1", "--layers", "features.7", "--layers-b", "features.3,features.6"] + quick
        let free = try succeeds(scratch, two + ["--json"])
        let bound = try succeeds(scratch, two + ["--one-to-one", "--pairs", "p.json", "-o", "m.png", "--threads", "1"])
        #expect(bound.text.contains("features.7"))
        let matrix = try picture(scratch, "m.png")
        #expect(matrix.width > 2 * 60 && matrix.height > 32)
        let best = try JSONDecoder().decode(Comparison.self, from: Data(free.text.utf8)).matches[0]
        let own = try JSONDecoder().decode([Comparison.Match].self, from: scratch.bytes("p.json"))[0]
        #expect(own.layerB == best.layerB && own.cka == best.cka)
        let matched = own.channels.compactMap(\.b)
        #expect(Set(matched).count == matched.count && matched.count == 128 - own.dead.count)
        func sum(_ pairs: [Comparison.Pair]) -> Double { pairs.compactMap(\.correlation).reduce(0, +) }
        #expect(sum(own.channels) <= sum(best.channels) && sum(own.channels) > 0.5 * sum(best.channels))
        try fails(scratch, two + ["--pairs", "p.json", "-o", "n.png"], with: 73, saying: ["p.json", "--force"])
    }

    @Test func threadsChangeNothing() throws {
        let scratch = try Scratch()
        let arguments = ["compare-models", "vgg16", "squeezenet1_1", "--layers", "features.5", "--layers-b", "features.4", "--json"] + quick
        #expect(try succeeds(scratch, arguments + ["--threads", "1"]).text == succeeds(scratch, arguments + ["--threads", "4"]).text)
    }

    @Test func pairsAreDrawn() throws {
        let scratch = try Scratch()
        let drawn = ["--draw", "2", "--draw-size", "64", "--steps", "2", "--sheet", "s.png"]
        _ = try succeeds(scratch, ["compare-models", "squeezenet1_1", "squeezenet1_1", "--layers", "features.3"] + quick + drawn)
        let sheet = try picture(scratch, "s.png")
        #expect(sheet.width == 2 * 64 + 3 * 4)
        // A network's channels are drawn the same twice: the lower row is the upper one.
        let cell = (sheet.height - 3 * 4) / 2
        let rows = [4, 8 + cell].map { part(of: sheet, y: $0, width: sheet.width, height: 64) }
        #expect(rows[0] == rows[1])
    }

    @Test func whatCannotBeComparedIsNamed() throws {
        let scratch = try Scratch()
        let folder = "\(scratch.path)/photos"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        func compare(_ more: String...) -> [String] { ["compare-models", "squeezenet1_1", "vgg16", "--photos", folder] + more }
        try fails(scratch, compare(), with: 66, saying: ["photos", "no pictures"])
        try fails(scratch, ["compare-models", "squeezenet1_1", "vgg16", "--photos", "nowhere"], with: 66, saying: ["nowhere"])
        try Data("no picture".utf8).write(to: URL(filePath: "\(folder)/broken.png"))
        try fails(scratch, compare("--layers", "features.3"), with: 65, saying: ["broken.png"])
        try fails(scratch, compare("--layers", "featres.3"), with: 64, saying: ["featres.3", "features.3"])
        try fails(scratch, compare("--layers-b", "features.99"), with: 64, saying: ["vgg16", "features.99", "features.9"])
        try fails(scratch, compare("--layers", "features.3,features.3"), with: 64, saying: ["features.3", "twice"])
        try fails(scratch, compare("--steps", "3"), with: 64, saying: ["--steps", "--draw"])
        try fails(scratch, ["compare-models", "squeezenet1_1=", "vgg16", "--photos", Self.photos], with: 64, saying: ["squeezenet1_1=", "FILE"])
    }

    // MARK: - facets

    private struct Facets: Decodable {
        let pictures: [String]
        let facets: [[Int]]
        let similarities: [[Double]]
        let meanSimilarity: Double
        let complete: Bool
    }

    @Test func seedsFallIntoFacets() throws {
        let scratch = try Scratch()
        let draw = ["facets", "--layer", "features.8", "--index", "5", "--seeds", "2,4,6", "--size", "64", "--steps", "8"]
        let program = try succeeds(scratch, draw + ["-o", "f.png"])
        #expect(try scratch.names() == ["f.json", "f.png"])
        let facets = try JSONDecoder().decode(Facets.self, from: scratch.bytes("f.json"))
        #expect(facets.pictures == ["2", "4", "6"] && facets.complete && facets.facets.flatMap { $0 }.sorted() == [0, 1, 2])
        for i in 0..<3 {
            #expect(abs(facets.similarities[i][i] - 1) < 1e-5)
            for j in 0..<3 { #expect(abs(facets.similarities[i][j] - facets.similarities[j][i]) < 1e-6) }
        }
        #expect(program.text.contains("of 3 pictures"))
        #expect(try Program.run(["info", "f.png"], in: scratch.path).text.contains("seed 4"))
        // All one at a threshold of 0, each its own at 1.
        for (threshold, count) in [("0", 1), ("1", 3)] {
            let text = try succeeds(scratch, draw + ["-o", "t\(count).png", "--threshold", threshold, "--json"]).text
            #expect(try JSONDecoder().decode(Facets.self, from: Data(text.utf8)).facets.count == count)
        }
        try fails(scratch, draw + ["-o", "f.png", "--threshold", "0.31"], with: 73, saying: ["f.png", "--force"])
    }

    @Test func picturesThatAreThereAreLookedAt() throws {
        let scratch = try Scratch()
        let pictures = ["chelsea.jpg", "coffee.jpg", "chelsea.jpg"].map { "\(Self.photos)/\($0)" }
        let program = try succeeds(scratch, ["facets", "--layer", "features.3", "-o", "f.png", "--json", "--threshold", "0.99"] + pictures)
        let facets = try JSONDecoder().decode(Facets.self, from: Data(program.text.utf8))
        #expect(facets.facets == [[0, 2], [1]] && facets.pictures == ["chelsea.jpg", "coffee.jpg", "chelsea.jpg"])
        let two = Array(pictures.prefix(2)) + ["--layer", "features.3", "-o", "g.png"]
        try fails(scratch, ["facets"] + two + ["--steps", "3"], with: 64, saying: ["--steps"])
        try fails(scratch, ["facets"] + two + ["--index", "3"], with: 64, saying: ["--index"])
        try fails(scratch, ["facets", pictures[0], "--layer", "features.3"], with: 64, saying: ["2 to 256"])
        try fails(scratch, ["facets", "--layer", "features.3"], with: 64, saying: ["--index"])
    }

    // MARK: - Sheets

    @Test func theWayThereGoesOnASheet() throws {
        let scratch = try Scratch()
        let channel = ["channel", "--layer", "features.3", "--index", "5", "--size", "64"]
        _ = try succeeds(scratch, channel + ["--steps", "3", "--evolution", "way.png", "-o", "a.png"])
        let (way, last) = (try picture(scratch, "way.png"), try picture(scratch, "a.png"))
        // Before, and after each of three steps; each with a line of words. The last is the finished picture.
        #expect(way.width == 2 * 64 + 3 * 2)
        let cell = (way.height - 3 * 2) / 2
        #expect(part(of: way, x: 4 + 64, y: 4 + cell, width: 64, height: 64) == last.planes())
        // Twelve of many, as JPEG; that of another plan is not replaced by itself.
        let longer = channel + ["--steps", "40", "--evolution", "way.png", "-o", "b.png"]
        try fails(scratch, longer, with: 73, saying: ["way.png", "--force"])
        _ = try succeeds(scratch, longer + ["--force"])
        #expect(try picture(scratch, "way.png").width == 4 * 64 + 5 * 2)
        _ = try succeeds(scratch, ["style", "\(Self.photos)/coffee.jpg", "\(Self.photos)/chelsea.jpg", "--size", "64", "--steps", "2", "--evolution", "way.jpg", "-o", "s.png"])
        #expect(try scratch.bytes("way.jpg").starts(with: [0xFF, 0xD8]))
        try fails(scratch, channel + ["--evolution", "/dev/null/way.png", "-o", "c.png"], with: 73, saying: ["/dev/null/way.png"])
    }

    @Test func anInterruptedWayIsWritten() throws {
        let scratch = try Scratch()
        let program = try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--size", "64", "--steps", "1000000", "--evolution", "way.png", "--save-at", "1", "-o", "a.png"],
            in: scratch.path, interruptWhen: { _ in try scratch.names().contains("a_step1.png") })
        #expect(program.status == 130)
        #expect(try scratch.names() == ["a.png", "a_step1.png", "way.png"])
        #expect(try picture(scratch, "way.png").height > 64)
    }

    private struct Cell: Decodable { let row, column, x, y, width, height: Int }
    private struct Index: Decodable { let pictures: [Cell] }

    @Test(arguments: [
        ["sheet", "--layer", "features.3", "--index", "0-2", "--columns", "2"],
        ["progression", "--layers", "features.1,features.3,features.4"],
    ])
    func anIndexTellsWherePicturesLie(_ arguments: [String]) throws {
        let scratch = try Scratch()
        _ = try succeeds(scratch, arguments + ["--size", "64x48", "--steps", "2", "-o", "s.png"])
        let single = arguments[0] == "sheet" ? ["channel", "--index", "2", "--layer", "features.3"] : ["layer", "--layer", "features.4"]
        _ = try succeeds(scratch, single + ["--size", "64x48", "--steps", "2", "-o", "one.png"])
        let cells = try JSONDecoder().decode(Index.self, from: scratch.bytes("s.json")).pictures
        #expect(cells.map { [$0.row, $0.column] } == [[0, 0], [0, 1], [1, 0]])
        let (sheet, own, cell) = (try picture(scratch, "s.png"), try picture(scratch, "one.png"), cells[2])
        #expect(cell.width == 64 && cell.height == 48)
        #expect(part(of: sheet, x: cell.x, y: cell.y, width: 64, height: 48) == own.planes())
        // Words stand between the picture and the sheet's edge, and over all.
        #expect(sheet.height > cell.y + 48 + 9 && cells[0].y > 13)
        _ = try succeeds(scratch, arguments + ["--size", "64x48", "--steps", "2", "--no-captions", "-o", "bare.png"])
        let bare = try picture(scratch, "bare.png")
        #expect(bare.width == sheet.width && bare.height == 2 * 48 + 3 * 2)
        _ = try succeeds(scratch, arguments + ["--size", "64x48", "--steps", "2", "-o", "s.svg", "--force"])
        #expect(try String(decoding: scratch.bytes("s.svg"), as: UTF8.self).split(separator: "<image ").count == 1 + 3)
    }
}
