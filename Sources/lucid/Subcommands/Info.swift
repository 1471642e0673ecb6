import ArgumentParser
import Studio

/// `lucid info`
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how a picture was made.", discussion: "Example: lucid info squeezenet1_1_features.10_5.png")

    @Argument(help: "A picture that lucid drew; - for standard input.") var picture: String
    @Flag(help: "Print the record as one JSON object.") var json = false

    func run() throws {
        if json { return try standardOutput(Record.text(ofFile: picture)) }
        let record = try Record(ofFile: picture)
        if record.isSheet {
            for (place, drawn) in record.pictures.enumerated() {
                let seed = drawn.plan.seed.map { "seed \($0)  " } ?? ""
                try standardOutput("\(place + 1)  \(drawn.plan.model)  \(drawn.plan.objective)  \(seed)score \(drawn.score)".withoutControls)
            }
            if let command = record.command { try standardOutput("command  \(command.commandLine)".withoutControls) }
            return
        }
        var rows = record.rows
        if let command = record.command { rows.append(("command", command.commandLine)) }
        let width = rows.map(\.name.count).max()!
        for (name, value) in rows {
            try standardOutput(name + String(repeating: " ", count: width - name.count) + "  " + value.withoutControls)
        }
    }
}
