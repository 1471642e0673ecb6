import Foundation
import Images
import Studio
import TestSupport
import Testing

/// Dreams and styles on photographs, folders of frames and flights. Films need ffmpeg, whose place CommandTests give to scripts.
@Suite struct MovingPictureTests {
    private static let dream = ["--size", "64", "--iterations", "2", "--octaves", "2"]

    /// Writes windows of a photograph as frames, each 5 pixels to the right of the one before and 2 below it.
    private func saveWindows(_ count: Int, width: Int, height: Int, in scratch: Scratch, _ folder: String = "in") throws {
        let whole = try Picture.read(from: Photograph.chelsea)
        try scratch.makeFolder(folder)
        for number in 0..<count {
            var cut: [UInt8] = []
            for y in 0..<height {
                let start = ((60 + 2 * number + y) * whole.width + 120 + 5 * number) * 3
                cut += whole.bytes[start..<start + 3 * width]
            }
            try scratch.save("\(folder)/frame_0000\(number + 1).png", Picture(width: width, height: height, samples: .eight(cut)))
        }
    }

    @Test func aFolderOfFramesGoesOnWhereItStopped() throws {
        let scratch = try Scratch()
        try saveWindows(4, width: 96, height: 72, in: scratch)
        let words = ["deepdream", "in", "--iterations", "2", "--octaves", "2", "-o"]
        func frame(_ folder: String, _ number: Int) throws -> [UInt8] { try scratch.bytes("\(folder)/frame_0000\(number).png") }
        try scratch.run(words + ["out"])
        // As if it had been ended within the third frame.
        try scratch.copy(scratch("out"), to: "half")
        for number in 3...4 { try scratch.remove("half/frame_0000\(number).png") }
        #expect(try scratch.run(words + ["half"]).lines.joined().contains("2 of them were there"))
        for number in 1...4 { #expect(try frame("half", number) == frame("out", number)) }
        try scratch.fails(words + ["out", "--seed", "3"], .cannotWrite, "--force")
        try scratch.fails(["replay", "out/frame_00002.png"], .badData, "frame 2")
        try scratch.remove("in/frame_00004.png")
        try scratch.fails(words + ["out"], .cannotWrite, "frame_00004")
    }

    @Test func whatIsDreamtOnIsNeverLost() throws {
        let scratch = try Scratch()
        for folder in ["in", "in.gif.frames"] { try saveWindows(2, width: 64, height: 48, in: scratch, folder) }
        for (source, target) in [("in", "in"), ("in", "./in/"), ("in.gif.frames", "in.gif")] {
            try scratch.fails(["deepdream", source, "--iterations", "1", "-o", target, "--force"], .cannotWrite, "would be lost")
        }
        try scratch.save("out.gif.frames/mine.txt", text: "mine")
        try scratch.run(["deepdream", "in", "--iterations", "1", "-o", "out.gif"])
        #expect(try scratch.contents("out.gif.frames") == ["mine.txt"])
    }

    /// A dream stays on what it lies on: frames of a panning camera differ, where they show the same, at most half as much as
    /// frames that are dreamt one by one.
    @Test func dreamsMoveWithTheFilm() throws {
        let scratch = try Scratch()
        let (count, width, height) = (5, 160, 120)
        try saveWindows(count, width: width, height: height, in: scratch)
        func difference(_ words: [String]) throws -> Double {
            let folder = "out\(words.count)"
            try scratch.run(["deepdream", "in", "-o", folder] + words)
            let frames = try (1...count).map { try scratch.picture("\(folder)/frame_0000\($0).png").planes() }
            var (sum, values) = (0.0, 0)
            for (before, after) in zip(frames, frames.dropFirst()) {
                for channel in 0..<3 {
                    for y in 0..<height - 2 {
                        for x in 0..<width - 5 {
                            let place = channel * width * height + y * width + x
                            sum += Double(abs(after[place] - before[place + 2 * width + 5]))
                            values += 1
                        }
                    }
                }
            }
            return sum / Double(values)
        }
        let (carried, anew) = (try difference([]), try difference(["--blend", "0"]))
        #expect(carried <= anew / 2, "\(carried) against \(anew)")
    }

    @Test func aFlightHasItsFrames() throws {
        struct Flight: Decodable { let frames: Int }
        let scratch = try Scratch()
        let words = ["deepdream", Photograph.chelsea, "--zoom", "1.1", "--frames", "3"] + Self.dream
        #expect(try scratch.run(words + ["-o", "z.gif"]).value(as: Flight.self).frames == 3)
        // Each has a graphic control extension.
        let bytes = Data(try scratch.bytes("z.gif"))
        var (found, start) = (0, bytes.startIndex)
        while let range = bytes.range(of: Data([0x21, 0xF9, 0x04]), in: start..<bytes.endIndex) { (found, start) = (found + 1, range.upperBound) }
        #expect(found == 3)
        try scratch.run(words + ["-o", "frames"])
        #expect(try scratch.contents("frames").count == 3)
        #expect(try scratch.record("frames/frame_00003.png").rows.contains { $0.value.contains("3 of a flight") })
        try scratch.fails(["replay", "frames/frame_00003.png"], .badData, "--zoom")
    }

    // MARK: Photographs

    @Test func opacityAndDepthAreKept() throws {
        let scratch = try Scratch()
        try scratch.save("deep.png", noise(width: 48, height: 40, alpha: true, depth: .sixteen))
        try scratch.save("p.png", noise(width: 48, height: 40, alpha: true))
        for (name, bits) in [("p.png", 8), ("deep.png", 16)] {
            try scratch.run(["deepdream", name, "--iterations", "1", "--force", "-o", "d.png"])
            try scratch.run(["style", name, Photograph.coffee, "--size", "48", "--model", "squeezenet1_1", "--steps", "1", "--force", "-o", "s.png"])
            let before = try scratch.picture(name)
            for file in ["d.png", "s.png"] {
                let after = try scratch.picture(file)
                #expect(after.bitDepth.rawValue == bits && after.alphaPlane() == before.alphaPlane())
            }
        }
    }

    @Test(arguments: [
        ["deepdream", Photograph.chelsea] + dream,
        ["style", Photograph.chelsea, Photograph.coffee, "--model", "squeezenet1_1", "--size", "64", "--steps", "4"],
    ])
    func everythingIsTold(_ words: [String]) throws {
        struct Drawn: Decodable { let complete: Bool, output: String }
        let scratch = try Scratch()
        let told = try scratch.run(words + ["-o", "a.png"])
        let drawn = try told.value(as: Drawn.self)
        #expect(drawn.complete && drawn.output == scratch("a.png"))
        let details = told.details.joined(separator: "\n")
        for word in ["weights", "chelsea.jpg from", "plan", "threads", "prepared", "\"pictures\":{"] { #expect(details.contains(word), "\(details)") }
    }

    @Test func bothLossesFall() throws {
        struct Drawn: Decodable { let measures: [String: Float] }
        let scratch = try Scratch()
        let words = ["style", Photograph.chelsea, Photograph.coffee, "--size", "96", "--steps", "60", "-o", "a.png"]
        let measures = try scratch.run(words).value(as: Drawn.self).measures
        #expect(measures["style_loss_share"]! < 0.5 && measures["content_loss_share"]! < 1, "\(measures)")
    }
}
