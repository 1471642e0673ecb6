import Foundation
import Images
import Studio
import Tensors
import TestSupport
import Testing

/// Comments that other programs put into pictures are no records.
@Suite struct ForeignCommentTests {
    private static let comments = ["U.S. Navy photo", "{\"software\":\"camera\"}", "{\"lucid\":", "lucid"]

    @Test(arguments: comments) func theyAreNoRecords(_ comment: String) throws {
        let scratch = try Scratch()
        let picture = noise(width: 8, height: 8)
        try scratch.save("d/a.jpg", try JPEG.encode(picture, comment: comment))
        try scratch.save("d/b.png", try PNG.encode(picture, text: [(Record.keyword, comment)]))
        for name in ["d/a.jpg", "d/b.png"] {
            let problem = #expect(throws: Problem.self) { try Record(ofFile: scratch(name)) }
            #expect(problem?.message.description.contains("does not say how it was made") == true, "\(String(describing: problem))")
        }
        try scratch.draw("channel", ["--layer", "features.3", "--index", "5"], "d/c.png")
        let report = try PictureReport(try ReportSettings(given: ["folder": [scratch("d")]]), session: Session(workers: Workers(1)))
        #expect(report.entries.count == 1 && report.leftOut.isEmpty)
    }

    @Test func aDamagedRecordIsOne() throws {
        let scratch = try Scratch()
        try scratch.save("a.png", try PNG.encode(noise(width: 8, height: 8), text: [(Record.keyword, "{\"software\":\"lucid\"")]))
        let problem = #expect(throws: Problem.self) { try Record(ofFile: scratch("a.png")) }
        #expect(problem?.message.description.contains("it is not JSON") == true, "\(String(describing: problem))")
    }
}
