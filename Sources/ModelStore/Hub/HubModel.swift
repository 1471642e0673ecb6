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

extension ModelLibrary {
    /// A model of the hub, which is downloaded if it is not here.
    func hubModel(_ name: HubName, _ request: ModelRequest, _ progress: @escaping (Int, Int?) -> Bool) throws(StoreError) -> Model {
        guard request.weights == nil else {
            throw StoreError(.name, "weights does not go with \(name.text), which brings its own", hint: .setting("weights"))
        }
        let here = try HubPull(name, environment).model(progress: progress)
        do {
            let configuration = try HubConfiguration(folder: here.folder)
            let weights = try openWeights(path: here.weights)
            let (architecture, fit) = try fit(weights, name, configuration, key: request.weightsKey)
            let usual = (configuration.preprocessing ?? .training(of: architecture.name)).adapted(to: fit.network.inputChannels)
            try request.preprocessing.check(channels: fit.network.inputChannels)
            let digest = try weightsDigest(path: here.weights)
            let names = try classNames(fit, configuration, request)
            var model = Model(
                name: name.text, weightsSHA256: WeightsIdentity(sha256: digest, key: fit.others.isEmpty ? nil : fit.key).text,
                network: fit.network, preprocessing: request.preprocessing.applied(to: usual),
                hasItsOwnPreprocessing: request.preprocessing.isEmpty, classNames: names?.usual)
            model.otherClassNames = names?.others ?? []
            model.architectureName = architecture.name
            model.fit = fit
            if configuration.preprocessing == nil, request.preprocessing.isEmpty {
                model.assumption = "its files do not tell how pictures are scaled; ImageNet's mean and deviation are assumed"
            }
            return model
        } catch {
            throw StoreError(error, at: here.weights)
        }
    }

    private func classNames(_ fit: ArchitectureFit, _ configuration: HubConfiguration, _ request: ModelRequest) throws -> ClassNames? {
        guard fit.hasClasses else { return nil }
        let count = fit.network.outputChannels
        if let labels = request.labels { return ClassNames(usual: try ClassList.names(ofFile: labels, count: count)) }
        if let labels = configuration.labels, labels.count == count { return ClassNames(usual: labels) }
        return try catalog.classNames(count: count)
    }

    /// The architecture of a model: timm's by its name, others by their parameters.
    private func fit(_ weights: any WeightStore, _ name: HubName, _ configuration: HubConfiguration, key: String?) throws
        -> (Architecture, ArchitectureFit)
    {
        if let timm = configuration.timm {
            guard let entry = hub.entry(timm: timm), let architecture = Architecture.named(entry.architecture) else {
                throw StoreError(.badData, "\(name.text) is a \(shown(timm)) of timm, which is none of the architectures here; export it to ONNX")
            }
            return (architecture, try architecture.fit(weights, key: key, program: entry.program))
        }
        if let entry = hub.entry(of: name), let architecture = Architecture.named(entry.architecture) {
            return (architecture, try architecture.fit(weights, key: key, program: entry.program))
        }
        guard let found = Architecture.fits(weights).first else {
            let nearest = Architecture.nearest(to: weights).map { "; the nearest is \($0.name)" } ?? ""
            throw StoreError(.badData, "\(name.text) has the parameters of none of the architectures here\(nearest); export it to ONNX")
        }
        return (found.architecture, try found.architecture.fit(weights, key: key))
    }
}
