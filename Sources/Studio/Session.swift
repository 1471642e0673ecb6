import FoundationEssentials
import ModelStore
import Models
import Networks
import Synchronization
import Tensors

/// The things that all jobs of a process share: the networks that have been loaded, the threads, and whether the user wants it to end.
public final class Session: Sendable {
    /// Threads to use. Results do not depend on them.
    public let workers: Workers
    /// Whether the work is to end after the step that it is at. Asked from many threads.
    public let isCancelled: @Sendable () -> Bool
    /// Told of the bytes of a download so far, and of all if they are known. Called with nil when it has ended.
    private let download: @Sendable (_ name: String, _ progress: (bytes: Int, total: Int?)?) -> Void
    /// Found while the session's jobs were planned.
    let notes = Notes()
    private let models = Mutex<[ModelRequest: Model]>([:])
    /// The network of every request, for a job that has been planned with it.
    private let only: Model?

    /// A session whose every request is for one network, which is here.
    init(workers: Workers, isCancelled: @escaping @Sendable () -> Bool, only model: Model) {
        (self.workers, self.isCancelled, download, only) = (workers, isCancelled, { _, _ in }, model)
    }

    /// - Parameters:
    ///   - workers: threads; no result depends on their number.
    ///   - isCancelled: asked after every step, from many threads.
    ///   - download: told of the bytes so far, and of all where they are known; called with nil at the end.
    public init(
        workers: Workers = Workers(ResourceLimits.cores), isCancelled: @escaping @Sendable () -> Bool = { false },
        download: @escaping @Sendable (String, (bytes: Int, total: Int?)?) -> Void = { _, _ in }
    ) {
        self.workers = workers
        self.isCancelled = isCancelled
        self.download = download
        only = nil
    }

    /// The network, ready to be prepared; its weights are downloaded if they are not here. The same request gives the same network.
    public func model(_ request: ModelRequest) throws(Problem) -> Model {
        if let only { return only }
        if let model = models.withLock({ $0[request] }) { return model }
        let library = try Self.library()
        let name = request.name ?? library.catalog.defaultName
        defer { download(name, nil) }
        let model: Model
        do {
            let request = try request.readingInputs()
            model = try library.load(request) { bytes, total in
                self.download(name, (bytes, total))
                return !self.isCancelled()
            }
        } catch {
            var problem = Problem(any: error)
            problem.setting = problem.setting == "input" ? "input" : request.weights != nil ? "weights" : "model"
            throw problem
        }
        return models.withLock { models in
            if let other = models[request] { return other }
            models[request] = model
            return model
        }
    }

    /// The network of these settings.
    ///
    /// - Parameter size: of the picture in pixels, for a graph in a file that leaves it open.
    public func model(_ settings: ModelSettings, size: PictureSize? = nil) throws(Problem) -> Model {
        try model(settings.request(size: size))
    }

    /// The network for what looks at its graph or its speed only: weights that are not here are not downloaded.
    public static func graph(_ request: ModelRequest) throws(Problem) -> Model {
        let library = try library()
        let request = try request.readingInputs()
        return try asProblem { () throws(StoreError) in try library.graph(request) }
    }

    /// Forgets the networks. Jobs that still use one keep it.
    func forgetModels() { models.withLock { $0 = [:] } }

    /// Every network that a name can mean.
    public static func library() throws(Problem) -> ModelLibrary {
        guard let folder = ModelFolder.find() else {
            let places = ModelFolder.candidates.joined(separator: ", ")
            throw Problem(.missing, "no models.json in \(sentence: places); set LUCID_MODELS to the folder that holds it")
        }
        return try asProblem { () throws in
            try ModelLibrary(folder: folder, Environment(ProcessInfo.processInfo.environment))
        }
    }

    /// A problem for a command that needs classes, with a network that ends before them.
    static func noClasses(of model: Model) throws(Problem) -> Problem {
        if let reason = model.network.remarks.unreadEnd { return .badData("\(model.name): its classes cannot be computed: \(reason)") }
        if let dims = model.network.remarks.answers {
            let extents = dims.first == 1 ? dims.dropFirst() : dims[...]
            let shape = extents.isEmpty ? "1 value" : "\(extents.map(String.init).joined(separator: "×")) values"
            return .usage("\(model.name) answers with \(shape), not with classes", setting: "model")
        }
        if let unused = model.fit?.unused, !unused.isEmpty {
            return .badData(
                "the weights have another head than \(model.name) (\(unused.listed(4))), so that there are no classes; `classify` and `class` need \(model.name)'s own",
                setting: "weights")
        }
        let architecture = String(model.name.prefix { $0 != ":" })
        let others = try library().classifiers(like: architecture).joined(separator: " and ")
        return .usage("the weights of \(model.name) end before the classes; those of \(sentence: others) go on to them", setting: "model")
    }
}

extension Model {
    /// Tells what was assumed of the network's input, if anything was.
    ///
    /// - Parameter canChange: whether the job has settings that say otherwise.
    func report(to reporter: any Reporter, canChange: Bool = true) throws(Problem) {
        for note in network.remarks.notes { try reporter.report(.note("\(name): \(note)")) }
        if let fit {
            if !fit.others.isEmpty, !fit.isAsked {
                let advice: Message = canChange ? "; \(setting: "weights-key") names another" : ""
                try reporter.report(.note("\(name): the file holds several sets of weights: \(shown(fit.key)) is used, not \(fit.others.listed(6))\(advice)"))
            }
            if !fit.unused.isEmpty {
                let head = fit.hasClasses ? "" : " (another head)"
                try reporter.report(.note("\(name): \(fit.unused.listed(4)) of the weights file \(fit.unused.count == 1 ? "is" : "are") not used\(head)"))
            }
        }
        if let lookalike {
            let advice: Message = canChange ? "; \(setting: "model") \(lookalike) reads it as one of those" : ""
            try reporter.report(.note("\(name): the weights file does not tell it from \(lookalike), which pads and normalizes otherwise\(advice)"))
        }
        guard let assumption else { return }
        let advice: Message = canChange ? "; \(setting: "mean"), \(setting: "std"), \(setting: "range") and \(setting: "bgr") say otherwise" : ""
        try reporter.report(.note("\(name): \(sentence: assumption)\(advice)"))
    }

    /// The layer of a name.
    ///
    /// - Parameter setting: the one that names it.
    /// - Throws: a usage problem that names the nearest.
    public func layer(_ name: String, blaming setting: String = "layer") throws(Problem) -> LayerName {
        do {
            return try network.layer(named: name)
        } catch {
            if error.reason != nil { throw .badData("\(self.name): \(error)", setting: setting) }
            throw .usage("\(self.name): \(error); `lucid layers \(option: "model") \(self.name)` shows all", setting: setting)
        }
    }

    /// The channels of a layer that a list names.
    public func channels(_ list: IndexList, of layer: String) throws(Problem) -> [Int] {
        let count = network.channels(of: try self.layer(layer))
        do {
            return try list.indices(below: count)
        } catch {
            throw .usage("\(layer) of \(name) has the channels 0–\(count - 1); there is no channel \(error.index)", setting: "index")
        }
    }

    /// The one channel of a layer that a list names.
    func channel(_ list: IndexList, of layer: String, for command: String) throws(Problem) -> Int {
        let indices = try channels(list, of: layer)
        guard indices.count == 1 else {
            throw .usage("\(command) takes one channel, and \(setting: "index") names \(indices.count)", setting: "index")
        }
        return indices[0]
    }
}
