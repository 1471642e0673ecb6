import Foundation
import TestSupport
import Testing

/// A graph's input as it was given, and as it was assumed, is in the record; sizes that a graph does not take are found.
@Suite struct GraphRecordTests {
    private func graph(_ name: String, in scratch: Scratch, as file: String = "net.onnx") throws {
        try saveGraph(name, to: "\(scratch.path)/\(file)")
    }

    private let drawing = ["channel", "--model", "net.onnx", "--layer", "Conv_0", "--index", "1", "--steps", "2"]

    @Test func theInputIsInTheRecord() throws {
        let scratch = try Scratch()
        try graph("conv-bias-added@17", in: scratch)
        for (name, told) in [("told", ["--range", "0,255", "--mean", "104,117,123", "--bgr"]), ("assumed", [])] {
            let drawn = try Program.run(drawing + told + ["-o", "\(name).png", "--quiet"], in: scratch.path)
            #expect(drawn.status == 0, "\(drawn.errors)")
            let again = try Program.run(["replay", "\(name).png", "-o", "again.png", "--force"], in: scratch.path)
            #expect(again.status == 0 && !again.errors.contains("assuming"), "\(again.errors)")
            #expect(try scratch.bytes("\(name).png") == scratch.bytes("again.png"), "\(name)")
        }
        let info = try Program.run(["info", "told.png"], in: scratch.path)
        #expect(info.text.contains("--range 0,255 --mean 104,117,123 --std 1 --bgr"), "\(info.text)")
        // The command that is shown draws the same bytes.
        let line = try #require(info.text.split(separator: "\n").first { $0.hasPrefix("command") })
        let words = line.split(separator: " ").dropFirst(2).map(String.init)
        let copied = try Program.run(words + ["-o", "copied.png", "--quiet"], in: scratch.path)
        #expect(copied.status == 0, "\(copied.errors)")
        #expect(try scratch.bytes("copied.png") == scratch.bytes("told.png"))
    }

    @Test func anotherRangeIsDrawnAnew() throws {
        let scratch = try Scratch()
        try graph("conv-bias-added@17", in: scratch)
        var pictures: [Data] = []
        for range in ["0,1", "0,255"] {
            let manifest = """
                renders:
                  - {command: channel, model: net.onnx, layer: Conv_0, index: 1, steps: 2, range: "\(range)"}
                """
            try Data(manifest.utf8).write(to: URL(filePath: "\(scratch.path)/m.yaml"))
            let batch = try Program.run(["batch", "m.yaml", "--output", "o"], in: scratch.path)
            #expect(batch.status == 0, "\(batch.errors)")
            let folder = "\(scratch.path)/o"
            let name = try #require(try FileManager.default.subpathsOfDirectory(atPath: folder).first { $0.hasSuffix(".png") })
            pictures.append(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
        }
        #expect(pictures[0] != pictures[1])
    }

    @Test func theSizeOfTheFileIsTheDefault() throws {
        let scratch = try Scratch()
        try graph("conv-bias-added@17", in: scratch)
        let drawn = try Program.run(drawing + ["--json", "--quiet"], in: scratch.path)
        #expect(drawn.text.contains("\"width\":8") && drawn.text.contains("\"height\":6"), "\(drawn.text) \(drawn.errors)")
    }

    @Test func filesThatAreNoNetworkAreNamed() throws {
        for (name, word) in [("plain.pth", "--weights plain.pth"), ("net.h5", "tf2onnx"), ("net.tflite", "--tflite"), ("net.caffemodel", "Caffe")] {
            let result = try Program.run(["layers", "--model", name])
            #expect(result.status == 64 && result.errors.contains(word), "\(result.errors)")
        }
    }
}
