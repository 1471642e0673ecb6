import Foundation
import Images
import Testing

/// `lucid batch` on manifests of small pictures.
@Suite struct BatchTests {
    private func save(_ manifest: String, in scratch: Scratch, as name: String = "m.yaml") throws {
        try manifest.write(toFile: "\(scratch.path)/\(name)", atomically: true, encoding: .utf8)
    }

    @discardableResult
    private func batch(
        _ scratch: Scratch, _ arguments: [String] = [], environment: [String: String] = [:],
        interruptWhen: ((pid_t) throws -> Bool)? = nil, signal: Int32 = SIGTERM
    ) throws -> Program {
        try Program.run(
            ["batch", "m.yaml"] + arguments, in: scratch.path, environment: environment, interruptWhen: interruptWhen, signal: signal)
    }

    /// Files below a folder with their bytes.
    private func files(_ folder: String, in scratch: Scratch) throws -> [String: Data] {
        let root = "\(scratch.path)/\(folder)"
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(root)/\(name)", isDirectory: &isFolder)
            if !isFolder.boolValue { files[name] = try Data(contentsOf: URL(filePath: "\(root)/\(name)")) }
        }
        return files
    }

    private func pictures(_ folder: String, in scratch: Scratch) throws -> Set<String> {
        Set(try files(folder, in: scratch).keys.filter { !$0.hasPrefix(".lucid/") })
    }

    private func events(_ program: Program) throws -> [[String: Any]] {
        try program.text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private let small = "defaults: {size: 32, steps: 2}\n"

    @Test func aWrongLayerHasTheLineOfItsEntry() throws {
        let scratch = try Scratch()
        let manifest = """
            defaults: {model: squeezenet1_1, size: 64, steps: 1}
            renders:
              - {command: channel, layer: features.77, index: 5}
              - {command: progression, layers: "features.3, features.78"}
              - command: style
                content: a.png
                styles: [a.png]
                content-layer: features.3
                style-layer: features.79=0.5
            """
        try manifest.write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/coffee.jpg").path
        try FileManager.default.copyItem(atPath: photo, toPath: "\(scratch.path)/a.png")
        let result = try Program.run(["batch", "m.yaml", "--output", "o", "--dry-run"], in: scratch.path)
        for (line, layer) in [(3, 77), (4, 78), (9, 79)] {
            #expect(result.errors.contains("m.yaml:\(line): squeezenet1_1: there is no layer \"features.\(layer)\""), "\(result.errors)")
        }
    }

    @Test func blocksAreWrittenOnceAndMerged() throws {
        let scratch = try Scratch()
        let manifest = """
            x-shared:
              - &small {size: 32, steps: 1}
              - &unit {command: channel, layer: features.3, steps: 4}
            output: "{layer}_{index}_{steps}.png"
            renders:
              - {<<: [*small, *unit], index: 5}
              - {<<: *unit, index: 6, steps: 2}
            """
        try manifest.write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        let result = try Program.run(["batch", "m.yaml", "--dry-run"], in: scratch.path)
        #expect(result.status == 0, "\(result.errors)")
        for name in ["features.3_5_1.png", "features.3_6_2.png"] { #expect(result.text.contains(name), "\(result.text)") }
    }

    @Test func aManifestsPicturesAreThoseOfTheCommands() throws {
        let scratch = try Scratch()
        try save(
            small + """
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
                """, in: scratch)
        let program = try batch(scratch, ["-o", "out"])
        #expect(program.status == 0, "\(program.errors)")
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
        let singles: [(arguments: [String], name: String)] = [
            (["channel", "--layer", "features.3", "--index", "1", "--seed", "1"], "squeezenet1_1/features.3/1_seed1.png"),
            (["neuron", "--layer", "features.5", "--index", "4", "--x", "1", "--y", "1"], "squeezenet1_1/features.5/4.png"),
            (["render", "-0.5*channel(features.3,5) - 0.1*total_variation()", "--param", "pixel"], "squeezenet1_1/render.png"),
            (["class", "--label", "goldfish", "--quality", "90"], "class_1.jpg"),
            (["sheet", "--layer", "features.5", "--index", "0-1"], "squeezenet1_1/features.5/pair.png"),
            (["diversity", "--layer", "features.3", "--index", "8", "--count", "2"], "facets/8.png"),
            (
                ["facets", "--layer", "features.8", "--index", "6", "--seeds", "0,3", "--size", "64", "--threshold", "0.5"],
                "squeezenet1_1/features.8/6.png"
            ),
            (["channel", "--layer", "features.3", "--index", "9", "--steps", "3", "--negative"], "squeezenet1_1/features.3/9_steps3_negativetrue.png"),
        ]
        for (arguments, name) in singles {
            let steps = arguments.contains("--steps") ? [] : ["--steps", "2"]
            let single = "single" + name.suffix(4)
            let size = arguments.contains("--size") ? [] : ["--size", "32"]
            let program = try Program.run(arguments + steps + size + ["--force", "-o", single], in: scratch.path)
            #expect(program.status == 0, "\(program.errors)")
            #expect(try scratch.bytes(single) == scratch.bytes("out/" + name), "\(name)")
        }
    }

    @Test func photographsAreDrawnOnByTheirNames() throws {
        let scratch = try Scratch()
        for name in ["one", "two"] {
            let level: UInt8 = name == "one" ? 60 : 200
            let samples = (0..<40 * 40 * 3).map { UInt8(truncatingIfNeeded: Int(level) + $0 % 50) }
            try Data(try PNG.encode(Picture(width: 40, height: 40, samples: .eight(samples)), text: []))
                .write(to: URL(filePath: "\(scratch.path)/\(name).png"))
        }
        try save(
            small + """
                renders:
                  - {command: deepdream, photos: [one.png, two.png], layer: [features.3, features.5=0.5], iterations: 1, octaves: 1}
                  - {command: accentuate, photo: one.png, layer: features.3, indices: [1, 2], output: "{command}/{photo}/{index}"}
                  - {command: channel, layer: features.3, index: 7, output: "plain/{photo}/{param}-{index}_{steps}.png"}
                """, in: scratch)
        let program = try batch(scratch, ["-o", "out"])
        #expect(program.status == 0, "\(program.errors)")
        let dreams = try pictures("out", in: scratch).filter { $0.contains("deepdream_") }
        #expect(dreams.count == 2 && dreams.contains { $0.hasSuffix("deepdream_one.png") }, "\(dreams)")
        #expect(try pictures("out", in: scratch).isSuperset(of: ["accentuate/one/1.png", "accentuate/one/2.png"]))
        // What an entry does not give is left out of its names.
        #expect(try pictures("out", in: scratch).contains("plain/7_2.png"))
        // A photograph is part of what the content hash is of.
        try FileManager.default.removeItem(atPath: "\(scratch.path)/two.png")
        try FileManager.default.copyItem(atPath: "\(scratch.path)/one.png", toPath: "\(scratch.path)/two.png")
        #expect(try batch(scratch, ["-o", "out"]).text.contains("5 pictures, 1 drawn in 0 s, 4 done before"))
    }

    @Test func flightsAreDrawnToo() throws {
        let scratch = try Scratch()
        let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/chelsea.jpg").path
        let flight = ["deepdream", photo, "--zoom", "1.1", "--frames", "3", "--size", "48", "--iterations", "2", "--octaves", "2"]
        try save(
            "renders: [{command: deepdream, photo: \(photo), zoom: 1.1, frames: 3, size: 48, iterations: 2, octaves: 2, output: z}]",
            in: scratch)
        let first = try batch(scratch)
        #expect(first.status == 0, "\(first.errors)")
        #expect(try Program.run(flight + ["-o", "alone.gif"], in: scratch.path).status == 0)
        #expect(try scratch.bytes("z.gif") == scratch.bytes("alone.gif"))
        #expect(try batch(scratch).text.contains("1 done before"))
        try save("renders: [{command: deepdream, photo: \(photo), zoom: 1.1, frames: 3, output: z.png}]", in: scratch)
        let refused = try batch(scratch)
        #expect(refused.status == 65 && refused.errors.contains("flights are written as .gif"), "\(refused.errors)")
    }

    @Test func onlyWhatIsMissingOrHasChangedIsDrawnAgain() throws {
        let scratch = try Scratch()
        let renders = "output: \"{index}.png\"\nrenders:\n  - {command: channel, layer: features.3, indices: 0-3}\n"
        try save(small + renders, in: scratch)
        #expect(try batch(scratch).text.contains("4 pictures, 4 drawn"))
        let first = try files(".", in: scratch)
        #expect(try batch(scratch).text.contains("4 pictures, 0 drawn in 0 s, 4 done before"))
        try FileManager.default.removeItem(atPath: "\(scratch.path)/2.png")
        #expect(try batch(scratch).text.contains("1 drawn"))
        #expect(try files(".", in: scratch) == first)
        // Without its memory a batch knows its pictures by what they say of themselves.
        try FileManager.default.removeItem(atPath: "\(scratch.path)/.lucid")
        #expect(try batch(scratch).text.contains("0 drawn"))
        try save(small + renders + "  - {command: channel, layer: features.3, index: 4}\n", in: scratch)
        #expect(try batch(scratch).text.contains("5 pictures, 1 drawn"))
        try save("defaults: {size: 32, steps: 3}\n" + renders, in: scratch)
        #expect(try batch(scratch).text.contains("4 pictures, 4 drawn"))
    }

    /// Whatever is one picture says itself what it is, by its record: after the folder's loss as after a kill between a picture
    /// and its status.
    @Test func everySinglePictureIsRecognizedByItsRecord() throws {
        let scratch = try Scratch()
        let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
        for name in ["chelsea.jpg", "coffee.jpg"] {
            try FileManager.default.copyItem(atPath: photos.appending(path: name).path, toPath: "\(scratch.path)/\(name)")
        }
        func manifest(quality: Int = 90, iterations: Int = 2) -> String {
            """
            defaults: {size: 48}
            renders:
              - {command: channel, layer: features.3, indices: 0-1, steps: 2, output: "{index}.png"}
              - {command: neuron, layer: features.3, index: 2, steps: 2, output: neuron.jpg}
              - {command: class, label: goldfish, steps: 2, output: class.png}
              - {command: render, objective: "channel(features.3,5)", steps: 2, output: render.png}
              - {command: caricature, photo: chelsea.jpg, layer: features.3, steps: 2, output: caricature.png}
              - {command: accentuate, photo: chelsea.jpg, layer: features.3, index: 1, steps: 2, output: accentuate.png}
              - {command: invert, photo: chelsea.jpg, layer: features.3, steps: 2, output: invert.png}
              - {command: deepdream, photo: chelsea.jpg, iterations: \(iterations), octaves: 2, output: dream.png}
              - {command: deepdream, photo: chelsea.jpg, iterations: 2, octaves: 2, quality: \(quality), output: dream.jpg}
              - {command: style, content: chelsea.jpg, styles: coffee.jpg, model: squeezenet1_1, steps: 3, output: style.png}
              - {command: style, content: chelsea.jpg, styles: coffee.jpg, model: squeezenet1_1, steps: 3, quality: \(quality), output: style.jpg}
            """
        }
        let count = 12
        try save(manifest(), in: scratch)
        let drawn = try batch(scratch)
        #expect(drawn.text.contains("\(count) pictures, \(count) drawn"), "\(drawn.errors)")
        let first = try files(".", in: scratch)
        let statuses = first.keys.filter { $0.hasPrefix(".lucid/") }
        #expect(statuses.count == count)
        for status in statuses.sorted() {
            try FileManager.default.removeItem(atPath: "\(scratch.path)/\(status)")
            let again = try batch(scratch)
            #expect(again.text.contains("\(count) pictures, 0 drawn"), "\(status): \(again.errors)")
        }
        try FileManager.default.removeItem(atPath: "\(scratch.path)/.lucid")
        #expect(try batch(scratch).text.contains("\(count) pictures, 0 drawn"))
        #expect(try files(".", in: scratch) == first)
        // Those of another plan are others' pictures, and so are those of another quality, which is no part of a dream's plan.
        for (changed, others) in [(manifest(quality: 80), ["dream.jpg", "style.jpg"]), (manifest(iterations: 3), ["dream.png"])] {
            try FileManager.default.removeItem(atPath: "\(scratch.path)/.lucid")
            try save(changed, in: scratch)
            let refused = try batch(scratch)
            #expect(refused.status == 73)
            for name in others { #expect(refused.errors.contains(": \(name) is there already"), "\(refused.errors)") }
            #expect(refused.errors.filter { $0 == "\n" }.count == others.count + 1, "\(refused.errors)")
        }
    }

    @Test func picturesOfOthersAreLeftAlone() throws {
        let scratch = try Scratch()
        try save(small + "output: \"{index}.png\"\nrenders: [{command: channel, layer: features.3, indices: 0-1}]", in: scratch)
        try Data("mine".utf8).write(to: URL(filePath: "\(scratch.path)/1.png"))
        let refused = try batch(scratch)
        #expect(refused.status == 73)
        #expect(refused.errors.contains("m.yaml:3: 1.png is there already"), "\(refused.errors)")
        #expect(try !scratch.names().contains("0.png"), "nothing is drawn before all is checked")
        #expect(try batch(scratch, ["--force"]).status == 0)
        // Retouched since: it is somebody's work.
        try Data("retouched".utf8).write(to: URL(filePath: "\(scratch.path)/0.png"))
        #expect(try batch(scratch).status == 73)
        #expect(try scratch.bytes("0.png") == Data("retouched".utf8))
        try Data("{".utf8).write(to: URL(filePath: "\(scratch.path)/.lucid/0.png.json"))
        let corrupt = try batch(scratch)
        #expect(corrupt.status == 65)
        #expect(corrupt.errors.contains(".lucid/0.png.json"), "\(corrupt.errors)")
    }

    @Test func everyMistakeIsReportedWithItsLine() throws {
        let scratch = try Scratch()
        try save(
            """
            defaults: {size: 32, stepz: 2}
            output: "{model}/{layer}/{index}.png"
            renders:
              - {command: chanel, layer: features.3, index: 0}
              - {command: channel, model: vgg61, layer: features.3, index: 0}
              - {command: channel, layer: features.99, index: 1}
              - {command: channel, layer: features.3, index: 0-9999}
              - {command: channel, layer: features.3, index: 2, learning_rate: 0.1}
              - command: channel
                layer: features.3
                index: 3
                transforms: "jiter(3)"
                crops: 0
                steps: many
              - {command: channel, layer: features.3}
              - {command: render, objective: "chanel(features.3,5)"}
              - {command: caricature, photo: nope.jpg, layer: features.3}
              - {command: channel, layer: features.3, index: 5}
              - {command: channel, layer: features.3, index: 5}
              - {command: channel, layer: features.3, index: 6}
              - {command: channel, layer: features.3, index: 8, output: "{lyer}.png"}
              - {command: channel, layer: features.3, index: 9, output: "../{index}.png", quiet: true, negative: perhaps}
              - just a text
              - {command: channel, layer: features.3, index: 11, start: "-"}
              - {command: accentuate, photo: "-", layer: features.3, index: 1}
            """, in: scratch)
        let program = try batch(scratch, ["-o", "out"])
        #expect(program.status == 65)
        let expected = [
            (1, "stepz"), (4, "chanel"), (5, "vgg61"), (6, "features.99"), (7, "channels 0–127"), (8, "learning-rate"),
            (12, "jiter"), (13, "crops must be"), (14, "many"), (15, "index is missing"), (16, "chanel"), (17, "nope.jpg"),
            (19, "drawn twice, see line 18"), (21, "{layer}"), (22, "leads out of"),
            (22, "quiet is for the batch"), (22, "negative cannot be \"perhaps\""), (23, "each of renders is a map"),
            (24, "start cannot be standard input"), (25, "photo cannot be standard input"),
        ]
        let lines = program.errors.split(separator: "\n").map(String.init)
        for (line, part) in expected {
            #expect(lines.contains { $0.hasPrefix("lucid: m.yaml:\(line): ") && $0.contains(part) }, "\(line): \(part)")
        }
        #expect(lines.count == expected.count + 1, "\(program.errors)")
        #expect(lines.last == "lucid: m.yaml: \(expected.count) mistakes; nothing was drawn")
        #expect(try !scratch.names().contains("out"))
    }

    @Test(arguments: [
        ("", "is empty"), ("just text", "a manifest is a map"), ("renders: [{command: channel", "m.yaml:2: did not find"),
        ("renders: 3", "renders is a list"), ("renders: []", "there is nothing to draw"), ("renders: [{\"\": 1, \"\": 2}]", "m.yaml:1: \"\" is there twice"),
        ("renders:\n- {command: channel, index: 6, index: 7}", "m.yaml:2: \"index\" is there twice"),
        ("{\"renders\": [}", "m.yaml:1: "),
        ("a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\ng: [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]", "more than 1000000 values"),
    ])
    func aFileThatIsNoManifestIsRefused(text: String, message: String) throws {
        let scratch = try Scratch()
        try save(text, in: scratch)
        let program = try batch(scratch)
        #expect(program.status == 65)
        #expect(program.errors.contains(message), "\(program.errors)")
    }

    @Test func shardsAreDisjointAndTogetherTheWhole() throws {
        let scratch = try Scratch()
        try save(small + "renders: [{command: channel, layers: [features.3, features.5], indices: 0-4}]", in: scratch)
        try batch(scratch, ["-o", "whole"])
        let parts: [(arguments: [String], environment: [String: String])] = [
            (["--shard", "0/3"], [:]),
            ([], ["SLURM_ARRAY_TASK_ID": "6", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_MAX": "8", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "3"]),
            ([], ["JOB_COMPLETION_INDEX": "2", "JOB_COMPLETIONS": "3"]),
        ]
        var union: [String: Data] = [:]
        for (number, (arguments, environment)) in parts.enumerated() {
            let program = try batch(scratch, ["-o", "part\(number)"] + arguments, environment: environment)
            #expect(program.status == 0, "\(program.errors)")
            let part = try files("part\(number)", in: scratch)
            #expect(part.keys.filter { !$0.hasPrefix(".lucid/") }.count == (number == 0 ? 4 : 3))
            #expect(Set(part.keys).isDisjoint(with: union.keys))
            union.merge(part) { $1 }
        }
        #expect(try union == files("whole", in: scratch))
        for (environment, message) in [
            (["JOB_COMPLETION_INDEX": "2"], "JOB_COMPLETIONS"),
            (["SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_MAX": "7", "SLURM_ARRAY_TASK_COUNT": "3"], "--shard i/n"),
        ] {
            let program = try batch(scratch, environment: environment)
            #expect(program.status == 64)
            #expect(program.errors.contains(message), "\(program.errors)")
        }
        #expect(try batch(scratch, ["--shard", "3/3"]).status == 64)
    }

    @Test func whatASignalEndedIsFinishedByTheSameCommand() throws {
        let scratch = try Scratch()
        try save("defaults: {size: 64, steps: 200}\nrenders: [{command: channel, layer: features.10, indices: 0-7}]", in: scratch)
        try batch(scratch, ["-o", "whole"])
        for (signal, code) in [(SIGTERM, 75), (SIGINT, 130)] as [(Int32, Int32)] {
            func count() -> Int { (try? pictures("out", in: scratch).filter { $0.hasSuffix(".png") }.count) ?? 0 }
            let before = count()
            let ended = try batch(scratch, ["-o", "out"], interruptWhen: { _ in count() > before }, signal: signal)
            #expect(ended.status == code, "\(ended.status) \(ended.errors)")
            #expect(ended.errors.contains("the same command goes on"))
            let names = try pictures("out", in: scratch)
            #expect(names.count < 8 && names.allSatisfy { $0.hasSuffix(".png") })
        }
        #expect(try batch(scratch, ["-o", "out"]).status == 0)
        #expect(try files("out", in: scratch) == files("whole", in: scratch))
    }

    @Test func aFailedPictureDoesNotStopTheOthers() throws {
        let scratch = try Scratch()
        try save(
            small + """
                output: "{name}.png"
                renders:
                  - {command: channel, layer: features.3, index: 0, name: overflow, optimizer: sgd, learning-rate: 3e38, steps: 9}
                  - {command: channel, layer: features.3, index: 1, name: good}
                  - {command: channel, layer: features.3, index: 2, name: better}
                """, in: scratch)
        let program = try batch(scratch, ["--json", "--jobs", "1"])
        #expect(program.status == 1)
        #expect(program.errors.contains("m.yaml:4: overflow.png: "), "\(program.errors)")
        #expect(program.errors.contains("1 of 3 pictures failed"))
        let events = try events(program)
        #expect(events.map { $0["event"] as? String } == ["begin", "failed", "drawn", "drawn", "end"])
        #expect(events[1]["code"] as? Int == 70)
        #expect(events[4]["done"] as? Int == 2 && events[4]["failed"] as? Int == 1 && events[4]["total"] as? Int == 3)
        #expect(try scratch.names().filter { $0.hasSuffix(".png") } == ["better.png", "good.png"])
        let fast = try Scratch()
        try FileManager.default.copyItem(atPath: "\(scratch.path)/m.yaml", toPath: "\(fast.path)/m.yaml")
        #expect(try batch(fast, ["--fail-fast", "--jobs", "1"]).status == 1)
        #expect(try fast.names().filter { $0.hasSuffix(".png") }.isEmpty)
    }

    @Test func theNumberOfThreadsAndJobsDoesNotMatter() throws {
        let scratch = try Scratch()
        try save(
            small + """
                renders:
                  - {command: channel, layer: features.3, indices: 0-5}
                  - {command: sheet, layer: features.5, index: 0-3}
                  - {command: facets, layer: features.8, index: 3, seeds: 0-2, size: 64}
                """, in: scratch)
        try batch(scratch, ["-o", "a", "--threads", "1"])
        try batch(scratch, ["-o", "b", "--jobs", "3"])
        try batch(scratch, ["-o", "c", "--memory", "1MB", "--threads", "2"])  // one at a time
        #expect(try files("a", in: scratch) == files("b", in: scratch))
        #expect(try files("a", in: scratch) == files("c", in: scratch))
    }

    @Test func aDryRunDrawsNothing() throws {
        let scratch = try Scratch()
        try save("{\"renders\": [{\"command\": \"channel\", \"layer\": \"features.3\", \"indices\": \"all\"}]}", in: scratch)
        let program = try batch(scratch, ["-o", "out", "--dry-run", "--shard", "1/2"])
        #expect(program.status == 0)
        let plans = try events(program)
        #expect(plans.count == 64)
        #expect(plans[0]["output"] as? String == "out/squeezenet1_1/features.3/1.png")
        #expect(Set(plans.compactMap { $0["hash"] as? String }).count == 64)
        #expect(try !scratch.names().contains("out"))
    }

    @Test func nobodyIsBlamedForAFullStandardOutput() throws {
        let scratch = try Scratch()
        try save(small + "renders: [{command: channel, layer: features.3, indices: 0-7}]", in: scratch)
        let shell = try Shell.run("\"$LUCID\" batch m.yaml --jobs 1 >/dev/full", in: scratch.path)
        #expect(shell.status == 73)
        #expect(shell.said.contains("standard output") && shell.said.split(separator: "\n").count == 1, "\(shell.said)")
        #expect(try batch(scratch).status == 0)
    }
}
