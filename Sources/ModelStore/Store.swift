import Files
import FoundationEssentials
import Networks

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The weights that were pulled or imported, and what was found out about them.
///
/// Each has a record `ARCHITECTURE.WEIGHTS.json` in the store's folder, which holds the whole digest of its file. The file
/// lies beside it, or where torch hub keeps it. Files and records appear whole or not at all, the record last.
public struct Store: Sendable {
    /// Where files and records lie.
    public let folder: String

    /// The record of one file of weights.
    public struct Item: Sendable, Codable, Equatable {
        /// A name in `Architecture.all`.
        public let architecture: String
        /// Which training of it, by torchvision's or the user's name.
        public let weights: String
        /// The file, beside the record unless it is an absolute path.
        public let file: String
        /// The SHA-256 of the whole file, in hexadecimal.
        public let sha256: String
        /// Size of the file.
        public var bytes: Int
        /// When the file was last changed, in nanoseconds since 1970; a file that was not needs no second look.
        public var modified: Int
        /// Where it came from.
        public let source: String
        /// The names of its classes, where they were given with it.
        public var classNames: [String]?
        /// The values that it was trained on, where they were given with it.
        public var preprocessing: Preprocessing?

        /// "resnet50:IMAGENET1K_V2"
        public var fullName: String { "\(architecture):\(weights)" }
    }

    /// - Parameter environment: says where the store is.
    public init(_ environment: Environment) throws(StoreError) {
        guard let home = environment.home else {
            throw StoreError(
                .cannotWrite,
                "no place for pulled models: none of LUCID_HOME, XDG_DATA_HOME and HOME is set; set LUCID_HOME to a folder")
        }
        folder = "\(home)/models"
    }

    /// The path of an item's file.
    public func path(of item: Item) -> String { item.file.hasPrefix("/") ? item.file : "\(folder)/\(item.file)" }

    /// Everything that has a record, by name.
    public var items: [Item] {
        recordPaths.compactMap { try? read($0) }
    }

    /// Reads every record, as a damaged one is in no list.
    func checkRecords() throws(StoreError) {
        for path in recordPaths { _ = try read(path) }
    }

    private var recordPaths: [String] { (try? FolderListing.files(in: folder) { $0.hasSuffix(".json") }) ?? [] }

    /// Creates the store's folder.
    func createFolder() throws(StoreError) {
        do {
            try Files.createFolder(folder)
        } catch {
            throw StoreError(cannotWrite: folder, error, advice: StoreError.otherHome)
        }
    }

    /// The item of this training, if it and its file are there.
    public func find(architecture: String, weights: String) throws(StoreError) -> Item? {
        let record = recordPath(architecture, weights)
        guard isFile(record) else { return nil }
        let item = try read(record)
        return isFile(path(of: item)) ? item : nil
    }

    /// Makes sure that an item's file is the one that was stored: at a glance if it has not been touched, else by its digest.
    func check(_ item: Item) throws(StoreError) {
        let path = path(of: item)
        guard let state = try? FileStatus(of: path), state.kind == .file else {
            throw StoreError(.missing, "\(path) is gone; \(advice(item))")
        }
        if state.bytes == item.bytes && state.modified == item.modified { return }
        try verify(item)
        // Touched, but the same: no need to read it all next time.
        var seen = item
        (seen.bytes, seen.modified) = (state.bytes, state.modified)
        try? write(seen)
    }

    /// Holds the whole file against its digest.
    public func verify(_ item: Item) throws(StoreError) {
        let path = path(of: item)
        let digest: String
        do {
            digest = try sha256(ofFile: path)
        } catch {
            throw StoreError(error, at: path, advice: advice(item))
        }
        guard digest == item.sha256 else {
            throw StoreError(.badData, "\(path) is damaged: its SHA-256 is not \(item.sha256); \(advice(item))")
        }
    }

    private func advice(_ item: Item) -> String { "`lucid models remove \(item.fullName)` forgets it" }

    /// Forgets an item; its file goes too, unless it belongs to torch hub.
    public func remove(_ item: Item) throws(StoreError) {
        for path in [recordPath(item.architecture, item.weights)] + (item.file.hasPrefix("/") ? [] : [path(of: item)]) {
            do throws(SystemError) {
                try removeFile(path)
            } catch {
                guard error.code == ENOENT else { throw StoreError(cannotWrite: path, error) }
            }
        }
    }

    private func recordPath(_ architecture: String, _ weights: String) -> String { "\(folder)/\(architecture).\(weights).json" }

    private func read(_ path: String) throws(StoreError) -> Item {
        do {
            let item = try JSONDecoder().decode(Item.self, from: Data(InputFile.bytes(of: path)))
            guard path == recordPath(item.architecture, item.weights), !item.file.hasPrefix("../"), !item.file.contains("/../")
            else { throw StoreError(.badData, "") }
            return item
        } catch {
            throw StoreError(.badData, "\(path) is damaged; remove it and pull the model again")
        }
    }

    /// Writes an item's record.
    func write(_ item: Item) throws(StoreError) {
        let path = recordPath(item.architecture, item.weights)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try OutputFile.write(Array(encoder.encode(item)), to: path)
        } catch {
            throw StoreError(.cannotWrite, "\(error)")
        }
    }
}
