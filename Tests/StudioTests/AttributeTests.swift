import Analysis
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

    /// The numbers of a job for scripts.
    private struct Report: Decodable {
        struct Target: Decodable { let score, baselineScore: Double?; let label: String }
        struct Completeness: Decodable { let absolute: Double, relative: Double? }
        struct Channel: Decodable { let index: Int, attribution: Double }
        struct Check: Decodable {
            struct Deletion: Decodable { let deletion, insertion, random, reverse: Double; let measure: String }
            struct Randomisation: Decodable {
                struct Row: Decodable { let layer: String; let spearman, sizes, ssim: Double }
                let rows: [Row], median: Double, dependsOnWeights: Bool
            }
            let deletion: Deletion?, randomisation: Randomisation
        }
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
        #expect(rows.count == 513 && rows[0] == "channel,attribution,activation,gradient")
        let strongest = try #require(found.channels?.first)
        let fields = rows[1 + strongest.index].split(separator: ",").compactMap { Double($0) }
        #expect(fields[0] == Double(strongest.index) && fields[1] == strongest.attribution)
        // Grad-CAM's weights: the gradient is the same at each of the positions that the last rectifier lets pass.
        #expect(abs(fields[2] * fields[3] * 169 - fields[1]) < 0.2 * abs(fields[1]))
    }

    /// The bounds that UNDERSTANDING's measurements give for 50 points.
    @Test(arguments: [("mean", 0.005), ("black", 0.025)])
    func integratedGradientsAreComplete(_ baseline: String, _ bound: Double) throws {
        let found = try report(["method": "integrated", "baseline": baseline])
        #expect(abs(try #require(found.completeness?.relative)) < bound)
        #expect(found.layer == nil && found.channels == nil)
    }

    /// In a picture of a cat beside a cup each class's map lies on its own half.
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

    @Test func partsInTheMapsOrderMatterMoreThanOthers() throws {
        let check = try #require(try report(["check": ""]).check)
        let deletion = try #require(check.deletion)
        #expect(deletion.measure == "probability")
        #expect(deletion.deletion < 0.6 * deletion.random && deletion.deletion < 0.5 * deletion.reverse, "\(deletion)")
        #expect(deletion.insertion > deletion.deletion)
        #expect(check.randomisation.dependsOnWeights && check.randomisation.rows.count == 24)
        #expect(check.randomisation.rows[0].layer == "classifier.1" && check.randomisation.rows[23].layer == "features.0")
    }

    /// The randomisation test says which maps are of what the network has learnt.
    @Test(arguments: [("saliency", true), ("guided", false)])
    func shuffledWeightsTellMapsApart(_ method: String, _ depends: Bool) throws {
        let check = try #require(try report(["check": "", "method": method]).check)
        #expect(check.randomisation.dependsOnWeights == depends, "\(check.randomisation)")
    }

    /// Along the path from no activation the layer's values add up to what the scores differ by.
    @Test(arguments: [["method": "activation-path", "layer": "features.8"], ["method": "conductance", "layer": "features.8", "path-steps": "100"]])
    func pathsToALayerAreComplete(_ texts: [String: String]) throws {
        let found = try report(texts)
        #expect(abs(try #require(found.completeness?.relative)) < 0.03)
        #expect(found.channels?.isEmpty == false)
    }

    /// Baselines may be photographs, and expected gradients take a folder of them.
    @Test func photographsAreBaselines() throws {
        let coffee = Self.photos.appending(path: "coffee.jpg").path
        let one = try report(["method": "integrated", "baseline": coffee])
        #expect(abs(try #require(one.completeness?.relative)) < 0.03)
        try FileManager.default.createDirectory(atPath: scratch("others"), withIntermediateDirectories: true)
        for name in ["coffee.jpg", "grace_hopper.jpg"] {
            try FileManager.default.copyItem(atPath: Self.photos.appending(path: name).path, toPath: scratch("others/\(name)"))
        }
        try Data("no picture".utf8).write(to: URL(filePath: scratch("others/broken.png")))
        let texts = ["method": "expected-gradients", "baseline": scratch("others/"), "samples": "60"]
        let many = try report(texts)
        #expect(abs(try #require(many.completeness?.relative)) < 0.25)
        let base = try ["coffee.jpg", "grace_hopper.jpg"].map { name in
            try #require(try report(["method": "integrated", "path-steps": "2", "baseline": Self.photos.appending(path: name).path]).target.baselineScore)
        }
        #expect(abs(try #require(many.target.baselineScore) - (base[0] + base[1]) / 2) < 1e-3)
        guard case .attribution(let plan) = try jobs(texts).jobs[0].plan else { throw CancellationError() }
        #expect(plan.baseline.text == "others/" && Set(plan.pictures.keys) == ["chelsea.jpg", "coffee.jpg", "grace_hopper.jpg"])
    }

    /// Bars of channels have the pictures of a sheet; panels show single channels; each replays.
    @Test func channelsAndValuesAreShownAndReplayed() throws {
        let sheet = try SheetRequest(given: ["layer": ["features.8"], "index": ["0-3"], "size": ["32"], "steps": ["2"], "output": [scratch("sheet.png")]])
            .jobs(Session(workers: Workers(1)))
        for job in sheet.jobs { _ = try job.draw(JobContext(workers: Workers(1))) }
        for texts in [
            ["by": "channel", "layer": "features.8", "icons": scratch("sheet.json")], ["by": "value", "layer": "features.8"], ["by": "value"],
        ] {
            let list = try jobs(texts)
            _ = try list.jobs[0].draw(JobContext(workers: Workers(1)))
            let first = try scratch.bytes("map.png")
            if !FileManager.default.fileExists(atPath: scratch("chelsea.jpg")) {
                try FileManager.default.copyItem(atPath: chelsea, toPath: scratch("chelsea.jpg"))
            }
            let again = try ReplayRequest(given: ["drawn-pictures": [scratch("map.png")], "output": [scratch("again.png")]])
                .prepared(Session(workers: Workers(1)))
            _ = try again.jobs[0].draw(JobContext(workers: Workers(2)))
            #expect(try scratch.bytes("again.png") == first, "\(texts)")
        }
    }

    /// Captum's maps of the same network and pixels (scripts/goldens/attribution_squeezenet.py).
    @Test func mapsOfSqueezeNetAreCaptums() throws {
        let golden = try Golden("attribution_squeezenet")
        let model = try bundledModel("squeezenet1_1")
        let photo = try Picture.reading(chelsea).croppedToCentre(width: 224, height: 224)
        let picture = Tensor(Shape(3, 224, 224), photo.planes())
        let label = Int(try golden.values("class")[0])
        func cosine(_ found: [Float], _ name: String) throws -> Double {
            let wanted = try golden.values(name)
            return inner(found, wanted) / (inner(found, found) * inner(wanted, wanted)).squareRoot()
        }
        func squares(_ map: Tensor) -> [Float] {
            let values = map.elements
            var sums = [Float](repeating: 0, count: 28 * 28)
            for y in 0..<224 { for x in 0..<224 { sums[y / 8 * 28 + x / 8] += values[y * 224 + x] } }
            return sums
        }
        let colour: [Float] = [123, 117, 104]
        let mean = Tensor(picture.shape, colour.flatMap { [Float](repeating: $0 / 255, count: 224 * 224) })
        let cases: [(AttributionMethod, String, String?)] = [
            (.saliency, "saliency", nil), (.integrated, "integrated", nil), (.gradCAM, "grad_cam", "features.12"),
            (.gradientTimesActivation, "gradient_x_activation", "features.12"), (.conductance, "conductance", "features.8"),
        ]
        for (method, name, layer) in cases {
            var recipe = Attribution.Recipe()
            (recipe.method, recipe.steps) = (method, method == .conductance ? 100 : 50)
            let layer = try layer.map { try model.network.layer(named: $0) }
            let score = try PictureScore(
                "class_logit(\(label))", model: model, height: 224, width: 224, layers: Set([layer].compactMap { $0 }), workers: .one)
            let found = try #require(Attribution(recipe, of: score, layer: layer, at: picture, baselines: [mean])).map
            #expect(try cosine(layer == nil ? squares(found) : found.elements, name) > 0.999, "\(name)")
        }
    }

    /// Channels have a chart where a layer has no positions, and where nothing speaks for or against the target.
    @Test(arguments: [["by": "channel", "layer": "flatten"], ["by": "channel", "target": "0 * channel(features.10,5)"], ["by": "value", "target": "0 * channel(features.10,5)"]])
    func chartsNeedNoPositionsAndNoEvidence(_ texts: [String: String]) throws {
        let result = try jobs(texts).jobs[0].draw(JobContext(workers: Workers(1)))
        #expect((result.warning != nil) == (texts["target"] != nil))
        #expect(try Record(ofFile: scratch("map.png")).pictures.count == 1)
    }

    /// The page of two layers holds every map, and says what it is of.
    @Test func layersAreRelated() throws {
        let output = scratch("relation.html")
        let given = ["photo": chelsea, "from": "features.12", "to": "features.8", "output": output, "npy": scratch("maps.npy")]
        let list = try AttributeRequest(given: given.mapValues { [$0] }).jobs(Session(workers: Workers(1)))
        _ = try list.jobs[0].draw(JobContext(workers: Workers(1)))
        let maps = try NumPyArray(path: scratch("maps.npy"))
        #expect(maps.shape == [13, 13, 13, 13] && maps.values.contains { $0 != 0 })
        // A position comes from its own surroundings: the corner's map is 0 in the opposite corner.
        let largest = maps.values.map(abs).max()!
        #expect(abs(maps.values[168]) < 1e-5 * largest && abs(maps.values[0]) > 1e-3 * largest)
        #expect(try scratch.text("relation.html").contains("Where features.12.cat comes from in features.8"))
        #expect(list.jobs[0].isOwn(output))
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
        (["baseline": "blue"], "baseline"), (["baseline": "no/such.png", "method": "integrated"], "baseline"),
        (["baseline": "/", "method": "integrated"], "baseline"), (["by": "channel", "method": "saliency"], "by"), (["by": "sum"], "by"),
        (["low-pass": "15"], "low-pass"), (["low-pass": "15", "method": "rise"], "low-pass"), (["icons": "x.json"], "icons"),
        (["from": "features.12"], "to"), (["to": "features.12"], "from"), (["from": "features.8", "to": "features.12", "output": "a.html"], "to"),
        (["from": "features.8", "to": "features.99", "output": "a.html"], "to"), (["from": "features.12", "to": "features.8", "target": "tabby"], "target"),
        (["from": "features.12", "to": "features.8"], "output"), (["from": "flatten", "to": "features.8", "output": "a.html"], "from"),
        (["target": "features.3:5", "method": "activation-path", "layer": "features.8"], "layer"),
        (["target": "features.10:5", "layer": "features.12"], "layer"), (["target": "features.99:3"], "target"), (["target": "features.10"], "target"),
        (["path-steps": "9"], "path-steps"), (["method": "saliency", "samples": "9"], "samples"), (["baseline": "black"], "baseline"),
        (["layer": "flatten"], "layer"), (["layer": "flatten", "by": "value"], "layer"), (["target": "channel(features.99,1)"], "layer"),
        (["npy": "x.npy", "csv": "x.npy"], "csv"),
    ])
    func aProblemBlamesItsSetting(_ texts: [String: String], _ setting: String) {
        let problem = #expect(throws: Problem.self) { try jobs(texts) }
        #expect(problem?.setting == setting && problem?.kind == .usage, "\(String(describing: problem))")
    }

    /// What looks like a layer is answered as one.
    @Test(arguments: [
        ("features.99:3", "there is no layer"), ("features.10", "features.10 is a layer; add a channel, as in features.10:5"),
        ("no such thing", "there is no class"),
    ])
    func aTargetIsALayersOrAClass(_ target: String, _ words: String) {
        let problem = #expect(throws: Problem.self) { try jobs(["target": target]) }
        #expect(problem?.line.contains(words) == true, "\(String(describing: problem))")
    }

    /// The picture shows the numbers that its method uses, and no others.
    @Test(arguments: [
        ("grad-cam", [String]()), ("conductance", ["baseline", "path-steps"]), ("integrated", ["baseline", "path-steps", "rule"]),
        ("smoothgrad", ["noise", "samples"]), ("occlusion", ["baseline", "patch"]), ("rise", ["baseline", "samples"]),
    ])
    func aRecordShowsWhatItsMethodUses(_ method: String, _ wanted: [String]) throws {
        let plan = try jobs(["method": method]).jobs[0].plan
        let names = Set(Record(DrawnPicture(plan: plan, stepsDone: 1, score: 0)).rows.map(\.name))
        #expect(names.intersection(["baseline", "path-steps", "rule", "samples", "noise", "patch"]) == Set(wanted))
    }

    /// A channel that never answers leaves an empty map, and a sentence.
    @Test func aMapOfNothingIsEmpty() throws {
        let list = try jobs(["target": "0 * channel(features.10,5)"])
        let result = try list.jobs[0].draw(JobContext(workers: Workers(1)))
        #expect(result.warning != nil)
        #expect(try Record(ofFile: scratch("map.png")).pictures.count == 1)
    }
}
