import Foundation
import Images
import Studio
import Tensors
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Folders of pictures, among which some are broken or are no pictures at all: one rule for every command.
@Suite struct PictureFolderTests {
    /// Two pictures, and around them what must not count: a folder and a pipe with pictures' names, hidden files, and broken pictures.
    private func folder(_ scratch: Scratch, broken: Int, whole: Int = 2) throws {
        for index in 0..<whole { try scratch.save("d/good\(index).png", try PNG.encode(noise(width: 40 + index, height: 40))) }
        for index in 0..<broken { try scratch.save("d/broken\(index).png", text: index == 0 ? "" : "no picture") }
        try scratch.save("d/.hidden.png", text: "no picture")
        try FileManager.default.createDirectory(atPath: scratch("d/folder.png"), withIntermediateDirectories: true)
        #expect(mkfifo(scratch("d/pipe.png"), 0o600) == 0)
    }

    private let unit = ["--layer", "features.3", "--size", "32", "--steps", "1"]

    /// - Returns: the notes.
    private func run(_ command: String, _ words: [String]) throws -> [String] {
        let (session, listener) = (Session(workers: Workers(1)), Listener())
        let list = try jobs(command, words, session)
        try JobRunner(session, listener).run(list.jobs, label: list.label)
        return listener.heard.notes
    }

    private func compareModels(_ scratch: Scratch) throws -> [String] {
        let listener = Listener()
        let request = try ComparisonRequest(given: [
            "a": ["squeezenet1_1"], "b": ["squeezenet1_1"], "photos": [scratch("d")], "layers": ["features.3"], "size": ["32"], "grid": ["1"],
        ])
        _ = try request.run(Session(workers: Workers(1)), listener)
        return listener.heard.notes
    }

    /// Every command that looks at a folder of pictures.
    private func allNotes(_ scratch: Scratch) throws -> [[String]] {
        [
            try run("channel", unit + ["--index", "5", "--param", "maco", "--spectrum", scratch("d"), "--output", scratch("s.png")]),
            try run("direction", unit + ["--channels", "5:1", "--whiten", scratch("d"), "--output", scratch("w.png")]),
            try run("deepdream", ["--photo", scratch("d"), "--layer", "features.3", "--size", "32", "--octaves", "1", "--iterations", "1", "--output", scratch("film/")]),
            try compareModels(scratch).filter { !$0.contains("examples") },
        ]
    }

    @Test func brokenPicturesAreNamedAndLeftOut() throws {
        let scratch = try Scratch()
        try folder(scratch, broken: 2)
        for notes in try allNotes(scratch) {
            try #require(notes.count == 3, "\(notes)")
            #expect(notes[0].contains("broken0.png") && notes[1].contains("broken1.png") && notes[2].hasPrefix("2 of 4 pictures in "), "\(notes)")
        }
        #expect(try scratch.contents("film").filter { $0.hasSuffix(".png") }.count == 2)
    }

    @Test func manyBrokenPicturesAreCounted() throws {
        let scratch = try Scratch()
        try folder(scratch, broken: 8, whole: 1)
        let notes = try run("channel", unit + ["--index", "5", "--param", "maco", "--spectrum", scratch("d"), "--output", scratch("s.png")])
        #expect(notes.count == 6 && notes[5].hasPrefix("and 3 more; 8 of 9 pictures in "), "\(notes)")
        try scratch.draw("channel", unit + ["--index", "5"], "d/drawn.png")
        let report = try PictureReport(try ReportSettings(given: ["folder": [scratch("d")]]), session: Session(workers: Workers(1)))
        #expect(report.leftOut.count == 6 && report.leftOut[5].description.hasPrefix("and 3 more; 8 of 10 pictures in "), "\(report.leftOut)")
    }

    @Test func aFolderOfBrokenPicturesIsBadData() throws {
        let scratch = try Scratch()
        try folder(scratch, broken: 2, whole: 0)
        for draw in [
            { try run("channel", unit + ["--index", "5", "--param", "maco", "--spectrum", scratch("d"), "--output", scratch("s.png")]) },
            { try run("direction", unit + ["--channels", "5:1", "--whiten", scratch("d"), "--output", scratch("w.png")]) },
            { try run("deepdream", ["--photo", scratch("d"), "--layer", "features.3", "--output", scratch("film/")]) },
            { try compareModels(scratch) },
            {
                _ = try PictureReport(try ReportSettings(given: ["folder": [scratch("d")]]), session: Session(workers: Workers(1)))
                return []
            },
        ] as [() throws -> [String]] {
            let problem = #expect(throws: Problem.self) { try draw() }
            #expect(problem?.kind == .badData && problem?.message.description.contains("none of its 2 pictures") == true, "\(String(describing: problem))")
        }
    }

    @Test func aFolderInAPhotographsPlaceIsSaidToBeOne() throws {
        let scratch = try Scratch()
        try folder(scratch, broken: 0)
        let problem = #expect(throws: Problem.self) { try jobs("invert", ["--photo", scratch("d/folder.png"), "--layer", "features.3"]) }
        #expect(problem?.kind == .missing && problem?.message.description.contains("is a folder") == true, "\(String(describing: problem))")
    }
}
