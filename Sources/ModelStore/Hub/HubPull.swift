import Files
import FoundationEssentials
import Networks

/// Brings a model of the hub into the store.
///
/// The hub keeps large files in Git LFS: what it has under "raw" for one is a pointer, which tells the file's SHA-256. It is fetched
/// first, and kept beside the file for later checks.
public struct HubPull {
    let name: HubName
    let environment: Environment
    let patience: Int

    /// - Parameter patience: seconds without a byte after which a download is given up.
    public init(_ name: HubName, _ environment: Environment, patience: Int = Pull.defaultPatience) {
        (self.name, self.environment, self.patience) = (name, environment, patience)
    }

    /// The longest file that may come as itself instead of a pointer.
    private static let longestPointer = 1024

    /// The weights' path, which are here afterwards.
    public func pulled(progress: @escaping (_ bytes: Int, _ total: Int?) -> Bool) throws(StoreError) -> String {
        try model(progress: progress).weights
    }

    /// The model, which is downloaded if it is not here.
    func model(progress: @escaping (_ bytes: Int, _ total: Int?) -> Bool) throws(StoreError) -> HubModel {
        if let here = HubModel(name, environment) { return here }
        return try download(progress)
    }

    private func download(_ progress: @escaping (_ bytes: Int, _ total: Int?) -> Bool) throws(StoreError) -> HubModel {
        if environment.isOffline {
            throw StoreError(
                .unavailable,
                "\(name.text) is not here, and LUCID_OFFLINE is set; `LUCID_OFFLINE=0 lucid models pull \(name.text)` fetches it")
        }
        let base = try environment.hubAddress + "/\(name.owner)/\(name.name)"
        let folder = try HubModel.folder(of: name, environment)
        do {
            try createFolder(folder)
        } catch {
            throw StoreError(cannotWrite: folder, error, advice: StoreError.otherHome)
        }
        for small in ["config.json", "preprocessor_config.json"] where !isFile("\(folder)/\(small)") {
            _ = try fetch("\(base)/resolve/main/\(small)", to: "\(folder)/\(small)", progress)
        }
        for file in HubModel.files {
            guard try large(file, base, folder, progress) else { continue }
            if file.hasSuffix(".index.json") {
                let shards: [String]
                do {
                    shards = try ShardedWeights.files(ofIndex: "\(folder)/\(file)")
                } catch {
                    throw StoreError(error, at: file)
                }
                for shard in shards {
                    let shard = String(shard.dropFirst(folder.utf8.count + 1))
                    guard try large(shard, base, folder, progress) else {
                        throw StoreError(.unavailable, "\(base): the index names \(shown(shard)), which is not there")
                    }
                }
            }
            break
        }
        guard let model = HubModel(name, environment) else {
            throw StoreError(
                .unavailable, "\(base) has none of \(HubModel.files.joined(separator: ", ")); is \(name.text) the right name?")
        }
        return model
    }

    /// Fetches a file of weights and holds it against its digest; false if there is none of this name.
    private func large(_ file: String, _ base: String, _ folder: String, _ progress: @escaping (Int, Int?) -> Bool) throws(StoreError) -> Bool {
        let (path, pointer) = ("\(folder)/\(file)", "\(folder)/\(file).pointer")
        if !isFile(pointer) {
            guard try fetch("\(base)/raw/main/\(file)", to: pointer, progress) else { return false }
        }
        if !isFile(path) {
            guard try fetch("\(base)/resolve/main/\(file)", to: path, digest: Self.digest(pointer), progress) else { return false }
        }
        return true
    }

    /// The SHA-256 that a pointer tells; nil for a file that is none.
    static func digest(_ pointer: String) -> String? {
        guard let status = try? FileStatus(of: pointer), status.bytes <= longestPointer, let lines = try? InputFile.lines(of: pointer) else {
            return nil
        }
        return lines.first { $0.hasPrefix("oid sha256:") }.map { String($0.dropFirst("oid sha256:".count)) }
    }

    /// Fetches a file; false if the server has none.
    private func fetch(
        _ address: String, to path: String, digest: String? = nil, _ progress: @escaping (Int, Int?) -> Bool
    ) throws(StoreError) -> Bool {
        let file = try PartialFile(for: path) { !progress(0, nil) }
        let transfer = Transfer(address: address, certificates: environment.certificates, patience: patience)
        if digest == nil { file.clear() }
        do throws(StoreError) {
            while true {
                let isResumed = file.count > 0
                if try transfer.run(into: file, progress: progress) == .startOver { continue }
                guard let digest, let came = try? sha256(ofFile: file.path), came != digest else { break }
                file.clear()
                if !isResumed {
                    throw StoreError(
                        .badData, "\(address): what came has the SHA-256 \(came.prefix(16))…, not \(digest.prefix(16))…; nothing was kept")
                }
            }
            try file.finish()
            return true
        } catch {
            if error.isNotFound {
                file.remove()
                return false
            }
            if file.count == 0 { file.remove() }
            throw error
        }
    }
}
