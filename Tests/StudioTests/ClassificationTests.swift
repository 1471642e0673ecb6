import Foundation
import Networks
import Studio
import TestSupport
import Testing

/// Classes by name, what photographs show, and weights of one's own.
@Suite struct ClassificationTests {
    // MARK: Lists of classes

    private func classes(_ words: String...) throws -> [String] {
        try ClassesSettings(given: texts(words, for: ClassesSettings.self)).entries().map { "\($0.index) \($0.names.joined(separator: ", "))" }
    }

    @Test func classesAreListedAndFound() throws {
        #expect(try classes().count == 1000)
        #expect(try classes("gold fish") == ["1 goldfish, Carassius auratus"])
        #expect(try classes("carassius") == ["1 goldfish, Carassius auratus"])
        let unknown = #expect(throws: Problem.self) { try classes("zebar") }
        #expect(unknown?.kind == .usage && unknown?.line.contains("zebra") == true)
        let none = #expect(throws: Problem.self) { try classes("--model", "vgg16") }
        #expect(none?.kind == .usage && none?.line.contains("end before the classes") == true)
    }

    /// WordNet's other names are understood, and a word of several classes is told.
    @Test(arguments: [("carassius auratus", 1), ("tabby cat", 281), ("gold fish", 1)])
    func aClassHasSeveralNames(_ label: String, _ index: Int) throws {
        let list = try jobs("class", ["--label", label, "--size", "32", "--steps", "1"])
        guard case .picture(let plan) = list.jobs[0].plan else { throw Problem.usage("no picture") }
        #expect(plan.objective.hasPrefix("class_direction(\(index)"))
        #expect(list.jobs[0].outputs == ["squeezenet1_1_class_\(index == 1 ? "goldfish" : "tabby").png"])
    }

    @Test func aNameOfSeveralClassesIsTold() throws {
        let problem = #expect(throws: Problem.self) { try jobs("class", ["--label", "panda"]) }
        #expect(problem?.line.contains("387 (lesser panda") == true && problem?.line.contains("388 (giant panda") == true, "\(problem?.line ?? "")")
    }

    @Test func listsOfNamesHaveSeveralForms() throws {
        let scratch = try Scratch()
        func write(_ text: String, _ name: String) throws -> String {
            try scratch.save(name, text: text)
            return scratch(name)
        }
        let numbers = 0..<1000
        let files = [
            try write(numbers.map { "bird \($0)" }.joined(separator: "\n"), "lines.txt"),
            try write("[" + numbers.map { "\"bird \($0)\"" }.joined(separator: ",") + "]", "list.json"),
            try write("{" + numbers.reversed().map { "\"\($0)\": [\"n\($0)\", \"bird \($0)\"]" }.joined(separator: ",\n") + "}", "imagenet.json"),
            try write("{" + numbers.map { "\"\($0)\": \"bird \($0)\"" }.joined(separator: ",") + "}", "map.json"),
            try write("index,name\n" + numbers.reversed().map { "\($0),\"bird \($0)\"" }.joined(separator: "\n"), "names.csv"),
        ]
        for file in files { #expect(try classes("--labels", file, "bird999") == ["999 bird 999"], "\(file)") }
        let quoted = try write(numbers.map { "\($0),n\($0),\"bird, \"\"\($0)\"\"\"" }.joined(separator: "\n"), "quoted.csv")
        #expect(try classes("--labels", quoted, "\"999\"") == ["999 bird, \"999\""])
        for (text, name) in [("{\"0\": 1}", "a.json"), ("[", "b.json"), ("0,a\n0,b", "c.csv"), ("one", "d.txt")] {
            let problem = #expect(throws: Problem.self) { try classes("--labels", write(text, name)) }
            #expect(problem?.kind == .badData && problem?.line.contains(name) == true)
        }
    }

    // MARK: Photographs

    private func classify(_ words: [String], in scratch: Scratch) throws -> [[ClassificationSettings.Guess]] {
        var all: [[ClassificationSettings.Guess]] = []
        try ClassificationSettings(given: texts(words, for: ClassificationSettings.self, in: scratch.path))
            .classify(sharedSession, SilentReporter()) { all.append($0) }
        return all
    }

    /// Weights and preprocessing, proven on photographs.
    @Test func theWorldIsRecognized() throws {
        let photos = ["coffee.jpg", "chelsea.jpg", "grace_hopper.jpg"].map { "\(Photograph.folder)/\($0)" }
        let best = try classify(photos + ["--top", "1"], in: Scratch()).map { $0[0] }
        #expect(best.map(\.photo) == photos)
        #expect(best[0].label.contains("espresso"))
        #expect(["Egyptian cat", "tiger cat", "tabby"].contains { best[1].label.contains($0) }, "\(best[1])")
        #expect(best[2].label.contains("bow tie") || best[2].label.contains("suit"), "\(best[2])")
    }

    @Test func picturesThatAreNone() throws {
        let scratch = try Scratch()
        try scratch.save("a.png", text: "hello")
        func fails(_ words: String..., kind: Problem.Kind, _ part: String) throws {
            try scratch.fails(kind, [part], "\(words)") { _ = try classify(words, in: scratch) }
        }
        try fails("a.png", kind: .badData, "a.png")
        try fails("b.png", kind: .missing, "b.png")
        try fails("a.png", "--model", "vgg16", kind: .usage, "squeezenet1_1")
        try scratch.fails(.badData, ["a.png"], "info") { _ = try scratch.record("a.png") }
        try scratch.fails(.missing, ["b.png"], "info") { _ = try scratch.record("b.png") }
    }

    // MARK: Weights of one's own

    private static let own = try! UntrainedCheckpoint(Architecture.named("squeezenet1_0")!, classes: 10).safetensors
    private static let mine = ["--model", "squeezenet1_0", "--weights", "mine.safetensors"]

    /// A folder with mine.safetensors, a SqueezeNet 1.0 of 10 classes.
    private func place() throws -> Scratch {
        let scratch = try Scratch()
        try scratch.save("mine.safetensors", [UInt8](Self.own))
        return scratch
    }

    @Test func weightsOfOnesOwnClassify() throws {
        let scratch = try place()
        func labels(_ more: String...) throws -> [String] {
            try classify([Photograph.coffee] + Self.mine + ["--top", "10"] + more, in: scratch)[0].map { "\($0.label) \($0.probability)" }
        }
        let plain = try labels()
        #expect(plain.count == 10 && plain.contains { $0.hasPrefix("class 7 ") })
        try scratch.save("labels.txt", text: (0..<10).map { "thing \($0)\n" }.joined())
        #expect(try labels("--labels", "labels.txt").allSatisfy { $0.hasPrefix("thing") })
        #expect(try labels("--range", "-1,1") != plain && labels("--bgr") != plain)
        try scratch.save("two.txt", text: "one\ntwo\n")
        try scratch.fails(.badData, ["2 classes", "has 10"], "labels") { _ = try labels("--labels", "two.txt") }
        try scratch.fails(.missing, ["none.txt"], "labels") { _ = try labels("--labels", "none.txt") }
    }

    @Test func picturesOfThemAreReplayed() throws {
        let scratch = try place()
        let quick = ["channel", "--layer", "features.3", "--index", "5", "--size", "64", "--steps", "3"] + Self.mine
        var pictures: Set<[UInt8]> = []
        for (index, seen) in [[], ["--range", "-1,1"], ["--mean", "0.5", "--std", "0.2,0.3,0.4", "--bgr"], ["--range", "0,255", "--mean", "10,20,30"]].enumerated() {
            try scratch.run(quick + seen + ["-o", "\(index).png"])
            try scratch.run(["replay", "\(index).png", "--weights", "mine.safetensors", "--force", "-o", "again.png"])
            #expect(try scratch.bytes("\(index).png") == scratch.bytes("again.png"), "\(seen)")
            pictures.insert(try scratch.bytes("\(index).png"))
        }
        #expect(pictures.count == 4)
        #expect(try scratch.record("1.png").rows.contains { $0.value.contains("-1.0…1.0") })
        // Nothing is downloaded that cannot be right.
        try scratch.fails(["replay", "0.png"], .badData, "--weights")
    }

    @Test func bundledWeightsSeenOtherwiseAreReplayedToo() throws {
        let scratch = try Scratch()
        let quick = ["channel", "--layer", "features.3", "--index", "5", "--size", "64", "--steps", "3"]
        try scratch.run(quick + ["-o", "plain.png"])
        try scratch.run(quick + ["-o", "bgr.png", "--bgr"])
        try scratch.run(["replay", "bgr.png", "-o", "again.png"])
        #expect(try scratch.bytes("bgr.png") == scratch.bytes("again.png"))
        #expect(try scratch.bytes("bgr.png") != scratch.bytes("plain.png"))
        #expect(try !Record.text(ofFile: scratch("plain.png")).contains("preprocessing"))
    }

    @Test func damagedWeightsAreRefused() throws {
        let scratch = try Scratch()
        let weights = try contents(of: bundledFile("squeezenet1_1.safetensors"))
        try scratch.save("cut.safetensors", Array(weights.prefix(100_000)))
        try scratch.save("text.safetensors", text: "not weights at all")
        let channel = ["channel", "--layer", "features.3", "--index", "5", "--weights"]
        try scratch.fails(channel + ["cut.safetensors"], .badData, "cut.safetensors", "cut short")
        try scratch.fails(channel + ["text.safetensors"], .badData, "text.safetensors")
        try scratch.fails(channel + ["absent.safetensors"], .missing, "absent.safetensors")
        // The right format for another architecture.
        try scratch.save("squeezenet.safetensors", weights)
        try scratch.fails(
            channel + ["squeezenet.safetensors", "--model", "vgg16"], .badData, "features.2.weight", "missing", "try --model squeezenet1_1")
    }

    /// A network that ends in probabilities gets no second softmax, which would bring them all within a factor of e.
    @Test func probabilitiesAreNotFlattened() throws {
        let scratch = try Scratch()
        var checkpoint = try UntrainedCheckpoint(Architecture.named("inceptionv1")!)
        let last = "softmax2_pre_activation_matmul.weight"
        checkpoint.tensors[last]!.values = checkpoint.tensors[last]!.values.map { 100 * $0 }
        try scratch.save("inception.safetensors", [UInt8](checkpoint.safetensors))
        let words = [Photograph.coffee, "--model", "inceptionv1", "--weights", "inception.safetensors", "--top", "1008"]
        let guesses = try classify(words, in: scratch)[0].map { Double($0.probability) }
        #expect(guesses.count == 1008 && abs(guesses.reduce(0, +) - 1) < 1e-4)
        #expect(guesses[0] > 4 * guesses[1007], "\(guesses[0]) \(guesses[1007])")
    }
}
