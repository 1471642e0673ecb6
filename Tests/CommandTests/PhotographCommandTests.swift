import Foundation
import Images
import Testing

/// `lucid deepdream` and `lucid style` through the program, with what they leave behind when something is wrong.
@Suite struct PhotographCommandTests {
    private static let photos = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Photos")
    private static let photo = photos.appending(path: "chelsea.jpg").path
    private static let other = photos.appending(path: "coffee.jpg").path
    private static let dream = ["--size", "64", "--iterations", "2", "--octaves", "2"]
    private static let style = ["--model", "squeezenet1_1", "--size", "64", "--steps", "4"]

    private func run(_ scratch: Scratch, _ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        let program = try Program.run(arguments, in: scratch.path, environment: environment)
        #expect(program.status == 0, "\(arguments): \(program.errors)")
        return program
    }

    private func fails(
        _ scratch: Scratch, _ arguments: [String], with status: Int32, saying word: String, environment: [String: String] = [:]
    ) throws {
        let before = try scratch.names()
        let program = try Program.run(arguments, in: scratch.path, environment: environment)
        #expect(program.status == status, "\(arguments): \(program.errors)")
        #expect(program.errors.hasPrefix("lucid: ") && program.errors.filter { $0 == "\n" }.count == 1, "\(program.errors)")
        #expect(program.errors.contains(word), "\(arguments): \(program.errors)")
        #expect(try scratch.names() == before, "\(arguments) left something behind")
    }

    /// A line of bash in which $LUCID is the program and $PHOTO the photograph.
    private func shell(_ scratch: Scratch, _ line: String) throws -> Int32 {
        try Shell.run(line, in: scratch.path, environment: ProcessInfo.processInfo.environment.merging(["PHOTO": Self.photo]) { $1 }).status
    }

    private func picture(_ scratch: Scratch, _ name: String) throws -> Picture {
        try Picture.decode([UInt8](scratch.bytes(name)), name: name)
    }

    private func save(_ picture: Picture, _ scratch: Scratch, _ name: String) throws {
        try Data(PNG.encode(picture)).write(to: URL(filePath: "\(scratch.path)/\(name)"))
    }

    /// Windows of a photograph, each 5 pixels to the right of the one before and 2 below it.
    private func windows(_ count: Int, width: Int, height: Int) throws -> [Picture] {
        let whole = try Picture.read(from: Self.photo)
        guard case .eight(let samples) = whole.samples else { fatalError("the photograph has 8 bits") }
        return (0..<count).map { number in
            var cut: [UInt8] = []
            for y in 0..<height {
                let start = ((60 + 2 * number + y) * whole.width + 120 + 5 * number) * 3
                cut += samples[start..<start + 3 * width]
            }
            return Picture(width: width, height: height, samples: .eight(cut))
        }
    }

    @Test(arguments: [
        ["deepdream", photo, "--guide", other, "--mask", other, "--tv", "0.1", "--strength", "0.7", "--seed", "4"] + dream,
        ["deepdream", photo, "--layer", "features.3=2", "--layer", "features.6", "--relu", "redirected"] + dream,
        ["deepdream", photo, "--layer", "features.3", "--channel", "3,5-7", "--pool-gradient", "average"] + dream,
        ["deepdream", "--from-noise", "--seed", "5"] + dream,
        ["deepdream", photo, "--tile", "256", "--iterations", "1"],
        ["style", photo, other] + style,
        ["style", photo, other, photo, "--blend", "2,1", "--keep-colors", "--stages", "2"] + style,
        ["style", photo, other, photo, "--mask", photo, "--mask", other, "--from-noise", "--seed", "3"] + style,
        ["style", photo, other, "--start", other, "--optimizer", "lbfgs", "--style-scale", "2", "--content-layer", "features.6"] + style,
        ["style", photo, other, "--method", "lucid"] + style,
    ])
    func aPictureReplaysToTheSameBytes(_ arguments: [String]) throws {
        let scratch = try Scratch()
        for file in ["a.png", "a.jpg"] {
            _ = try run(scratch, arguments + ["--threads", "2", "-o", file])
            let copies = [Self.photo, Self.other].filter(arguments.contains).flatMap { ["--picture", $0] }
            _ = try run(scratch, ["replay", file, "-o", "again-\(file)", "--threads", "1"] + copies)
            #expect(try scratch.bytes(file) == scratch.bytes("again-\(file)"), "\(file)")
            #expect(try run(scratch, ["info", file]).text.contains("squeezenet1_1"))
        }
        let record = try run(scratch, ["info", "a.png", "--json"]).text
        for word in ["thread", "/", "\"time"] { #expect(!record.contains(word), "the record says \(word): \(record)") }
    }

    @Test func picturesOfTheWayThereReplayToo() throws {
        let scratch = try Scratch()
        try FileManager.default.copyItem(atPath: Self.photo, toPath: "\(scratch.path)/p.jpg")
        let arguments = ["deepdream", "p.jpg", "-o", "a.png", "--save-at", "1,3", "--evolution", "way"] + Self.dream
        _ = try run(scratch, arguments)
        #expect(try scratch.names() == ["a.png", "a_step1.png", "a_step3.png", "p.jpg", "way"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/way").count == 5)
        _ = try run(scratch, ["replay", "a_step3.png", "-o", "b.png"])
        #expect(try scratch.bytes("a_step3.png") == scratch.bytes("b.png"))
        try fails(scratch, arguments, with: 73, saying: "--force")
        _ = try run(scratch, arguments + ["--force"])
        // The photograph is another one now.
        try FileManager.default.removeItem(atPath: "\(scratch.path)/p.jpg")
        try FileManager.default.copyItem(atPath: Self.other, toPath: "\(scratch.path)/p.jpg")
        try fails(scratch, ["replay", "a.png"], with: 65, saying: "--picture")
        try FileManager.default.removeItem(atPath: "\(scratch.path)/p.jpg")
        try fails(scratch, ["replay", "a.png"], with: 66, saying: "--picture")
    }

    @Test func standardInputAndOutput() throws {
        let scratch = try Scratch()
        let options = Self.dream.joined(separator: " ")
        #expect(try shell(scratch, "\"$LUCID\" deepdream - \(options) -o - <\"$PHOTO\" >a.png && \"$LUCID\" replay - --picture \"$PHOTO\" -o b.png -q <a.png") == 0)
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        #expect(try shell(scratch, "\"$LUCID\" deepdream - \(options) -q <\"$PHOTO\" && test -f stdin_dream.png") == 0)
    }

    @Test func opacityAndDepthAreKept() throws {
        let scratch = try Scratch()
        let (width, height) = (48, 40)
        let samples = (0..<width * height * 4).map { i in UInt16(truncatingIfNeeded: i % 4 == 3 ? i * 31 : i * 977) }
        try save(Picture(width: width, height: height, hasAlpha: true, samples: .sixteen(samples)), scratch, "deep.png")
        let small = samples.map { UInt8(truncatingIfNeeded: $0 >> 8) }
        try save(Picture(width: width, height: height, hasAlpha: true, samples: .eight(small)), scratch, "p.png")
        for (name, bits) in [("p.png", 8), ("deep.png", 16)] {
            _ = try run(scratch, ["deepdream", name, "--iterations", "1", "--force", "-o", "d.png"])
            _ = try run(scratch, ["style", name, Self.other, "--size", "48", "--model", "squeezenet1_1", "--steps", "1", "--force", "-o", "s.png"])
            let before = try picture(scratch, name)
            for file in ["d.png", "s.png"] {
                let after = try picture(scratch, file)
                #expect(after.bitDepth.rawValue == bits)
                #expect(after.alphaPlane() == before.alphaPlane())
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptedPictureIsKeptAndReplays(_ signal: Int32) throws {
        let scratch = try Scratch()
        for (name, arguments) in [
            ("dream", ["deepdream", Self.photo, "--iterations", "100000", "--size", "64"]),
            ("style", ["style", Self.photo, Self.other, "--model", "squeezenet1_1", "--size", "64", "--steps", "100000"]),
        ] {
            let program = try Program.run(
                arguments + ["--save-at", "1", "-o", "\(name).png"], in: scratch.path,
                interruptWhen: { _ in try scratch.names().contains("\(name)_step1.png") }, signal: signal)
            #expect(program.status == 128 + signal, "\(program.errors)")
            #expect(try run(scratch, ["info", "\(name).png"]).text.contains("incomplete"))
            let pictures = [Self.photo, Self.other].filter(arguments.contains).flatMap { ["--picture", $0] }
            _ = try run(scratch, ["replay", "\(name).png", "--force", "-o", "b.png"] + pictures)
            #expect(try scratch.bytes("\(name).png") == scratch.bytes("b.png"))
        }
    }

    @Test func jsonAndDryRunAndVerbose() throws {
        let scratch = try Scratch()
        for arguments in [["deepdream", Self.photo] + Self.dream, ["style", Self.photo, Self.other] + Self.style] {
            let line = try run(scratch, arguments + ["--json", "-o", "a.png"]).output
            let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
            #expect(object?["complete"] as? Bool == true && object?["output"] as? String == "a.png")
            try FileManager.default.removeItem(atPath: "\(scratch.path)/a.png")
            #expect(try run(scratch, arguments + ["--dry-run"]).text.contains("\"pictures\":{"))
            #expect(try scratch.names().isEmpty)
            let said = try run(scratch, arguments + ["--verbose", "-o", "b.png"]).errors
            for word in ["weights", "chelsea.jpg from", "plan", "threads", "prepared"] { #expect(said.contains(word), "\(said)") }
            try FileManager.default.removeItem(atPath: "\(scratch.path)/b.png")
        }
    }

    // MARK: Films

    @Test func aFolderOfFramesGoesOnWhereItStopped() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/in", withIntermediateDirectories: false)
        for (number, frame) in try windows(4, width: 96, height: 72).enumerated() { try save(frame, scratch, "in/f\(number).png") }
        let arguments = ["deepdream", "in", "--iterations", "2", "--octaves", "2", "-o"]
        func frame(_ folder: String, _ number: Int) throws -> Data { try scratch.bytes("\(folder)/frame_0000\(number).png") }
        _ = try run(scratch, arguments + ["out"])
        // As if it had been ended within the third frame.
        try FileManager.default.copyItem(atPath: "\(scratch.path)/out", toPath: "\(scratch.path)/half")
        for number in 3...4 { try FileManager.default.removeItem(atPath: "\(scratch.path)/half/frame_0000\(number).png") }
        #expect(try run(scratch, arguments + ["half"]).text.contains("2 of them were there"))
        for number in 1...4 { #expect(try frame("half", number) == frame("out", number)) }
        try fails(scratch, arguments + ["out", "--seed", "3"], with: 73, saying: "--force")
        try fails(scratch, ["replay", "out/frame_00002.png"], with: 65, saying: "frame 2")
        try FileManager.default.removeItem(atPath: "\(scratch.path)/in/f3.png")
        try fails(scratch, arguments + ["out"], with: 73, saying: "frame_00004")
    }

    @Test func whatIsDreamtOnIsNeverLost() throws {
        let scratch = try Scratch()
        for folder in ["in", "in.mp4.frames"] {
            try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: false)
            for (number, frame) in try windows(2, width: 64, height: 48).enumerated() {
                try save(frame, scratch, "\(folder)/frame_0000\(number + 1).png")
            }
        }
        let film = try FakeFilm(in: scratch, frames: windows(2, width: 64, height: 48))
        for (source, target) in [("in", "in"), ("in", "./in/"), ("in.mp4.frames", "in.mp4"), (film.name, film.name)] {
            try fails(
                scratch, ["deepdream", source, "--iterations", "1", "-o", target, "--force"], with: 73, saying: "would be lost",
                environment: film.environment)
        }
        let own = "\(scratch.path)/out.gif.frames"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: URL(filePath: own + "/mine.txt"))
        _ = try run(scratch, ["deepdream", "in", "--iterations", "1", "-o", "out.gif"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: own) == ["mine.txt"])
    }

    @Test func aFilmIsDreamtOn() throws {
        let scratch = try Scratch()
        let film = try FakeFilm(in: scratch, frames: windows(4, width: 64, height: 48))
        let arguments = ["deepdream", film.name, "--iterations", "1", "--octaves", "2", "-o"]
        for threads in ["1", "2"] {
            _ = try run(scratch, arguments + ["a\(threads).gif", "--threads", threads], environment: film.environment)
        }
        #expect(try scratch.bytes("a1.gif") == scratch.bytes("a2.gif"))
        #expect(try !scratch.names().contains { $0.hasSuffix(".frames") })
        // A film that breaks off leaves its frames; mended, the rest is dreamt and the film is the same.
        let broken = try FakeFilm(in: scratch, frames: windows(2, width: 64, height: 48), ending: "echo broken >&2; exit 1")
        let program = try Program.run(arguments + ["b.gif"], in: scratch.path, environment: broken.environment)
        #expect(program.status == 65 && program.errors.contains("broken"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/b.gif.frames").count == 2)
        let whole = try FakeFilm(in: scratch, frames: windows(4, width: 64, height: 48))
        #expect(try run(scratch, arguments + ["b.gif"], environment: whole.environment).text.contains("2 of them were there"))
        #expect(try scratch.bytes("b.gif") == scratch.bytes("a1.gif"))
    }

    @Test func filmsNeedFFmpegBeforeAnythingIsComputed() throws {
        let scratch = try Scratch()
        try Data("film".utf8).write(to: URL(filePath: "\(scratch.path)/film.mp4"))
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/in", withIntermediateDirectories: false)
        try save(try windows(1, width: 64, height: 48)[0], scratch, "in/a.png")
        let none = ["PATH": "/nonexistent"]
        try fails(scratch, ["deepdream", "film.mp4", "-o", "out"], with: 69, saying: "ffmpeg", environment: none)
        try fails(scratch, ["deepdream", "in", "-o", "out.mp4"], with: 69, saying: "ffmpeg", environment: none)
        try fails(scratch, ["deepdream", Self.photo, "--zoom", "1.1", "-o", "z.mp4"], with: 69, saying: "ffmpeg", environment: none)
        try fails(scratch, ["deepdream", Self.photo, "--evolution", "z.mp4"], with: 69, saying: "ffmpeg", environment: none)
    }

    /// A dream stays on what it lies on: frames of a panning camera differ, where they show the same, at most half as much as
    /// frames that are dreamt one by one.
    @Test func dreamsMoveWithTheFilm() throws {
        let scratch = try Scratch()
        let (count, width, height) = (5, 160, 120)
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/in", withIntermediateDirectories: false)
        for (number, frame) in try windows(count, width: width, height: height).enumerated() {
            try save(frame, scratch, "in/f\(number).png")
        }
        func difference(_ options: [String]) throws -> Double {
            let folder = "out\(options.count)"
            _ = try run(scratch, ["deepdream", "in", "-o", folder] + options)
            let frames = try (1...count).map { try picture(scratch, "\(folder)/frame_0000\($0).png").planes() }
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
        let scratch = try Scratch()
        let arguments = ["deepdream", Self.photo, "--zoom", "1.1", "--frames", "3"] + Self.dream
        let object = try JSONSerialization.jsonObject(with: run(scratch, arguments + ["-o", "z.gif", "--json"]).output) as? [String: Any]
        #expect(object?["frames"] as? Int == 3)
        // Each has a graphic control extension.
        #expect(try scratch.bytes("z.gif").occurrences(of: [0x21, 0xF9, 0x04]) == 3)
        _ = try run(scratch, arguments + ["-o", "frames"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path)/frames").count == 3)
        #expect(try run(scratch, ["info", "frames/frame_00003.png"]).text.contains("3 of a flight"))
        try fails(scratch, ["replay", "frames/frame_00003.png"], with: 65, saying: "--zoom")
    }

    // MARK: Style

    @Test func bothLossesFall() throws {
        let scratch = try Scratch()
        struct Result: Decodable { let measures: [String: Float] }
        let line = try run(scratch, ["style", Self.photo, Self.other, "--size", "96", "--steps", "60", "--json", "-o", "a.png"]).output
        let measures = try JSONDecoder().decode(Result.self, from: line).measures
        #expect(measures["style_loss_share"]! < 0.5 && measures["content_loss_share"]! < 1, "\(measures)")
    }

    // MARK: Mistakes

    @Test func mistakesAreSaid() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/empty", withIntermediateDirectories: false)
        try save(Picture(width: 1, height: 1, samples: .eight([9, 9, 9])), scratch, "one.png")
        let (photo, other) = (Self.photo, Self.other)
        for (arguments, status, word): ([String], Int32, String) in [
            ([], 64, "--from-noise"), (["absent.jpg"], 66, "absent.jpg"),
            (["empty"], 66, "no pictures"), ([photo, "--from-noise"], 64, "--from-noise"), ([photo, "--layer", "featres.3"], 64, "features.3"),
            ([photo, "--size", "100000"], 70, "GB"), ([photo, "--size", "5"], 64, "too small"), (["one.png"], 64, "too small"),
            ([photo, "--guide", "one.png"], 65, "too small"), ([photo, "--channel", "3"], 64, "--layer"),
            ([photo, "--channel", "999", "--layer", "features.3"], 64, "0–127"), ([photo, "--octaves", "30", "--size", "96"], 64, "too small"),
            ([photo, "--memory", "1MB"], 70, "--memory"), ([photo, "--blend", "0.3"], 64, "--blend"), ([photo, "--rate", "3"], 64, "--rate"),
            ([photo, "--frames", "3"], 64, "--zoom"), ([photo, "--zoom", "1"], 64, "--zoom"), ([photo, "--zoom", "1.1", "--save-at", "1"], 64, "--save-at"),
            ([photo, "--output-size", "9"], 64, "--output-size"), ([photo, "--zoom", "1.1", "--output-size", "9"], 64, "--output-size"),
            ([photo, "--save-at", "999"], 64, "--save-at"), ([photo, "-o", "/dev/null/a.png"], 73, "/dev/null"), ([photo, "-o", "a.gif"], 64, ".png, .jpg or .tif"),
            ([photo, "--max-pixels", "100"], 65, "--max-pixels"),
        ] { try fails(scratch, ["deepdream"] + arguments, with: status, saying: word) }
        for (arguments, status, word): ([String], Int32, String) in [
            ([photo], 64, "styles"), ([photo, "absent.jpg"], 66, "absent.jpg"), ([photo, other, "--size", "100000"], 70, "GB"),
            ([photo, other, "--size", "2000", "--style-scale", "20"], 70, "GB"), ([photo, other, "--stages", "10", "--size", "96"], 64, "--stages"),
            ([photo, other, "--style-weight", "1e30"], 64, "--style-weight"), ([photo, other, "--seed", "3"], 64, "--from-noise"),
            ([photo, other, "--style-weight", "0", "--content-weight", "0", "--tv", "0"], 64, "every weight"),
            ([photo, other, "--blend", "1,2"], 64, "--blend"), ([photo, other, other, "--mask", other], 64, "--mask"),
            ([photo, other, "--method", "lucid", "--keep-colors"], 64, "--method gatys"), (["-", "-"], 64, "standard input"),
            ([photo, other, "--start", other, "--from-noise"], 64, "exclude"), ([photo, other, "--style-layer", "features.99"], 64, "features.9"),
        ] { try fails(scratch, ["style"] + arguments, with: status, saying: word) }
    }

    /// A record may hold anything.
    @Test func recordsThatMakeNoSenseAreRefused() throws {
        let scratch = try Scratch()
        // They make no sense to a network or to a machine's memory; as they stand, a reader of the record can show them.
        let readable: Set = [
            "\"width\":1000000", "\"octaves\":32", "input_diff(coffee.jpg)", "activation_difference(features.10,coffee.jpg)",
            "diversity(features.10)", "\"beginning\":\"picture\"", "\"layer\":\"none\"",
        ]
        for (name, arguments) in [("d", ["deepdream", Self.photo, "--guide", Self.other] + Self.dream), ("s", ["style", Self.photo, Self.other] + Self.style)] {
            _ = try run(scratch, arguments + ["-o", "\(name).png"])
            let record = try run(scratch, ["info", "\(name).png", "--json"]).text
            let changes: [(String, String)] =
                name == "d"
                ? [
                    ("\"width\":64", "\"width\":1000000"), ("\"width\":64", "\"width\":0"), ("\"height\":43", "\"height\":1e40"),
                    ("\"octaves\":2", "\"octaves\":32"), ("\"octaves\":2", "\"octaves\":4611686018427387904"),
                    ("\"seed\":0", "\"seed\":0,\"frame\":9223372036854775807"), ("\"carried\":0", "\"carried\":0.5"),
                    ("\"seed\":0", "\"seed\":0,\"tile\":1"), ("guide(features.10,coffee.jpg)", "input_diff(coffee.jpg)"),
                    ("guide(features.10,coffee.jpg)", "activation_difference(features.10,coffee.jpg)"),
                    ("guide(features.10,coffee.jpg)", "diversity(features.10)"), ("\"stepsDone\":4", "\"stepsDone\":5"),
                ]
                : [
                    ("\"steps\":4", "\"steps\":4000000000"), ("\"width\":64", "\"width\":1000000"), ("\"styleScale\":1", "\"styleScale\":100"),
                    ("\"styleWeight\":20", "\"styleWeight\":3e38"), ("\"learningRate\":0.03", "\"learningRate\":1e38"),
                    ("\"beginning\":\"content\"", "\"beginning\":\"picture\""), ("\"layer\":\"features.7\"", "\"layer\":\"none\""),
                    ("\"schedule\":\"settle\"", "\"schedule\":\"oops\""),
                ]
            for (old, new) in changes {
                #expect(record.contains(old), "\(old) is not in \(record)")
                var crafted = record.replacingOccurrences(of: old, with: new).trimmingCharacters(in: .newlines)
                // More than any machine has memory for.
                if new.hasSuffix("\"width\":1000000") {
                    crafted = crafted.replacingOccurrences(of: "\"height\":43", with: "\"height\":1000000")
                }
                let bytes = try PNG.encode(picture(scratch, "\(name).png"), text: [("lucid", crafted)])
                try Data(bytes).write(to: URL(filePath: "\(scratch.path)/x.png"))
                try fails(
                    scratch, ["replay", "x.png", "-o", "y.png", "--picture", Self.photo, "--picture", Self.other],
                    with: new.hasSuffix("\"width\":1000000") ? 70 : 65, saying: "lucid: ")
                #expect(try Program.run(["info", "x.png"], in: scratch.path).status == (readable.contains(new) ? 0 : 65), "\(new)")
            }
        }
    }

    // MARK: Pictures of every kind

    @Test func theUsualNamesAreUnderstood() throws {
        let scratch = try Scratch()
        let dream = ["deepdream", Self.photo, "--layer", "features.3", "--size", "32", "--octaves", "1", "-o"]
        _ = try run(scratch, dream + ["a.png", "--channel", "5", "--iterations", "1"])
        _ = try run(scratch, dream + ["b.png", "--index", "5", "--steps", "1"])
        let mix = ["direction", "--layer", "features.3", "--size", "32", "--steps", "1", "-o"]
        _ = try run(scratch, mix + ["c.png", "--channels", "5:1,6:1"])
        _ = try run(scratch, mix + ["d.png", "--index", "5,6"])
        #expect(try scratch.bytes("a.png") == scratch.bytes("b.png"))
        #expect(try scratch.bytes("c.png") == scratch.bytes("d.png"))
    }
}

extension Data {
    /// How often some bytes are found.
    fileprivate func occurrences(of bytes: [UInt8]) -> Int {
        var (found, start) = (0, startIndex)
        while let range = range(of: Data(bytes), in: start..<endIndex) { (found, start) = (found + 1, range.upperBound) }
        return found
    }
}
