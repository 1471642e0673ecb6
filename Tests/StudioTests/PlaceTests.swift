import Foundation
import Studio
import TestSupport
import Testing

/// Folders that are read, and folders and names that results go to.
@Suite struct PlaceTests {
    private static let quick = ["--size", "64", "--steps", "1"]
    private static let unit = ["channel", "--layer", "features.3", "--index", "5"] + quick

    @Test func namesExpandAndFoldersTakeTheDefaultName() throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + ["-o", "{layer}-{index}-{seed}-{model}.png"])
        try scratch.makeFolder("sub")
        try scratch.run(Self.unit + ["-o", "sub"])
        #expect(try scratch.contents("") == ["features.3-5-0-squeezenet1_1.png", "sub", "sub/squeezenet1_1_features.3_5.png"])
    }

    /// As a shell passes them on.
    @Test(arguments: ["a\nb.png", "é ü.png", "%s%n.png", "quote'\".png"])
    func oddNamesAreNames(name: String) throws {
        let scratch = try Scratch()
        try scratch.run(Self.unit + ["-o", name])
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [name])
        #expect(try scratch.record(name).pictures[0].plan.objective == "channel_cosine(features.3,5)")
        try scratch.run(["caricature", name, "--layer", "features.3", "-o", "c.png"] + Self.quick)
    }

    /// Folders that macOS wrote on a foreign disk have a hidden `._a.png` beside each `a.png`, which is no picture.
    @Test func hiddenFilesOfAFolderAreNoPictures() throws {
        let scratch = try Scratch()
        try scratch.makeFolder("p")
        for name in ["chelsea.jpg", "coffee.jpg", "grace_hopper.jpg"] { try scratch.copy("\(Photograph.folder)/\(name)", to: "p/\(name)") }
        try scratch.run(Self.unit + ["-o", "drawn/a.png"])
        for folder in ["p", "drawn"] {
            for name in ["._chelsea.jpg", ".hidden.png", "._b.JPEG"] { try scratch.save("\(folder)/\(name)", text: "no picture") }
        }
        try scratch.run(["direction", "--layer", "features.3", "--channels", "5:1", "--whiten", "p", "-o", "d.png"] + Self.quick)
        try scratch.run(Self.unit + ["--param", "maco", "--spectrum", "p", "-o", "m.png"])
        let frames = try scratch.run(["deepdream", "p", "--size", "48", "--iterations", "1", "--octaves", "1", "-o", "dream"])
        #expect(frames.lines.joined().contains("3 frames"), "\(frames.lines)")
        let words = ["squeezenet1_1", "squeezenet1_1", "--layers", "features.3", "--grid", "3", "--size", "64", "--photos", "p"]
        _ = try ComparisonRequest(given: texts(words, for: ComparisonRequest.self, in: scratch.path)).run(sharedSession, SilentReporter())
        var check = try GoldenCheck(DiffSettings(given: ["expected": [scratch("p")], "actual": [scratch("p")]]))
        try check.run()
        #expect(check.problem == nil && check.comparisons.count == 3)
        let report = try PictureReport(ReportSettings(given: ["folder": [scratch("drawn")]]), session: sharedSession)
        #expect(report.unreadable.isEmpty)
    }
}
