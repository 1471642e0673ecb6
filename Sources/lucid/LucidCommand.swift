import ArgumentParser
import Files
import Images
import Networks
import Studio
import Tensors
import Visualization

/// `lucid`: parses, calls, and turns every error into one line and an exit code.
@main
struct LucidCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lucid",
        abstract: "See what neural networks see.",
        discussion: """
            lucid draws the picture that a unit, a channel or a layer of a vision network responds to most.

              lucid channel --layer features.10 --index 5
              lucid channel --model vgg16 --layer features.28 --index 7 --show
              lucid layers --model vgg16
            """,
        version: Studio.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Draw",
                subcommands: [
                    Channel.self, Neuron.self, LayerEnergy.self, ClassUnit.self, DirectionCommand.self, Render.self, Diversity.self,
                    Facets.self, Sheet.self, Progression.self, Interpolate.self, BatchCommand.self,
                ]),
            CommandGroup(
                name: "Photographs",
                subcommands: [DeepDream.self, StyleCommand.self, Caricature.self, Invert.self, Accentuate.self, Attribute.self, Scan.self, Exemplars.self]),
            CommandGroup(
                name: "Inspect",
                subcommands: [
                    Layers.self, Classes.self, Models.self, Classify.self, TuningCommand.self, StatisticsCommand.self, Info.self, Replay.self, Report.self, Compare.self,
                    CompareModels.self, Diff.self, Bench.self,
                ]),
        ])

    /// Whether an argument is an expression that begins with a minus.
    private static func isExpression(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), argument.contains("(") else { return false }
        let rest = argument.dropFirst()
        return rest.first == "(" || rest.first!.isNumber || Objective.functions.contains { rest.hasPrefix("\($0.name)(") }
    }

    static func main() {
        Interruption.prepare()
        onMemoryExhaustion { bytes in
            Problem(.failed, "the system refused \(bytes >> 20) MiB of memory; try a smaller --size or fewer --threads").exit()
        }
        let arguments = FileName.commandLineArguments.map { argument in
            // An expression may begin with a minus, which the parser would take for an option's.
            isExpression(argument) ? " " + argument : argument == "--help-all" ? "--help" : argument
        }
        do {
            if let problem = Advice.unknownCommand(arguments) { throw problem }
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let problem as Problem {
            problem.exit()
        } catch {
            let code = exitCode(for: error)
            guard code != .success else {  // help and version
                let brief = BriefHelp.isAskedFor && !arguments.contains("--version") ? BriefHelp.text(arguments) : nil
                if let line = try? standardOutput(brief ?? fullMessage(for: error)) { return line }
                exit(withError: code)
            }
            if let problem = Advice.unknownOption(arguments) { problem.exit() }
            standardError("lucid: \(Advice.missing(line(of: error), arguments))\n")
            exit(withError: code)
        }
    }

    /// ArgumentParser's message in one line: the first, and where a value makes no sense, what its option is.
    static func line(of error: any Error) -> String {
        let lines = fullMessage(for: error).split(separator: "\n").map(String.init)
        var line = lines.first ?? "\(error)"
        if line.hasPrefix("Error: ") { line.removeFirst("Error: ".count) }
        if line.contains(" is invalid for "), !line.contains("Please provide"),
            let help = lines.first(where: { $0.hasPrefix("Help:") }), let meaning = help.firstRange(of: ">  ")
        {
            line += ": " + help[meaning.upperBound...]
        }
        return line
    }
}
