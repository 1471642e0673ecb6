import Foundation
import Images
import TestSupport
import Testing

/// Files that want to be more than pictures: larger than memory, pipes, and records that name other files.
@Suite struct HostileFileTests {
    /// A PNG that announces 11000×11000 pixels and has none of them.
    private static let announcement: [UInt8] = {
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + data
            var crc: UInt32 = .max
            for byte in body {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            }
            return number(UInt32(data.count)) + body + number(~crc)
        }
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        return PNG.signature + chunk("IHDR", number(11_000) + number(11_000) + [8, 2, 0, 0, 0]) + chunk("IDAT", [0x78, 0x9C]) + chunk("IEND", [])
    }()

    @Test(arguments: [
        "classify big.png", "deepdream big.png --size 32", "style big.png big.png --size 32 --model squeezenet1_1", "compare big.png big.png",
        "diff big.png other.png", "channel --layer features.3 --index 5 --start big.png", "facets big.png other.png --layer features.3",
    ])
    func aPictureThatMemoryCannotHoldIsNotDecoded(_ command: String) throws {
        let scratch = try Scratch()
        try Data(Self.announcement).write(to: URL(filePath: "\(scratch.path)/big.png"))
        try Data(Self.announcement + [0]).write(to: URL(filePath: "\(scratch.path)/other.png"))
        let result = try Shell.run("ulimit -v 1800000; \"$LUCID\" \(command)", in: scratch.path)
        #expect(result.status == 70 && result.said.contains("11000x11000") && result.said.contains("memory"), "\(result.said)")
        #expect(result.said.split(separator: "\n").count == 1)
    }

    private func drawn(_ scratch: Scratch) throws {
        try saveGraph(to: "\(scratch.path)/small.onnx")
        let drawn = try Program.run(
            ["channel", "--model", "small.onnx", "--layer", "Conv_0", "--index", "1", "--size", "32", "--steps", "1", "-o", "a.png", "--quiet"],
            in: scratch.path)
        #expect(drawn.status == 0, "\(drawn.errors)")
    }

    @Test func aReplayTakesANetworkFromThePicturesFolderOnly() throws {
        let scratch = try Scratch()
        try drawn(scratch)
        func run(_ arguments: String, _ status: Int32, _ word: String) throws {
            let result = try Shell.run("timeout 30 \"$LUCID\" replay \(arguments) -o b.png --force --quiet", in: scratch.path)
            #expect(result.status == status && (word.isEmpty || result.said.contains(word)), "\(arguments): \(result.status) \(result.said)")
        }
        // The working folder is not the picture's.
        _ = try Shell.run("mkdir pictures nets; cp a.png pictures/", in: scratch.path)
        try run("pictures/a.png", 66, "--model")
        try run("pictures/a.png --model small.onnx", 0, "")
        _ = try Shell.run("cp small.onnx pictures/", in: scratch.path)
        try run("pictures/a.png", 0, "")
        // A record may name any path.
        let record = try #require(try PNG.text(in: [UInt8](try scratch.bytes("a.png")))["lucid"])
        let crafted = record.replacing("\"small.onnx\"", with: "\"\(scratch.path)/nets/small.onnx\"")
        #expect(crafted != record)
        let picture = try Picture.read(from: "\(scratch.path)/a.png")
        try Data(try PNG.encode(picture, text: [("lucid", crafted)])).write(to: URL(filePath: "\(scratch.path)/nets/x.png"))
        _ = try Shell.run("cp small.onnx nets/; mv nets/x.png nets/x.png.away; mkdir else; mv nets/x.png.away else/x.png", in: scratch.path)
        try run("else/x.png", 66, "else/small.onnx")
        // A pipe is no network, and nothing waits for one.
        _ = try Shell.run("rm pictures/small.onnx; mkfifo pictures/small.onnx", in: scratch.path)
        try run("pictures/a.png", 66, "--model")
        try run("pictures/a.png --model pictures/small.onnx", 66, "not a regular file")
        // Another network of the name.
        _ = try Shell.run("rm pictures/small.onnx; cp small.onnx pictures/; printf '\\x9a\\x06\\x01x' >> pictures/small.onnx", in: scratch.path)
        try run("pictures/a.png", 65, "SHA-256")
    }

    @Test func aBatchWritesSheetsAsSVG() throws {
        let scratch = try Scratch()
        let manifest = """
            defaults: {size: 32, steps: 1, layer: features.3}
            renders:
              - {command: sheet, index: 0-1, output: s.svg}
              - {command: channel, index: 5, output: c.svg}
            """
        try manifest.write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        let wrong = try Program.run(["batch", "m.yaml", "-o", "o"], in: scratch.path)
        #expect(wrong.status == 65 && wrong.errors.contains("m.yaml:4") && !wrong.errors.contains("m.yaml:3"), "\(wrong.errors)")
        try manifest.split(separator: "\n").dropLast().joined(separator: "\n").write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        let right = try Program.run(["batch", "m.yaml", "-o", "o"], in: scratch.path)
        #expect(right.status == 0, "\(right.errors)")
        #expect(try String(decoding: scratch.bytes("o/s.svg"), as: UTF8.self).contains("<svg xmlns="))
        let again = try Program.run(["batch", "m.yaml", "-o", "o"], in: scratch.path)
        #expect(again.status == 0 && again.errors.isEmpty, "\(again.errors)")
    }
}

/// Names that are no trouble to the file system, but to people, terminals and parsers.
@Suite struct OddNameTests {
    private static let photo = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos/coffee.jpg").path
    private static let drawing = ["channel", "--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1", "-o"]

    @Test func aNameThatLooksLikeAnOptionIsExplained() throws {
        let scratch = try Scratch()
        try FileManager.default.copyItem(atPath: Self.photo, toPath: "\(scratch.path)/-x.jpg")
        for command in ["classify", "info", "deepdream"] {
            let program = try Program.run([command, "-x.jpg"], in: scratch.path)
            #expect(program.status == 64 && program.errors.contains("./-x.jpg"), "\(command): \(program.errors)")
        }
        #expect(try Program.run(["classify", "./-x.jpg"], in: scratch.path).status == 0)
        #expect(try Program.run(["classify", "--", "-x.jpg"], in: scratch.path).status == 0)
    }

    @Test(arguments: ["new\nline", "\u{1B}]0;title\u{7}"]) func aResultIsOneLineWithoutControls(_ name: String) throws {
        let scratch = try Scratch()
        func said(_ arguments: [String]) throws {
            let program = try Program.run(arguments, in: scratch.path)
            #expect(program.status == 0, "\(program.errors)")
            #expect(program.text.filter { $0 == "\n" }.count == 1 && !program.text.contains("\u{1B}"), "\(program.text)")
        }
        try said(Self.drawing + ["\(name).png"])
        try said(["compare", Self.photo, Self.photo, "-o", "\(name)2.png"])
        let manifest = "renders: [{command: channel, layer: features.3, index: 1, size: 32, steps: 1}]"
        try manifest.write(toFile: "\(scratch.path)/m.yaml", atomically: true, encoding: .utf8)
        let batch = try Program.run(["batch", "m.yaml", "-o", name], in: scratch.path)
        #expect(batch.status == 0 && batch.text.filter { $0 == "\n" }.count == 2 && !batch.text.contains("\u{1B}"), "\(batch.text)")
    }

    @Test func anEmptyNameIsNamed() throws {
        let program = try Program.run(["classify", ""])
        #expect(program.status == 66 && program.errors.hasPrefix("lucid: \"\": "), "\(program.errors)")
    }
}
