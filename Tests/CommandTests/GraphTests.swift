import Foundation
import TestSupport
import Testing

/// `--model net.onnx` from the command line.
@Suite struct GraphTests {
    private func graph(in scratch: Scratch) throws { try saveGraph(to: "\(scratch.path)/small.onnx") }

    @Test func aComparisonAdvisesNoOptionsThatItLacks() throws {
        let scratch = try Scratch()
        try graph(in: scratch)
        let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos").path
        let compared = try Program.run(
            ["compare-models", "small.onnx", "small.onnx", "--photos", photos, "--layers", "Conv_0", "--size", "32"], in: scratch.path)
        #expect(compared.status == 0, "\(compared.errors)")
        #expect(compared.errors.contains("assuming") && !compared.errors.contains("--mean"), "\(compared.errors)")
    }

    @Test func aGraphIsListedDrawnAndReplayed() throws {
        let scratch = try Scratch()
        try graph(in: scratch)
        let layers = try Program.run(["layers", "--model", "small.onnx"], in: scratch.path)
        #expect(layers.status == 0 && layers.text.contains("Conv_0") && layers.errors.isEmpty)
        // The convolution is free to be drawn at any size; the vector at the end is for 8×6 pixels.
        let drawn = try Program.run(
            ["channel", "--model", "small.onnx", "--layer", "Conv_0", "--index", "1", "--size", "32", "--steps", "3", "-o", "a.png"],
            in: scratch.path)
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(drawn.errors.contains("assuming") && drawn.errors.filter { $0 == "\n" }.count == 1)
        let again = try Program.run(["replay", "a.png", "-o", "b.png", "--quiet"], in: scratch.path)
        #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        let end = try Program.run(
            ["channel", "--model", "small.onnx", "--layer", "Reshape_3", "--index", "7", "--steps", "3", "--json", "--quiet"], in: scratch.path)
        #expect(end.status == 0, "\(end.errors)")
        #expect(end.text.contains("\"width\":8") && end.text.contains("\"height\":6") && end.text.contains("resize(8x6)"), "\(end.text)")
        #expect(try scratch.names().contains("small_Reshape_3_7.png"))
    }

    /// The layer takes 8×6 pixels, the photograph has others.
    @Test func aPhotographIsAccentuatedForANetworkOfOneSize() throws {
        let scratch = try Scratch()
        try graph(in: scratch)
        let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: photo.path).sorted().first { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") })
        let drawn = try Program.run(
            ["accentuate", photo.appending(path: name).path, "--model", "small.onnx", "--layer", "Reshape_3", "--index", "7", "--steps", "1",
             "-o", "a.png"], in: scratch.path)
        #expect(drawn.status == 0, "\(drawn.errors)")
    }

    @Test func aPlaceholderInItsNameIsPartOfIt() throws {
        let scratch = try Scratch()
        try graph(in: scratch)
        try FileManager.default.moveItem(atPath: "\(scratch.path)/small.onnx", toPath: "\(scratch.path)/{seed}{index}.onnx")
        let drawn = try Program.run(
            ["channel", "--model", "{seed}{index}.onnx", "--layer", "Conv_0", "--index", "1", "--size", "32", "--steps", "1",
             "-o", "{seed}_{model}.png", "--quiet"], in: scratch.path)
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(try scratch.names() == ["0_{seed}{index}.png", "{seed}{index}.onnx"])
    }

    @Test func mistakesAreOneLine() throws {
        let scratch = try Scratch()
        try graph(in: scratch)
        try Data("not a graph".utf8).write(to: URL(filePath: "\(scratch.path)/bad.onnx"))
        let channel = ["channel", "--index", "1", "--layer"]
        let cases: [([String], Int32, String)] = [
            (channel + ["Conv_9", "--model", "small.onnx"], 64, "Conv_0"),
            (channel + ["Conv_0", "--model", "bad.onnx"], 65, "is it an ONNX file?"),
            (channel + ["Conv_0", "--model", "absent.onnx"], 66, "absent.onnx"),
            (channel + ["Reshape_3", "--model", "small.onnx", "--transforms", "none", "--size", "9", "--steps", "0", "-o", "/dev/null/a.png"], 73, "/dev/null"),
        ]
        for (arguments, status, word) in cases {
            let result = try Program.run(arguments, in: scratch.path)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(word) && result.errors.filter { $0 == "\n" }.count == 1, "\(arguments): \(result.errors)")
        }
    }
}
