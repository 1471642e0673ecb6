import Foundation
import Networks
import Studio
import Testing
import Visualization

/// Records of every kind of picture, of this version and of earlier ones.
@Suite struct RecordTests {
    private static let render = RenderPlan(model: "m", weights: "w", objective: "layer(a)", width: 64, height: 64, steps: 4)
    private static let dream = DreamPlan(
        model: "m", weights: "w", objective: "layer(a)", photo: "photo", width: 64, height: 64, octaves: 3, iterations: 4)
    private static let style = StylePlan(
        model: "m", weights: "w", content: "a", styles: [.init(picture: "b", mask: "c")], contentLayers: [.init("x")],
        styleLayers: [.init("y", 0.5)], stages: [.init(width: 8, height: 9, steps: 10)])

    private static let plans: [Plan] = [.picture(render), .dream(dream), .style(style)]

    @Test(arguments: plans)
    func aRecordSurvivesItsJSON(_ plan: Plan) throws {
        let picture = DrawnPicture(plan: plan, stepsDone: 3, score: 2.5, quality: 90)
        #expect(!picture.complete)
        for record in [Record(picture, version: "1"), Record(sheet: [picture, picture], version: "1")] {
            #expect(try Record(json: record.json) == record)
        }
    }

    @Test func everyFieldOfARenderComesBack() throws {
        var plan = Self.render
        plan.schedule = Schedule("warmup(2) cosine")!
        (plan.count, plan.shared, plan.alpha, plan.crops, plan.poolGradient) = (2, true, true, 3, .average)
        (plan.clipGradient, plan.normalizeGradient, plan.untilConverged) = (1, true, 0.01)
        (plan.outputSize, plan.start, plan.mask) = (Network.Size(height: 2, width: 3), "a.png", "b.png")
        (plan.pictures, plan.spectrum) = (["a.png": "00"], .natural)
        let record = Record(DrawnPicture(plan: .picture(plan), stepsDone: 4, score: 1, picture: 1))
        #expect(try Record(json: record.json) == record)
    }

    @Test(arguments: ["1.5", "1e308", "-1", "99999999999999999999999"])
    func aNumberThatIsNoneOfItsFieldIsNotCalledNoJSON(_ number: String) throws {
        let json = Record(DrawnPicture(plan: .picture(Self.render), stepsDone: 4, score: 1)).json
        let wrong = json.replacing("\"steps\":4", with: "\"steps\":\(number)")
        #expect(wrong != json)
        let problem = #expect(throws: Problem.self) { try Record(json: wrong) }
        #expect(problem?.message.description.contains("not JSON") == false, "\(problem?.message.description ?? "")")
        let cut = #expect(throws: Problem.self) { try Record(json: String(json.dropLast())) }
        #expect(cut?.message.description.contains("it is not JSON") == true)
    }

    // MARK: Earlier versions

    @Test func aRecordOfTheFirstVersionIsWhatItWas() throws {
        let text = """
            {"complete":true,"plan":{"decayPower":1,"decorrelate":true,"height":64,"learningRate":0.05,\
            "model":"squeezenet1_1","objective":"channel(features.3,5)","optimizer":"adam","parameterization":"fft",\
            "rectifier":"redirected","seed":3,"steps":4,"transforms":"none","weights":"ab","width":64},\
            "score":1,"software":"lucid","stepsDone":4,"version":"0.0.1"}
            """
        let drawn = try Record(json: text).onlyPicture(of: "old.png")
        let plan = RenderPlan(
            model: "squeezenet1_1", weights: "ab", objective: "channel(features.3,5)", width: 64, height: 64, steps: 4, seed: 3,
            transforms: "none", learningRate: 0.05, schedule: .constant)
        #expect(drawn.plan == .picture(plan))
        #expect(drawn.complete && drawn.stepsDone == 4 && drawn.score == 1 && drawn.quality == nil)
    }

    /// A JPEG's quality was part of the plan.
    @Test func theOldShapeOfARenderIsRead() throws {
        let plan = String(decoding: try JSONEncoder().encode(Self.render), as: UTF8.self)
        let text = """
            {"software":"lucid","version":"0.1.0","stepsDone":2,"score":1,"complete":false,"picture":0,"plan":\
            {"quality":80,\(plan.dropFirst())}
            """
        let drawn = try Record(json: text).onlyPicture(of: "old.jpg")
        #expect(drawn.plan == .picture(Self.render) && drawn.quality == 80 && drawn.picture == 0 && drawn.stepsDone == 2)
        // A sheet held records of its pictures.
        let sheet = try Record(json: "{\"software\":\"lucid\",\"version\":\"0.1.0\",\"pictures\":[\(text),\(text)]}")
        #expect(sheet.isSheet && sheet.pictures == [drawn, drawn])
        #expect(throws: Problem.self) { try sheet.onlyPicture(of: "sheet.png") }
    }

    /// Dreams and styles stood under their kinds.
    @Test func theOldShapesOfPhotographsAreRead() throws {
        func text(_ kind: String, _ plan: some Encodable) throws -> String {
            let plan = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
            return "{\"software\":\"lucid\",\"version\":\"0.1.0\",\"stepsDone\":3,\"score\":2.5,\"complete\":false,\"quality\":90,\"\(kind)\":\(plan)}"
        }
        for (text, plan) in [(try text("dream", Self.dream), Plan.dream(Self.dream)), (try text("style", Self.style), .style(Self.style))] {
            let drawn = try Record(json: text).onlyPicture(of: "old.png")
            #expect(drawn.plan == plan && drawn.quality == 90 && drawn.stepsDone == 3)
        }
    }

    // MARK: Damaged records

    @Test(arguments: [
        ("\"octaves\":3", "\"octaves\":4000000000"), ("\"width\":64", "\"width\":-1"), ("\"octaveScale\":1.4", "\"octaveScale\":0"),
        ("\"stepsDone\":3", "\"stepsDone\":1000"), ("\"quality\":90", "\"quality\":0"), ("\"jitter\":32", "\"jitter\":-5"),
        ("\"iterations\":4", "\"iterations\":9223372036854775807"),
    ])
    func absurdDreamsAreRefused(_ change: (from: String, to: String)) throws { try refuse(.dream(Self.dream), change) }

    @Test(arguments: [
        ("\"steps\":10", "\"steps\":-1"), ("\"height\":9", "\"height\":0"), ("\"styleScale\":1", "\"styleScale\":-1"),
        ("\"contentWeight\":1", "\"contentWeight\":-1"), ("\"learningRate\":0.03", "\"learningRate\":0"),
    ])
    func absurdStylesAreRefused(_ change: (from: String, to: String)) throws { try refuse(.style(Self.style), change) }

    @Test(arguments: [
        ("\"steps\":4", "\"steps\":-1"), ("\"width\":64", "\"width\":0"), ("\"count\":1", "\"count\":65"),
        ("\"crops\":1", "\"crops\":0"), ("\"decayPower\":1", "\"decayPower\":11"), ("\"kind\":\"picture\"", "\"kind\":\"film\""),
    ])
    func absurdRendersAreRefused(_ change: (from: String, to: String)) throws { try refuse(.picture(Self.render), change) }

    private func refuse(_ plan: Plan, _ change: (from: String, to: String)) throws {
        let json = Record(DrawnPicture(plan: plan, stepsDone: 3, score: 2.5, quality: 90)).json
        #expect(json.contains(change.from))
        let problem = #expect(throws: Problem.self) { try Record(json: json.replacing(change.from, with: change.to)) }
        #expect(problem?.kind == .badData)
    }

    @Test func aSheetWithoutPicturesIsRefused() {
        let problem = #expect(throws: Problem.self) { try Record(json: "{\"software\":\"lucid\",\"version\":\"1\",\"pictures\":[]}") }
        #expect(problem?.message.description.contains("a sheet without pictures") == true)
    }

    @Test func whatIsNoRecordIsRefused() {
        for text in ["", "{}", "[]", "null", "{\"pictures\":[]}"] {
            #expect(throws: Problem.self) { try Record(json: text) }
        }
    }
}
