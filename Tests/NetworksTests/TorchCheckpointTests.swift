import Foundation
import Networks
import TestSupport
import Testing

/// Checkpoints that torch wrote are read as torch reads them (scripts/goldens/torch_checkpoints.py).
@Suite struct TorchCheckpointTests {
    static let names = ["types", "types_legacy", "training", "training_legacy", "compiled", "big_endian"]

    static func path(_ name: String, sourceFile: String = #filePath) -> String {
        URL(filePath: sourceFile).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Goldens/checkpoints/\(name).pth").path
    }

    @Test(arguments: names)
    func everyTensorIsAsTorchReadsIt(_ name: String) throws {
        let golden = try Golden("torch_checkpoints")
        let file = try openWeights(path: Self.path(name))
        let expected = golden.names.filter { $0.hasPrefix("\(name)/") }
        #expect(!expected.isEmpty)
        for full in expected {
            let own = String(full.dropFirst(name.count + 1))
            // Wherever it lies.
            let key = try #require(file.shapes.keys.filter { $0 == own || $0.hasSuffix(".\(own)") }.min { $0.count < $1.count })
            let shape = golden.shape(full)
            #expect(file.shapes[key] == shape, "\(key)")
            #expect(try file.read(key, shape: shape) == golden.values(full), "\(key)")
        }
    }

    @Test func theBytesTellTheFormatNotTheName() throws {
        let folder = try ScratchFolder()
        let zip = try Data(contentsOf: URL(filePath: Self.path("types")))
        let file = try openWeights(path: try folder.file(Array(zip), "weights.safetensors"))
        #expect(try file.read("float", shape: [3]) == [-1.5, 0, 2.75])
        #expect(throws: WeightsError.self) { try file.read("float", shape: [4]) }
        #expect(throws: WeightsError.self) { try file.read("flaot", shape: [3]) }
        let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
        // A header of 640 bytes begins like a pickle.
        let text = header + String(repeating: " ", count: 640 - header.utf8.count)
        let safetensors = try openWeights(path: try folder.file(little(640 as UInt64) + Array(text.utf8) + Opcodes.float(2.5), "a.pth"))
        #expect(try safetensors.read("w", shape: [1]) == [2.5])
    }

    /// Dicts and lists in each other, whatever their keys.
    @Test func tensorsHaveTheKeysOfAllTheirDicts() throws {
        let folder = try ScratchFolder()
        let state = Opcodes.dict([("module.a.weight", Opcodes.tensor()), ("bias", Opcodes.tensor(size: [4], stride: [1]))])
        let list = Opcodes.list([[0x4E], Opcodes.dict([("deep", state)])])
        // A view that leaves its storage is refused when it is asked for.
        let pickle = Opcodes.dict([("x", Opcodes.tensor()), ("models", list), ("ema", state), ("bad", Opcodes.tensor(stride: [0, 1]))])
        let file = try TorchCheckpoint(path: try folder.file(ZipWriter(pickle: Opcodes.whole(pickle)).bytes))
        #expect(file.shapes == [
            "x": [2, 2], "models/1/deep/module.a.weight": [2, 2], "models/1/deep/bias": [4], "ema/module.a.weight": [2, 2], "ema/bias": [4],
        ])
        #expect(try file.read("ema/module.a.weight", shape: [2, 2]) == [1, 2, 3, 4])
        #expect(file.unreadable["bad"]?.contains("the stride 0") == true)
        #expect(file.type(of: "x") == "F32")
    }

    /// A dict may hold itself, and names may be as long as memory.
    @Test func dictsThatHoldThemselvesEnd() throws {
        let folder = try ScratchFolder()
        let own: [UInt8] = [0x7D, 0x71, 0] + Opcodes.string("a") + [0x68, 0] + Opcodes.setItem
        let pickle = own + Opcodes.string("w") + Opcodes.tensor() + Opcodes.setItem
        let file = try TorchCheckpoint(path: try folder.file(ZipWriter(pickle: Opcodes.whole(pickle)).bytes))
        #expect(file.shapes == ["w": [2, 2]])
        let long = Opcodes.dict([(String(repeating: "k", count: 2000), Opcodes.dict([("w", Opcodes.tensor())])), ("v", Opcodes.tensor())])
        #expect(try TorchCheckpoint(path: try folder.file(ZipWriter(pickle: Opcodes.whole(long)).bytes)).shapes == ["v": [2, 2]])
    }

    /// Python 2's OrderedDict is called with a list of pairs; it writes short strings as bytes.
    @Test func python2IsUnderstood() throws {
        let folder = try ScratchFolder()
        let pair = Opcodes.list([[0x55, 1] + Array("w".utf8), Opcodes.tensor()])
        let other = Opcodes.list([[0x55, 1] + Array("x".utf8), [0x55, 2, 0xF8, 0x3F]])
        let pickle = Opcodes.global("collections", "OrderedDict") + Opcodes.list([pair, other]) + [0x85] + Opcodes.reduce
        let file = try TorchCheckpoint(path: try folder.file(ZipWriter(pickle: Opcodes.whole(pickle)).bytes))
        #expect(try file.read("w", shape: [2, 2]) == [1, 2, 3, 4])
    }

    /// The legacy format's storages may be parts of others.
    @Test func partsOfStoragesAreRead() throws {
        let folder = try ScratchFolder()
        let part = Opcodes.tuple([Opcodes.string("part"), Opcodes.integer(1), Opcodes.integer(3)])
        let object = Opcodes.dict([("w", Opcodes.tensor(size: [2], stride: [2], part: part))])
        let file = try TorchCheckpoint(path: try folder.file(Opcodes.legacy(object, [("0", [1, 2, 3, 4])])))
        #expect(try file.read("w", shape: [2]) == [2, 4])
        let beyond = Opcodes.dict([("w", Opcodes.tensor(size: [2], stride: [3], part: part))])
        #expect(throws: WeightsError.self) { try TorchCheckpoint(path: try folder.file(Opcodes.legacy(beyond, [("0", [1, 2, 3, 4])]))) }
    }
}
