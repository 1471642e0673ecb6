import Networks
import Testing
import Visualization

/// Plans and records of other versions.
@Suite struct RecordTests {
    @Test func aPlanOfTheFirstVersionIsWhatItWas() throws {
        let text = """
            {"complete":true,"plan":{"decayPower":1,"decorrelate":true,"height":64,"learningRate":0.05,\
            "model":"squeezenet1_1","objective":"channel(features.3,5)","optimizer":"adam","parameterization":"fft",\
            "rectifier":"redirected","seed":3,"steps":4,"transforms":"none","weights":"ab","width":64},\
            "score":1,"software":"lucid","stepsDone":4,"version":"0.0.1"}
            """
        let record = try PictureRecord(json: text)
        let plan = RenderPlan(
            model: "squeezenet1_1", weights: "ab", objective: "channel(features.3,5)", width: 64, height: 64, steps: 4, seed: 3,
            transforms: "none", learningRate: 0.05, schedule: .constant)
        #expect(record.plan == plan)
        #expect(try PictureRecord(json: record.json) == record)
    }

    @Test func everyFieldComesBack() throws {
        var plan = RenderPlan(model: "m", weights: "w", objective: "layer(a)", schedule: Schedule("warmup(2) cosine")!)
        (plan.count, plan.shared, plan.alpha, plan.crops, plan.poolGradient) = (2, true, true, 3, .average)
        (plan.clipGradient, plan.normalizeGradient, plan.untilConverged) = (1, true, 0.01)
        (plan.outputSize, plan.quality, plan.start, plan.mask) = (Network.Size(height: 2, width: 3), 80, "a.png", "b.png")
        (plan.pictures, plan.spectrum) = (["a.png": "00"], .natural)
        let record = PictureRecord(version: "1", plan: plan, stepsDone: 4, score: 1)
        #expect(try PictureRecord(json: record.json) == record)
    }

    @Test(arguments: ["\"quality\":80", "\"width\":3"])
    func numbersOutOfBoundsAreRefused(_ number: String) throws {
        var plan = RenderPlan(model: "m", weights: "w", objective: "layer(a)")
        (plan.quality, plan.outputSize) = (80, Network.Size(height: 2, width: 3))
        let text = PictureRecord(version: "1", plan: plan, stepsDone: 4, score: 1).json
        #expect(text.contains(number))
        let crafted = text.replacing(number, with: String(number.prefix { $0 != ":" }) + ":0", maxReplacements: 1)
        #expect(throws: RecordError.self) { try PictureRecord(json: crafted) }
    }
}
