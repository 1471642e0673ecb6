import Files
import FoundationEssentials
import Networks

/// A training of an architecture whose weights can be downloaded, as downloads.json describes it.
public struct Training: Sendable, Codable, Hashable {
    /// A name in `Architecture.all`.
    public let architecture: String
    /// Which training it is, by torchvision's name for it, e.g. "IMAGENET1K_V2".
    public let weights: String
    /// Whether the architecture's name alone means this one.
    public let isDefault: Bool
    /// Whether the weights go on to class scores.
    public let classifier: Bool
    /// Where the weights are.
    public let url: String
    /// The first digits of their SHA-256, which torchvision's file names carry; nil where none are known.
    public let sha256Prefix: String?
    /// About their size; nil where it is not known.
    public let megabytes: Double?
    /// The share of ImageNet's validation pictures that it names right, in percent.
    public let top1: Double?
    /// The licence under which the weights may be used.
    public let licence: String

    /// The name under which it lies in the store and in torch hub's cache.
    public var file: String { url.split(separator: "/").last.map(String.init) ?? url }

    /// "resnet50:IMAGENET1K_V2"
    public var fullName: String { "\(architecture):\(weights)" }

    /// The scaling of the pictures that the weights were trained with.
    public var preprocessing: Preprocessing { .training(weights, of: architecture) }
}

/// Every training in downloads.json.
public struct TrainingList: Sendable {
    /// In the file's order.
    public let trainings: [Training]

    /// - Parameter folder: where downloads.json lies; a folder without one offers nothing.
    public init(folder: String) throws(WeightsError) {
        let path = "\(folder)/downloads.json"
        guard isFile(path) else {
            trainings = []
            return
        }
        do {
            trainings = try JSONDecoder().decode([Training].self, from: Data(InputFile.bytes(of: path)))
        } catch {
            throw WeightsError(file: path, reason: "not a list of trainings: \(error)")
        }
    }

    /// The training of a name: "resnet50" for the default one, or "resnet50:IMAGENET1K_V1".
    public func find(_ name: String) -> Training? {
        trainings.first { $0.fullName == name } ?? trainings.first { $0.isDefault && $0.architecture == name }
    }

    /// The training whose file has this digest.
    func find(sha256: String) -> Training? {
        trainings.first { $0.sha256Prefix.map { sha256.hasPrefix($0) } ?? false }
    }
}
