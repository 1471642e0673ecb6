import ArgumentParser
import Files
import Studio

/// The usual help of a command, on one screen: examples, what is required, and a line for each option that people change first.
enum BriefHelp {
    static let isAskedFor: Bool = {
        let words = FileName.commandLineArguments
        return (words.isEmpty || words.first == "help" || words.contains("--help") || words.contains("-h")) && !words.contains("--help-all")
    }()

    private static let width = 80
    /// Where an option's meaning begins.
    private static let column = 26
    private static let mostExamples = 3

    static func text(_ arguments: [String]) -> String {
        let place = CommandPlace(arguments.filter { !$0.hasPrefix("-") })
        guard place.command.configuration.subcommands.isEmpty else { return overview(of: place) }
        let description = CommandDescription(of: place.command)
        let shown = description.arguments.filter { $0.shouldDisplay && !["help", "version"].contains($0.valueName) }
        let (required, others) = (shown.filter { !$0.isOptional }, shown.filter(\.isOptional))
        let hidden = description.options.count { !$0.shouldDisplay }
        let more = hidden == 0 ? "Everything in full" : "Everything in full, and \(counted(hidden, "more option"))"
        let parts = [
            lines(description.abstract),
            description.examples.prefix(mostExamples).map { "  " + $0 },
            lines("USAGE: " + LucidCommand.usageString(for: place.command), rest: 7),
            required.flatMap(entry), others.flatMap(entry),
            ["\(more): \(place.path) --help-all"],
        ]
        return joined(parts)
    }

    private static func joined(_ parts: [[String]]) -> String {
        parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    /// A command that consists of others: a line for each of them.
    private static func overview(of place: CommandPlace) -> String {
        let configuration = place.command.configuration
        let alone = configuration.ungroupedSubcommands.isEmpty ? [] : [("Commands", configuration.ungroupedSubcommands)]
        let groups = configuration.groupedSubcommands.map { ($0.name, $0.subcommands) } + alone
        let parts = [lines(configuration.abstract)] + configuration.discussion.split(separator: "\n\n").map { paragraph in
            paragraph.hasPrefix(" ") ? [String(paragraph)] : lines(String(paragraph))
        }
        let names = groups.flatMap { $0.1.map { $0._commandName.count } }
        let column = (names.max() ?? 0) + 4
        let lists = groups.map { name, commands in
            [name] + commands.flatMap { command in
                let abstract = command.configuration.abstract
                let text = abstract.prefix(upTo: abstract.firstRange(of: ": ")?.lowerBound ?? abstract.endIndex)
                return row("  \(command._commandName)", meaning(String(text), within: width - column), column)
            }
        }
        let more = "In short: \(place.path) COMMAND --help; in full: \(place.path) COMMAND --help-all"
        return joined(parts + [["USAGE: \(place.path) COMMAND [OPTIONS]"]] + lists + [[more]])
    }

    /// `  --size <n>              Pixels on a side, or WIDTHxHEIGHT. (default: 224)`
    private static func entry(_ argument: CommandDescription.Argument) -> [String] {
        let value = "<\(argument.valueName)>" + (argument.isRepeating && !argument.isOption ? " ..." : "")
        let name = argument.shortNames.prefix(1) + argument.longNames.prefix(1).map { "--" + $0 }
        let form = argument.isOption ? name.joined(separator: ", ") + (argument.kind == "flag" ? "" : " " + value) : value
        return row("  " + form, meaning(argument.abstract ?? "", within: width - column), column)
    }

    /// A name, and its meaning from a column on.
    private static func row(_ head: String, _ text: String, _ column: Int) -> [String] {
        let lines = lines(text, first: column, rest: column)
        guard head.count < column, let first = lines.first else { return [head] + lines }
        return [head + String(repeating: " ", count: column - head.count) + first.drop { $0 == " " }] + lines.dropFirst()
    }

    /// The first clause of an option's help, with its default where both have room in one line.
    static func meaning(_ help: String, within width: Int) -> String {
        let mark = help.firstRange(of: "(default: ")
        let text = help[..<(mark?.lowerBound ?? help.endIndex)]
        var clause = String(text[..<clauseEnd(of: text)].reversed().drop { $0 == " " || $0 == "." }.reversed())
        if let mark {
            let usual = help[mark.upperBound...].prefix { !",;".contains($0) }.prefix { $0 != ")" }
            let whole = "\(clause) (default: \(usual))"
            if whole.count <= width { return whole }
        }
        if !clause.isEmpty { clause += "." }
        return clause
    }

    /// Where a clause ends that another one follows, by a semicolon or a full stop that is outside of parentheses.
    private static func clauseEnd(of text: Substring) -> Substring.Index {
        var depth = 0
        return text.indices.first { place in
            let rest = text[place...].prefix(3)
            depth += rest.hasPrefix("(") ? 1 : rest.hasPrefix(")") ? -1 : 0
            return depth == 0 && (rest.hasPrefix("; ") || rest.hasPrefix(". ") && rest.last!.isUppercase)
        } ?? text.endIndex
    }

    /// Lines of at most `width` characters, with the indents of the first one and of the others.
    private static func lines(_ text: String, first: Int = 0, rest: Int = 0) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: first)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = (String(repeating: " ", count: rest), true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return isEmpty ? lines : lines + [line]
    }
}
