import ArgumentParser
import FoundationEssentials

/// What a command's options are called and how they are given, as its own help has it.
struct CommandForm {
    enum Kind {
        case flag
        case option(isRepeating: Bool)
        case argument(isRepeating: Bool)
    }

    let name: String
    let command: any DrawingCommand.Type
    /// By their names without dashes.
    private(set) var parts: [String: Kind] = [:]
    /// Names of the arguments that have no dashes, in their order.
    private(set) var arguments: [String] = []
    private(set) var required: Set<String> = []

    /// The commands that a batch can draw with.
    static let all: [CommandForm] = [
        Channel.self, Neuron.self, LayerEnergy.self, DirectionCommand.self, ClassUnit.self, Render.self, Diversity.self,
        Facets.self, Sheet.self, Progression.self, Interpolate.self, Caricature.self, Invert.self, Accentuate.self, DeepDream.self,
        StyleCommand.self,
    ].map { CommandForm($0) }

    /// What the batch itself decides.
    static let batchOptions: Set<String> = [
        "output", "threads", "quiet", "json", "verbose", "dry-run", "show", "force", "help", "version", "seeds",
    ]

    /// `seed` for `seeds`: keys that a manifest may spell as many.
    static let plurals = [
        "models": "model", "layers": "layer", "indices": "index", "seeds": "seed", "photos": "photo", "objective": "expression",
    ]

    /// The part of ArgumentParser's own description that is needed.
    private struct Help: Decodable {
        struct Command: Decodable { let arguments: [Argument]? }
        struct Argument: Decodable {
            struct Name: Decodable {
                let kind: String
                let name: String
            }
            let kind: String
            let isOptional: Bool
            let isRepeating: Bool
            let names: [Name]?
            let valueName: String?
        }
        let command: Command
    }

    init(_ command: any DrawingCommand.Type) {
        self.command = command
        name = command._commandName
        // Of each seed the batch makes a picture, unless the command looks at the pictures of all.
        let seeds = command == Facets.self ? "seeds" : "seed"
        guard let help = try? JSONDecoder().decode(Help.self, from: Data(command._dumpHelp().utf8)) else {
            preconditionFailure("the help of a command can be read")
        }
        for argument in help.command.arguments ?? [] {
            let names = argument.names?.filter { $0.kind == "long" }.map(\.name) ?? [argument.valueName].compactMap { $0 }
            for name in names where name == seeds || name != "seed" && !Self.batchOptions.contains(name) {
                switch argument.kind {
                case "flag": parts[name] = .flag
                case "option": parts[name] = .option(isRepeating: argument.isRepeating)
                default:
                    parts[name] = .argument(isRepeating: argument.isRepeating)
                    arguments.append(name)
                }
                if !argument.isOptional { required.insert(name) }
            }
        }
    }

    /// What a key of a manifest means here: an option of that name, or the one that it is the plural of.
    func meaning(of key: String) -> String? {
        if parts[key] != nil { return key }
        if let singular = Self.plurals[key], parts[singular] != nil { return singular }
        return nil
    }

    /// Whether a list for this key means a picture for each of its values, and not one with all of them.
    func isAxis(_ key: String) -> Bool {
        switch key {
        case "models", "photos": return meaning(of: key) != nil
        case "seed", "seeds": return parts["seed"] != nil
        case "layers": return parts[key] == nil && parts["layer"] != nil
        default: return false
        }
    }
}
