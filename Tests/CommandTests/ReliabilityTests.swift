import Foundation
import Images
import Testing

/// Things that go wrong around the program: signals, odd names, bare environments, others who write.
@Suite struct ReliabilityTests {
    private let draw = "\"$LUCID\" channel --layer features.3 --index 5 --size 32 --steps 2"

    @Test func aSecondSignalEndsTheProgramAtOnce() throws {
        let scratch = try Scratch()
        // One step of this takes far longer than the pause between the signals. What is in a script's background ignores SIGINT.
        let script = """
            env --default-signal=INT "$LUCID" channel --model vgg16 --layer features.28 --index 5 --size 900 --steps 3 --threads 1 -o a.png &
            until (($(cut -d ' ' -f 14 /proc/$!/stat) > 150)); do sleep 0.01; done  # hundredths of a second that it has computed
            kill -TERM $!; until grep -q '^ShdPnd:\\s0*$' /proc/$!/status; do :; done  # it has taken the first signal
            kill -INT $!; start=$(date +%s%N); wait $!; status=$?
            echo "status $status after $((($(date +%s%N) - start) / 1000000)) ms"
            """
        let result = try Shell.run(script, in: scratch.path)
        #expect(result.said.contains("status 130"), "\(result.said)")
        let time = try #require(result.said.split(separator: " ").dropLast().last.flatMap { Int($0) })
        #expect(time < 1000, "\(result.said)")
        #expect(try scratch.names().isEmpty)
    }

    @Test func toAClosedPipeAPictureEndsQuietly() throws {
        let scratch = try Scratch()
        let result = try Shell.run("\(draw) -o - | true; test ${PIPESTATUS[0]} = 141", in: scratch.path)
        #expect(result.status == 0 && result.said.isEmpty, "\(result.said)")
        #expect(try scratch.names().isEmpty)
    }

    @Test func aReadOnlyFolderIsSaidBeforeComputing() throws {
        let scratch = try Scratch()
        // Root may write everywhere, unless it gives that up.
        let asAnyone = geteuid() == 0 ? "setpriv --bounding-set=-dac_override,-dac_read_search " : ""
        let script = """
            mkdir d && echo old > d/a.png && echo 'renders: [{command: channel, layer: features.3, index: 5}]' > m.yaml && chmod 555 d
            for line in "channel --layer features.3 --index 5 --steps 1000000 --force -o d/a.png" "batch m.yaml -o d"; do
                \(asAnyone)"$LUCID" $line; echo "exit code $?"
            done
            ls -A d; cat d/a.png
            """
        let lines = try Shell.run(script, in: scratch.path).said.split(separator: "\n")
        #expect(lines.first?.contains("d/a.png: cannot be written (Permission denied)") == true, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("lucid: m.yaml:1: d/") && $0.contains("(Permission denied)") }, "\(lines)")
        #expect(lines.filter { $0 == "exit code 73" }.count == 2, "\(lines)")
        #expect(lines.suffix(2) == ["a.png", "old"], "\(lines)")
    }

    @Test func aBareEnvironmentDoes() throws {
        let scratch = try Scratch()
        for environment in [[:], ["LC_ALL": "C", "TERM": "dumb"], ["HOME": "/nowhere", "LANG": "xx_XX.nonsense"]] {
            let result = try Shell.run(draw + " --force -o a.png && \"$LUCID\" info a.png", in: scratch.path, environment: environment)
            #expect(result.status == 0 && result.said.contains("channel_cosine(features.3,5)"), "\(environment): \(result.said)")
        }
    }

    @Test(arguments: ["a\nb.png", "--help.png"])
    func oddNamesAreNames(name: String) throws {
        let scratch = try Scratch()
        let program = try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1", "--output=\(name)"], in: scratch.path)
        #expect(program.status == 0, "\(program.errors)")
        #expect(try scratch.names() == [name])
        #expect(try Program.run(["info", "--", name], in: scratch.path).status == 0)
        #expect(try Program.run(["caricature", "--layer", "features.3", "--size", "32", "--steps", "1", "-o", "c.png", "--", name], in: scratch.path).status == 0)
    }

    @Test func namesNeedNotBeUTF8() throws {
        let scratch = try Scratch()
        let result = try Shell.run(draw + " -o \"$(printf 'a\\377.png')\" && \"$LUCID\" info \"$(printf 'a\\377.png')\" && ls | wc -l", in: scratch.path)
        #expect(result.status == 0 && result.said.hasSuffix("1\n"), "\(result.said)")
        #expect(try Shell.run("mkdir d && mv a* d && \"$LUCID\" report d -q && ls d | wc -l", in: scratch.path).said == "2\n")
    }

    @Test func outputsThatAreNoPlainFiles() throws {
        let scratch = try Scratch()
        // A FIFO gets the picture, and a link's target is what is replaced.
        let pipe = try Shell.run("mkfifo p.png && (cat p.png > got.png & \(draw) -q -o p.png; wait) && \"$LUCID\" info got.png", in: scratch.path)
        #expect(pipe.status == 0 && pipe.said.contains("features.3"), "\(pipe.said)")
        let link = try Shell.run("touch target.png && ln -s target.png l.png && \(draw) -q --force -o l.png && test -L l.png && \"$LUCID\" info target.png", in: scratch.path)
        #expect(link.status == 0, "\(link.said)")
        // A command's own photograph is never drawn over.
        let same = try Shell.run("\"$LUCID\" accentuate target.png --layer features.3 --index 5 --steps 1 -q --force -o target.png", in: scratch.path)
        #expect(same.status == 73 && same.said.contains("target.png"), "\(same.said)")
        let folder = try Shell.run("mkdir d.png && \(draw) -q -o d.png && ls d.png", in: scratch.path)
        #expect(folder.said == "squeezenet1_1_features.3_5.png\n", "\(folder.said)")
    }

    @Test func ofTwoProgramsOneWholePictureRemains() throws {
        let scratch = try Scratch()
        let script = "for i in 1 2 3; do for s in 1 2; do \(draw) --seed $s -q --force -o a.png & done; wait; \"$LUCID\" info a.png > said || exit 9; done; ls -A"
        let result = try Shell.run(script, in: scratch.path)
        #expect(result.status == 0 && result.said == "a.png\nsaid\n", "\(result.said)")
    }

    // MARK: Terminals and signals

    /// `script` gives a real terminal, whose width `stty` sets.
    private func onTerminal(columns: Int, _ environment: String) throws -> [String] {
        let scratch = try Scratch()
        let command = "stty cols \(columns) rows 24; \(environment) exec \"$LUCID\" channel --layer features.10 --index 0-3 --size 64 --steps 60 -o x/"
        let result = try Shell.run("script -qec '\(command)' out.txt </dev/null >/dev/null", in: scratch.path)
        #expect(result.status == 0, "\(result.said)")
        let text = String(decoding: try scratch.bytes("out.txt"), as: UTF8.self)
        return text.replacing("\r\u{1B}[K", with: "\n").replacing("\r", with: "").split(separator: "\n").map(String.init)
            .filter { $0.contains("/240") && $0.contains("left") }
    }

    @Test(arguments: [80, 40, 24])
    func progressNeverWraps(_ columns: Int) throws {
        let lines = try onTerminal(columns: columns, "TERM=xterm")
        #expect(!lines.isEmpty)
        for line in lines { #expect(line.count < columns, "\(line)") }
        if columns == 80 { #expect(lines.allSatisfy { $0.contains("features.10") && ($0.contains("█") || $0.contains("░")) }) }
    }

    @Test(arguments: ["TERM=dumb", "unset TERM;"])
    func aTerminalThatCannotRedrawGetsNoBar(_ environment: String) throws {
        #expect(try onTerminal(columns: 80, environment).allSatisfy { !$0.contains("█") && !$0.contains("░") })
    }

    /// The pipe's writer is let in when the reader has opened it.
    @Test(arguments: ["info p.png", "classify p.png", "deepdream p.png"])
    func theFirstSignalEndsAProgramThatWaits(_ command: String) throws {
        let scratch = try Scratch()
        let script = "mkfifo p.png; \"$LUCID\" \(command) & pid=$!; exec 3>p.png; kill -TERM $pid; wait $pid; echo $?"
        #expect(try Shell.run(script, in: scratch.path).said == "143\n")
    }

    /// A pipe is opened once: a writer that was let in finds its reader.
    @Test func aPictureComesThroughAPipe() throws {
        let scratch = try Scratch()
        let draw = "\"$LUCID\" channel --layer features.3 --index 5 --size 32 --steps 1 -q -o a.png"
        let script = "\(draw) && mkfifo p && { cat a.png > p & \"$LUCID\" info p | head -n 1; }"
        #expect(try Shell.run(script, in: scratch.path).said.hasPrefix("made by  "))
    }

    @Test func devicesAreNoPictures() throws {
        for device in ["/dev/zero", "/dev/urandom"] {
            let program = try Program.run(["classify", device])
            #expect(program.status == 66 && program.errors.contains("device"), "\(program.errors)")
        }
    }

    @Test func itEndsWhereMemoryIsShort() throws {
        let scratch = try Scratch()
        let result = try Shell.run("ulimit -v 200000; for c in --version --help 'info none.png'; do timeout 20 \"$LUCID\" $c >/dev/null 2>&1; echo $?; done", in: scratch.path)
        #expect(result.said == "0\n0\n66\n", "\(result.said)")
    }

    @Test func whatFilesSayDoesNotReachTheTerminal() throws {
        let name = "\u{1B}]0;title\u{7}\u{202E}.png" + String(repeating: "long", count: 3000)
        let program = try Program.run(["info", name])
        #expect(program.status == 66)
        #expect(!program.errors.contains("\u{1B}") && !program.errors.contains("\u{7}") && !program.errors.contains("\u{202E}"))
        #expect(program.errors.count < 600 && program.errors.contains(" … "), "\(program.errors)")
    }

    @Test func longStripsAreCutBeforeTheyAreScaled() throws {
        let scratch = try Scratch()
        let strip = Picture(width: 1, height: 60_000, samples: .eight([UInt8](repeating: 90, count: 180_000)))
        try Data(try PNG.encode(strip)).write(to: URL(filePath: "\(scratch.path)/strip.png"))
        let result = try Shell.run("ulimit -v 2500000; \"$LUCID\" classify strip.png --top 1", in: scratch.path)
        #expect(result.status == 0, "\(result.said)")
    }

    @Test func aPreviewDoesNotStandAmongJSON() throws {
        let scratch = try Scratch()
        let program = try Program.run(
            ["channel", "--layer", "features.3", "--index", "5", "--size", "32", "--steps", "1", "--show", "--json"], in: scratch.path)
        #expect(program.status == 0 && program.text.hasPrefix("{") && program.text.filter { $0 == "\n" }.count == 1, "\(program.text)")
        #expect(program.errors.count > 100)
    }
}
