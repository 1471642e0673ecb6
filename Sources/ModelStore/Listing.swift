import Files
import Networks

/// A network as `lucid models list` shows it.
public struct ListedModel: Sendable, Codable {
    /// Where its weights are.
    public enum State: String, Sendable, Codable {
        /// The program brings them.
        case bundled
        /// They were downloaded.
        case pulled
        /// The user has imported them.
        case imported
        /// They can be downloaded.
        case available
    }

    /// The name by which it is asked for.
    public let name: String
    /// A name in `Architecture.all`.
    public let architecture: String
    /// Which training of it.
    public let weights: String
    /// Where its weights are.
    public let state: State
    /// Whether it is the model that is meant if none is named.
    public let isDefault: Bool
    /// Size of the weights, about that if they are not here; nil if it is not known.
    public let megabytes: Double?
    /// Whether the weights go on to class scores.
    public let classifier: Bool
    /// ImageNet's validation pictures that it names right, in percent.
    public let top1: Double?
    /// The licence under which the weights may be used.
    public let licence: String
    /// The weights, if they are here.
    public let path: String?
    /// The SHA-256 of the weights, if they are here.
    public let sha256: String?
}

extension ModelLibrary {
    /// Every network: those that are here, then those that can be downloaded.
    public var listing: [ListedModel] {
        let store = try? Store(environment)
        let items = (store?.items ?? []).filter { item in store.map { isFile($0.path(of: item)) } ?? false }
        let bundled = catalog.models.map { model in
            ListedModel(
                name: model.name, architecture: model.architecture, weights: model.weights, state: .bundled,
                isDefault: model.name == catalog.defaultName, megabytes: Double(model.bytes) / 1e6,
                classifier: model.classifier, top1: nil, licence: model.licence, path: catalog.path(of: model),
                sha256: model.sha256)
        }
        let imported = items.filter { trainings.find($0.fullName) == nil }.map { item in
            ListedModel(
                name: item.fullName, architecture: item.architecture, weights: item.weights, state: .imported,
                isDefault: false, megabytes: Double(item.bytes) / 1e6, classifier: hasClassifier(item, store), top1: nil,
                licence: "yours", path: store?.path(of: item), sha256: item.sha256)
        }
        let known = trainings.trainings.map { training in
            let item = items.first { $0.fullName == training.fullName }
            return ListedModel(
                name: name(of: training), architecture: training.architecture, weights: training.weights,
                state: item == nil ? .available : .pulled, isDefault: false,
                megabytes: item.map { Double($0.bytes) / 1e6 } ?? training.megabytes, classifier: training.classifier,
                top1: training.top1, licence: training.licence, path: item.flatMap { store?.path(of: $0) },
                sha256: item?.sha256)
        }
        let hub = hubListing
        return bundled + imported + (known + hub).filter { $0.state == .pulled } + (known + hub).filter { $0.state == .available }
    }

    /// The models of the hub that are known; those that are here have digests.
    private var hubListing: [ListedModel] {
        hub.entries.flatMap { entry in
            entry.names.compactMap { text in
                guard let name = HubName(text) else { return nil }
                let here = HubModel(name, environment)
                let bytes = here.flatMap { try? FileStatus(of: $0.weights).bytes }
                return ListedModel(
                    name: text, architecture: entry.architecture, weights: "\(name.owner)/\(name.name)",
                    state: here == nil ? .available : .pulled, isDefault: false, megabytes: bytes.map { Double($0) / 1e6 },
                    classifier: true, top1: nil, licence: "see its page on the hub", path: here?.weights,
                    sha256: here.flatMap { HubPull.digest($0.weights + ".pointer") ?? blobDigest($0.weights) })
            }
        }
    }

    /// Hugging Face's cache calls a large file by its SHA-256.
    private func blobDigest(_ path: String) -> String? {
        guard let target = linkTarget(path)?.split(separator: "/").last, target.count == 64, target.allSatisfy(\.isHexDigit) else { return nil }
        return String(target)
    }

    private func verify(_ model: HubModel) throws(StoreError) {
        do {
            let files = try model.weights.hasSuffix(".index.json") ? ShardedWeights.files(ofIndex: model.weights) : [model.weights]
            for file in files {
                guard let published = HubPull.digest(file + ".pointer") ?? blobDigest(file), try sha256(ofFile: file) != published else { continue }
                throw StoreError(.badData, "\(file) is damaged: its SHA-256 is not \(published); remove it and pull \(model.name.text) again")
            }
        } catch {
            throw StoreError(error, at: model.weights)
        }
    }

    private func hasClassifier(_ item: Store.Item, _ store: Store?) -> Bool {
        guard let store, let architecture = Architecture.named(item.architecture),
            let weights = try? openWeights(path: store.path(of: item))
        else { return false }
        return (try? architecture.fit(weights))?.hasClasses ?? false
    }

    /// Holds all of a model's weights against their digest.
    public func verify(_ name: String) throws(StoreError) {
        switch try meaning(of: name) {
        case .bundled(let description):
            let path = catalog.path(of: description)
            do {
                guard try sha256(ofFile: path) == description.sha256 else {
                    throw StoreError(.badData, "\(path) is damaged: its SHA-256 is not \(description.sha256); install it again")
                }
            } catch {
                throw StoreError(error, at: path)
            }
        case .imported(let item): try Store(environment).verify(item)
        case .training(let training): try Store(environment).verify(item(of: training))
        case .hub(let name): try verify(hubFile(name))
        case .architecture(let name): throw withoutWeights(name)
        }
    }

    /// Reads the store's records, of which a damaged one is in no list.
    public func verifyRecords() throws(StoreError) {
        guard let store = try? Store(environment) else { return }
        try store.checkRecords()
    }

    /// Forgets a model's weights that were pulled or imported.
    public func remove(_ name: String) throws(StoreError) {
        switch try meaning(of: name) {
        case .bundled(let description): throw StoreError(.name, "\(description.name) comes with lucid and stays")
        case .imported(let item): try Store(environment).remove(item)
        case .training(let training): try Store(environment).remove(item(of: training))
        case .hub(let name):
            let here = try hubFile(name)
            guard try here.folder == HubModel.folder(of: name, environment) else {
                throw StoreError(.name, "\(name.text) lies in Hugging Face's cache, \(here.folder), and stays there")
            }
            do {
                for file in try FolderListing.files(in: here.folder, where: { _ in true }) { try removeFile(file) }
            } catch {
                throw StoreError(.cannotWrite, "\(here.folder): \(error)")
            }
        case .architecture(let name): throw withoutWeights(name)
        }
    }

    /// The store's item of a training.
    func item(of training: Training) throws(StoreError) -> Store.Item {
        if let item = try Store(environment).find(architecture: training.architecture, weights: training.weights) { return item }
        throw StoreError(.missing, "the weights \(training.fullName) are not here; `lucid models pull \(name(of: training))` fetches them")
    }
}
