import Files
import Networks

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Takes a file of this machine into the store: a download that was made elsewhere, or one's own training under a name.
public struct Import {
    let path: String
    /// "resnet18:birds"; nil for a file that its digest tells.
    let name: String?
    let library: ModelLibrary
    /// The names of the classes and the scaling of pictures, which are kept with one's own training.
    let details: ModelRequest

    /// An import that `run` makes.
    ///
    /// - Parameter details: its labels and preprocessing are kept with the weights.
    public init(_ path: String, as name: String?, into library: ModelLibrary, details: ModelRequest = ModelRequest(name: nil)) {
        self.path = path
        self.name = name
        self.library = library
        self.details = details
    }

    /// The file's place among the architectures and their weights.
    private struct Target {
        let architecture: Architecture
        let weights: String
        /// The training that it is, if it is a known one.
        let training: Training?
    }

    private static let longestName = 64
    private static let pieceBytes = 1 << 20

    /// - Parameter isCancelled: asked now and then.
    public func run(isCancelled: () -> Bool) throws(StoreError) -> Store.Item {
        do {
            let digest = try sha256(ofFile: path)
            let target = try target(digest)
            let weights = try openWeights(path: path)
            let fit = try target.architecture.fit(weights, classifier: target.training?.classifier ?? true)
            let network = fit.network
            try check(target, network, hasClasses: fit.hasClasses)
            let classNames = try details.labels.map { file throws(WeightsError) in
                try ClassList.names(ofFile: file, count: network.outputChannels)
            }
            let ending = weights is SafetensorsFile ? "safetensors" : "pth"
            let file = target.training?.file ?? "\(target.architecture.name)-\(target.weights).\(ending)"
            let store = try Store(library.environment)
            try store.createFolder()
            let final = "\(store.folder)/\(file)"
            let partial = try PartialFile(for: final, isCancelled: isCancelled)
            do throws(StoreError) {
                try copy(into: partial, isCancelled)
                try partial.finish()
            } catch {
                partial.remove()
                throw error
            }
            var item = try Store.Item(
                file: final, named: file, architecture: target.architecture.name, weights: target.weights, source: "imported")
            guard item.sha256 == digest else { throw StoreError(.badData, "\(path) changed while it was copied; import it again") }
            item.classNames = classNames
            if !details.preprocessing.isEmpty {
                item.preprocessing = details.preprocessing.applied(to: .training(of: target.architecture.name))
            }
            try store.write(item)
            return item
        } catch {
            throw StoreError(error, at: path)
        }
    }

    /// Holds the labels and the preprocessing that were given against the network.
    private func check(_ target: Target, _ network: Network, hasClasses: Bool) throws(StoreError) {
        guard details.labels != nil || !details.preprocessing.isEmpty else { return }
        if let training = target.training {
            throw StoreError(
                .name, "\(path) is \(training.fullName), whose classes and preprocessing are known; give it a name of its own to keep others",
                hint: .importName(example: "\(target.architecture.name):mine"))
        }
        if details.labels != nil, !hasClasses {
            throw StoreError(.name, "labels: the weights in \(path) end before the classes", hint: .setting("labels"))
        }
        try details.preprocessing.check(channels: network.inputChannels)
    }

    private func target(_ digest: String) throws(StoreError) -> Target {
        let known = library.trainings.find(sha256: digest)
        guard let name else {
            guard let known, let architecture = Architecture.named(known.architecture) else {
                throw StoreError(
                    .name, "\(path) is none of the known trainings (its SHA-256 begins with \(digest.prefix(8))); name it",
                    hint: .importName(example: "resnet18:mine"))
            }
            return Target(architecture: architecture, weights: known.weights, training: known)
        }
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let architecture = Architecture.named(parts[0]) else { throw library.unknown(parts[0]) }
        let ownName = StoreError.Hint.importName(example: "\(parts[0]):mine")
        if let bundled = library.catalog.find(name) {
            throw StoreError(.name, "\(bundled.name) comes with lucid; give this one a name of its own", hint: ownName)
        }
        if let training = library.trainings.find(name) {
            guard training.sha256Prefix.map({ digest.hasPrefix($0) }) ?? true else {
                throw StoreError(
                    .badData,
                    "\(path) is not \(training.fullName): its SHA-256 begins with \(digest.prefix(8)), "
                        + "not \(training.sha256Prefix!); give it a name of its own",
                    hint: ownName)
            }
            return Target(architecture: architecture, weights: training.weights, training: training)
        }
        let isPlain = parts.last!.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        guard parts.count == 2, !parts[1].isEmpty, parts[1].utf8.count <= Self.longestName, isPlain else {
            throw StoreError(
                .name,
                "\"\(name)\" is no name for a training; it is an architecture, a colon, and letters, digits, _ and -, "
                    + "e.g. resnet18:mine")
        }
        return Target(architecture: architecture, weights: parts[1], training: nil)
    }

    private func copy(into file: borrowing PartialFile, _ isCancelled: () -> Bool) throws(StoreError) {
        let source = openFile(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw StoreError(.missing, "\(path): \(SystemError.last.message)") }
        defer { close(source) }
        file.clear()
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        while true {
            if isCancelled() { throw StoreError(.interrupted, "interrupted") }
            let count: Int
            do {
                count = try piece.withUnsafeMutableBufferPointer { piece throws(SystemError) in
                    try readSome(source, into: UnsafeMutableRawBufferPointer(piece))
                }
            } catch {
                throw StoreError(.missing, "\(path): \(error.message)")
            }
            if count == 0 { return }
            do {
                try writeAll(Array(piece[..<count]), to: file.descriptor)
            } catch {
                throw StoreError(cannotWrite: file.path, error)
            }
        }
    }
}
