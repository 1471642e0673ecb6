import ArgumentParser
import Files
import FoundationEssentials
import Networks
import Studio

/// The word that somebody most likely meant who typed a command or an option that there is not.
enum Advice {
    /// Words for what has another name here, each with the names to try.
    private static let otherWords = [
        "channel": ["index", "channels"], "channels": ["index"], "unit": ["index"], "class": ["label"], "network": ["model"],
        "iterations": ["steps"], "lr": ["learning-rate"], "out": ["output"], "width": ["size"],
        "height": ["size"], "resolution": ["size"], "photo": ["start", "photos", "picture"],
    ]

    /// A command in its place: the words that lead to it, its type, and the arguments after it.
    struct Place {
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

    /// A word that is no command where only a command can stand.
    static func unknownCommand(_ arguments: [String]) -> Problem? {
        let place = Place(arguments)
        let commands = place.command.configuration.subcommands
        guard !commands.isEmpty, let word = place.rest.first, !word.hasPrefix("-"), word != "help" else { return nil }
        let near = word == "version" ? "--version" : nearestNames(to: word, among: commands.map { $0._commandName }, count: 1)[0]
        return .usage("there is no command \"\(word)\"; did you mean \(near)? `\(place.path) --help` lists them all")
    }

    /// The first option that the command does not have.
    static func unknownOption(_ arguments: [String]) -> Problem? {
        let place = Place(arguments)
        let options = options(of: place.optionTaker)
        let names = options.flatMap(\.longNames)
        var words = place.rest.prefix { $0 != "--" }[...]
        while let word = words.popFirst() {
            let name = String(word.prefix { $0 != "=" })
            if word.hasPrefix("-"), isFile(word), !options.contains(where: { ($0.spellings + $0.shortNames).contains(name) }) {
                return .usage("\(word) is taken for an option; write ./\(word) for the file")
            }
            guard name.hasPrefix("--") || options.contains(where: { $0.shortNames.contains(name) }) else { continue }
            guard let option = options.first(where: { $0.spellings.contains(name) }) else {
                let plain = String(name.dropFirst(2))
                let near = otherWords[plain]?.first(where: names.contains) ?? nearestNames(to: plain, among: names, count: 1).first
                let advice = near.map { "; did you mean --\($0)?" } ?? ";"
                return .usage("there is no option \(name) here\(advice) `\(place.path) --help-all` lists them all")
            }
            if option.kind == "option", name == word { _ = words.popFirst() }
        }
        return nil
    }

    /// A line under a command's help: where the options are that it does not show.
    static func furtherHelp(_ arguments: [String]) -> String {
        let place = Place(arguments.filter { !$0.hasPrefix("-") })
        let hidden = options(of: place.command).count { !$0.shouldDisplay }
        return hidden == 0 ? "" : "\n\(hidden) more options: \(place.path) --help-all"
    }

    // MARK: The parser's description of a command

    private struct Description: Decodable {
        struct Command: Decodable { var arguments: [Argument]? }
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }
            let kind: String
            let shouldDisplay: Bool
            var names: [Name]?

            var longNames: [String] { (names ?? []).filter { $0.kind == "long" }.map(\.name) }
            var shortNames: [String] { (names ?? []).filter { $0.kind == "short" }.map { "-" + $0.name } }
            var spellings: [String] { longNames.map { "--" + $0 } + shortNames }
        }
        let command: Command
    }

    private static func options(of command: any ParsableCommand.Type) -> [Description.Argument] {
        let description = try? JSONDecoder().decode(Description.self, from: Data(command._dumpHelp().utf8))
        return (description?.command.arguments ?? []).filter { $0.kind != "positional" }
    }
}
