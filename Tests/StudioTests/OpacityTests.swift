import Images
import Studio
import Tensors
import TestSupport
import Testing

/// A file that cannot hold an opacity is refused before anything is computed.
@Suite struct OpacityTests {
    private func refused(_ command: String, _ words: [String]) {
        let problem = #expect(throws: Problem.self) { try jobs(command, words) }
        #expect(problem?.kind == .usage && problem?.setting == "output", "\(String(describing: problem))")
    }

    @Test func transparentPhotographs() throws {
        let scratch = try Scratch()
        try scratch.save("clear.png", try PNG.encode(noise(width: 40, height: 40, alpha: true)))
        let opaque = Picture(width: 40, height: 40, hasAlpha: true, samples: .eight([UInt8](repeating: 255, count: 6400)))
        try scratch.save("opaque.png", try PNG.encode(opaque))
        let (dream, style) = (["--layer", "features.3", "--octaves", "1"], ["--styles", scratch("opaque.png"), "--model", "squeezenet1_1"])
        for name in ["x.jpg", "x.jpeg"] {
            refused("deepdream", ["--photo", scratch("clear.png"), "--output", name] + dream)
            refused("style", ["--content", scratch("clear.png"), "--output", name] + style)
        }
        _ = try jobs("deepdream", ["--photo", scratch("clear.png"), "--output", "x.png"] + dream)
        _ = try jobs("deepdream", ["--photo", scratch("opaque.png"), "--output", "x.jpg"] + dream)
        _ = try jobs("style", ["--content", scratch("opaque.png"), "--output", "x.jpg"] + style)
    }

    @Test(arguments: [["--alpha"], ["--param", "maco"], ["--preset", "maco"]]) func drawnOpacity(_ words: [String]) throws {
        let unit = ["--layer", "features.3", "--index", "5", "--size", "32"] + words
        refused("channel", unit + ["--output", "x.jpg"])
        _ = try jobs("channel", unit + ["--output", "x.png"])
        // An animation that cannot hold it says so, and shows the pictures on white.
        let scratch = try Scratch()
        func notes(_ way: String) throws -> [String] {
            try scratch.run(["channel"] + unit + ["--steps", "1", "--evolution", way, "-o", "\(way.dropLast()).png"]).notes
        }
        #expect(try notes("way.gif").contains { $0.contains("way.gif shows the pictures on white") })
        #expect(try !notes("way/").contains { $0.contains("on white") })
        // A sheet shows its pictures on white, whatever its format.
        _ = try jobs("channel", unit + ["--seeds", "0-1", "--output", "x.jpg"])
    }
}
