import ArgumentParser
import ModelStore
import Networks
import Studio

extension Models {
    /// `lucid models list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the networks: bundled, pulled, imported, and available for download.",
            discussion: """
                Example: lucid models list
                         lucid models list resnet
                         lucid models list timm/res   # of the Hugging Face hub
                """)

        @Argument(help: "Only networks with this in their names.") var word: String?
        @Flag(help: "Print one JSON object a network.") var json = false

        func run() throws {
            var models = try Session.library().listing
            if let word {
                models.removeAll { !$0.name.lowercased().contains(word.lowercased()) }
                guard !models.isEmpty else {
                    throw Problem(.usage, "there is no network with \"\(word)\" in its name; `lucid models list` lists all")
                }
            }
            let all = models.count
            // There are many, with long names.
            if word == nil, !json { models.removeAll { $0.state == .available && HubName($0.name) != nil } }
            if json {
                for model in models { try standardOutput(Studio.json(model)) }
                return
            }
            var table = Table(["model", "state", "size", "classes", "top-1"])
            for model in models {
                table.add([
                    model.name + (model.isDefault ? " (default)" : ""), model.state.rawValue,
                    model.megabytes.map { "\(rounded($0, 1)) MB" } ?? "", model.classifier ? "yes" : "no",
                    model.top1.map { rounded($0, 1) } ?? "",
                ])
            }
            let further = all - models.count
            let hub = further == 0 ? "" : "\n\nand \(further) of the Hugging Face hub: `lucid models list timm`, or hf:"
            try standardOutput(table.text + hub + "\n\n" + Self.licences(of: models))
        }

        /// The licences, the most common one first: "MIT: net, net", a line each. Many networks share few licences.
        private static func licences(of models: [ListedModel]) -> String {
            let groups = Dictionary(grouping: models, by: \.licence).sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            return "Licences\n" + groups.enumerated().map { place, group in
                let isRest = place == 0 && groups.count > 1 && group.value.count > 5
                return "  \(group.key): " + (isRest ? "all but these" : group.value.map(\.name).joined(separator: ", "))
            }.joined(separator: "\n")
        }
    }

    /// `lucid models verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the weights that are here against their checksums.",
            discussion: "Example: lucid models verify resnet50")

        @Argument(help: "A network; without any, all that are here.", completion: .networksThatAreHere) var models: [String] = []

        func run() throws {
            let library = try Session.library()
            let names = models.isEmpty ? library.listing.filter { $0.state != .available }.map(\.name) : models
            var failure: Problem?
            for name in names {
                if Interruption.signal != 0 { throw Problem.interrupted }
                do {
                    try library.verify(name)
                    try standardOutput("\(name)  good")
                } catch let error as StoreError {
                    // The others are looked at all the same; the first one that is damaged ends it.
                    if let failure { standardError("lucid: \(failure.line)\n") }
                    failure = Problem(error)
                }
            }
            if let failure { throw failure }
            guard models.isEmpty else { return }
            do {
                try library.verifyRecords()
            } catch {
                throw Problem(error)
            }
        }
    }
}
