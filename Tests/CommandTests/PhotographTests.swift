import Foundation
import Testing

/// Photographs from standard input and the working directory.
@Suite struct PhotographTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos").path
    private let quick = ["--size", "64", "--steps", "2"]

    /// A folder with `pics/cat.jpg` and `more/cat.jpg`, which are different pictures, and `work`.
    private func scratch() throws -> Scratch {
        let scratch = try Scratch()
        for (folder, photo) in [("pics", "chelsea.jpg"), ("more", "coffee.jpg")] {
            try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: false)
            try FileManager.default.copyItem(atPath: "\(Self.photos)/\(photo)", toPath: "\(scratch.path)/\(folder)/cat.jpg")
        }
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/work", withIntermediateDirectories: false)
        return scratch
    }

    private func lucid(_ scratch: Scratch, _ arguments: [String], input: String? = nil) throws -> Program {
        try Program.run(arguments, in: "\(scratch.path)/work", input: input)
    }

    @Test func aReplayFindsPhotographsInTheWorkingDirectory() throws {
        let scratch = try scratch()
        #expect(try lucid(scratch, ["invert", "../pics/cat.jpg", "--layer", "features.3", "-o", "../more/a.png"] + quick).status == 0)
        try FileManager.default.copyItem(atPath: "\(Self.photos)/chelsea.jpg", toPath: "\(scratch.path)/work/cat.jpg")
        #expect(try lucid(scratch, ["replay", "../more/a.png", "-o", "c.png"]).status == 0)
        #expect(try scratch.bytes("more/a.png") == scratch.bytes("work/c.png"))
    }

    @Test func aPhotographComesOnStandardInput() throws {
        let scratch = try scratch()
        let photo = "\(Self.photos)/chelsea.jpg"
        let drawn = try lucid(
            scratch, ["caricature", "-", "--layer", "features.3", "--start", "-", "-o", "a.png"] + quick, input: photo)
        #expect(drawn.status == 0, "\(drawn.errors)")
        #expect(try lucid(scratch, ["info", "a.png"]).text.contains("caricature(features.3,stdin,"))
        #expect(try lucid(scratch, ["replay", "a.png", "-o", "b.png", "--picture", photo]).status == 0)
        #expect(try scratch.bytes("work/a.png") == scratch.bytes("work/b.png"))
    }

    @Test func fittingAPatternNetworkIsInterrupted() throws {
        let scratch = try scratch()
        let begin = ContinuousClock.now
        let drawn = try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--param", "cppn", "--start", "../pics/cat.jpg",
             "--size", "600", "-o", "a.png"], in: "\(scratch.path)/work", interruptWhen: { try Program.processorTime(of: $0) > 1.5 })
        #expect(drawn.status == 130, "\(drawn.errors)")
        #expect(ContinuousClock.now - begin < .seconds(15))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/work").isEmpty)
    }
}
