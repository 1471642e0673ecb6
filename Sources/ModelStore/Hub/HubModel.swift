import Files
import Networks

/// A model of the hub on this machine: in Hugging Face's cache, or pulled into the store.
struct HubModel {
    let name: HubName
    /// Where its files lie.
    let folder: String
    /// The weights: a file, or the index of several.
    let weights: String

    /// The files that may hold weights, the best first.
    static let files = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]

    /// The model of this name, if its weights are here.
    init?(_ name: HubName, _ environment: Environment) {
        var folders: [String] = []
        if let cache = environment.hubCache {
            let model = "\(cache)/\(name.folder)"
            // The commit that "main" was when it was downloaded, else any.
            let main = (try? InputFile.lines(of: "\(model)/refs/main"))?.first.map { ["\(model)/snapshots/\($0)"] } ?? []
            folders += main + ((try? FolderListing.names(in: "\(model)/snapshots")) ?? []).map { "\(model)/snapshots/\($0)" }
        }
        if let own = try? Self.folder(of: name, environment) { folders.append(own) }
        for folder in folders {
            for file in Self.files where isFile("\(folder)/\(file)") {
                (self.name, self.folder, weights) = (name, folder, "\(folder)/\(file)")
                return
            }
        }
        return nil
    }

    /// Where the store keeps a model.
    static func folder(of name: HubName, _ environment: Environment) throws(StoreError) -> String {
        "\(try Store(environment).folder)/hub/\(name.folder)"
    }
}
