/// The environment variables that say where models lie and where they come from.
public struct Environment: Sendable {
    private let variables: [String: String]

    /// - Parameter variables: those of the process.
    public init(_ variables: [String: String]) { self.variables = variables }

    /// An empty variable is none.
    private subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether nothing may be downloaded.
    public var isOffline: Bool { self["LUCID_OFFLINE"].map { $0 != "0" } ?? false }

    /// The folder of the store: $LUCID_HOME, else $XDG_DATA_HOME/lucid, else ~/.local/share/lucid; nil without any of them.
    public var home: String? {
        if let home = self["LUCID_HOME"] { return home }
        // The XDG base directory specification ignores relative paths.
        if let data = self["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/lucid" }
        return self["HOME"].map { "\($0)/.local/share/lucid" }
    }

    /// Where torch.hub keeps the checkpoints that it has downloaded.
    var torchHub: String? {
        let torch =
            self["TORCH_HOME"] ?? self["XDG_CACHE_HOME"].map { "\($0)/torch" } ?? self["HOME"].map { "\($0)/.cache/torch" }
        return torch.map { "\($0)/hub/checkpoints" }
    }

    /// Where Hugging Face's programs keep what they have downloaded.
    var hubCache: String? {
        self["HF_HUB_CACHE"] ?? (self["HF_HOME"] ?? self["XDG_CACHE_HOME"].map { "\($0)/huggingface" }
            ?? self["HOME"].map { "\($0)/.cache/huggingface" }).map { "\($0)/hub" }
    }

    /// Where models of the hub are fetched: under $LUCID_MODEL_MIRROR, $HF_ENDPOINT, or at the hub.
    var hubAddress: String {
        get throws(StoreError) {
            if let mirror = try mirror { return mirror }
            return self["HF_ENDPOINT"] ?? "https://huggingface.co"
        }
    }

    /// $LUCID_MODEL_MIRROR without slashes at its end.
    private var mirror: String? {
        get throws(StoreError) {
            guard var mirror = self["LUCID_MODEL_MIRROR"] else { return nil }
            guard mirror.hasPrefix("https://") || mirror.hasPrefix("http://") else {
                throw StoreError(.name, "LUCID_MODEL_MIRROR is \"\(mirror)\"; it must begin with https:// or http://")
            }
            while mirror.hasSuffix("/") { mirror.removeLast() }
            return mirror
        }
    }

    /// Where a training's file is fetched: its own address, or a file of the same name under $LUCID_MODEL_MIRROR.
    func address(of training: Training) throws(StoreError) -> String {
        guard let mirror = try mirror else { return training.url }
        return "\(mirror)/\(training.file)"
    }

    /// A file of certificates to trust, as curl(1) and OpenSSL have it; nil for the system's.
    var certificates: String? { self["CURL_CA_BUNDLE"] ?? self["SSL_CERT_FILE"] }
}
