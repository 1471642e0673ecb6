import ArgumentParser
import ModelStore
import Networks
import Studio

/// The words that a shell offers for a word of the command line.
extension CompletionKind {
    /// The layers of the network that the command line names.
    static let layers = CompletionKind.custom { words, _, _ in network(words)?.network.layerNames ?? [] }

    /// The classes of the network that the command line names.
    static let classes = CompletionKind.custom { words, _, _ in
        (network(words)?.classNames ?? []).map { String($0.prefix { $0 != "," }) }
    }

    /// Networks by name, and where weights must be here those.
    static let networks = CompletionKind.custom { _, _, _ in networkNames { _ in true } }
    static let networksThatAreHere = CompletionKind.custom { _, _, _ in networkNames { $0.state != .available } }

    private static func network(_ words: [String]) -> Model? {
        var settings = ModelSettings()
        if let place = words.lastIndex(of: "--model"), place + 1 < words.count { settings.model = words[place + 1] }
        return try? Session.graph(settings.request())
    }

    private static func networkNames(where isWanted: (ListedModel) -> Bool) -> [String] {
        guard let library = try? Session.library() else { return [] }
        var names: [String] = []
        for model in library.listing where isWanted(model) && !names.contains(model.name) { names.append(model.name) }
        return names
    }
}
