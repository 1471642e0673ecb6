import ArgumentParser
import Files
import Networks
import Studio

/// The word that somebody most likely meant who typed a command or an option that there is not.
enum Advice {
    /// Words for what has another name here, each with the names to try.
    private static let otherWords = [
        "channel": ["index", "channels"], "channels": ["index"], "unit": ["index"], "class": ["label"], "network": ["model"],
        "iterations": ["steps"], "lr": ["learning-rate"], "out": ["output"], "width": ["size"],
        "height": ["size"], "resolution": ["size"], "photo": ["start", "photos", "picture"], "photos": ["whiten", "spectrum"],
    ]

    /// A word that is no command where only a command can stand.
    static func unknownCommand(_ arguments: [String]) -> Problem? {
        let place = CommandPlace(arguments)
        let commands = place.command.configuration.subcommands
        guard !commands.isEmpty, let word = place.rest.first, !word.hasPrefix("-"), word != "help" else { return nil }
        let near = word == "version" ? "--version" : nearestNames(to: word, among: commands.map { $0._commandName }, count: 1)[0]
        return .usage("there is no command \"\(word)\"; did you mean \(near)? `\(place.path) --help` lists them all")
    }

    /// A line that says what is missing, with an example of what is wanted; any other as it is.
    static func missing(_ line: String, _ arguments: [String]) -> String {
        guard line.hasPrefix("Missing expected argument") else { return line }
        let place = CommandPlace(arguments)
        let description = CommandDescription(of: place.optionTaker)
        let what = line.split(separator: "'").dropFirst().first.map(String.init) ?? "something"
        let example = description.examples.first.map { ", as in: \($0)" } ?? ""
        return "\(what) is missing\(example)  (\(place.path) --help tells more)"
    }

    /// The first option that the command does not have.
    static func unknownOption(_ arguments: [String]) -> Problem? {
        let place = CommandPlace(arguments)
        let options = CommandDescription(of: place.optionTaker).options
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
}
