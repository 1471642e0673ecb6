import Files
import Networks

extension ModelLibrary {
    /// A model of the hub, which is downloaded if it is not here; or one of the user's own, trained as timm's of that name.
    func hubModel(_ name: HubName, _ request: ModelRequest, _ progress: @escaping (Int, Int?) -> Bool) throws(StoreError) -> Model {
        if let file = request.weights { return try timmModel(name, file, request) }
        let here = try HubPull(name, environment).model(progress: progress)
        do {
            let configuration = try HubConfiguration(folder: here.folder)
            let weights = try openWeights(path: here.weights)
            let (architecture, fit) = try fit(weights, name, configuration, key: request.weightsKey)
            if let change = configuration.changes() {
                throw StoreError(.badData, "\(name.text): \(change), and the \(architecture.name) here has not; export it to ONNX")
            }
            var model = try model(
                name, architecture, fit, path: here.weights, usual: configuration.preprocessing ?? .training(of: architecture.name),
                labels: configuration.labels, request)
            if configuration.preprocessing == nil, request.preprocessing.isEmpty {
                model.assumption = "its files do not tell how pictures are scaled; ImageNet's mean and deviation are assumed"
            }
            return model
        } catch {
            throw StoreError(error, at: here.weights)
        }
    }

    /// A file of weights that timm's network of a name has, e.g. "timm/tf_efficientnet_b0": it tells what the file does not, and
    /// timm's usual scaling of pictures.
    private func timmModel(_ name: HubName, _ file: String, _ request: ModelRequest) throws(StoreError) -> Model {
        guard name.owner == "timm" else {
            throw StoreError(.name, "weights does not go with \(name.text), which brings its own", hint: .setting("weights"))
        }
        guard let entry = hub.entry(of: name) ?? hub.entry(timm: name.network), let architecture = Architecture.named(entry.architecture) else {
            let nearest = nearestNames(to: name.network, among: hub.entries.compactMap(\.timm)).map { "timm/\($0)" }
            throw StoreError(
                .name, "\(name.text) is none of the networks of timm that are known here; the nearest are \(nearest.joined(separator: ", "))")
        }
        do {
            let fit = try architecture.fit(openWeights(path: file), key: request.weightsKey, program: entry.program)
            var model = try model(
                name, architecture, fit, path: file, usual: entry.scaling?.preprocessing ?? .training(of: architecture.name), labels: nil,
                request)
            model.hasItsOwnPreprocessing = false
            return model
        } catch {
            throw StoreError(error, at: file)
        }
    }

    private func model(
        _ name: HubName, _ architecture: Architecture, _ fit: ArchitectureFit, path: String, usual: Preprocessing, labels: [String]?,
        _ request: ModelRequest
    ) throws -> Model {
        let usual = usual.adapted(to: fit.network.inputChannels)
        try request.preprocessing.check(channels: fit.network.inputChannels)
        let digest = try weightsDigest(path: path)
        let names = try classNames(fit, labels, request)
        var model = Model(
            name: name.text, weightsSHA256: WeightsIdentity(sha256: digest, key: fit.others.isEmpty ? nil : fit.key).text,
            network: fit.network, preprocessing: request.preprocessing.applied(to: usual),
            hasItsOwnPreprocessing: request.preprocessing.isEmpty, classNames: names?.usual)
        model.otherClassNames = names?.others ?? []
        model.architectureName = architecture.name
        model.fit = fit
        return model
    }

    private func classNames(_ fit: ArchitectureFit, _ own: [String]?, _ request: ModelRequest) throws -> ClassNames? {
        guard fit.hasClasses else { return nil }
        let count = fit.network.outputChannels
        if let labels = request.labels { return ClassNames(usual: try ClassList.names(ofFile: labels, count: count)) }
        if let own, own.count == count { return ClassNames(usual: own) }
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
