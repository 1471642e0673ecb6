import Foundation
import Images
import TestSupport
import Testing

/// Pictures of 16 bits, and TIFFs.
@Suite struct DepthTests {
    private func draw(_ scratch: Scratch, _ output: String, _ options: [String] = []) throws -> Program {
        try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1", "-o", output] + options, in: scratch.path)
    }

    private func read(_ scratch: Scratch, _ name: String) throws -> Picture { try Picture.read(from: "\(scratch.path)/\(name)") }

    @Test(arguments: ["a.png", "a.tif"])
    func sixteenBitsAreWrittenAndMadeAgain(_ name: String) throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "plain.png").status == 0)
        let drawn = try draw(scratch, name, ["--depth", "16"])
        #expect(drawn.status == 0, "\(drawn.errors)")
        let picture = try read(scratch, name)
        // More than 8 bits spread to 16, and the same picture.
        #expect(picture.words.contains { $0 % 257 != 0 })
        #expect(distance(picture.converted(to: .eight).bytes, try read(scratch, "plain.png").bytes) <= 1)
        let again = "again.\(name.suffix(3))"
        let replayed = try Program.run(["replay", name, "-o", again], in: scratch.path)
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(try scratch.bytes(again) == scratch.bytes(name))
        let info = try Program.run(["info", name], in: scratch.path)
        #expect(info.text.contains { $0.isNumber } && info.text.contains("depth"), "\(info.text)")
    }

    @Test func aTIFFHoldsThePixelsOfThePNG() throws {
        let scratch = try Scratch()
        #expect(try draw(scratch, "a.png").status == 0 && draw(scratch, "a.tiff").status == 0)
        #expect(try read(scratch, "a.tiff") == read(scratch, "a.png"))
        // The same command may write it anew, and another may not.
        #expect(try draw(scratch, "a.tiff").status == 0)
        #expect(try draw(scratch, "a.tiff", ["--seed", "1"]).status == 73)
    }

    @Test(arguments: [("a.jpg", "16", "--depth 16 is more than a JPEG holds"), ("a.png", "10", "--depth must be 8 or 16, not 10")])
    func otherDepthsAreRefused(_ name: String, _ depth: String, _ message: String) throws {
        let program = try draw(Scratch(), name, ["--depth", depth])
        #expect(program.status == 64 && program.errors.contains(message), "\(program.errors)")
    }

    @Test func aDreamHasThePhotographsDepthUnlessAskedOtherwise() throws {
        let scratch = try Scratch()
        try PNG.encode(noise(width: 48, height: 48, depth: .sixteen)).withUnsafeBufferPointer {
            try Data($0).write(to: URL(filePath: "\(scratch.path)/photo.png"))
        }
        for (options, depth) in [([], .sixteen), (["--depth", "8"], .eight)] as [([String], Picture.BitDepth)] {
            let arguments = ["deepdream", "photo.png", "--iterations", "1", "--octaves", "1", "--force", "-o", "dream.png"] + options
            #expect(try Program.run(arguments, in: scratch.path).status == 0)
            #expect(try read(scratch, "dream.png").bitDepth == depth)
        }
    }
}
