import Foundation
import Images
import Studio
import TestSupport
import Testing

/// Pictures again, from what they say of themselves.
@Suite struct ReplayTests {
    private static let (photo, other) = (Photograph.chelsea, Photograph.coffee)
    private static let unit = ["channel", "--layer", "features.3", "--index", "5"]
    private static let quick = ["--size", "64", "--steps", "4"]
    private static let dream = ["--size", "64", "--iterations", "2", "--octaves", "2"]
    private static let style = ["--model", "squeezenet1_1"] + quick

    @Test(arguments: [
        ["direction", "--layer", "features.3", "--channels", "5:1,10:-0.5"] + quick,
        ["direction", "--layer", "features.3", "--channels", "5:1,10:-0.5", "--cossim-pow", "2", "--neuron", "--x", "3", "--y", "2"] + quick,
        ["neuron", "--layer", "features.3", "--index", "7", "--tv", "0.001", "--seed", "3"] + quick,
        ["class", "--label", "goldfish"] + quick,
        ["class", "--index", "1", "--negative"] + quick,
        ["caricature", photo, "--layer", "features.3"] + quick,
        ["invert", photo, "--layer", "features.3"] + quick,
        ["accentuate", photo, "--layer", "features.6", "--index", "5"] + quick,
        ["render", "channel(features.3,5)*layer(features.4) - 0.1*input_diff(\(photo))"] + quick,
        unit + ["--start", photo, "--mask", photo] + quick,
        unit + ["--alpha"] + quick,
        unit + ["--param", "cppn"] + quick,
        unit + ["--param", "laplacian", "--optimizer", "rmsprop(0.9)"] + quick,
        unit + ["--preset", "maco", "--crops", "2"] + quick,
        unit + ["--preset", "xplique"] + quick,
        unit + ["--crops", "2", "--clip-gradient", "1", "--normalize-gradient", "--pool-gradient", "average", "--relu", "guided",
            "--schedule", "warmup(2) step(2, 0.5)", "--tv", "0.001", "--l1", "0.001", "--l2", "0.01", "--blur", "0.1",
            "--boundary", "0.1", "--optimizer", "nadam"] + quick,
        ["deepdream", photo, "--guide", other, "--mask", other, "--tv", "0.1", "--strength", "0.7", "--seed", "4"] + dream,
        ["deepdream", photo, "--layer", "features.3=2", "--layer", "features.6", "--relu", "redirected"] + dream,
        ["deepdream", photo, "--layer", "features.3", "--channel", "3,5-7", "--pool-gradient", "average"] + dream,
        ["deepdream", "--from-noise", "--seed", "5"] + dream,
        ["deepdream", photo, "--tile", "256", "--iterations", "1"],
        ["style", photo, other] + style,
        ["style", photo, other, photo, "--blend", "2,1", "--keep-colors", "--stages", "2"] + style,
        ["style", photo, other, photo, "--mask", photo, "--mask", other, "--from-noise", "--seed", "3"] + style,
        ["style", photo, other, "--start", other, "--optimizer", "lbfgs", "--style-scale", "2", "--content-layer", "features.6"] + style,
        ["style", photo, other, "--method", "lucid"] + style,
    ])
    func aPictureReplaysToTheSameBytes(_ words: [String]) throws {
        let scratch = try Scratch()
        let isPhotographs = ["deepdream", "style"].contains(words[0])
        for file in isPhotographs ? ["a.png", "a.jpg"] : ["a.png"] {
            try scratch.run(words + ["-o", file], threads: 2)
            let copies = [Self.photo, Self.other].filter { photo in words.contains { $0.contains(photo) } }.flatMap { ["--picture", $0] }
            try scratch.run(["replay", file, "-o", "again-\(file)"] + copies)
            #expect(try scratch.bytes(file) == scratch.bytes("again-\(file)"), "\(file)")
            #expect(try scratch.record(file).rows.contains { $0 == ("model", "squeezenet1_1") })
        }
        let record = try Record.text(ofFile: scratch("a.png"))
        for word in ["thread", "/", "\"time", "date"] { #expect(!record.contains(word), "the record says \(word): \(record)") }
    }

    @Test func aJPEGReplaysWithItsQuality() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + Self.quick + ["--quality", "40", "-o", "a.jpg"])
        try scratch.run(["replay", "a.jpg", "-o", "b.jpg"])
        #expect(try scratch.bytes("a.jpg") == scratch.bytes("b.jpg") && scratch.record("b.jpg").pictures[0].quality == 40)
    }

    @Test func aPatternNetworkIsDrawnAtAnySize() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + Self.quick + ["--param", "cppn", "--output-size", "200x100", "-o", "a.png"])
        let large = try scratch.picture("a.png")
        #expect(large.width == 200 && large.height == 100)
        try scratch.run(["replay", "a.png", "-o", "b.png"])
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
    }

    @Test func picturesOfTheWayThereReplayToo() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + Self.quick + ["--save-at", "1,3", "-o", "a.png"])
        #expect(try scratch.contents("") == ["a.png", "a_step1.png", "a_step3.png"])
        #expect(try scratch.record("a_step3.png").rows.contains { $0 == ("steps done", "3 of 4 (incomplete)") })
        try scratch.run(["replay", "a_step3.png", "-o", "b.png"])
        #expect(try scratch.bytes("a_step3.png") == scratch.bytes("b.png"))
    }

    /// Somebody who asks for the end gets the picture so far, which says so.
    @Test(arguments: [
        unit + ["--size", "64", "--steps", "100000"], ["deepdream", photo, "--iterations", "100000", "--size", "64"],
        ["style", photo, other, "--model", "squeezenet1_1", "--size", "64", "--steps", "100000"],
    ])
    func anInterruptedPictureIsKeptAndReplays(_ words: [String]) throws {
        let scratch = try Scratch()
        let problem = #expect(throws: Problem.self) { try scratch.run(words + ["-o", "a.png"], until: 2) }
        #expect(problem == .interrupted)
        let drawn = try scratch.record("a.png").pictures[0]
        #expect(!drawn.complete && drawn.stepsDone == 2)
        try scratch.run(["replay", "a.png", "-o", "b.png"] + [Self.photo, Self.other].filter(words.contains).flatMap { ["--picture", $0] })
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
    }

    // MARK: Photographs

    @Test func aDreamsPhotographIsSought() throws {
        let scratch = try Scratch()
        try scratch.copy(Self.photo, to: "p.jpg")
        let words = ["deepdream", "p.jpg", "-o", "a.png", "--save-at", "1,3", "--evolution", "way"] + Self.dream
        try scratch.run(words)
        #expect(try scratch.contents("").filter { !$0.hasPrefix("way/") } == ["a.png", "a_step1.png", "a_step3.png", "p.jpg", "way"])
        #expect(try scratch.contents("way").count == 5)
        try scratch.run(["replay", "a_step3.png", "-o", "b.png"])
        #expect(try scratch.bytes("a_step3.png") == scratch.bytes("b.png"))
        try scratch.fails(words, .cannotWrite, "--force")
        try scratch.run(words + ["--force"])
        // The photograph is another one now.
        try scratch.copy(Self.other, to: "p.jpg")
        try scratch.fails(["replay", "a.png"], .badData, "--picture", "p.jpg")
        try scratch.remove("p.jpg")
        try scratch.fails(["replay", "a.png"], .missing, "--picture")
    }

    /// A folder with `pics/cat.jpg` and `more/cat.jpg`, which are different pictures.
    private func cats() throws -> Scratch {
        let scratch = try Scratch()
        for (folder, photo) in [("pics", Self.photo), ("more", Self.other)] {
            try scratch.makeFolder(folder)
            try scratch.copy(photo, to: "\(folder)/cat.jpg")
        }
        return scratch
    }

    @Test func aPlanHasNoPaths() throws {
        let scratch = try cats()
        let (pics, more) = (scratch("pics/cat.jpg"), scratch("more/cat.jpg"))
        try scratch.run(
            ["render", "-input_diff(\(pics)) - input_diff(\(more))", "--start", "more/cat.jpg", "--mask", "more/../pics/cat.jpg", "-o", "a.png"]
                + Self.quick)
        let record = try Record.text(ofFile: scratch("a.png"))
        #expect(!record.contains("/") && record.contains("cat.jpg") && record.contains("cat_2.jpg"), "\(record)")
        // Any order, by what is in them.
        try scratch.run(["replay", "a.png", "-o", "b.png", "--picture", pics, "--picture", more])
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
    }

    /// Beside the picture, or as it is told; CommandTests hold the working directory.
    @Test func aReplayFindsPhotographsOrSaysWhich() throws {
        let scratch = try cats()
        try scratch.run(["invert", "pics/cat.jpg", "--layer", "features.3", "-o", "a.png"] + Self.quick)
        try scratch.fails(["replay", "a.png", "-o", "b.png"], .missing, "--picture", "cat.jpg")
        try scratch.fails(
            ["replay", "a.png", "-o", "b.png", "--picture", "pics/cat.jpg", "--picture", "more/cat.jpg"], .badData, "more/cat.jpg")
        try scratch.copy(scratch("a.png"), to: "pics/a.png")
        try scratch.run(["replay", "pics/a.png", "-o", "b.png"])
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        try scratch.fails(["replay", "pics/a.png", "-o", "c.png", "--max-pixels", "1000"], .badData, "--max-pixels")
    }

    // MARK: Records that no command writes

    /// A picture's record may hold anything.
    @Test(arguments: [
        ("\"count\":1", "\"count\":0"), ("\"count\":1", "\"count\":1000000000"), ("\"crops\":1", "\"crops\":-3"),
        ("\"steps\":4", "\"steps\":-1"), ("\"stepsDone\":4", "\"stepsDone\":999999999999"), ("\"seed\":0", "\"sead\":0"),
        ("\"width\":64", "\"width\":100000000"), ("\"learningRate\":0.06", "\"learningRate\":-1"),
        ("channel_cosine(features.3,5)", "channel_cosine(features.3,500)"), ("\"fft\"", "\"maco\",\"spectrum\":{\"rings\":[]}"), ("{", "["),
    ])
    func aPlanThatNoCommandMakesIsRefused(_ part: String, _ replacement: String) throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + Self.quick + ["-o", "a.png"])
        try scratch.craft("b.png", from: "a.png") { record in
            #expect(record.contains(part))
            return record.replacing(part, with: replacement, maxReplacements: 1)
        }
        try scratch.fails(["replay", "b.png", "-o", "c.png"], .badData, "b.png")
    }

    /// They make no sense to a network or to a machine's memory; as they stand, a reader of the record can show them.
    private static let readable: Set = [
        "\"width\":1000000", "\"octaves\":32", "input_diff(coffee.jpg)", "activation_difference(features.10,coffee.jpg)",
        "diversity(features.10)", "\"beginning\":\"picture\"", "\"layer\":\"none\"",
    ]

    private func refuse(_ words: [String], _ changes: [(String, String)]) throws {
        let scratch = try Scratch()
        try scratch.run(words + ["-o", "a.png"])
        for (old, new) in changes {
            let isTooLarge = new == "\"width\":1000000"
            try scratch.craft("x.png", from: "a.png") { record in
                #expect(record.contains(old), "\(old) is not in \(record)")
                let crafted = record.replacing(old, with: new)
                return isTooLarge ? crafted.replacing("\"height\":43", with: "\"height\":1000000") : crafted
            }
            try scratch.fails(
                ["replay", "x.png", "-o", "y.png", "--picture", Self.photo, "--picture", Self.other], isTooLarge ? .failed : .badData)
            #expect(((try? scratch.record("x.png")) != nil) == Self.readable.contains(new), "\(new)")
        }
    }

    @Test func dreamsThatMakeNoSenseAreRefused() throws {
        try refuse(["deepdream", Self.photo, "--guide", Self.other] + Self.dream, [
            ("\"width\":64", "\"width\":1000000"), ("\"width\":64", "\"width\":0"), ("\"height\":43", "\"height\":1e40"),
            ("\"octaves\":2", "\"octaves\":32"), ("\"octaves\":2", "\"octaves\":4611686018427387904"),
            ("\"seed\":0", "\"seed\":0,\"frame\":9223372036854775807"), ("\"carried\":0", "\"carried\":0.5"),
            ("\"seed\":0", "\"seed\":0,\"tile\":1"), ("guide(features.10,coffee.jpg)", "input_diff(coffee.jpg)"),
            ("guide(features.10,coffee.jpg)", "activation_difference(features.10,coffee.jpg)"),
            ("guide(features.10,coffee.jpg)", "diversity(features.10)"), ("\"stepsDone\":4", "\"stepsDone\":5"),
        ])
    }

    @Test func stylesThatMakeNoSenseAreRefused() throws {
        try refuse(["style", Self.photo, Self.other] + Self.style, [
            ("\"steps\":4", "\"steps\":4000000000"), ("\"width\":64", "\"width\":1000000"), ("\"styleScale\":1", "\"styleScale\":100"),
            ("\"styleWeight\":20", "\"styleWeight\":3e38"), ("\"learningRate\":0.03", "\"learningRate\":1e38"),
            ("\"beginning\":\"content\"", "\"beginning\":\"picture\""), ("\"layer\":\"features.7\"", "\"layer\":\"none\""),
            ("\"schedule\":\"settle\"", "\"schedule\":\"oops\""),
        ])
    }
}
