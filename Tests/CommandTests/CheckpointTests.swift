import Foundation
import Networks
import TestSupport
import Testing

/// Files of weights as trainings leave them, through the whole program.
@Suite struct CheckpointTests {
    private static let checkpoint = try! UntrainedCheckpoint(Architecture.named("shufflenet_v2_x0_5")!, classes: 4)
    private static let draw = ["channel", "--layer", "stage2", "--index", "3", "--size", "32", "--steps", "1", "--stages", "none"]
    private static let mine = ["--model", "shufflenet_v2_x0_5", "--weights", "w.safetensors"]

    private func scratch(_ checkpoint: UntrainedCheckpoint) throws -> Scratch {
        let scratch = try Scratch()
        try checkpoint.safetensors.write(to: URL(filePath: "\(scratch.path)/w.safetensors"))
        return scratch
    }

    @Test func aChoiceIsSaidRecordedAndMade() throws {
        var both = Self.checkpoint.renamed { "ema/" + $0 }
        for (name, tensor) in Self.checkpoint.tensors {
            // Other numbers that leave signals as large.
            both.tensors["state_dict/\(name)"] = (tensor.shape, name.hasSuffix(".weight") ? tensor.values.map { -$0 } : tensor.values)
        }
        let scratch = try scratch(both)
        func run(_ arguments: [String]) throws -> Program { try Program.run(arguments, in: scratch.path) }
        let usual = try run(Self.draw + Self.mine + ["-o", "a.png"])
        #expect(usual.status == 0 && usual.errors.contains("state_dict is used, not ema; --weights-key names another"), "\(usual.errors)")
        let other = try run(Self.draw + Self.mine + ["-o", "b.png", "--weights-key", "ema"])
        #expect(other.status == 0 && other.errors == "", "\(other.errors)")
        #expect(try scratch.bytes("a.png") != scratch.bytes("b.png"))
        #expect(try run(["info", "b.png"]).text.contains("#ema\n"))
        let replayed = try run(["replay", "b.png", "--weights", "w.safetensors", "-o", "c.png"])
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(try scratch.bytes("b.png") == scratch.bytes("c.png"))
        let wrong = try run(Self.draw + Self.mine + ["-o", "d.png", "--weights-key", "teacher"])
        #expect(wrong.status == 65 && wrong.errors.contains("there are some at state_dict, ema"), "\(wrong.errors)")
    }

    @Test func anotherHeadRefusesClassesOnly() throws {
        let scratch = try scratch(Self.checkpoint.renamed { $0.replacing("fc.", with: "fc.1.") })
        let drawn = try Program.run(Self.draw + Self.mine, in: scratch.path)
        #expect(drawn.status == 0 && drawn.errors.contains("fc.1.bias, fc.1.weight of the weights file are not used (another head)"), "\(drawn.errors)")
        let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/coffee.jpg").path
        for command in [["class", "--label", "1", "--size", "32", "--steps", "1"], ["classify", photo]] {
            let refused = try Program.run(command + Self.mine, in: scratch.path)
            #expect(refused.status == 65 && refused.errors.contains("another head"), "\(refused.errors)")
        }
    }

    @Test(arguments: [1, 4])
    func aStemOfOtherChannelsIsDrawn(_ channels: Int) throws {
        var checkpoint = Self.checkpoint
        checkpoint.tensors["conv1.0.weight"] = ([24, channels, 3, 3], (0..<24 * channels * 9).map { Float($0 % 7) / 20 - 0.15 })
        let scratch = try scratch(checkpoint)
        let drawn = try Program.run(Self.draw + Self.mine + ["-o", "x.png"], in: scratch.path)
        #expect(drawn.status == 0 && drawn.errors.contains("takes \(channels) channel"), "\(drawn.errors)")
    }

    @Test func infoTellsWhatFilesHold() throws {
        var checkpoint = Self.checkpoint
        checkpoint.tensors["conv1.1.bias"]!.values[2] = .nan
        checkpoint.tensors["extra"] = ([2], [1, 2])
        let scratch = try scratch(checkpoint)
        let text = try Program.run(["info", "w.safetensors"], in: scratch.path).text
        for words in [
            "safetensors", "shufflenet_v2_x0_5 (torchvision's names, 4 classes)", "conv1.1.bias: 1 of 24 numbers are not finite",
            "extra: of no use", "24×3×3×3",
        ] { #expect(text.contains(words), "\(words)") }
        let json = try Program.run(["info", "w.safetensors", "--json"], in: scratch.path).output
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        let tensors = try #require(object["tensors"] as? [[String: Any]])
        #expect(tensors.count == checkpoint.tensors.count)
        #expect(tensors.contains { $0["name"] as? String == "conv1.0.weight" && $0["values"] as? Int == 648 && $0["type"] as? String == "F32" })
        #expect((object["fits"] as? [[String: Any]])?.first?["model"] as? String == "shufflenet_v2_x0_5")
        // A file that fits no architecture, but is near one.
        checkpoint.tensors["conv5.1.bias"] = nil
        try checkpoint.safetensors.write(to: URL(filePath: "\(scratch.path)/w.safetensors"))
        #expect(try Program.run(["info", "w.safetensors"], in: scratch.path).text.contains("the nearest is shufflenet_v2_x0_5: conv5.1.bias is missing"))
        let onnx = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Goldens/onnx").path
        let graph = try FileManager.default.contentsOfDirectory(atPath: onnx).filter { $0.hasSuffix(".onnx") }.sorted()[0]
        let told = try Program.run(["info", "\(onnx)/\(graph)"], in: scratch.path)
        #expect(told.text.contains("operator set") || told.status == 65, "\(told.errors)")
    }
}
