import Foundation
import Networks
import Testing

/// Damaged and hostile checkpoints are refused with a reason of their own: nothing runs, hangs or traps.
@Suite struct DamagedCheckpointTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func reason(_ file: [UInt8]) throws -> String {
        let path = try folder.file(file)
        do {
            _ = try openWeights(path: path)
            return "accepted"
        } catch {
            return error.reason
        }
    }

    private func reason(pickle: [UInt8]) throws -> String { try reason(ZipWriter(pickle: pickle).bytes) }

    /// A zip whose state dict is one tensor.
    private func reason(tensor: [UInt8]) throws -> String { try reason(pickle: Opcodes.whole(Opcodes.dict([("w", tensor)]))) }

    private func expect(_ cases: [(String, String)], sourceLocation: SourceLocation = #_sourceLocation) {
        for (reason, word) in cases {
            #expect(reason.contains(word), "\(reason), not \(word)", sourceLocation: sourceLocation)
            #expect(!reason.contains("\n"), sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: TorchCheckpointTests.names)
    func cutAtEveryByteItIsRefused(_ name: String) throws {
        let whole = try Data(contentsOf: URL(filePath: TorchCheckpointTests.path(name)))
        let path = try folder.file(Array(whole))
        _ = try openWeights(path: path)
        for length in (0..<whole.count).reversed() {
            #expect(truncate(path, off_t(length)) == 0)
            #expect(throws: WeightsError.self, "\(length) bytes") { try openWeights(path: path) }
        }
    }

    /// Bytes changed at random: a checkpoint or an error, whatever happens.
    @Test(arguments: ["types", "types_legacy", "training_legacy"])
    func changedBytesNeverTrap(_ name: String) throws {
        let whole = Array(try Data(contentsOf: URL(filePath: TorchCheckpointTests.path(name))))
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0...random(3) { bytes[random(bytes.count)] = UInt8(random(256)) }
            let path = try folder.file(bytes)
            guard let file = try? openWeights(path: path) else { continue }
            for (name, shape) in file.shapes { _ = try? file.read(name, shape: shape) }
        }
    }

    @Test func whatCouldRunIsNamed() throws {
        func call(_ module: String, _ name: String) -> [UInt8] {
            Opcodes.whole(Opcodes.global(module, name) + Opcodes.string("touch owned") + [0x85] + Opcodes.reduce)
        }
        expect([
            (try reason(pickle: call("os", "system")), "the global os.system is not allowed"),
            (try reason(pickle: call("builtins", "eval")), "builtins.eval"),
            (try reason(pickle: call("__builtin__", "getattr")), "__builtin__.getattr"),
            (try reason(pickle: call("_pickle", "loads")), "_pickle.loads"),
            (try reason(pickle: call("torch._utils", "_rebuild_tensor_v3")), "torch._utils._rebuild_tensor_v3"),
            (try reason(pickle: call("torch", "os\u{1B}[2J")), "torch.os\\u{1B}[2J"),
            (try reason(pickle: call("torchvision.models.vgg", "VGG")), "save model.state_dict()"),
            (try reason(pickle: call("torch._utils", "_rebuild_qtensor")), "quantized weights are not read; save the float model"),
            (try reason(pickle: call("torch", "QInt8Storage")), "quantized weights are not read; save the float model"),
            (try reason(pickle: call("torch", "FloatStorage")), "cannot be called"),
            (try reason(pickle: Opcodes.whole(Opcodes.string("os") + Opcodes.string("system") + [0x93])), "STACK_GLOBAL"),
            (try reason(pickle: Opcodes.whole(Opcodes.mark + Array("ios\nsystem\n".utf8))), "INST"),
            (try reason(pickle: [0x80, 4, 0x95] + little(3 as UInt64) + [0x8C, 0, 0x2E]), "pickle protocol 4 (opcode PROTO)"),
            (try reason(pickle: Opcodes.proto + [0x95] + little(3 as UInt64)), "FRAME"),
            (try reason(pickle: Opcodes.proto + [0xFF]), "unknown opcode 255"),
            (try reason(Opcodes.legacyBeginning + call("os", "system")), "the global os.system is not allowed"),
            (try reason([0x80, 4, 0x95] + little(3 as UInt64)), "pickle protocol 4"),
            (try reason(Opcodes.whole(Opcodes.emptyDict)), "not one of PyTorch's"),
        ])
    }

    @Test func bombsAreRefused() throws {
        // A list of 200 000 pairs, made a dict a thousand times.
        let pair = Opcodes.tuple([Opcodes.string("a"), [0x4E]])
        let pairs = [0x5D, 0x71, 1] + Opcodes.mark + pair + [0x71, 0] + (0..<200_000).flatMap { _ in [0x68, 0] as [UInt8] } + [0x65]
        let copy = Opcodes.global("collections", "OrderedDict") + [0x68, 1, 0x85] + Opcodes.reduce
        let amplified = Opcodes.proto + pairs + (0..<1000).flatMap { _ in copy }
        expect([
            (try reason(pickle: Opcodes.proto + [UInt8](repeating: 0x28, count: 1_000_000)), "MARKs"),
            (try reason(pickle: Opcodes.proto + [0x58, 0xFF, 0xFF, 0xFF, 0xFF]), "a string of 4294967295 bytes"),
            (try reason(pickle: Opcodes.proto + [0x58] + little(60_000_000 as UInt32)), "cut short"),
            (try reason(pickle: Opcodes.proto + [0x5D] + (0..<1_100_000).flatMap { [0x72] + little(UInt32($0) &* 2_147) }), "steps"),
            (try reason(pickle: Opcodes.proto + [0x5D, 0x71, 0] + (0..<1_100_000).flatMap { _ in [0x68, 0] as [UInt8] }), "steps"),
            (try reason(pickle: Opcodes.proto + [UInt8](repeating: 0x5D, count: 1_100_000)), "steps"),
            (try reason(pickle: amplified), "steps"),
            // Lists nested 400 000 deep, and tuples of themselves twice, 900 times: harmless, but no state dict.
            (try reason(pickle: Opcodes.whole([UInt8](repeating: 0x5D, count: 400_000) + [UInt8](repeating: 0x61, count: 399_999))), "no dict"),
            (try reason(pickle: Opcodes.whole([0x29] + (0..<900).flatMap { _ in [0x71, 0, 0x68, 0, 0x86] as [UInt8] })), "no dict"),
        ])
    }

    @Test func brokenPicklesAreNamed() throws {
        expect([
            (try reason(pickle: Opcodes.whole([0x52])), "the stack is empty"),
            (try reason(pickle: Opcodes.whole([0x4E] + Opcodes.mark)), "the stack is empty"),
            (try reason(pickle: Opcodes.whole([0x4E] + Opcodes.mark + [0x85])), "the stack is empty"),
            (try reason(pickle: Opcodes.whole([0x74])), "no MARK"),
            (try reason(pickle: Opcodes.whole([0x4E, 0x4E])), "left over"),
            (try reason(pickle: Opcodes.whole([0x68, 7])), "the memo has no 7"),
            (try reason(pickle: Opcodes.whole([0x4E, 0x4E, 0x61])), "no list"),
            (try reason(pickle: Opcodes.whole([0x4E, 0x4E, 0x4E, 0x73])), "no dict"),
            (try reason(pickle: Opcodes.whole([0x7D] + Opcodes.mark + [0x4E, 0x75])), "without a value"),
            (try reason(pickle: Opcodes.whole([0x4E, 0x4E, 0x62])), "BUILD"),
            (try reason(pickle: Opcodes.whole([0x4E, 0x29, 0x52])), "no name"),
            (try reason(pickle: Opcodes.proto + [0x63] + [UInt8](repeating: 0x41, count: 100_000)), "has no end"),
            (try reason(pickle: Opcodes.whole([0x58, 1, 0, 0, 0, 0xFF])), "not UTF-8"),
            (try reason(pickle: Opcodes.whole([0x4E]) + [0]), "1 bytes too many"),
            (try reason(pickle: Opcodes.whole([0x4E])), "no dict of tensors"),
            (try reason(pickle: Opcodes.whole(Opcodes.dict([("epoch", [0x4B, 3])]))), "no state dict among its keys (epoch)"),
            (try reason(pickle: Opcodes.whole(Opcodes.tuple([Opcodes.string("module")]) + [0x51])), "whole module"),
            (try reason(pickle: Opcodes.whole([0x4E, 0x51])), "persistent id"),
        ])
    }

    @Test func viewsThatLeaveTheirStorageAreRefused() throws {
        expect([
            (try reason(tensor: Opcodes.tensor()), "accepted"),
            (try reason(tensor: Opcodes.tensor(size: [1, 4], stride: [Int.max, 1])), "accepted"),
            (try reason(tensor: Opcodes.tensor(size: [0, Int.max], stride: [-1, 0])), "accepted"),
            (try reason(tensor: Opcodes.tensor(size: [], stride: [])), "accepted"),
            (try reason(tensor: Opcodes.tensor(offset: 1)), "reaches number 4 of a storage of 4"),
            (try reason(tensor: Opcodes.tensor(offset: 4, size: [], stride: [])), "reaches number 4"),
            (try reason(tensor: Opcodes.tensor(offset: -1)), "none may be negative"),
            (try reason(tensor: Opcodes.tensor(size: [-2, 2])), "none may be negative"),
            (try reason(tensor: Opcodes.tensor(stride: [0, 1])), "the stride 0"),
            (try reason(tensor: Opcodes.tensor(stride: [2, -1])), "the stride -1"),
            (try reason(tensor: Opcodes.tensor(stride: [Int.max, 1])), "larger than any file"),
            (try reason(tensor: Opcodes.tensor(offset: Int.max)), "larger than any file"),
            (try reason(tensor: Opcodes.tensor(size: [Int.max, Int.max], stride: [1, 1])), "larger than any file"),
            (try reason(tensor: Opcodes.tensor(size: [2, 2, 2], stride: [1, 1, 1])), "shows 4 numbers as 8"),
            (try reason(tensor: Opcodes.tensor(size: [2, 2], stride: [1])), "2 sizes, but 1 strides"),
            (try reason(tensor: Opcodes.tensor(size: [Int](repeating: 1, count: 65), stride: [Int](repeating: 1, count: 65))), "at most 64"),
        ])
    }

    @Test func storagesMustBeThereOnceInTheirSize() throws {
        let tensor = Opcodes.tensor()
        let two = [("w", tensor), ("v", Opcodes.tensor(type: "IntStorage"))]
        let legacy = Opcodes.dict([("w", Opcodes.tensor(part: [0x4E]))])
        let values: [Float] = [1, 2, 3, 4]
        expect([
            (try reason(tensor: Opcodes.tensor(numel: 5)), "16 bytes, but its 5 numbers take 20"),
            (try reason(tensor: Opcodes.tensor(type: "DoubleStorage")), "its 4 numbers take 32"),
            (try reason(tensor: Opcodes.tensor(numel: -4)), "needs a type, a key and a size"),
            (try reason(tensor: Opcodes.tensor(numel: Int.max)), "larger than any file"),
            (try reason(tensor: Opcodes.tensor(key: "1")), "the storage 1 is missing"),
            (try reason(tensor: Opcodes.tensor(key: "../data.pkl")), "is missing"),
            (try reason(pickle: Opcodes.whole(Opcodes.dict(two))), "occurs twice"),
            (try reason(Opcodes.legacy(legacy, [("0", values)])), "accepted"),
            (try reason(Opcodes.legacy(legacy, [])), "the storage 0 is missing"),
            (try reason(Opcodes.legacy(legacy, [("0", values), ("0", values)])), "occurs twice"),
            (try reason(Opcodes.legacy(legacy, [("1", values)])), "names one that no tensor has"),
            (try reason(Opcodes.legacy(legacy, [("0", [1])])), "has 1 numbers, but 4"),
            (try reason(Opcodes.legacy(legacy, [("0", values)]) + [0]), "1 bytes too many"),
            (try reason(Opcodes.legacy(Opcodes.dict(two), [("0", values)])), "occurs twice"),
        ])
    }

    @Test func everyRuleOfZipsHasItsReason() throws {
        let good = Opcodes.whole(Opcodes.dict([("w", Opcodes.tensor())]))
        func zip(_ change: (inout [ZipWriter.Entry]) -> Void) throws -> String {
            var writer = ZipWriter(pickle: good)
            change(&writer.entries)
            return try reason(writer.bytes)
        }
        var bomb = ZipWriter.Entry(name: "a/data/1", bytes: [UInt8](repeating: 0, count: 10), method: 8)
        bomb.unpacked = 4_000_000_000
        expect([
            (try zip { _ in }, "accepted"),
            (try zip { for i in $0.indices { $0[i].isWide = true } }, "accepted"),
            (try zip { $0[1].isWide = true; $0[1].ownSize = 15 }, "about its size"),
            (try zip { $0.append(bomb) }, "compressed (method 8)"),
            (try zip { $0[1].unpacked = 17 }, "16 bytes stand for 17"),
            (try zip { $0[1].shift = -1 }, "overlaps"),
            (try zip { $0[1].shift = 1 }, "is not where"),
            (try zip { $0[1].shift = -4_000 }, "cut short"),
            (try zip { $0[1].check = 1 }, "CRC does not match"),
            (try zip { $0[1].bytes[3] ^= 1; $0[1].check = ZipWriter.check([1, 2, 3, 4].flatMap { Opcodes.float($0) }) }, "CRC does not match"),
            (try zip { $0[1].ownName = "a/data/1" }, "disagrees with the zip's directory about its name"),
            (try zip { $0[1].ownSize = 15 }, "about its size"),
            (try zip { $0[1].ownMethod = 8 }, "about its compression"),
            (try zip { $0[1].ownFlags = 2 }, "about its flags"),
            (try zip { $0[1].flags = 1 }, "encrypted"),
            (try zip { $0[2].name = "a/../../version" }, "leads out of its folder"),
            (try zip { $0[2].name = "/etc/version" }, "leads out of its folder"),
            (try zip { $0[2].name = "a\\version" }, "leads out of its folder"),
            (try zip { $0[2] = $0[1] }, "the zip entry a/data/0 occurs twice"),
            (try zip { $0.append(ZipWriter.Entry(name: "b/data.pkl", bytes: good)) }, "2 data.pkl"),
            (try zip { $0.removeFirst() }, "without data.pkl"),
            (try zip { $0.append(ZipWriter.Entry(name: "a/constants.pkl", bytes: [])) }, "a TorchScript program"),
            (try zip { $0.append(ZipWriter.Entry(name: "a/code/__torch__.py", bytes: [])) }, "state_dict()"),
            (try zip { $0.append(ZipWriter.Entry(name: "a/byteorder", bytes: Array("middle".utf8))) }, "byteorder"),
            (try reason(ZipWriter(pickle: good).bytes + [0]), "without its directory"),
            (try reason([0] + ZipWriter(pickle: good).bytes), "neither"),
        ])
        var counted = ZipWriter(pickle: good).bytes
        counted[counted.count - 14] = 4  // entries in all
        #expect(try reason(counted).contains("damaged zip"))
    }

    /// People save what stands in a file's place as well.
    @Test func whatIsNoCheckpointSaysTheWayOut() throws {
        expect([
            (try reason(Array("version https://git-lfs.github.com/spec/v1\noid sha256:0".utf8)), "git lfs pull"),
            (try reason(Array("\n<!DOCTYPE html><html>".utf8)), "web page"),
            (try reason([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]), "HDF5"),
            (try reason([0, 0, 0, 0] + Array("TFL3".utf8)), "TensorFlow Lite"),
        ])
    }
}
