import Foundation
import Testing

/// Help, advice after a mistake, and what a shell completes.
@Suite struct HelpTests {
    private func text(_ arguments: [String]) throws -> String {
        let result = try Program.run(arguments, environment: ["COLUMNS": "80"])
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result.text
    }

    @Test(arguments: [
        "channel", "neuron", "layer", "class", "direction", "render", "diversity", "facets", "sheet", "progression", "interpolate", "batch",
        "deepdream", "style", "caricature", "invert", "accentuate", "replay", "attribute", "tuning", "exemplars", "scan", "statistics",
        "layers", "classes", "classify", "info", "report", "compare", "compare-models", "diff", "bench",
    ])
    func theUsualHelpOfACommandHasThirtyLines(_ command: String) throws {
        let help = try text([command, "--help"])
        let lines = help.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= 30, "\(help)")
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(help)")
        #expect(!help.contains("--clip-gradient") && help.contains("lucid \(command) "))
        #expect(lines.last?.contains("lucid \(command) --help-all") == true, "\(help)")
    }

    @Test func whatIsRequiredComesFirst() throws {
        let help = try text(["channel", "--help"])
        #expect(try text(["help", "channel"]) == help && text(["channel", "-h"]) == help)
        let wanted = ["lucid channel --layer", "USAGE:", "\n  --layer", "\n  --index", "\n  --model", "\n  --size", "\n  --steps", "\n  -o, --output", "--help-all"]
        let places = wanted.map { help.range(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil } && places.compactMap { $0 } == places.compactMap { $0 }.sorted(), "\(help)")
        // A line has the first clause of the help, with the default where there is room.
        #expect(help.contains("  --steps <n>             Steps uphill in all (default: 160)\n"), "\(help)")
        #expect(help.contains("  --preset <name>         Look: standard, best, sharp, or another tool's.\n"), "\(help)")
    }

    /// Each command has a page of its own, made of the same help.
    @Test func manualPagesAreOfTheHelp() throws {
        let scratch = try Scratch()
        try text(["--experimental-dump-help"]).write(toFile: "\(scratch.path)/help", atomically: true, encoding: .utf8)
        let scripts = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../scripts").standardized.path
        func awk(_ arguments: [String]) throws -> String {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["awk"] + arguments
            process.standardOutput = output
            try process.run()
            let bytes = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return String(decoding: bytes, as: UTF8.self)
        }
        let help = "\(scratch.path)/help"
        let names = try awk(["-v", "lists=1", "-f", "\(scripts)/manual.awk", help]).split(separator: "\n").map(String.init)
        #expect(names.contains("channel") && names.contains("models") && !names.contains("help") && !names.contains("pull"))
        for name in names {
            let page = try awk(["-v", "version=1", "-v", "date=May 1, 2026", "-v", "page=\(name)", "-f", "\(scripts)/manual.awk", help, "\(scripts)/lucid-command.1.in"])
            #expect(page.contains("\n.Dt LUCID-\(name.uppercased()) 1\n") && page.contains("\n.Nm lucid Cm \(name)"), "\(page)")
            #expect(page.contains("\n.Sh SEE ALSO\n.Xr lucid 1") && !page.contains("\n@"), "\(page)")
        }
        let channel = try awk(["-v", "page=channel", "-f", "\(scripts)/manual.awk", help, "\(scripts)/lucid-command.1.in"])
        for part in ["Fl \\-layer Ar name", "Fl \\-clip\\-gradient", ".Ss Picture", ".Sh EXAMPLES\n.Bd", ".Xr lucid-layers 1"] { #expect(channel.contains(part), "\(part)") }
        let models = try awk(["-v", "page=models", "-f", "\(scripts)/manual.awk", help, "\(scripts)/lucid-command.1.in"])
        #expect(models.contains(".Ss models pull") && models.contains(".It Fl \\-as Ar name"), "\(models)")
        let whole = try awk(["-v", "version=1", "-f", "\(scripts)/manual.awk", help, "\(scripts)/lucid.1.in"])
        #expect(names.allSatisfy { whole.contains(".Xr lucid-\($0) 1") })
    }

    @Test func allOptionsAreShownOnDemand() throws {
        let help = try text(["channel", "--help-all"])
        for option in ["--layer", "--clip-gradient", "--save-at", "--threads", "--verbose", "--labels"] { #expect(help.contains(option), "\(option)") }
        #expect(!help.contains("more options"))
    }

    @Test func optionsAndDefaultsFitTheCommand() throws {
        let style = try text(["style", "--help-all"])
        #expect(style.contains("(default: vgg16)") && style.contains("PHOTO_style_STYLE.png"))
        #expect(!style.contains("--output-size") && !style.contains("--labels") && !style.contains("(default: squeezenet1_1)"))
        let dream = try text(["deepdream", "--help-all"])
        #expect(dream.contains("PHOTO_dream.png") && !dream.contains("--output-size") && !dream.contains("--labels"))
        #expect(!(try text(["layers", "--help-all"])).contains("--labels"))
        // Those draw several pictures anyway.
        for command in ["sheet", "progression", "diversity", "interpolate"] { #expect(!(try text([command, "--help-all"])).contains("--seeds"), "\(command)") }
        for command in ["channel", "class", "facets", "invert"] { #expect(try text([command, "--help"]).contains("--seeds"), "\(command)") }
    }

    @Test(arguments: [
        (["dream", "x.jpg"], "deepdream"), (["version"], "--version"), (["help", "nope"], "nope"), (["models", "lst"], "list"),
        (["channel", "--layer", "features.10", "--channel", "5"], "--index"), (["channel", "--sise", "3"], "--size"),
        (["channel", "--layer", "features.10", "--iterations=4"], "--steps"), (["direction", "--photos", "d"], "--whiten"),
        (["models", "--jsn"], "--json"),
    ])
    func mistakesAreAdvisedOn(_ arguments: [String], _ advice: String) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 64)
        #expect(result.errors.contains(advice) && result.errors.contains("--help"), "\(result.errors)")
        #expect(result.errors.filter { $0 == "\n" }.count == 1, "\(result.errors)")
    }

    /// One thing has several names: each command takes those that others have for it. Here only the file is missing.
    @Test(arguments: [
        ["report", "none", "--size", "64"], ["replay", "none.png", "--photo", "a.jpg"],
        ["deepdream", "none.jpg", "--layer", "features.3", "--index", "5", "--steps", "1"],
    ])
    func otherNamesOfOptionsAreUnderstood(_ arguments: [String]) throws {
        let scratch = try Scratch()
        let result = try Program.run(arguments, in: scratch.path)
        #expect(result.status == 66 && result.errors.contains("none"), "\(result.errors)")
    }

    @Test func helpOfWordsThatExistIsNoMistake() throws {
        #expect(try text(["help", "models", "pull"]).contains("models pull"))
        let overview = try text(["help"])
        let lines = overview.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        for part in ["\nDraw\n  channel ", "\nPhotographs\n  deepdream ", "\nInspect\n  layers "] { #expect(overview.contains(part), "\(overview)") }
        // One line a command, three headings, and fifteen lines around them.
        #expect(lines.count <= 33 + 3 + 15 && lines.allSatisfy { $0.count <= 80 }, "\(overview)")
        #expect(try text([]) == overview && text(["--help"]) == overview)
        let models = try text(["models", "--help"])
        #expect(models.contains("\nCommands\n  list ") && models.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(models)")
    }

    @Test func shellsCompleteFiles() throws {
        let script = try text(["--generate-completion-script", "zsh"])
        for option in ["output", "evolution", "start", "mask", "keep"] {
            let lines = script.split(separator: "\n").filter { $0.contains("--\(option)[") || $0.contains("--\(option),-o}") }
            #expect(!lines.isEmpty, "\(option)")
            // Numbers of things that are kept are no files.
            for line in lines where !line.contains("_files") && !line.hasSuffix(":n:'") { Issue.record("\(line)") }
        }
    }
}
