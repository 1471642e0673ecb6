import Foundation
import Images
import Studio
import Testing

/// Charts and sheets: captions, titles, scales.
@Suite struct FigureTests {
    @Test func picturesAreComparedUnderCaptionsOfOnesOwn() throws {
        let scratch = try Scratch()
        for index in [1, 2] { try scratch.draw("channel", ["--layer", "features.3", "--index", "\(index)"], "\(index).png") }
        func sheet(_ labels: String, _ more: [String: [String]] = [:]) throws -> String {
            let texts = ["pictures": [scratch("1.png"), scratch("2.png")], "output": [scratch("c.svg")], "labels": [labels]].merging(more) { $1 }
            return try CaptionedSheet(CaptionedSheetSettings(given: texts)).figure.svg()
        }
        let svg = try sheet("\"A, b\",C")
        #expect(svg.contains(">A, b</text>") && svg.contains(">C</text>") && !svg.contains("score"), "\(svg)")
        for (labels, more) in [("one", [:]), ("a,b,c", [:]), ("a,b", ["no-captions": [""]])] as [(String, [String: [String]])] {
            #expect(#expect(throws: Problem.self) { try sheet(labels, more) }?.kind == .usage)
        }
    }

    /// A list alone, as earlier versions wrote it, belongs to its sheet as well.
    @Test func anIndexOfEarlierVersionsIsRead() throws {
        let scratch = try Scratch()
        func draw() throws { try scratch.draw("sheet", ["--layer", "features.3", "--index", "0-1"], "s.png") }
        try draw()
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(scratch.bytes("s.json"))) as? [String: Any])
        #expect(Set(whole.keys) == ["plan", "pictures", "sheet", "title"])
        let list = try #require(whole["pictures"] as? [[String: Any]])
        #expect(list.map { $0["index"] as? Int } == [0, 1])
        try scratch.save("s.json", Array(try JSONSerialization.data(withJSONObject: list)))
        try draw()
        #expect(try JSONSerialization.jsonObject(with: Data(scratch.bytes("s.json"))) is [String: Any])
        try scratch.save("s.json", text: "[{\"objective\": \"another\"}]")
        #expect(throws: Problem.self) { try draw() }
    }

    /// features.0 sees three pixels, features.3 sees fifteen.
    @Test func shallowLayersAreEnlargedInAProgression() throws {
        let scratch = try Scratch()
        try scratch.draw("progression", ["--layers", "features.0,features.3", "--size", "96"], "p.png")
        let plans = try Record(ofFile: scratch("p.png")).pictures.map(\.plan)
        #expect(plans.map { if case .picture(let plan) = $0 { plan.width } else { 0 } } == [48, 96])
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(scratch.bytes("p.json"))) as? [String: Any])
        let cells = try #require(whole["pictures"] as? [[String: Any]])
        #expect(cells.map { $0["width"] as? Int } == [96, 96])
        try scratch.draw("progression", ["--layers", "features.0", "--size", "32"], "small.png")
        guard case .picture(let plan) = try Record(ofFile: scratch("small.png")).pictures[0].plan else { Issue.record("no picture"); return }
        #expect(plan.width == 32)
    }

    /// Every facet's pictures stand together, and the tree's branches do not cross: each join is of neighbours.
    @Test func facetsAreInTheTreesOrder() throws {
        let scratch = try Scratch()
        try scratch.draw("facets", ["--layer", "features.3", "--index", "5", "--seeds", "0-3", "--threshold", "0.9"], "f.svg")
        let svg = String(decoding: try scratch.bytes("f.svg"), as: UTF8.self)
        let places = (0..<4).compactMap { svg.range(of: ">seed \($0)</text>")?.lowerBound }
        #expect(places.count == 4 && svg.contains(">0.9</text>"), "\(svg.suffix(2000))")
        struct Report: Decodable {
            struct Merge: Decodable { let first, second: Int }
            let merges: [Merge]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(scratch.bytes("f.json")))
        let order = places.indices.sorted { places[$0] < places[$1] }
        var groups = (0..<4).map { [order.firstIndex(of: $0)!] }
        for merge in report.merges {
            let joined = (groups[merge.first] + groups[merge.second]).sorted()
            #expect(joined.last! - joined.first! == joined.count - 1, "\(order)")
            groups.append(joined)
        }
    }
}
