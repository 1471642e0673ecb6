import Networks

/// Every network that a name or a file can mean: those that come with the program, those in the store, those that can be
/// downloaded, and architectures with weights of one's own.
public struct ModelLibrary: Sendable {
    /// The networks that come with the program.
    public let catalog: ModelCatalog
    /// The weights that can be downloaded.
    public let trainings: TrainingList
    /// The models on Hugging Face's hub that are known.
    public let hub: HubList
    /// Where the store is, and whether anything may be downloaded.
    public let environment: Environment

    /// - Parameter folder: of the bundled networks and of downloads.json.
    public init(folder: String, _ environment: Environment) throws(WeightsError) {
        catalog = try ModelCatalog(folder: folder)
        trainings = try TrainingList(folder: folder)
        hub = try HubList(folder: folder)
        self.environment = environment
    }

    /// The meanings that a model's name can have.
    public enum Meaning: Sendable {
        /// Weights that come with the program.
        case bundled(ModelDescription)
        /// Weights that can be downloaded, and may have been.
        case training(Training)
        /// Weights of the user's own that were imported.
        case imported(Store.Item)
        /// A model of Hugging Face's hub.
        case hub(HubName)
        /// An architecture of which there are no weights to be had; the user may have some.
        case architecture(String)

        /// A name in `Architecture.all`; nil where only the weights tell.
        public var architecture: String? {
            switch self {
            case .bundled(let description): description.architecture
            case .training(let training): training.architecture
            case .imported(let item): item.architecture
            case .hub: nil
            case .architecture(let name): name
            }
        }
    }

    /// Finds a model by name: "vgg16", "vgg16:IMAGENET1K_V1", "resnet18:mine".
    public func meaning(of name: String) throws(StoreError) -> Meaning {
        if let bundled = catalog.find(name) { return .bundled(bundled) }
        if let training = trainings.find(name) { return .training(training) }
        if let hub = HubName(name) { return .hub(hub) }
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts[0] != "hf" else {
            throw StoreError(.name, "\"\(name)\" is no name on the hub; it is hf:OWNER/NAME, e.g. hf:microsoft/resnet-50")
        }
        guard Architecture.named(parts[0]) != nil else { throw unknown(name) }
        guard parts.count == 2 else { return .architecture(name) }
        if let item = try? Store(environment).find(architecture: parts[0], weights: parts[1]) { return .imported(item) }
        let there = trainings(of: parts[0]).joined(separator: ", ")
        throw StoreError(.name, "there is no training \"\(shown(parts[1]))\" of \(parts[0]); there are \(there)")
    }

    /// The error for a name that is none.
    func unknown(_ name: String) -> StoreError {
        if let error = Self.misplaced(name) { return error }
        let known = catalog.models.map(\.name) + Architecture.all.map(\.name).filter { catalog.find($0) == nil }
        let nearest = nearestNames(to: String(name.prefix { $0 != ":" }), among: known)
        return StoreError(
            .name, "there is no model \"\(shown(name))\"; the nearest are \(nearest.joined(separator: ", ")); `lucid models list` shows all")
    }

    /// The error for an architecture alone.
    func withoutWeights(_ name: String) -> StoreError {
        StoreError(.name, "there are no weights of \(name) to download", hint: .ownWeights)
    }

    /// The full names of an architecture's trainings, imported ones included.
    private func trainings(of architecture: String) -> [String] {
        let bundled = catalog.models.filter { $0.architecture == architecture }.map { "\($0.name):\($0.weights)" }
        let known = trainings.trainings.filter { $0.architecture == architecture }.map(\.fullName)
        let imported = ((try? Store(environment))?.items ?? []).filter { $0.architecture == architecture }.map(\.fullName)
        return bundled + known + imported.filter { !known.contains($0) }
    }

    /// The name by which a training is asked for: its architecture's alone, where that means it.
    public func name(of training: Training) -> String {
        training.isDefault && catalog.find(training.architecture) == nil ? training.architecture : training.fullName
    }

    /// Models whose weights go on to classes, those of this architecture first.
    public func classifiers(like architecture: String) -> [String] {
        let trainings = trainings.trainings.filter { $0.architecture == architecture && $0.classifier }.map(name)
        return trainings + catalog.models.filter(\.classifier).map(\.name)
    }

    /// Whether a model's name cannot mean weights of this digest, as far as can be told without a download.
    public func rulesOut(weights sha256: String, of name: String) -> Bool {
        guard case .training(let training)? = try? meaning(of: name), let prefix = training.sha256Prefix else { return false }
        return !sha256.hasPrefix(prefix)
    }

    /// The path of a model's weights, if they are here.
    public func path(of name: String) throws(StoreError) -> String {
        switch try meaning(of: name) {
        case .bundled(let description): return catalog.path(of: description)
        case .imported(let item): return try Store(environment).path(of: item)
        case .training(let training):
            return try Store(environment).path(of: item(of: training))
        case .hub(let name): return try hubFile(name).weights
        case .architecture(let name): throw withoutWeights(name)
        }
    }

    /// A model of the hub that is here.
    func hubFile(_ name: HubName) throws(StoreError) -> HubModel {
        if let here = HubModel(name, environment) { return here }
        throw StoreError(.missing, "\(name.text) is not here; `lucid models pull \(name.text)` fetches it")
    }
}
