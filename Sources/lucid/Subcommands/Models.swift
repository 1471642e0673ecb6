import ArgumentParser
import Networks

/// `lucid models`
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The networks that are ready to use.", subcommands: [List.self, Verify.self],
        defaultSubcommand: List.self)

    /// `lucid models list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the networks.", discussion: "Example: lucid models list")

        @Flag(help: "Print one JSON object a network.") var json = false

        func run() throws {
            let catalog = try ModelOptions.catalog()
            if json {
                for model in catalog.models { try standardOutput(lucid.json(model)) }
                return
            }
            var table = Table(["model", "weights", "size", "classes", "licence"])
            for model in catalog.models {
                table.add([
                    model.name + (model.name == catalog.defaultName ? " (default)" : ""), model.weights,
                    "\(rounded(Double(model.bytes) / 1e6, 1)) MB", model.classifier ? "yes" : "no", model.licence,
                ])
            }
            try standardOutput(table.text)
        }
    }

    /// `lucid models verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every network's weights against their checksum.", discussion: "Example: lucid models verify")

        func run() throws {
            let catalog = try ModelOptions.catalog()
            for model in catalog.models {
                let path = "\(catalog.folder)/\(model.file)"
                do {
                    guard try sha256(ofFile: path) == model.sha256 else {
                        throw Failure.badData("\(path) is damaged: its SHA-256 is not \(model.sha256); install it again")
                    }
                } catch let error as WeightsError {
                    throw Failure(error)
                }
                try standardOutput("\(model.name)  good")
            }
        }
    }
}
