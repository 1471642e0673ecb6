import ArgumentParser
import Images
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
        version: version,
        subcommands: [
            Channel.self, Neuron.self, LayerEnergy.self, DirectionCommand.self, ClassUnit.self, Render.self, Diversity.self,
            Sheet.self, Progression.self, Interpolate.self, Caricature.self, Invert.self, Accentuate.self, DeepDream.self,
            StyleCommand.self, Compare.self,
            Layers.self, Models.self, Classify.self,
            Info.self, Replay.self, Bench.self,
        ])

    static let version = "0.1.0"

    /// Whether an argument is an expression that begins with a minus.
    private static func isExpression(_ argument: String) -> Bool {
        guard argument.hasPrefix("-"), argument.contains("(") else { return false }
        let rest = argument.dropFirst()
        return rest.first == "(" || rest.first!.isNumber || Objective.functions.contains { rest.hasPrefix("\($0.name)(") }
    }

    static func main() {
        Interruption.prepare()
        do {
            // An expression may begin with a minus, which the parser would take for an option's.
            let arguments = FileName.commandLineArguments.map { isExpression($0) ? " " + $0 : $0 }
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let failure as Failure {
            failure.exit()
        } catch {
            let code = exitCode(for: error)
            guard code != .success else { exit(withError: error) }  // help and version
            Failure(code.rawValue, message(for: error).firstLine).exit()
        }
    }
}

extension String {
    /// ArgumentParser adds help and usage to some messages; errors are one line here.
    fileprivate var firstLine: String {
        let line = split(separator: "\n").first.map(String.init) ?? self
        return line.hasPrefix("Error: ") ? String(line.dropFirst("Error: ".count)) : line
    }
}
