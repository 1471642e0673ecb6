import Files

/// A PyTorch checkpoint (.pth, .pt), of PyTorch 0.2 or newer: every tensor of its dicts by name.
///
/// The file stays where it is; each tensor is a view of a part of it, converted when it is read. Nothing in the file is
/// ever executed. A tensor of a dict within a dict has the keys of both in its name, with a slash between: a training
/// script's "state_dict/conv1.weight".
public struct TorchCheckpoint: WeightStore {
    /// The file's path.
    public let file: String
    /// Every tensor's extents by name.
    public let shapes: [String: [Int]]
    /// Views that repeat numbers or leave their storage, by name.
    public let unreadable: [String: String]

    private let mapping: MappedFile
    private let tensors: [String: TensorView]

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

    /// Maps the file, reads its pickle, and finds the tensors.
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
        var (tensors, unreadable): ([String: TensorView], [String: String]) = ([:], [:])
        for (name, value) in contents.pickle.tensorsByName {
            do {
                tensors[name] = try contents.tensor(value)
            } catch {
                unreadable[name] = error.reason
            }
        }
        guard !tensors.isEmpty else {
            if let (name, reason) = unreadable.min(by: { $0.key < $1.key }) { throw refuse("\(shown(name)) \(reason)") }
            throw refuse("no state dict among its keys (\(top.keys.sorted().listed(10))); save model.state_dict()")
        }
        file = mapping.path
        shapes = tensors.mapValues(\.shape)
        self.unreadable = unreadable
        self.mapping = mapping
        self.tensors = tensors
    }

    public func type(of name: String) -> String? { tensors[name]?.storage.type.rawValue }

    /// The values of one tensor as floats, in row-major order.
    public func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        guard let tensor = tensors[name] else { throw WeightsError(file: file, reason: "\(name) is missing") }
        guard tensor.shape == shape else {
            throw WeightsError(file: file, reason: "\(name) is \(tensor.shape), expected \(shape)")
        }
        return tensor.floats(mapping)
    }
}
