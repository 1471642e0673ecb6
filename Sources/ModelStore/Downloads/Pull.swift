import Files
import Networks

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Brings a training's weights into the store: from torch hub's cache if they are there, else from the network.
public struct Pull {
    let training: Training
    let store: Store
    let environment: Environment
    /// Seconds that a server may send almost nothing.
    let patience: Int

    /// As long as people wait for curl(1) too.
    public static let defaultPatience = 30

    /// A download that `run` makes.
    public init(_ training: Training, into store: Store, _ environment: Environment, patience: Int = defaultPatience) {
        self.training = training
        self.store = store
        self.environment = environment
        self.patience = patience
    }

    /// The weights, which are in the store afterwards if they were not before.
    ///
    /// - Parameter progress: told how many bytes are there and how many there will be; false ends it.
    public func run(progress: @escaping (_ bytes: Int, _ total: Int?) -> Bool) throws(StoreError) -> Store.Item {
        if let item = try present() { return item }
        if environment.isOffline {
            let size = training.megabytes.map { " (\(Int($0.rounded(.up))) MB)" } ?? ""
            throw StoreError(
                .unavailable,
                "the weights \(training.fullName) are not here, and LUCID_OFFLINE is set; "
                    + "`LUCID_OFFLINE=0 lucid models pull \(training.fullName)` fetches them\(size)")
        }
        let address = try environment.address(of: training)
        try store.createFolder()
        let final = "\(store.folder)/\(training.file)"
        let file = try PartialFile(for: final) { !progress(0, nil) }
        // Another process may have pulled it while this one waited.
        if let item = try present() {
            if file.count == 0 { file.remove() }
            return item
        }
        do throws(StoreError) {
            try fetch(address, into: file, progress)
            try file.finish()
        } catch {
            if file.count == 0 { file.remove() }
            throw error
        }
        return try record(final, named: training.file, source: address)
    }

    /// The item that is in the store, or can be taken into it without a download.
    private func present() throws(StoreError) -> Store.Item? {
        if let item = try store.find(architecture: training.architecture, weights: training.weights) {
            try store.check(item)
            return item
        }
        guard training.sha256Prefix != nil else { return nil }
        // A file without a record: whoever pulled it was killed right then.
        let own = "\(store.folder)/\(training.file)"
        if isFile(own), hasRightDigest(own) {
            return try record(own, named: training.file, source: training.url)
        }
        if let hub = environment.torchHub, hub.hasPrefix("/") {
            let cached = "\(hub)/\(training.file)"
            if isFile(cached), hasRightDigest(cached) {
                try store.createFolder()
                return try record(cached, named: cached, source: "torch hub's cache")
            }
        }
        return nil
    }

    private func hasRightDigest(_ path: String) -> Bool {
        (try? sha256(ofFile: path)).map { $0.hasPrefix(training.sha256Prefix ?? "none") } ?? false
    }

    /// Fills the file and makes sure of what came.
    private func fetch(
        _ address: String, into file: borrowing PartialFile, _ progress: @escaping (Int, Int?) -> Bool
    ) throws(StoreError) {
        let transfer = Transfer(address: address, certificates: environment.certificates, patience: patience)
        // Without a digest only the server's own tag tells that both parts are of one file.
        if training.sha256Prefix == nil, file.tag == nil { file.clear() }
        while true {
            let isResumed = file.count > 0
            if try transfer.run(into: file, progress: progress) == .startOver { continue }
            do throws(StoreError) {
                return try check(file.path, address)
            } catch {
                file.clear()
                // A part of before may have been of another file.
                if !isResumed { throw error }
            }
        }
    }

    private func check(_ path: String, _ address: String) throws(StoreError) {
        do {
            if let prefix = training.sha256Prefix {
                let digest = try sha256(ofFile: path)
                guard digest.hasPrefix(prefix) else {
                    throw StoreError(
                        .badData,
                        "\(address): what came has the SHA-256 \(digest.prefix(16))…, which does not begin with \(prefix); "
                            + "nothing was kept")
                }
            } else if let architecture = Architecture.named(training.architecture) {
                _ = try architecture.network(weights: openWeights(path: path), classifier: training.classifier)
            }
        } catch let error as StoreError {
            throw error
        } catch {
            let reason = (error as? WeightsError)?.reason ?? (error as? InputError)?.reason ?? "\(error)"
            throw StoreError(.badData, "\(address): what came is not a file of these weights (\(reason)); nothing was kept")
        }
    }

    /// Remembers a file that is the right one.
    private func record(_ path: String, named file: String, source: String) throws(StoreError) -> Store.Item {
        let item = try Store.Item(
            file: path, named: file, architecture: training.architecture, weights: training.weights, source: source)
        try store.write(item)
        return item
    }
}

extension Store.Item {
    /// The item of a file that lies in its place.
    init(file path: String, named file: String, architecture: String, weights: String, source: String) throws(StoreError) {
        do {
            let digest = try Files.sha256(ofFile: path)
            guard let state = try? FileStatus(of: path) else { throw StoreError(.missing, "\(path) is gone") }
            self.init(
                architecture: architecture, weights: weights, file: file, sha256: digest, bytes: state.bytes,
                modified: state.modified, source: source)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(.badData, "\(StoreError(error, at: path))")
        }
    }
}
