import Foundation
import Images
import Networks
import Studio
import Tensors
import TestSupport
import Testing

/// Tuning curves from the request to the files.
@Suite struct TuningTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private struct Report: Decodable {
        struct Curve: Decodable { let values, responses: [Double]; let selectivity: Double? }
        struct Family: Decodable { let family: String; let response: Double; let angles: Curve? }
        struct Field: Decodable { let x, y: Double; let extent: Int }
        let channel: Int
        let label: String
        let family: String?
        let response: Double
        let field: Field
        let families: [Family]
    }

    @Test func aLayerIsTunedWithNumbersBesideTheChart() throws {
        let told = try scratch.run([
            "tuning", "--layer", "features.0", "--index", "0-2,5", "--csv", scratch("a.csv"), "--curves", scratch("b.csv"), "--output", scratch("a.png"),
        ])
        #expect(told.values.count == 4 && told.lines.count == 5)
        let report: Report = try told.value(3)
        #expect(report.channel == 5 && report.families.map(\.family) == ["grating", "edge", "curve", "corner", "patch", "spot"])
        // The middle of 111 positions of a 3x3 window with stride 2 looks at pixels 110 to 112.
        #expect(report.field.x == 111.5 && report.field.y == 111.5 && report.field.extent == 3)
        #expect(report.response == report.families.map(\.response).max())
        #expect(report.families[0].angles?.values.count == 12)
        let rows = try scratch.text("a.csv").split(separator: "\n")
        #expect(rows.count == 5 && rows[4].hasPrefix("features.0,5,edge,"))
        let answers = try scratch.text("b.csv").split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(answers.count == 4 * told.steps && answers.allSatisfy { $0.count == 11 })
        let best = answers.filter { $0[1] == "5" }.compactMap { Double($0[10]) }.max()
        #expect(abs(try #require(best) - report.response) < 1e-4 * report.response)
    }

    /// The chart tells how it was made, is made again, and does not depend on threads.
    @Test func itReplays() throws {
        try scratch.run(["tuning", "--layer", "features.3", "--index", "7", "--contrast", "0.4", "--output", scratch("a.png")], threads: 1)
        let record = try scratch.record("a.png")
        #expect(record.rows.contains { $0 == ("index", "7") } && record.rows.contains { $0 == ("contrast", "0.4") })
        let command = try #require(record.command)
        #expect(command.command == "tuning" && command.settings.map(\.text) == ["features.3.cat", "7", "0.4"])
        try scratch.run(["replay", "a.png", "--output", scratch("b.png")], threads: 3)
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
    }

    @Test func documentsAndManyUnits() throws {
        try scratch.run(["tuning", "--layer", "features.0", "--output", scratch("a.svg")])
        #expect(try scratch.text("a.svg").contains("<polygon"))
        let record = try scratch.record("a.svg")
        #expect(record.command?.settings.map(\.text) == ["features.0", "0-63"])
    }

    /// A class's score has no position, and sees the whole picture.
    @Test func layersWithoutPositionsAreTuned() throws {
        let job = try TuningRequest(given: ["layer": ["flatten"], "index": ["281"]]).jobs(sharedSession).jobs[0]
        #expect(job.outputs == ["squeezenet1_1_flatten_281_tuning.png"] && job.steps > 1000)
    }

    @Test func filesAreNamedAfterTheUnits() throws {
        func name(_ texts: [String: String]) throws -> String {
            let list = try TuningRequest(given: texts.mapValues { [$0] }).jobs(Session(workers: Workers(1)))
            return list.jobs[0].outputs[0]
        }
        #expect(try name(["layer": "features.3", "index": "5"]) == "squeezenet1_1_features.3_5_tuning.png")
        #expect(try name(["layer": "features.3", "index": "3,5-7"]) == "squeezenet1_1_features.3_3,5-7_tuning.png")
        #expect(try name(["layer": "features.3"]) == "squeezenet1_1_features.3_tuning.png")
    }

    @Test func aBatchHoldsIt() throws {
        let batch = try Batch(
            text: "renders:\n  - {command: tuning, layer: features.0, output: a.svg}", folder: scratch.path, Session(workers: Workers(1)))
        #expect(batch.tasks.map { $0.output.split(separator: "/").last.map(String.init) } == ["a.svg"])
    }

    @Test func endedItLeavesNothing() throws {
        let problem = #expect(throws: Problem.self) {
            try scratch.run(["tuning", "--layer", "features.0", "--index", "1"], threads: 1, until: 40)
        }
        #expect(problem?.kind == .interrupted)
        #expect(try scratch.contents("").isEmpty)
    }

    @Test(arguments: [
        (["layer": "features.99"], "layer"), (["layer": "features.3", "index": "999"], "index"), (["layer": "features.3", "contrast": "0.8"], "contrast"),
        (["layer": "features.3", "depth": "16"], "depth"), (["layer": "features.3", "csv": "-"], "csv"), (["layer": "features.3", "save-at": "3"], "save-at"),
        (["layer": "features.3", "csv": "l.csv", "curves": "./l.csv"], "curves"), (["layer": "features.3", "output": "x.png", "csv": "x.png"], "csv"),
    ])
    func aProblemBlamesItsSetting(_ texts: [String: String], _ setting: String) {
        let problem = #expect(throws: Problem.self) { try TuningRequest(given: texts.mapValues { [$0] }).jobs(Session(workers: Workers(1))) }
        #expect(problem?.setting == setting && problem?.kind == .usage, "\(String(describing: problem))")
    }
}
