import Foundation
import Images
import Networks
import Studio
import Tensors
import TestSupport
import Testing

/// Maps of photographs, from the request to the files.
@Suite struct AttributeTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../CommandTests/Photos").standardized
    private let chelsea = photos.appending(path: "chelsea.jpg").path
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func jobs(_ texts: [String: String], photo: String? = nil) throws -> JobList {
        let texts = texts.merging(["photo": photo ?? chelsea, "output": scratch("map.png")]) { own, _ in own }
        return try AttributeRequest(given: texts.mapValues { [$0] }).jobs(Session(workers: Workers(1)))
    }

    /// What a job says for scripts.
    private struct Report: Decodable {
        struct Target: Decodable { let score, baselineScore: Double?; let label: String }
        struct Completeness: Decodable { let absolute: Double, relative: Double? }
        struct Channel: Decodable { let index: Int, attribution: Double }
        struct Check: Decodable { let deletion, insertion, random: Double }
        let target: Target
        let sum: Double
        let completeness: Completeness?
        let channels: [Channel]?
        let layer: String?
        let check: Check?
    }

    private func report(_ texts: [String: String], photo: String? = nil) throws -> Report {
        let list = try jobs(texts, photo: photo)
        let result = try list.jobs[0].draw(JobContext(workers: Workers(1)))
        return try JSONDecoder().decode(Report.self, from: Data(json(result.values[0]).utf8))
    }

    /// The last layer with positions adds up to the score, but for what its last rectifier hides; numbers lie beside the picture.
    @Test func theUsualMapAddsUpToTheScore() throws {
        let found = try report(["npy": scratch("map.npy"), "csv": scratch("map.csv")])
        #expect(found.layer == "features.12.cat" && found.target.label == "Egyptian cat (285)")
        let score = try #require(found.target.score)
        #expect(abs(found.sum - score) < 0.01 * score)
        let values = try NumPyArray(path: scratch("map.npy"))
        #expect(values.shape == [512, 13, 13])
        #expect(abs(values.values.reduce(0.0) { $0 + Double($1) } - found.sum) < 1e-3)
        let rows = try scratch.text("map.csv").split(separator: "\n")
        #expect(rows.count == 513 && rows[0] == "channel,attribution")
        let strongest = try #require(found.channels?.first)
        #expect(rows[1 + strongest.index] == "\(strongest.index),\(strongest.attribution)")
    }

    /// The bounds that UNDERSTANDING's measurements give for 50 points.
    @Test(arguments: [("mean", 0.005), ("black", 0.025)])
    func integratedGradientsAreComplete(_ baseline: String, _ bound: Double) throws {
        let found = try report(["method": "integrated", "baseline": baseline])
        #expect(abs(try #require(found.completeness?.relative)) < bound)
        #expect(found.layer == nil && found.channels == nil)
    }

    /// Of a cat beside a cup each class's map lies on its own half.
    @Test(arguments: [("tiger cat", true), ("espresso", false)])
    func ofTwoPhotographsEachClassFindsItsOwn(_ label: String, _ isLeft: Bool) throws {
        let halves = try ["chelsea.jpg", "coffee.jpg"].map { name in
            let photo = try Picture.reading(Self.photos.appending(path: name).path)
            return photo.resized(width: photo.width * 256 / photo.height, height: 256).croppedToCentre(width: 128, height: 256)
        }
        let planes = halves.map { $0.planes() }
        let collage = (0..<3 * 256).flatMap { row in planes.flatMap { $0[row * 128..<(row + 1) * 128] } }
        try Picture(planes: collage, channels: 3, width: 256, height: 256).write(to: scratch("collage.png"))
        _ = try report(["target": label, "npy": scratch("map.npy")], photo: scratch("collage.png"))
        let values = try NumPyArray(path: scratch("map.npy"))
        var sums = [Double](repeating: 0, count: 13)  // of each column
        for position in 0..<169 {
            let value = (0..<512).reduce(0.0) { $0 + Double(values.values[$1 * 169 + position]) }
            sums[position % 13] += max(value, 0)
        }
        let (left, right) = (sums[..<6].reduce(0, +), sums[7...].reduce(0, +))
        #expect((isLeft ? left : right) > 0.8 * (left + right), "\(left) \(right)")
    }

    @Test func pixelsInTheMapsOrderMatterMoreThanOthers() throws {
        let check = try #require(try report(["check": ""]).check)
        #expect(check.deletion < check.insertion && check.insertion < 1 && check.random > 0)
    }

    /// The picture tells how it was made, and is made again.
    @Test func itReplays() throws {
        let list = try jobs(["target": "features.10:5", "method": "grad-cam", "layer": "features.8"])
        _ = try list.jobs[0].draw(JobContext(workers: Workers(1)))
        let first = try scratch.bytes("map.png")
        let record = try Record(ofFile: scratch("map.png"))
        #expect(record.command?.command == "attribute" && record.rows.contains { $0 == ("layer", "features.8") })
        try FileManager.default.copyItem(atPath: chelsea, toPath: scratch("chelsea.jpg"))
        let session = Session(workers: Workers(1))
        let again = try ReplayRequest(given: ["drawn-pictures": [scratch("map.png")], "output": [scratch("again.png")]]).prepared(session)
        #expect(again.jobs[0].plan == list.jobs[0].plan)
        _ = try again.jobs[0].draw(JobContext(workers: Workers(2)))
        #expect(try scratch.bytes("again.png") == first)
    }

    @Test func filesAreNamedAfterWhatIsExplained() throws {
        func name(_ texts: [String: String]) throws -> String {
            let given = texts.merging(["photo": chelsea]) { own, _ in own }.mapValues { [$0] }
            return try AttributeRequest(given: given).jobs(Session(workers: Workers(1))).jobs[0].outputs[0]
        }
        #expect(try name([:]) == "chelsea_attribute_Egyptian_cat.png")
        #expect(try name(["target": "carassius auratus"]) == "chelsea_attribute_goldfish.png")
        #expect(try name(["target": "281", "versus": "lynx"]) == "chelsea_attribute_tabby_versus_lynx.png")
        #expect(try name(["target": "features.10:5", "method": "integrated"]) == "chelsea_attribute_features.10-5_integrated.png")
    }

    /// A manifest may name maps of pixels beside those of layers, and documents.
    @Test func aBatchDrawsThem() throws {
        let text = """
            defaults: {photo: \(chelsea), command: attribute}
            renders:
              - {target: tabby, output: "{layer}.pdf"}
              - {target: tabby, method: saliency, output: "{layer}.png"}
            """
        let batch = try Batch(text: text, folder: scratch.path, Session(workers: Workers(1)))
        #expect(batch.tasks.map { $0.output.split(separator: "/").last.map(String.init) } == ["features.12.cat.pdf", "pixels.png"])
    }

    @Test(arguments: [
        (["method": "integrated", "layer": "features.3"], "layer"), (["method": "saliency", "csv": "x.csv"], "csv"),
        (["target": "no such thing"], "target"), (["target": "1000"], "target"), (["target": "features.10:999"], "target"),
        (["versus": "282", "target": "282"], "versus"), (["layer": "features.99"], "layer"), (["method": "cam"], "method"),
        (["baseline": "blue"], "baseline"), (["layer": "flatten"], "layer"), (["target": "channel(features.99,1)"], "layer"),
    ])
    func aProblemBlamesItsSetting(_ texts: [String: String], _ setting: String) {
        let problem = #expect(throws: Problem.self) { try jobs(texts) }
        #expect(problem?.setting == setting && problem?.kind == .usage, "\(String(describing: problem))")
    }

    /// A channel that never answers leaves an empty map, and a sentence.
    @Test func aMapOfNothingIsEmpty() throws {
        let list = try jobs(["target": "0 * channel(features.10,5)"])
        let result = try list.jobs[0].draw(JobContext(workers: Workers(1)))
        #expect(result.warning != nil)
        #expect(try Record(ofFile: scratch("map.png")).pictures.count == 1)
    }
}
