import Foundation
import Studio
import Testing

/// `lucid batch` as a program: what it prints, its exit codes, and signals. StudioTests hold what it draws.
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

    @Test func aSchedulersPartIsDrawn() throws {
        let scratch = try Scratch()
        try save(small + "renders: [{command: channel, layer: features.3, indices: 0-4}]", in: scratch)
        let slurm = ["ID": "6", "MIN": "4", "MAX": "8", "STEP": "2", "COUNT": "3"].map { ("SLURM_ARRAY_TASK_\($0.key)", $0.value) }
        let program = try batch(scratch, ["--dry-run"], environment: Dictionary(uniqueKeysWithValues: slurm))
        #expect(try events(program).compactMap { $0["output"] as? String } == [1, 4].map { "squeezenet1_1/features.3/\($0).png" }, "\(program.errors)")
        #expect(try batch(scratch, environment: ["JOB_COMPLETION_INDEX": "2"]).status == 64)
    }

    @Test func whatASignalEndedIsFinishedByTheSameCommand() throws {
        let scratch = try Scratch()
        try save("defaults: {size: 64, steps: 60}\nrenders: [{command: channel, layer: features.10, indices: 0-7}]", in: scratch)
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

    @Test func aLockIsSeenByOthersAndOutlivesNobody() throws {
        let scratch = try Scratch()
        let manifest = small + "renders: [{command: channel, layer: features.3, index: 0}]"
        try save(manifest, in: scratch)
        try batch(scratch, ["-o", "whole"])
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/out/.lucid", withIntermediateDirectories: true)
        let same = try Batch(text: manifest, folder: "out", Session())
        var lock = try same.claim(in: "\(scratch.path)/out")
        let name = try #require(try files("out", in: scratch).keys.first { $0.hasSuffix(".lock") })
        #expect(try batch(scratch, ["-o", "out"]).errors.contains("another lucid is drawing this batch"))
        #expect(try files("out", in: scratch).keys.contains(name))
        withExtendedLifetime(lock) {}
        lock = nil
        // As a kill between the last picture and the end leaves it: there is nothing to draw, and the file goes.
        try Data().write(to: URL(filePath: "\(scratch.path)/out/\(name)"))
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
