import Files
import FoundationEssentials
import Networks

/// The name of a model on Hugging Face's hub: "hf:OWNER/NAME", or "timm/NAME".
public struct HubName: Sendable, Hashable {
    /// The person or the organization.
    public let owner: String
    /// The model's name among its owner's.
    public let name: String

    /// Nil for what is no such name.
    public init?(_ text: String) {
        let path = text.hasPrefix("hf:") ? text.dropFirst(3) : text[...]
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, text.hasPrefix("hf:") || parts[0] == "timm", parts.allSatisfy(Self.isPlain) else { return nil }
        (owner, name) = (parts[0], parts[1])
    }

    /// Letters, digits, and marks that cannot lead elsewhere.
    private static func isPlain(_ part: String) -> Bool {
        !part.isEmpty && part.utf8.count <= 96 && !part.hasPrefix(".") && !part.contains("..")
            && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }

    /// The name as `--model` takes it.
    public var text: String { owner == "timm" ? "timm/\(name)" : "hf:\(owner)/\(name)" }

    /// timm's name of the network, without that of the training.
    var network: String { String(name.prefix { $0 != "." }) }

    /// The folder's name in Hugging Face's cache.
    var folder: String { "models--\(owner)--\(name)" }
}

/// The models on the hub that are known to fit an architecture of the zoo: hub.json.
public struct HubList: Sendable {
    struct Entry: Decodable, Sendable {
        /// A name in `Architecture.all`.
        let architecture: String
        /// timm's name for it.
        let timm: String?
        /// The program whose names and numbers the weights have, where the names alone do not tell.
        let program: String?
        /// As `HubName.text`.
        let names: [String]
        /// How timm scales pictures for this network, where a model does not say otherwise.
        let scaling: Scaling?
    }

    struct Scaling: Decodable, Sendable {
        /// The side of the square that is classified, in pixels.
        let crop: Int
        /// Its share of the shorter side.
        let share: Double
        /// Whether colours are brought to −1…1, not to ImageNet's mean and deviation.
        let isCentered: Bool?

        var preprocessing: Preprocessing {
            let resize = Int((Double(crop) / share).rounded(.down))
            guard isCentered == true else { return .imageNet(resize: resize, crop: crop) }
            return Preprocessing(range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], resize: resize, crop: crop)
        }
    }

    let entries: [Entry]

    /// - Parameter folder: where hub.json lies; a folder without one lists nothing.
    init(folder: String) throws(WeightsError) {
        let path = "\(folder)/hub.json"
        guard isFile(path) else {
            entries = []
            return
        }
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(InputFile.bytes(of: path)))
        } catch {
            throw WeightsError(file: path, reason: "not a list of models: \(error)")
        }
    }

    /// The entry of an architecture by timm's name.
    func entry(timm name: String) -> Entry? { entries.first { $0.timm == name } }

    /// The entry that a model is listed in.
    func entry(of name: HubName) -> Entry? { entries.first { $0.names.contains(name.text) } }

    /// Every name.
    var names: [String] { entries.flatMap(\.names) }
}
