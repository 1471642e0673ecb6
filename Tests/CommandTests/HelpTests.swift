import Foundation
import Testing

/// Help, advice after a mistake, and what a shell completes.
@Suite struct HelpTests {
    private func text(_ arguments: [String]) throws -> String {
        let result = try Program.run(arguments, environment: ["COLUMNS": "80"])
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result.text
    }

    @Test(arguments: ["channel", "neuron", "layer", "class", "caricature", "sheet"])
    func requiredOptionsComeFirstOnOneScreen(_ command: String) throws {
        let help = try text([command, "--help"])
        #expect(help.split(separator: "\n", omittingEmptySubsequences: false).count <= 60, "\(help)")
        let places = ["\nTARGET:", "\n  --model", "\n  --size", "\n  --steps", "\n  -o, --output"].map { help.range(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil }, "\(help)")
        #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        #expect(!help.contains("--clip-gradient"))
        #expect(help.contains("more options: lucid \(command) --help-all"))
    }

    @Test func allOptionsAreShownOnDemand() throws {
        let help = try text(["channel", "--help-all"])
        for option in ["--layer", "--clip-gradient", "--save-at", "--threads", "--verbose", "--labels"] { #expect(help.contains(option), "\(option)") }
        #expect(!help.contains("more options"))
    }

    @Test func optionsAndDefaultsFitTheCommand() throws {
        let style = try text(["style", "--help-all"])
        #expect(style.contains("(default: vgg16)") && style.contains("PHOTO_style.png"))
        #expect(!style.contains("--output-size") && !style.contains("--labels") && !style.contains("(default: squeezenet1_1)"))
        let dream = try text(["deepdream", "--help-all"])
        #expect(dream.contains("PHOTO_dream.png") && !dream.contains("--output-size") && !dream.contains("--labels"))
        #expect(!(try text(["layers", "--help-all"])).contains("--labels"))
    }

    @Test(arguments: [
        (["dream", "x.jpg"], "deepdream"), (["version"], "--version"), (["help", "nope"], "nope"), (["models", "lst"], "list"),
        (["channel", "--layer", "features.10", "--channel", "5"], "--index"), (["channel", "--sise", "3"], "--size"),
        (["channel", "--layer", "features.10", "--iterations=4"], "--steps"), (["models", "--jsn"], "--json"),
    ])
    func mistakesAreAdvisedOn(_ arguments: [String], _ advice: String) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 64)
        #expect(result.errors.contains(advice) && result.errors.contains("--help"), "\(result.errors)")
        #expect(result.errors.filter { $0 == "\n" }.count == 1, "\(result.errors)")
    }

    @Test func helpOfWordsThatExistIsNoMistake() throws {
        #expect(try text(["help", "models", "pull"]).contains("models pull"))
        #expect(try text(["help"]).contains("SUBCOMMANDS"))
    }

    @Test func shellsCompleteFiles() throws {
        let script = try text(["--generate-completion-script", "zsh"])
        for option in ["output", "evolution", "start", "mask", "keep"] {
            let lines = script.split(separator: "\n").filter { $0.contains("--\(option)[") || $0.contains("--\(option),-o}") }
            #expect(!lines.isEmpty, "\(option)")
            for line in lines where !line.contains("_files") { Issue.record("\(line)") }
        }
    }
}
