import ArgumentParser
import FoundationEssentials

/// A command in its place: the words that lead to it, its type, and the arguments after it.
struct CommandPlace {
    var path = "lucid"
    var command: any ParsableCommand.Type = LucidCommand.self
    var rest: [String]

    /// Follows the commands' names as far as they go.
    init(_ arguments: [String]) {
        rest = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
        while let word = rest.first, let next = command.configuration.subcommands.first(where: { $0._commandName == word }) {
            (path, command) = (path + " " + word, next)
            rest.removeFirst()
        }
    }

    /// The command that takes the options here.
    var optionTaker: any ParsableCommand.Type { command.configuration.defaultSubcommand ?? command }
}

/// The parser's description of a command.
struct CommandDescription {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let shouldDisplay: Bool
        let isOptional: Bool
        let isRepeating: Bool
        let valueName: String
        var abstract: String?
        var names: [Name]?

        var longNames: [String] { (names ?? []).filter { $0.kind == "long" }.map(\.name) }
        var shortNames: [String] { (names ?? []).filter { $0.kind == "short" }.map { "-" + $0.name } }
        var spellings: [String] { longNames.map { "--" + $0 } + shortNames }
        var isOption: Bool { kind != "positional" }
    }

    let abstract: String
    let discussion: String
    let arguments: [Argument]

    init(of command: any ParsableCommand.Type) {
        struct Whole: Decodable {
            struct Command: Decodable {
                var abstract: String?
                var discussion: String?
                var arguments: [Argument]?
            }
            let command: Command
        }
        let whole = try? JSONDecoder().decode(Whole.self, from: Data(command._dumpHelp().utf8))
        abstract = whole?.command.abstract ?? ""
        discussion = whole?.command.discussion ?? ""
        arguments = (whole?.command.arguments ?? []).filter { !$0.longNames.contains { $0.hasPrefix(absentOption) } }
    }

    /// The command lines of the discussion's examples.
    var examples: [String] {
        let lines = discussion.split(separator: "\n").map(String.init)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("Example") }) else { return [] }
        return lines[start...].compactMap { line in line.firstRange(of: "lucid ").map { String(line[$0.lowerBound...]) } }
    }

    var options: [Argument] { arguments.filter(\.isOption) }
}
