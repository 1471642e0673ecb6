import Studio
import Tensors
import Testing

/// Files' names where none are given, and templates of those that are.
@Suite struct NameTests {
    private func name(_ command: String, _ words: [String]) throws -> String {
        try jobs(command, ["--size", "64"] + words).jobs[0].outputs[0]
    }

    private func kind(_ command: String, _ words: [String]) -> Problem.Kind? {
        do {
            _ = try jobs(command, ["--size", "64"] + words)
            return nil
        } catch {
            return (error as? Problem)?.kind
        }
    }

    @Test func defaultNamesTellPicturesApart() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "cat.png")
        let unit = ["--layer", "features.3", "--index", "5"]
        #expect(try name("channel", unit) == "squeezenet1_1_features.3_5.png")
        #expect(try name("channel", unit + ["--seed", "7", "--negative"]) == "squeezenet1_1_features.3_5_seed7_negative.png")
        #expect(try name("neuron", unit + ["--x", "0", "--y", "3"]) == "squeezenet1_1_features.3_5_neuron_x0_y3.png")
        #expect(try name("caricature", ["--photo", scratch("cat.png"), "--layer", "features.3"]) == "squeezenet1_1_features.3_caricature_cat.png")
        #expect(try name("class", ["--label", "goldfish"]) == "squeezenet1_1_class_goldfish.png")
        #expect(try name("class", ["--label", "1"]) == "squeezenet1_1_class_goldfish.png")
        #expect(try name("class", ["--label", "goldfish", "--preset", "best", "--alpha"]) == "squeezenet1_1_class_goldfish_best_alpha.png")
        #expect(try name("invert", ["--photo", scratch("cat.png"), "--layer", "features.3"]) == "squeezenet1_1_features.3_invert_cat.png")
        try scratch.draw("channel", ["--layer", "features.3", "--index", "2"], "dog.png")
        let styles = try ["cat.png", "dog.png"].map { try name("style", [scratch("cat.png"), scratch($0), "--model", "squeezenet1_1"]) }
        #expect(styles == ["cat_style_cat.png", "cat_style_dog.png"])
        let cranes = try jobs("class", ["--size", "64", "--index", "134,517"]).jobs.map { $0.outputs[0] }
        #expect(Set(cranes).count == 2)
        let directions = try ["5:1", "9:1"].map { try name("direction", ["--layer", "features.3", "--channels", $0]) }
        #expect(Set(directions).count == 2 && directions[0].hasPrefix("squeezenet1_1_features.3_direction_"))
        #expect(try name("render", ["layer(features.3)"]) != name("render", ["layer(features.5)"]))
    }

    @Test(arguments: ["{bogus}.png", "{index.png", "index}.png", "{steps}.png", "{{index}.png"])
    func aTemplateThatCannotBeReadIsRefused(_ template: String) throws {
        let unit = ["--layer", "features.3", "--index", "5"]
        #expect(kind("channel", unit + ["--output", template]) == .usage)
        #expect(kind("channel", unit + ["--output", "a.png", "--evolution", template.replacing(".png", with: ".gif")]) == .usage)
        guard template != "{steps}.png" else { return }  // a setting's name means its value in a batch
        let batch = try Batch(
            text: "output: \"\(template)\"\nrenders: [{command: channel, layer: features.3, index: 5, size: 64}]", folder: "x",
            Session(workers: Workers(1)))
        #expect(!batch.mistakes.isEmpty)
    }

    @Test func doubledBracesAreBraces() throws {
        #expect(try name("channel", ["--layer", "features.3", "--index", "5", "--output", "{{x}}_{index}.png"]) == "{x}_5.png")
        let batch = try Batch(
            text: "renders: [{command: channel, layer: features.3, index: 5, size: 64}]", folder: "a{index}b", Session(workers: Workers(1)))
        #expect(batch.tasks.map(\.output) == ["a{index}b/squeezenet1_1/features.3/5.png"])
    }

    @Test(arguments: [
        ("channel", ["--layer", "features.3", "--index", "5,5"]), ("channel", ["--layer", "features.3", "--index", "3-6,5"]),
        ("channel", ["--layer", "features.3", "--index", "all,5"]), ("interpolate", ["--layer", "features.3", "--index", "5,5"]),
        ("progression", ["--layers", ""]), ("progression", ["--layers", "features.3,,features.5"]),
        ("progression", ["--layers", "features.3,features.3"]),
        ("channel", ["--layer", "features.3", "--index", "5", "--save-at", "2,2"]),
        ("channel", ["--layer", "features.3", "--index", "5", "--alpha", "--output", "x.jpg"]),
    ])
    func whatMakesNoSenseIsRefused(_ command: String, _ words: [String]) { #expect(kind(command, words) == .usage) }

    @Test func anAnchorLiesBeforeItsLayer() throws {
        let scratch = try Scratch()
        try scratch.draw("channel", ["--layer", "features.3", "--index", "1"], "cat.png")
        let words = ["--photo", scratch("cat.png"), "--layer", "features.5", "--index", "1", "--anchor"]
        #expect(kind("accentuate", words + ["features.8"]) == .usage)
        #expect(kind("accentuate", words + ["features.3"]) == nil)
    }

    /// One sentence has one exit code, whoever says it.
    @Test func tooMuchMemoryIsAFailure() { #expect(kind("channel", ["--layer", "features.3", "--index", "5", "--size", "100000"]) == .failed) }
}
