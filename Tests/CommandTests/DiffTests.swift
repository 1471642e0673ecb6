import Foundation
import Images
import Testing

/// `lucid diff` on small pictures made here: exit codes, and what is printed. StudioTests hold the comparison itself.
@Suite struct DiffTests {
    /// A grey picture, but for the middle pixel, whose red is brighter by `more`.
    private func save(_ name: String, in scratch: Scratch, more: UInt8 = 0) throws {
        let side = 12
        var samples = [UInt8](repeating: 100, count: side * side * 3)  // [height, width, 3]
        samples[3 * (side / 2 * side + side / 2)] += more
        let path = URL(filePath: "\(scratch.path)/\(name)")
        try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(try PNG.encode(Picture(width: side, height: side, samples: .eight(samples)), text: [])).write(to: path)
    }

    private func diff(_ scratch: Scratch, _ arguments: String...) throws -> Program {
        let all = ["diff"] + arguments
        return try Program.run(all, in: scratch.path)
    }

    @Test func theExitCodeTellsWhetherPicturesAreTheSame() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, more: 6)
        let same = try diff(scratch, "a.png", "a.png")
        #expect(same.status == 0 && same.text == "same  a.png\n", "\(same.errors)")
        let different = try diff(scratch, "a.png", "b.png")
        #expect(different.status == 1)
        #expect(different.errors.isEmpty)
        #expect(different.text.contains("rms 0.29, difference 6.0, psnr 58.9"), "\(different.text)")  // √(36 / 432)
        #expect(try diff(scratch, "a.png", "b.png", "--quiet").output.isEmpty)
        let object = try JSONSerialization.jsonObject(with: try diff(scratch, "a.png", "b.png", "--json").output) as? [String: Any]
        #expect(object?["result"] as? String == "different" && object?["maxDifference"] as? Double == 6)
    }

    @Test func mistakesHaveTheirExitCodes() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/text.png"))
        func fails(_ arguments: [String], _ status: Int32, _ word: String) throws {
            let result = try Program.run(["diff"] + arguments, in: scratch.path)
            #expect(result.status == status, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(word) && result.errors.count { $0 == "\n" } == 1, "\(arguments): \(result.errors)")
        }
        try fails(["a.png"], 64, "actual")
        try fails(["a.png", "a.png", "--max-rms", "-1"], 64, "--max-rms")
        try fails(["a.png", "text.png"], 65, "text.png")
        try fails(["a.png", "b.png"], 66, "b.png")
        try fails(["a.png", "a.png", "--junit", "/dev/null/a.xml"], 73, "/dev/null")
    }

    @Test func ofFoldersWhatDiffersIsPrinted() throws {
        let scratch = try Scratch()
        for name in ["x2.png", "x10.png", "sub/same.png", "gone.png"] { try save("golden/\(name)", in: scratch) }
        try save("new/x2.png", in: scratch, more: 2)
        try save("new/x10.png", in: scratch, more: 50)
        try save("new/sub/same.png", in: scratch)
        try save("new/more.png", in: scratch)
        let result = try diff(scratch, "golden", "new/", "--max-rms", "1", "--output", "heat", "--junit", "out.xml")
        #expect(result.status == 1 && result.errors.isEmpty)
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.map { $0.split(separator: " ").first ?? "" } == ["missing", "extra", "different", "5"], "\(lines)")
        #expect(lines.last == "5 pictures: 2 same, 1 different, 1 missing, 1 extra")
        #expect(try scratch.names() == ["golden", "heat", "new", "out.xml"])
        try Data("no picture".utf8).write(to: URL(filePath: "\(scratch.path)/new/x2.png"))
        let damaged = try diff(scratch, "golden", "new")
        #expect(damaged.status == 65 && damaged.errors.contains("new/x2.png") && damaged.text.contains("1 unreadable"), "\(damaged.errors)")
    }

    @Test func aHeatMapGoesToStandardOutput() throws {
        let scratch = try Scratch()
        try save("a.png", in: scratch)
        try save("b.png", in: scratch, more: 6)
        let result = try diff(scratch, "a.png", "b.png", "-o", "-")
        #expect(result.status == 1)
        #expect((3 * 16 * 12..<4 * 16 * 12).contains(try Picture.decode([UInt8](result.output), name: "heat").width))
    }
}
