import Files

/// A PyTorch checkpoint (.pth, .pt), of PyTorch 0.2 or newer: the tensors of its state dict by name.
///
/// The file stays where it is; each tensor is a view of a part of it, converted when it is read. Nothing in the file is
/// ever executed. Training checkpoints are understood: the state dict may lie under a key of another dict, and the names
/// may begin with what wrappers of PyTorch put before them.
public struct TorchCheckpoint: WeightStore {
    /// The file's path.
    public let file: String
    /// Every tensor's extents by name.
    public let shapes: [String: [Int]]

    private let mapping: MappedFile
    private let tensors: [String: TensorView]

    /// Where training scripts keep the state dict.
    private static let wrappers = ["state_dict", "model_state_dict", "model", "net"]
    /// The prefixes that DataParallel and torch.compile put before every name.
    private static let prefixes = ["module.", "_orig_mod."]
    /// How many of these are taken off, one before the other.
    private static let mostPrefixes = 4

    /// The two formats, told apart by their bytes: that of today, and that of PyTorch 0.2 to 1.5.
    private enum Format {
        case zip, legacy
    }

    private static func format(_ bytes: UnsafeRawBufferPointer) -> Format? {
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) { return .zip }  // PK
        if bytes.count >= 2, bytes[0] == 0x80, bytes[1] <= 5 { return .legacy }  // the opcode PROTO
        return nil
    }

    /// Whether the bytes begin as one of the formats does.
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool { format(bytes) != nil }

    /// Maps the file, reads its pickle, and finds the state dict.
    public init(path: String) throws(WeightsError) { try self.init(MappedFile(weights: path)) }

    init(_ mapping: MappedFile) throws(WeightsError) {
        func refuse(_ reason: String) -> WeightsError { WeightsError(file: mapping.path, reason: reason) }

        let contents: TorchContents
        switch Self.format(mapping.bytes) {
        case .zip: contents = try TorchContents(zip: mapping)
        case .legacy: contents = try TorchContents(legacy: mapping)
        case nil: throw refuse("not a PyTorch checkpoint; save model.state_dict() with torch.save")
        }
        guard let top = contents.pickle.entries(contents.pickle.root) else {
            throw refuse("holds no dict of tensors; save model.state_dict()")
        }
        /// The tensors among the entries of a dict.
        func named(_ entries: [String: Pickle.Value]) -> [String: Pickle.Value]? {
            let tensors = entries.filter { if case .tensor = $0.value { true } else { false } }
            return tensors.isEmpty ? nil : tensors
        }
        // The wrappers first: beside a state dict there may be tensors, such as a best accuracy.
        let wrapped = Self.wrappers.lazy.compactMap { top[$0].flatMap(contents.pickle.entries).flatMap(named) }.first
        guard let values = wrapped ?? named(top) else {
            let keys = top.keys.sorted().prefix(10).map(shown).joined(separator: ", ")
            throw refuse("no state dict among its keys (\(keys)); save model.state_dict()")
        }
        var strip = 0
        for _ in 0..<Self.mostPrefixes {
            guard
                let prefix = Self.prefixes.first(where: { prefix in
                    values.keys.allSatisfy { $0.utf8.dropFirst(strip).starts(with: prefix.utf8) }
                })
            else { break }
            strip += prefix.utf8.count
        }
        var tensors: [String: TensorView] = [:]
        for (key, value) in values {
            do {
                tensors[String(decoding: key.utf8.dropFirst(strip), as: UTF8.self)] = try contents.tensor(value)
            } catch {
                throw refuse("\(shown(key)) \(error.reason)")
            }
        }
        file = mapping.path
        shapes = tensors.mapValues(\.shape)
        self.mapping = mapping
        self.tensors = tensors
    }

    /// The values of one tensor as floats, in row-major order.
    public func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        guard let tensor = tensors[name] else { throw WeightsError(file: file, reason: "\(name) is missing") }
        guard tensor.shape == shape else {
            throw WeightsError(file: file, reason: "\(name) is \(tensor.shape), expected \(shape)")
        }
        return tensor.floats(mapping)
    }
}
