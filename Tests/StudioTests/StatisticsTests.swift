import Foundation
import Images
import Networks
import Studio
import Tensors
import TestSupport
import Testing

/// Statistics of units from a scan: what is planted into a network is found.
@Suite struct StatisticsTests {
    /// Red and green photographs in a folder each, and their scan by a network with a dead unit, a duplicate and a unit for red.
    private final class Scan: Sendable {
        static let shared = Result { try Scan() }
        let scratch: Scratch
        var path: String { scratch("net.scan") }
        /// Without classes, and with all photographs among the best of each unit.
        var plain: String { scratch("plain.scan") }
        var weights: String { scratch("planted.safetensors") }
        static let (dead, copied, copy, red) = (3, 4, 5, 7)

        init() throws {
            scratch = try Scratch()
            let file = try SafetensorsFile(path: bundledFile("squeezenet1_1.safetensors"))
            let tensors = try file.shapes.sorted { $0.key < $1.key }.map { name, shape in
                var values = try file.read(name, shape: shape)
                // `[filters, channels, 3, 3]`
                if name == "features.0.weight" {
                    for i in 0..<27 {
                        values[Self.dead * 27 + i] = 0
                        values[Self.copy * 27 + i] = 2 * values[Self.copied * 27 + i]
                        values[Self.red * 27 + i] = i == 4 ? 1 : i == 13 ? -1 : 0
                    }
                } else if name == "features.0.bias" {
                    (values[Self.dead], values[Self.red]) = (-1, 0)
                    values[Self.copy] = 2 * values[Self.copied]
                }
                return SafetensorsTensor(name, shape, values)
            }
            try SafetensorsFile.write(tensors, metadata: [:], to: weights)
            for (folder, tint) in [("tench", [180, 60, 60]), ("goldfish", [60, 180, 60])] {
                for number in 0..<12 {
                    let picture = picture(width: 40, height: 40) { x, y, channel in
                        UInt8(tint[channel] + Int(20 * IntegerHash.value("\(folder)\(number)", (y * 40 + x) * 3 + channel)))
                    }
                    try scratch.save("photos/\(folder)/\(number).png", PNG.encode(picture))
                }
            }
            let request = try ScanRequest(given: [
                "photos": [scratch("photos")], "layers": ["features.1,features.12"], "classes": ["folders"], "weights": [weights], "output": [path],
                "best": ["4"],
            ])
            _ = try request.run(sharedSession, SilentReporter())
            let other = try ScanRequest(given: ["photos": [scratch("photos")], "layers": ["features.1"], "weights": [weights], "output": [plain]])
            _ = try other.run(sharedSession, SilentReporter())
        }
    }

    private struct Report: Decodable {
        struct Layer: Decodable { let name: String; let dead, duplicates: Int; let participation: Double? }
        struct Unit: Decodable {
            let layer: String
            let channel: Int
            let dead: Bool
            let dead_bound, mean, p50, p99, max, fires_positions, fires_photos, auc, p_value, hit, false_alarm, clarity, poly, r, towards_weight: Double?
            let duplicate_of: Int?
            let top_class, label, category, towards, against: String?
        }
        let photographs: Int
        let layers: [Layer]
        let units: [Unit]
        let classes_tested: Int?
    }

    private let scan: Scan

    init() throws { scan = try Scan.shared.get() }

    private func statistics(_ texts: [String: String] = [:]) throws -> (report: Report, told: ScanStatistics, notes: [String]) {
        let listener = Listener()
        let given = texts.merging(["scan": scan.path, "weights": scan.weights, "model": "squeezenet1_1"]) { own, _ in own }
        let found = try StatisticsRequest(given: given.mapValues { [$0] }).run(sharedSession, listener)
        return (try JSONDecoder().decode(Report.self, from: Data(json(found).utf8)), found, listener.heard.notes)
    }

    @Test func plantedUnitsAreFound() throws {
        let report = try statistics(["layer": "features.1"]).report
        #expect(report.photographs == 24 && report.units.count == 64 && report.classes_tested == 2 && report.layers.map(\.name) == ["features.1"])
        let (dead, copied, copy, red) = (report.units[Scan.dead], report.units[Scan.copied], report.units[Scan.copy], report.units[Scan.red])
        #expect(dead.dead && dead.dead_bound == 3.0 / 24 && dead.max == 0 && dead.fires_photos == 0 && dead.top_class == nil && dead.clarity == nil)
        #expect(report.units.filter(\.dead).map(\.channel).contains(Scan.dead) && report.layers[0].dead == report.units.count(where: \.dead))
        #expect(copied.duplicate_of == Scan.copy && copy.duplicate_of == Scan.copied)
        #expect(abs(try #require(copy.r) - 1) < 1e-6)
        #expect(red.top_class == "tench" && red.auc == 1 && red.label == "tench" && red.false_alarm == 0 && red.fires_photos == 0.5)
        #expect(try #require(red.hit) > 0.3)
        // 64 units, two classes and no category: z of 12 against 12 without a tie above.
        #expect(try #require(red.p_value) < 0.01)
    }

    /// Means, medians and shares of the unit for red against the photographs themselves.
    @Test func momentsAreThePhotographs() throws {
        let red = try statistics(["layer": "features.1", "index": "\(Scan.red)"]).report.units[0]
        // The first layer with a stride of 2 sees the pixel in the middle of each window; tench is red, goldfish green.
        #expect(abs(try #require(red.fires_positions) - 0.5) < 1e-9)
        let (mean, p99, most) = (try #require(red.mean), try #require(red.p99), try #require(red.max))
        #expect(mean > 0 && p99 > mean && most >= p99)
    }

    /// By the weights of the last layer, and by WordNet where both classes are below one of its words.
    @Test func theLastLayerSaysWhatUnitsSpeakFor() throws {
        let report = try statistics(["layer": "features.12"]).report
        let head = try #require(try bundledModel("squeezenet1_1").network.classifierHead)
        let names = try #require(try bundledModel("squeezenet1_1").classNames)
        let rows = try head.directions(of: Array(names.indices))
        for unit in report.units.prefix(20) {
            let weights = names.indices.map { rows[$0]![unit.channel] }
            let (most, least) = (weights.max()!, weights.min()!)
            #expect(unit.towards == names[weights.firstIndex(of: most)!] && unit.against == names[weights.firstIndex(of: least)!])
            #expect(unit.towards_weight == most)
        }
        #expect(report.units.filter { !$0.dead }.allSatisfy { ($0.clarity ?? -2) >= -1 && ($0.clarity ?? 2) <= 1 + 1e-9 })
        // All photographs are fishes: nothing is beside the category.
        #expect(report.units.allSatisfy { $0.category == nil })
    }

    @Test func itSortsAndPrints() throws {
        let (report, told, _) = try statistics(["layer": "features.1", "sort": "auc", "count": "5"])
        #expect(zip(report.units, report.units.dropFirst()).allSatisfy { ($0.auc ?? -1) >= ($1.auc ?? -1) })
        let lines = told.table(5).split(separator: "\n")
        #expect(lines.count == 9 && lines.allSatisfy { $0.count <= 80 } && lines[0].hasPrefix("unit"))
        #expect(lines[6] == "… and 59 units more" && lines[7].hasPrefix("fires: positions > 0") && lines[8].hasPrefix("24 photographs, 64 units: "))
        let chances = try statistics(["layer": "features.1", "sort": "p_value"]).report.units.map(\.p_value)
        #expect(chances[0] != nil && zip(chances, chances.dropFirst()).allSatisfy { ($0 ?? 2) <= ($1 ?? 2) })
        let words = try statistics(["layer": "features.1", "sort": "label"]).report.units.map { $0.label ?? "~" }
        #expect(words == words.sorted())
        let rising = try statistics(["layer": "features.1", "sort": "mean", "ascending": ""]).report.units.compactMap(\.mean)
        #expect(rising == rising.sorted() && rising.count == 64)
    }

    @Test func notesSayWhatTooFewPhotographsCannotTell() throws {
        let (report, _, notes) = try statistics(["scan": scan.plain, "sort": "auc"])
        #expect(report.classes_tested == nil && report.units.map(\.channel) == Array(0..<64))
        #expect(report.units.allSatisfy { $0.clarity == nil && $0.poly == nil })
        #expect(notes.count { $0.contains("clarity and poly") && $0.contains("24") } == 1)
        #expect(notes.count { $0.contains("order of channels") && $0.contains("no classes") } == 1)
        let enough = try statistics(["layer": "features.1", "sort": "auc"])
        #expect(enough.report.units.contains { $0.clarity != nil } && !enough.notes.contains { $0.contains("clarity") || $0.contains("order of channels") })
    }

    @Test func filesHoldEveryUnit() throws {
        let scratch = try Scratch()
        try scratch.save("mine.csv", text: "layer,channel,label\nfeatures.1,0,\"mine, own\"\nfeatures.12,0,other\n")
        let texts = ["layer": "features.1", "csv": scratch("a.csv"), "html": scratch("a.html"), "labels": scratch("mine.csv"), "title": "<b>"]
        let report = try statistics(texts).report
        #expect(report.units[0].label == "mine, own")
        let rows = try scratch.text("a.csv").split(separator: "\n")
        #expect(rows.count == 65 && rows[0].hasPrefix("layer,channel,mean,sd,skew,kurtosis,p50,p90,p99,p999,min,max,fires_positions,fires_photos,dead,"))
        #expect(rows[1].hasSuffix("\"mine, own\"") && rows.allSatisfy { $0.filter { $0 == "," }.count >= 35 })
        let page = try scratch.text("a.html")
        #expect(page.contains("<h1>&lt;b&gt;</h1>") && !page.contains(">category</button>") && page.components(separatedBy: "<tr data-layer").count == 65 && !page.contains("{{"))
        // The same again replaces its own page; another's file is left alone.
        let again = texts.filter { $0.key != "csv" }
        _ = try statistics(again)
        #expect(try scratch.text("a.html") == page)
        try scratch.save("a.html", text: "<html>")
        #expect(throws: Problem.self) { try statistics(again) }
        #expect(try scratch.text("a.html") == "<html>")
    }

    @Test(arguments: [
        (["layer": "features.99"], "layer", Problem.Kind.usage), (["layer": "features.1", "index": "64"], "index", .usage), (["sort": "size"], "sort", .usage),
        (["csv": "-"], "csv", .usage), (["csv": "a.csv", "html": "./a.csv"], "html", .usage), (["title": "x"], "title", .usage), (["count": "0"], "count", .usage),
    ])
    func aProblemBlamesItsSetting(_ texts: [String: String], _ setting: String, _ kind: Problem.Kind) {
        let problem = #expect(throws: Problem.self) { try statistics(texts) }
        #expect(problem?.setting == setting && problem?.kind == kind, "\(String(describing: problem))")
    }

    /// What is read is not written over, and the setting at fault is named.
    @Test func theScanItselfIsKept() {
        let problem = #expect(throws: Problem.self) { try statistics(["layer": "features.1", "csv": scan.path, "force": ""]) }
        #expect(problem?.kind == .cannotWrite && problem?.setting == "csv" && problem?.message.settings == ["csv"])
    }

    /// The bundled weights are not those that were scanned.
    @Test func otherWeightsAreRefused() throws {
        let problem = #expect(throws: Problem.self) {
            try StatisticsRequest(given: ["scan": [scan.path], "model": ["squeezenet1_1"]]).run(sharedSession, SilentReporter())
        }
        #expect(problem?.kind == .badData)
        let listener = Listener()
        let found = try StatisticsRequest(given: ["scan": [scan.path], "layer": ["features.12"]]).run(sharedSession, listener)
        let report = try JSONDecoder().decode(Report.self, from: Data(json(found).utf8))
        #expect(report.units.allSatisfy { $0.towards == nil } && listener.heard.notes.contains { $0.contains("left out") })
    }

    @Test func whatIsNoScanIsRefused() throws {
        let scratch = try Scratch()
        try scratch.save("a.scan", text: "nothing")
        for path in [scratch("a.scan"), bundledFile("squeezenet1_1.safetensors")] {
            let problem = #expect(throws: Problem.self) { try StatisticsRequest(given: ["scan": [path]]).run(sharedSession, SilentReporter()) }
            #expect(problem?.kind == .badData, "\(path)")
        }
        try scratch.save("cut.scan", [UInt8](try Data(contentsOf: URL(filePath: scan.path)).dropLast(1000)))
        let problem = #expect(throws: Problem.self) { try StatisticsRequest(given: ["scan": [scratch("cut.scan")]]).run(sharedSession, SilentReporter()) }
        #expect(problem?.kind == .badData && problem?.line.contains("cut short") == true)
    }
}
