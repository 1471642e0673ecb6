import ArgumentParser
import Studio

/// `lucid info`
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell how pictures were made, or what models and scans hold.",
        discussion: """
            Example: lucid info squeezenet1_1_features.10_5.png
                     lucid info checkpoint.pth
            """)

    @Argument(help: "Pictures that lucid drew, - for standard input; or scans, .safetensors, .pth and .onnx files.", completion: .file())
    var files: [String]
    @Flag(help: "Print the record, or the contents, as one JSON object.") var json = false

    func run() throws {
        for (number, picture) in files.enumerated() {
            if files.count > 1, !json { try standardOutput((number == 0 ? "" : "\n") + picture.withoutControls) }
            try tell(picture)
        }
    }

    private func tell(_ picture: String) throws {
        if picture != "-", let contents = try FileContents(path: picture) {
            return try standardOutput(json ? Studio.json(contents) : contents.text)
        }
        if json { return try standardOutput(Record.text(ofFile: picture)) }
        let record = try Record(ofFile: picture)
        if record.isSheet {
            for (place, drawn) in record.pictures.enumerated() {
                let seed = drawn.plan.seed.map { "seed \($0)  " } ?? ""
                try standardOutput("\(place + 1)  \(drawn.plan.model)  \(drawn.plan.objective)  \(seed)\(drawn.scoreText)".withoutControls)
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
