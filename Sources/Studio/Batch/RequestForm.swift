import Manifests

/// The settings of a kind of request, as a manifest's entry can give them.
struct RequestForm: Sendable {
    let command: String
    let request: any DrawingRequest.Type
    /// By their names.
    let settings: [String: Traits]
    /// The settings that have other names, by those.
    private let byOtherName: [String: String]

    /// The traits of a setting that an entry must know.
    struct Traits: Sendable {
        let isFlag: Bool
        let isList: Bool
        let isRequired: Bool
        let isPositional: Bool
        let reads: Bool
        let writes: Bool
    }

    /// Every command that a batch can draw with.
    static let all: [RequestForm] = allRequests.map { RequestForm($0) }

    /// The settings that a batch decides for all its pictures.
    static let batchSettings: Set<String> = [
        "output", "threads", "quiet", "json", "verbose", "dry-run", "show", "force", "help", "version", "seeds",
    ]

    /// `seed` for `seeds`: keys that a manifest may spell as many, and other names.
    private static let otherNames = [
        "models": "model", "layers": "layer", "indices": "index", "seeds": "seed", "photos": "photo", "objective": "expression",
    ]

    private init(_ request: any DrawingRequest.Type) {
        self.request = request
        command = request.command
        settings = Self.traits(of: request)
        byOtherName = Self.otherNames(of: request)
    }

    private static func traits<Request: DrawingRequest>(of request: Request.Type) -> [String: Traits] {
        // The batch makes a picture of each seed, unless the command looks at the pictures of all.
        let other = request == FacetsRequest.self ? "seed" : "seeds"
        let own = Request.settings.filter { $0.name != other && ($0.name == "seeds" || !batchSettings.contains($0.name)) }
        return Dictionary(uniqueKeysWithValues: own.map { setting in
            let traits = Traits(
                isFlag: setting.kind == .flag, isList: setting.kind == .list, isRequired: setting.isRequired,
                isPositional: setting.isPositional, reads: setting.file == .reads, writes: setting.file == .writes)
            return (setting.name, traits)
        })
    }

    private static func otherNames<Request: DrawingRequest>(of request: Request.Type) -> [String: String] {
        let pairs = Request.settings.flatMap { setting in setting.otherNames.map { ($0, setting.name) } }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The setting that a key of a manifest means here: the one of that name, or the one of which it is another name.
    func setting(of key: String) -> String? {
        if settings[key] != nil { return key }
        if let name = byOtherName[key] { return name }
        if let other = Self.otherNames[key], settings[other] != nil { return other }
        return nil
    }

    /// Whether a list for this key means a picture for each of its values, and not one with all of them.
    func isAxis(_ key: String) -> Bool {
        switch key {
        case "models", "photos": setting(of: key) != nil
        case "seed", "seeds": settings["seed"] != nil
        case "layers": settings[key] == nil && settings["layer"] != nil
        default: false
        }
    }

    /// Whether a picture is of one layer, which its name can hold.
    var hasOneLayer: Bool { settings["layer"] != nil }

    /// The template of files' names where a manifest gives none.
    var usualTemplate: String {
        let photo = settings["photo"] != nil ? "_{photo}" : settings["content"] != nil ? "_{content}" : ""
        let name = command == "channel" ? "{index}" : command + photo + (request.drawsEachIndex ? "_{index}" : "")
        return "{model}/{layer}/" + name
    }

    /// A key's texts for its setting; nil if the value is of no kind that the setting could be. A flag that is off has none.
    func texts(_ setting: String, _ value: Manifest.Value) -> [String]? {
        let traits = settings[setting]!
        guard !traits.isFlag else {
            switch value.text?.lowercased() {
            case "true", "yes", "on": return [""]
            case "false", "no", "off": return []
            default: return nil
            }
        }
        if traits.isPositional, !traits.isList { return value.text.map { [$0] } }
        return value.texts
    }
}
