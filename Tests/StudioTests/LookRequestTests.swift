import Studio
import Synchronization
import Tensors
import Testing
import Visualization

/// Plans whose numbers follow from the network or from the photograph.
@Suite struct LookRequestTests {
    private func plan(_ command: String, _ words: [String]) throws -> RenderPlan {
        guard case .picture(let plan) = try jobs(command, words).jobs[0].plan else { throw Problem.usage("no picture") }
        return plan
    }

    /// Where a layer is linear in the picture, the mean of a map tells of no shapes.
    @Test func linearLayersAreClimbedByTheirPositivePart() throws {
        func objective(_ command: String, _ words: [String]) throws -> String { try plan(command, words).objective }
        let stem = ["--layer", "features.0", "--index", "5"]
        #expect(try objective("channel", stem) == "channel_cosine(features.0,5,of=positive)")
        #expect(try objective("channel", stem + ["--negative"]) == "-channel_cosine(features.0,5,of=negative)")
        #expect(try objective("channel", stem + ["--cosine-power", "0"]) == "channel(features.0,5)")
        #expect(try objective("channel", ["--layer", "features.1", "--index", "5"]) == "channel_cosine(features.1,5)")
        let direction = ["--layer", "features.0", "--channels", "5:1,6:-0.5"]
        #expect(try objective("direction", direction) == "direction_cosine(features.0,5:1,6:-0.5,of=positive)")
    }

    @Test func onlyAPresetsOwnDecayIsPlain() throws {
        let unit = ["--layer", "features.3", "--index", "5"]
        let xplique = try plan("channel", unit + ["--preset", "xplique"])
        #expect(xplique.evenDecay == nil && xplique.decayPower == 0.85)
        #expect(try plan("channel", unit + ["--preset", "xplique", "--decay-power", "1.5"]).evenDecay == true)
        #expect(try plan("channel", unit + ["--decay-power", "1.5"]).evenDecay == true)
        #expect(try plan("channel", unit + ["--decay-power", "1.5", "--plain-decay"]).evenDecay == nil)
        #expect(try plan("channel", unit + ["--decay-power", "1"]).evenDecay == nil)
        #expect(throws: Problem.self) { try plan("channel", unit + ["--plain-decay"]) }
    }

    @Test func patternNetworksFromNoiseHaveABound() throws {
        let unit = ["--layer", "features.3", "--index", "5", "--param", "cppn"]
        #expect(try plan("channel", unit).spectrumBound == .standard)
        #expect(try plan("channel", unit + ["--spectrum-bound", "1"]).spectrumBound == SpectrumLimits("1"))
        #expect(try plan("channel", unit + ["--spectrum-bound", "0"]).spectrumBound == nil)
        #expect(try plan("channel", ["--layer", "features.3", "--index", "5", "--param", "pixel"]).spectrumBound == nil)
    }

    /// A picture of nothing but black and white is said to be one.
    @Test func aPictureWithoutShapesIsWarnedOf() throws {
        let words = ["--layer", "features.3", "--index", "5", "--size", "32", "--steps", "12", "--spectrum-bound", "0", "--learning-rate"]
        func warning(_ rate: String) throws -> Bool {
            let scratch = try Scratch()
            let session = Session(workers: Workers(1))
            let notes = Mutex(0)
            let reporter = TextReporter(output: { _ in }, note: { _ in notes.withLock { $0 += 1 } })
            let list = try jobs("channel", words + [rate, "--output", scratch("a.png")], session)
            try JobRunner(session, reporter).run(list.jobs, label: list.label)
            return notes.withLock { $0 } > 0
        }
        #expect(try warning("20") && !warning("0.01"))
    }

    /// Twice the weight holds twice as hard, by the square of the distance.
    @Test func theWeightOfAccentuateIsEven() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "cat.png")
        func hold(_ weight: String) throws -> Float {
            let words = ["--photo", scratch("cat.png"), "--layer", "features.5", "--index", "1", "--weight", weight]
            let text = try plan("accentuate", words).objective
            let distance = "activation_distance(features.3.cat,cat.png)"
            let parts = try #require(text.wholeMatch(of: /channel\(features\.5,1\) - ([0-9.e-]+)\*(.*)/))
            #expect(parts.2.filter { !"()".contains($0) } == "\(distance)*\(distance)".filter { !"()".contains($0) }, "\(text)")
            return try #require(Float(parts.1))
        }
        let (one, two) = (try hold("1"), try hold("2"))
        #expect(abs(two / one - 2) < 1e-3)
    }

    /// A pool ends no part of the network; its anchor lies before it all the same.
    @Test func theUsualAnchorLiesBeforeTheLayer() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "cat.png")
        let words = ["--photo", scratch("cat.png"), "--layer", "features.5", "--index", "1"]
        #expect(try plan("accentuate", words).objective.contains("activation_distance(features.3.cat,"))
    }
}
