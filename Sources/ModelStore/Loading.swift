import Files
import Networks

/// From what was asked for to a network.
extension ModelLibrary {
    /// The network, ready to be prepared; weights that are not here are pulled, unless that is forbidden.
    ///
    /// - Parameter progress: of a download; see `Pull.run`.
    public func load(_ request: ModelRequest, progress: @escaping (_ bytes: Int, _ total: Int?) -> Bool)
        throws(StoreError) -> Model
    {
        let name = request.name ?? catalog.defaultName
        if Self.isGraphFile(name) { return try graphFile(name, request) }
        let meaning = try meaning(of: name)
        if case .hub(let name) = meaning { return try hubModel(name, request, progress) }
        let source =
            if let file = request.weights {
                try source(ofFile: file, named: name, meaning)
            } else {
                try source(meaning, progress)
            }
        return try model(source, request)
    }

    /// The network for what looks at its graph or its speed only: weights that are not here are not pulled, and take the
    /// values that `UntrainedWeights` makes.
    public func graph(_ request: ModelRequest) throws(StoreError) -> Model {
        let name = request.name ?? catalog.defaultName
        if Self.isGraphFile(name) { return try graphFile(name, request) }
        let meaning = try meaning(of: name)
        guard request.weights == nil, let architecture = meaning.architecture.flatMap(Architecture.named) else {
            return try load(request) { _, _ in true }
        }
        switch meaning {
        case .training(let training) where !isHere(training):
            let network = architecture.untrained(classifier: training.classifier)
            // The classes are known before the weights are here.
            let names: ClassNames?
            do {
                names = training.classifier ? try classNames(network, request) : nil
            } catch {
                throw StoreError(error, at: request.labels ?? "")
            }
            var model = Model(
                name: self.name(of: training), weightsSHA256: "", network: network, preprocessing: training.preprocessing,
                classNames: names?.usual)
            model.otherClassNames = names?.others ?? []
            return model
        case .architecture(let name):
            return Model(
                name: name, weightsSHA256: "", network: architecture.untrained(), preprocessing: .training(of: name),
                classNames: nil)
        default: return try load(request) { _, _ in true }
        }
    }

    private func isHere(_ training: Training) -> Bool {
        guard let store = try? Store(environment) else { return false }
        return (try? store.find(architecture: training.architecture, weights: training.weights)) ?? nil != nil
    }

    /// Weights, and what is known of them.
    private struct Source {
        var name: String
        var architecture: String
        var path: String
        var sha256: String
        var classifier = true
        var preprocessing: Preprocessing
        /// Whether the preprocessing comes with the name.
        var isNamed = true
        /// Those that were kept with the weights.
        var classNames: [String]?
    }

    private func source(_ meaning: Meaning, _ progress: @escaping (Int, Int?) -> Bool) throws(StoreError) -> Source {
        switch meaning {
        case .bundled(let description):
            return Source(
                name: description.name, architecture: description.architecture, path: catalog.path(of: description),
                sha256: description.sha256, preprocessing: description.preprocessing)
        case .training(let training):
            let store = try Store(environment)
            let item = try Pull(training, into: store, environment).run(progress: progress)
            return Source(
                name: name(of: training), architecture: training.architecture, path: store.path(of: item),
                sha256: item.sha256, classifier: training.classifier, preprocessing: training.preprocessing)
        case .imported(let item):
            let store = try Store(environment)
            try store.check(item)
            return Source(
                name: item.fullName, architecture: item.architecture, path: store.path(of: item), sha256: item.sha256,
                preprocessing: item.preprocessing ?? .training(of: item.architecture), classNames: item.classNames)
        case .hub(let name): throw StoreError(.name, "\(name.text) brings its own weights")
        case .architecture(let name): throw withoutWeights(name)
        }
    }

    /// A user's own weights. A file that is known by its digest brings its own preprocessing; any other takes that of the
    /// training that was named, or else torchvision's for the architecture.
    private func source(ofFile path: String, named name: String, _ meaning: Meaning) throws(StoreError) -> Source {
        let digest: String
        do {
            digest = try sha256(ofFile: path)
        } catch {
            throw StoreError(error, at: path)
        }
        guard let architecture = meaning.architecture else { throw unknown(name) }
        if let bundled = catalog.models.first(where: { $0.sha256 == digest && $0.architecture == architecture }) {
            return Source(
                name: bundled.name, architecture: architecture, path: path, sha256: digest,
                preprocessing: bundled.preprocessing)
        }
        if let training = trainings.find(sha256: digest), training.architecture == architecture {
            return Source(
                name: self.name(of: training), architecture: architecture, path: path, sha256: digest,
                classifier: training.classifier, preprocessing: training.preprocessing)
        }
        var preprocessing = Preprocessing.training(of: architecture)
        if case .training(let training) = meaning, name.contains(":") { preprocessing = training.preprocessing }
        return Source(
            name: name, architecture: architecture, path: path, sha256: digest, preprocessing: preprocessing, isNamed: false)
    }

    private func model(_ source: Source, _ request: ModelRequest) throws(StoreError) -> Model {
        guard let architecture = Architecture.named(source.architecture) else {
            throw StoreError(.badData, "\(catalog.folder)/models.json: \(source.name) has the unknown architecture \(source.architecture)")
        }
        do {
            let weights = try openWeights(path: source.path)
            let fit = try fit(architecture, weights, classifier: source.classifier, key: request.weightsKey)
            let network = fit.network
            try request.preprocessing.check(channels: network.inputChannels)
            let usual = source.preprocessing.adapted(to: network.inputChannels)
            let names = try fit.hasClasses ? classNames(network, request, source.classNames) : withoutClasses(source, request)
            var model = Model(
                name: source.name, weightsSHA256: WeightsIdentity(sha256: source.sha256, key: fit.others.isEmpty ? nil : fit.key).text,
                network: network, preprocessing: request.preprocessing.applied(to: usual),
                hasItsOwnPreprocessing: source.isNamed && request.preprocessing.isEmpty && usual == source.preprocessing,
                classNames: names?.usual)
            model.otherClassNames = names?.others ?? []
            if !source.isNamed {
                model.fit = fit
                let twin = hub.entries.first { entry in entry.architecture == architecture.name && entry.program.map(fit.lookalikes.contains) == true }
                model.lookalike = twin?.timm.map { "timm/\($0)" }
            }
            if usual != source.preprocessing, request.preprocessing.isEmpty {
                let numbers = usual.mean.map { "\($0)" }.joined(separator: ", ")
                model.assumption = "takes \(network.inputChannels) \(network.inputChannels == 1 ? "channel" : "channels"); a mean of \(numbers) is assumed"
            }
            return model
        } catch {
            throw StoreError(error, at: source.path)
        }
    }

    /// As `Architecture.fit`, with a hint where the weights are of another one.
    private func fit(_ architecture: Architecture, _ weights: any WeightStore, classifier: Bool, key: String?) throws -> ArchitectureFit {
        do {
            return try architecture.fit(weights, key: key, classifier: classifier)
        } catch {
            if key != nil { throw error }
            guard let fitting = Architecture.fits(weights).first?.architecture else { throw error }
            throw StoreError(
                error.isMissing ? .missing : .badData, "\(error) It has the parameters of \(fitting.name)", hint: .model(fitting.name))
        }
    }

    /// - Parameter own: the names that were kept with the weights.
    private func classNames(_ network: Network, _ request: ModelRequest, _ own: [String]? = nil) throws -> ClassNames {
        let count = network.outputChannels
        if let labels = request.labels { return ClassNames(usual: try ClassList.names(ofFile: labels, count: count)) }
        if let own, own.count == count { return ClassNames(usual: own) }
        return try catalog.classNames(count: count)
    }

    private func withoutClasses(_ source: Source, _ request: ModelRequest) throws -> ClassNames? {
        guard request.labels == nil else {
            throw StoreError(.name, "labels: the weights of \(source.name) end before the classes", hint: .setting("labels"))
        }
        return nil
    }
}
