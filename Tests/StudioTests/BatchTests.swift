import Foundation
import Images
import Studio
import Synchronization
import Tensors
import TestSupport
import Testing

/// Batches of small pictures, without a process.
@Suite struct BatchTests {
    /// How a batch went.
    private struct Run {
        var mistakes: [BatchMistakes.Mistake] = []
        var drawn = 0
        /// Pictures that were done before.
        var before = 0
        var failed: [String] = []
        var problem: Problem?

        func says(_ line: Int, _ part: String) -> Bool {
            mistakes.contains { $0.line == line && $0.message.description.contains(part) }
        }
    }

    private static let small = "defaults: {size: 32, steps: 2}\n"

    /// Runs a manifest as the command does.
    ///
    /// - Parameter settings: `output` is a folder within the scratch one.
    private func batch(
        _ text: String, in scratch: Scratch, _ settings: [String: String] = [:], environment: [String: String] = [:], threads: Int? = nil
    ) throws -> Run {
        var texts = settings.mapValues { [$0] }
        texts["manifest"] = ["m.yaml"]
        texts["output"] = [settings["output"].map { scratch($0) } ?? scratch.path]
        let settings = try BatchSettings(given: texts)
        let session = threads.map { Session(workers: Workers($0)) } ?? sharedSession
        var batch = try Batch(text: text, folder: settings.output, session)
        batch.take(try settings.part(environment))
        var run = Run()
        if batch.mistakes.isEmpty { run.before = try batch.prepare(force: settings.force) }
        run.mistakes = batch.mistakes.sorted
        guard batch.mistakes.isEmpty else { return run }
        let outcome = try settings.runner(session, SilentReporter()).draw(batch.tasks, label: "")
        run.drawn = outcome.done.count
        run.failed = outcome.failedTasks.map { "\($0.task.line) \($0.problem.line)" }
        do { try batch.conclude(outcome, before: run.before, session) } catch { run.problem = error }
        return run
    }

    /// Files below a folder with their bytes.
    private func files(_ folder: String = "", in scratch: Scratch) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try scratch.contents(folder) {
            if let bytes = try? scratch.bytes("\(folder)/\(name)") { files[name] = bytes }
        }
        return files
    }

    private func pictures(_ folder: String = "", in scratch: Scratch) throws -> Set<String> {
        Set(try files(folder, in: scratch).keys.filter { !$0.hasPrefix(".lucid/") })
    }

    @Test func aManifestsPicturesAreThoseOfTheCommands() throws {
        let scratch = try Scratch()
        let run = try batch(
            Self.small + """
                output: "{model}/{layer}/{index}.png"
                renders:
                  - {command: channel, layer: features.3, indices: 0-1, seeds: [0, 1]}
                  - {command: neuron, layer: features.5, indices: [3, 4], x: 1, y: 1}
                  - {command: render, objective: "-0.5*channel(features.3,5) - 0.1*total_variation()", param: pixel}
                  - {command: class, label: goldfish, output: "{command}_{index}.jpg", quality: 90}
                  - {command: sheet, layers: [features.3, features.5], index: 0-1, name: pair}
                  - {command: diversity, layer: features.3, indices: 7-8, count: 2, output: "facets/{index}"}
                  - {command: facets, layer: features.8, indices: 5-6, seeds: [0, 3], size: 64, threshold: 0.5}
                  - {command: channel, layer: features.3, index: 9, matrix: {steps: [1, 3], negative: [true, false]}}
                """, in: scratch, ["output": "out"])
        #expect(run.mistakes.isEmpty && run.problem == nil, "\(run)")
        let expected: Set<String> = [
            "squeezenet1_1/features.3/0_seed0.png", "squeezenet1_1/features.3/0_seed1.png",
            "squeezenet1_1/features.3/1_seed0.png", "squeezenet1_1/features.3/1_seed1.png",
            "squeezenet1_1/features.5/3.png", "squeezenet1_1/features.5/4.png", "squeezenet1_1/render.png", "class_1.jpg",
            "squeezenet1_1/features.3/pair.png", "squeezenet1_1/features.3/pair.json",
            "squeezenet1_1/features.5/pair.png", "squeezenet1_1/features.5/pair.json",
            "facets/7.png", "facets/7_0.png", "facets/7_1.png", "facets/8.png", "facets/8_0.png", "facets/8_1.png",
            "squeezenet1_1/features.8/5.png", "squeezenet1_1/features.8/5.json",
            "squeezenet1_1/features.8/6.png", "squeezenet1_1/features.8/6.json",
            "squeezenet1_1/features.3/9_steps1_negativefalse.png", "squeezenet1_1/features.3/9_steps1_negativetrue.png",
            "squeezenet1_1/features.3/9_steps3_negativefalse.png", "squeezenet1_1/features.3/9_steps3_negativetrue.png",
        ]
        #expect(try pictures("out", in: scratch) == expected)
        let singles: [(words: [String], name: String)] = [
            (["channel", "--layer", "features.3", "--index", "1", "--seed", "1"], "squeezenet1_1/features.3/1_seed1.png"),
            (["neuron", "--layer", "features.5", "--index", "4", "--x", "1", "--y", "1"], "squeezenet1_1/features.5/4.png"),
            (["render", "-0.5*channel(features.3,5) - 0.1*total_variation()", "--param", "pixel"], "squeezenet1_1/render.png"),
            (["class", "--label", "goldfish", "--quality", "90"], "class_1.jpg"),
            (["sheet", "--layer", "features.5", "--index", "0-1"], "squeezenet1_1/features.5/pair.png"),
            (["diversity", "--layer", "features.3", "--index", "8", "--count", "2"], "facets/8.png"),
            (["facets", "--layer", "features.8", "--index", "6", "--seeds", "0,3", "--size", "64", "--threshold", "0.5"], "squeezenet1_1/features.8/6.png"),
            (["channel", "--layer", "features.3", "--index", "9", "--steps", "3", "--negative"], "squeezenet1_1/features.3/9_steps3_negativetrue.png"),
        ]
        for (words, name) in singles {
            let single = "single" + name.suffix(4)
            try scratch.run([words[0], "--steps", "2", "--size", "32"] + words.dropFirst() + ["--force", "-o", single])
            #expect(try scratch.bytes(single) == scratch.bytes("out/" + name), "\(name)")
        }
    }

    @Test func blocksAreWrittenOnceAndMerged() throws {
        let text = """
            x-shared:
              - &small {size: 32, steps: 1}
              - &unit {command: channel, layer: features.3, steps: 4}
            output: "{layer}_{index}_{steps}.png"
            renders:
              - {<<: [*small, *unit], index: 5}
              - {<<: *unit, index: 6, steps: 2}
            """
        let batch = try Batch(text: text, folder: "out", sharedSession)
        #expect(batch.mistakes.isEmpty && batch.tasks.map(\.output) == ["out/features.3_5_1.png", "out/features.3_6_2.png"])
    }

    @Test func photographsAreDrawnOnByTheirNames() throws {
        let scratch = try Scratch()
        try scratch.save("one.png", noise(width: 40, height: 40))
        try scratch.save("two.png", noise(width: 40, height: 40).resized(width: 44, height: 40))
        let (one, two) = (scratch("one.png"), scratch("two.png"))
        let text =
            Self.small + """
                renders:
                  - {command: deepdream, photos: [\(one), \(two)], layer: [features.3, features.5=0.5], iterations: 1, octaves: 1}
                  - {command: accentuate, photo: \(one), layer: features.3, indices: [1, 2], output: "{command}/{photo}/{index}"}
                  - {command: channel, layer: features.3, index: 7, output: "plain/{photo}/{param}-{index}_{steps}.png"}
                """
        #expect(try batch(text, in: scratch, ["output": "out"]).problem == nil)
        let dreams = try pictures("out", in: scratch).filter { $0.contains("deepdream_") }
        #expect(dreams.count == 2 && dreams.contains { $0.hasSuffix("deepdream_one.png") }, "\(dreams)")
        // Names leave out parts that an entry does not give.
        #expect(try pictures("out", in: scratch).isSuperset(of: ["accentuate/one/1.png", "accentuate/one/2.png", "plain/7_2.png"]))
        // A photograph is part of what the content hash is of.
        try scratch.copy(one, to: "two.png")
        let again = try batch(text, in: scratch, ["output": "out"])
        #expect(again.drawn == 1 && again.before == 4)
    }

    @Test func flightsAreDrawnToo() throws {
        let scratch = try Scratch()
        let photo = Photograph.chelsea
        let text = "renders: [{command: deepdream, photo: \(photo), zoom: 1.1, frames: 3, size: 48, iterations: 2, octaves: 2, output: z}]"
        #expect(try batch(text, in: scratch).drawn == 1)
        try scratch.run(["deepdream", photo, "--zoom", "1.1", "--frames", "3", "--size", "48", "--iterations", "2", "--octaves", "2", "-o", "alone.gif"])
        #expect(try scratch.bytes("z.gif") == scratch.bytes("alone.gif"))
        #expect(try batch(text, in: scratch).before == 1)
        let refused = try batch("renders: [{command: deepdream, photo: \(photo), zoom: 1.1, frames: 3, output: z.png}]", in: scratch)
        #expect(refused.says(1, "flights are written as .gif"), "\(refused)")
    }

    @Test func theNumberOfThreadsAndJobsDoesNotMatter() throws {
        let scratch = try Scratch()
        let text =
            Self.small + """
                renders:
                  - {command: channel, layer: features.3, indices: 0-5}
                  - {command: sheet, layer: features.5, index: 0-3}
                  - {command: facets, layer: features.8, index: 3, seeds: 0-2, size: 64}
                """
        _ = try batch(text, in: scratch, ["output": "a"])
        _ = try batch(text, in: scratch, ["output": "b", "jobs": "3"], threads: 3)
        _ = try batch(text, in: scratch, ["output": "c", "memory": "1MB"], threads: 2)  // one at a time
        let first = try files("a", in: scratch)
        #expect(first.count == 6 + 2 + 2 + 8)
        #expect(try first == files("b", in: scratch))
        #expect(try first == files("c", in: scratch))
    }

    @Test func shardsAreDisjointAndTogetherTheWhole() throws {
        let scratch = try Scratch()
        let text = Self.small + "renders: [{command: channel, layers: [features.3, features.5], indices: 0-4}]"
        _ = try batch(text, in: scratch, ["output": "whole"])
        let parts: [(settings: [String: String], environment: [String: String])] = [
            (["shard": "0/3"], [:]),
            ([:], ["SLURM_ARRAY_TASK_ID": "6", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_MAX": "8", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "3"]),
            ([:], ["JOB_COMPLETION_INDEX": "2", "JOB_COMPLETIONS": "3"]),
        ]
        var union: [String: [UInt8]] = [:]
        for (number, (settings, environment)) in parts.enumerated() {
            let run = try batch(text, in: scratch, settings.merging(["output": "part\(number)"]) { $1 }, environment: environment)
            #expect(run.problem == nil && run.drawn == (number == 0 ? 4 : 3))
            let part = try files("part\(number)", in: scratch)
            #expect(Set(part.keys).isDisjoint(with: union.keys))
            union.merge(part) { $1 }
        }
        #expect(try union == files("whole", in: scratch))
        for (environment, message) in [
            (["JOB_COMPLETION_INDEX": "2"], "JOB_COMPLETIONS"),
            (["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "7", "SLURM_ARRAY_TASK_COUNT": "3"], "--shard i/n"),
        ] {
            let problem = #expect(throws: Problem.self) { try batch(text, in: scratch, environment: environment) }
            #expect(problem?.kind == .usage && problem?.line.contains(message) == true)
        }
        #expect(throws: Problem.self) { try batch(text, in: scratch, ["shard": "3/3"]) }
    }

    // MARK: What is done, and what is others'

    @Test func onlyWhatIsMissingOrHasChangedIsDrawnAgain() throws {
        let scratch = try Scratch()
        let renders = "output: \"{index}.png\"\nrenders:\n  - {command: channel, layer: features.3, indices: 0-3}\n"
        func counts(_ text: String) throws -> [Int] {
            let run = try batch(text, in: scratch)
            return [run.drawn, run.before]
        }
        #expect(try counts(Self.small + renders) == [4, 0])
        let first = try files(in: scratch)
        #expect(try counts(Self.small + renders) == [0, 4])
        try scratch.remove("2.png")
        #expect(try counts(Self.small + renders) == [1, 3])
        #expect(try files(in: scratch) == first)
        // Without its memory a batch knows its pictures by what they say of themselves.
        try scratch.remove(".lucid")
        #expect(try counts(Self.small + renders) == [0, 4])
        #expect(try counts(Self.small + renders + "  - {command: channel, layer: features.3, index: 4}\n") == [1, 4])
        #expect(try counts("defaults: {size: 32, steps: 3}\n" + renders) == [4, 0])
    }

    /// Whatever is one picture says itself what it is, by its record: after the folder's loss as after a kill between a picture
    /// and its status.
    @Test func everySinglePictureIsRecognizedByItsRecord() throws {
        let scratch = try Scratch()
        func manifest(quality: Int = 90, iterations: Int = 2) -> String {
            """
            defaults: {size: 48}
            renders:
              - {command: channel, layer: features.3, indices: 0-1, steps: 2, output: "{index}.png"}
              - {command: neuron, layer: features.3, index: 2, steps: 2, output: neuron.jpg}
              - {command: class, label: goldfish, steps: 2, output: class.png}
              - {command: render, objective: "channel(features.3,5)", steps: 2, output: render.png}
              - {command: caricature, photo: "\(Photograph.chelsea)", layer: features.3, steps: 2, output: caricature.png}
              - {command: accentuate, photo: "\(Photograph.chelsea)", layer: features.3, index: 1, steps: 2, output: accentuate.png}
              - {command: invert, photo: "\(Photograph.chelsea)", layer: features.3, steps: 2, output: invert.png}
              - {command: deepdream, photo: "\(Photograph.chelsea)", iterations: \(iterations), octaves: 2, output: dream.png}
              - {command: deepdream, photo: "\(Photograph.chelsea)", iterations: 2, octaves: 2, quality: \(quality), output: dream.jpg}
              - {command: style, content: "\(Photograph.chelsea)", styles: "\(Photograph.coffee)", model: squeezenet1_1, steps: 3, output: style.png}
              - {command: style, content: "\(Photograph.chelsea)", styles: "\(Photograph.coffee)", model: squeezenet1_1, steps: 3, quality: \(quality), output: style.jpg}
            """
        }
        let count = 12
        #expect(try batch(manifest(), in: scratch).drawn == count)
        let first = try files(in: scratch)
        let statuses = first.keys.filter { $0.hasPrefix(".lucid/") }
        #expect(statuses.count == count)
        for status in statuses.sorted() {
            try scratch.remove(status)
            #expect(try batch(manifest(), in: scratch).before == count, "\(status)")
        }
        try scratch.remove(".lucid")
        #expect(try batch(manifest(), in: scratch).before == count)
        #expect(try files(in: scratch) == first)
        // Those of another plan are others' pictures, and so are those of another quality, which is no part of a dream's plan.
        for (changed, others) in [(manifest(quality: 80), ["dream.jpg", "style.jpg"]), (manifest(iterations: 3), ["dream.png"])] {
            try scratch.remove(".lucid")
            let refused = try batch(changed, in: scratch)
            #expect(refused.mistakes.map(\.kind) == others.map { _ in .cannotWrite })
            for name in others { #expect(refused.mistakes.contains { $0.message.description.contains("\(name) is there already") }, "\(refused)") }
        }
    }

    @Test func picturesOfOthersAreLeftAlone() throws {
        let scratch = try Scratch()
        let text = Self.small + "output: \"{index}.png\"\nrenders: [{command: channel, layer: features.3, indices: 0-1}]"
        try scratch.save("1.png", text: "mine")
        let refused = try batch(text, in: scratch)
        #expect(refused.mistakes.map(\.kind) == [.cannotWrite] && refused.says(3, "1.png is there already"), "\(refused)")
        #expect(try !scratch.contents("").contains("0.png"), "nothing is drawn before all is checked")
        #expect(try batch(text, in: scratch, ["force": ""]).drawn == 2)
        // Retouched since: it is somebody's work.
        try scratch.save("0.png", text: "retouched")
        #expect(try batch(text, in: scratch).mistakes.map(\.kind) == [.cannotWrite])
        #expect(try scratch.text("0.png") == "retouched")
        try scratch.save(".lucid/0.png.json", text: "{")
        let corrupt = #expect(throws: Problem.self) { try batch(text, in: scratch) }
        #expect(corrupt?.kind == .badData && corrupt?.line.contains(".lucid/0.png.json") == true)
    }

    @Test func aFailedPictureDoesNotStopTheOthersUnlessItShall() throws {
        let text =
            Self.small + """
                output: "{name}.png"
                renders:
                  - {command: channel, layer: features.3, index: 0, name: overflow, optimizer: sgd, learning-rate: 3e38, steps: 9}
                  - {command: channel, layer: features.3, index: 1, name: good}
                  - {command: channel, layer: features.3, index: 2, name: better}
                """
        let (scratch, fast) = (try Scratch(), try Scratch())
        let run = try batch(text, in: scratch, ["jobs": "1"])
        #expect(run.problem?.kind == .partial && run.problem?.line.contains("1 of 3 pictures failed") == true)
        #expect(run.drawn == 2 && run.failed.count == 1 && run.failed[0].hasPrefix("4 "), "\(run)")
        #expect(try pictures(in: scratch) == ["better.png", "good.png"])
        let stopped = try batch(text, in: fast, ["jobs": "1", "fail-fast": ""])
        #expect(stopped.problem?.kind == .partial && stopped.drawn == 0)
        #expect(try pictures(in: fast).isEmpty)
    }

    // MARK: Mistakes

    @Test func aWrongLayerHasTheLineOfItsEntry() throws {
        let text = """
            defaults: {model: squeezenet1_1, size: 64, steps: 1}
            renders:
              - {command: channel, layer: features.77, index: 5}
              - {command: progression, layers: "features.3, features.78"}
              - command: style
                content: \(Photograph.coffee)
                styles: [\(Photograph.coffee)]
                content-layer: features.3
                style-layer: features.79=0.5
            """
        let run = try batch(text, in: Scratch())
        for (line, layer) in [(3, 77), (4, 78), (9, 79)] {
            #expect(run.says(line, "squeezenet1_1: there is no layer \"features.\(layer)\""), "\(run)")
        }
    }

    @Test(arguments: [
        ("", "is empty"), ("just text", "a manifest is a map"), ("renders: [{command: channel", "did not find"),
        ("renders: 3", "renders is a list"), ("renders: []", "there is nothing to draw"), ("renders: [{\"\": 1, \"\": 2}]", "\"\" is there twice"),
        ("renders:\n- {command: channel, index: 6, index: 7}", "\"index\" is there twice"),
        ("a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\ng: [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]", "more than 1000000 values"),
        ("{\"renders\": [}", ""),
    ])
    func aFileThatIsNoManifestIsRefused(text: String, message: String) throws {
        let run = try batch(text, in: Scratch())
        let line = text.contains("\n-") || text.hasSuffix("channel") ? 2 : 1
        #expect(run.mistakes.contains { $0.kind == .badData && (message.isEmpty || $0.message.description.contains(message)) }, "\(run)")
        if message.contains("twice") || message == "did not find" { #expect(run.mistakes[0].line == line) }
    }
}
