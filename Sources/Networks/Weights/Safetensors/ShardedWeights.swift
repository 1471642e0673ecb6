import Files
import FoundationEssentials

/// Weights in several files with an index of their names beside them: Hugging Face's model.safetensors.index.json, or
/// pytorch_model.bin.index.json.
public struct ShardedWeights: WeightStore {
    /// The index's path.
    public let file: String
    /// Every tensor's extents by name.
    public let shapes: [String: [Int]]
    private let shards: [String: any WeightStore]
    private let places: [String: String]

    private struct Index: Decodable {
        let weight_map: [String: String]
    }

    /// Whether a file is such an index, by its first bytes and its name.
    static func recognizes(_ path: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{") && path.hasSuffix(".index.json")
    }

    /// The files that an index names, in order.
    package static func files(ofIndex path: String) throws(WeightsError) -> [String] {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return Set(try places(ofIndex: path).values).sorted().map { folder + $0 }
    }

    private static func places(ofIndex path: String) throws(WeightsError) -> [String: String] {
        let index: Index
        do {
            index = try JSONDecoder().decode(Index.self, from: Data(InputFile.bytes(of: path)))
        } catch let error as InputError {
            throw WeightsError(error)
        } catch {
            throw WeightsError(file: path, reason: "no index of weights: it needs a weight_map of names to files")
        }
        for name in index.weight_map.values where name.contains("/") || name.isEmpty || name.hasPrefix(".") {
            throw WeightsError(file: path, reason: "names the file \(shown(name)), which does not lie beside it")
        }
        return index.weight_map
    }

    /// Opens every file that the index names.
    public init(index path: String) throws(WeightsError) {
        let places = try Self.places(ofIndex: path)
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        var (shards, shapes): ([String: any WeightStore], [String: [Int]]) = ([:], [:])
        for name in Set(places.values) { shards[name] = try openWeights(path: folder + name) }
        for (tensor, name) in places {
            guard let shape = shards[name]!.shape(of: tensor) else {
                throw WeightsError(file: path, reason: "\(shown(name)) lacks \(shown(tensor)), which the index says is in it")
            }
            shapes[tensor] = shape
        }
        (file, self.shapes, self.shards, self.places) = (path, shapes, shards, places)
    }

    public func type(of name: String) -> String? { places[name].flatMap { shards[$0]!.type(of: name) } }

    public func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        guard let place = places[name] else { throw WeightsError(file: file, reason: "\(name) is missing") }
        return try shards[place]!.read(name, shape: shape)
    }
}

/// SHA-256 of a file of weights; of several with an index, that of the index and all of them.
public func weightsDigest(path: String) throws(WeightsError) -> String {
    do {
        guard path.hasSuffix(".index.json") else { return try sha256(ofFile: path) }
        return try sha256(of: [MappedFile(path: path)] + ShardedWeights.files(ofIndex: path).map { try MappedFile(path: $0) })
    } catch let error as WeightsError {
        throw error
    } catch {
        throw (error as? InputError).map { WeightsError($0) } ?? WeightsError(file: path, reason: "\(error)")
    }
}
