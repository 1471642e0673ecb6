import Files

/// Opens a weights file of any format that is read here. The bytes tell which it is, not the name.
public func openWeights(path: String) throws(WeightsError) -> any WeightStore {
    let mapping = try MappedFile(weights: path)
    let bytes = mapping.bytes
    if isSafetensors(bytes) { return try SafetensorsFile(mapping) }
    if ShardedWeights.recognizes(path, bytes) { return try ShardedWeights(index: path) }
    if TorchCheckpoint.recognizes(bytes) { return try TorchCheckpoint(mapping) }
    if let foreign = ForeignFile(bytes, wanted: .weights) { throw WeightsError(file: path, reason: foreign.advice) }
    throw WeightsError(file: path, reason: "neither safetensors nor a PyTorch checkpoint (.pth, .pt); save weights as one of these")
}

/// Whether a file begins as one of weights does.
public func hasWeights(path: String) -> Bool {
    guard let mapping = try? MappedFile(path: path) else { return false }
    return isSafetensors(mapping.bytes) || ShardedWeights.recognizes(path, mapping.bytes) || TorchCheckpoint.recognizes(mapping.bytes)
}

/// safetensors begins with the length of the header, below 2³², then the header's {.
func isSafetensors(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
}

/// Whether a file begins so; false of one that is not there.
package func isSafetensors(path: String) -> Bool {
    guard let mapping = try? MappedFile(path: path) else { return false }
    return isSafetensors(mapping.bytes)
}

/// A weights file that cannot be used.
public struct WeightsError: Error, CustomStringConvertible, Equatable {
    /// The file's path.
    public let file: String
    /// The trouble with it.
    public let reason: String
    /// The file is not there or cannot be opened (exit code 66 rather than 65).
    public let isMissing: Bool

    /// - Parameter isMissing: whether the file is not there, or cannot be opened.
    public init(file: String, reason: String, isMissing: Bool = false) {
        self.file = file
        self.reason = reason
        self.isMissing = isMissing
    }

    /// The same error about a file of weights.
    public init(_ error: InputError) { self.init(file: error.file, reason: error.reason, isMissing: error.isMissing) }

    public var description: String { "\(shown(file)): \(reason)" }
}

extension MappedFile {
    /// Maps a file of weights.
    package convenience init(weights path: String) throws(WeightsError) {
        do {
            try self.init(path: path)
        } catch {
            throw WeightsError(error)
        }
    }
}
