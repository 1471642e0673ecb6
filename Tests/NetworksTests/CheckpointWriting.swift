import Foundation

/// A folder for one test's files, gone with it.
final class ScratchFolder {
    private let url = FileManager.default.temporaryDirectory.appending(path: "lucid-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file; its path.
    func file(_ bytes: [UInt8], _ name: String = "weights.pth") throws -> String {
        let place = url.appending(path: name)
        try Data(bytes).write(to: place)
        return place.path
    }
}

/// An integer's little-endian bytes.
func little<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// Pieces of pickles, by the names that Python's pickletools gives the opcodes.
enum Opcodes {
    static let proto: [UInt8] = [0x80, 2]
    static let stop: [UInt8] = [0x2E]
    static let mark: [UInt8] = [0x28]
    static let reduce: [UInt8] = [0x52]
    static let emptyDict: [UInt8] = [0x7D]
    static let setItem: [UInt8] = [0x73]

    static func string(_ text: String) -> [UInt8] { [0x58] + little(UInt32(text.utf8.count)) + Array(text.utf8) }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + little(Int64(value)) }
    static func tuple(_ elements: [[UInt8]]) -> [UInt8] { mark + elements.joined() + [0x74] }
    static func list(_ elements: [[UInt8]]) -> [UInt8] { [0x5D] + mark + elements.joined() + [0x65] }
    static func dict(_ entries: [(String, [UInt8])]) -> [UInt8] { emptyDict + mark + entries.flatMap { string($0.0) + $0.1 } + [0x75] }
    static func whole(_ value: [UInt8]) -> [UInt8] { proto + value + stop }

    /// A tensor as torch pickles it.
    ///
    /// - Parameter part: the legacy format's sixth value of a storage; empty for the zip's five.
    static func tensor(
        type: String = "FloatStorage", key: String = "0", numel: Int = 4, offset: Int = 0, size: [Int] = [2, 2],
        stride: [Int] = [2, 1], part: [UInt8] = []
    ) -> [UInt8] {
        let storage = tuple([string("storage"), global("torch", type), string(key), string("cpu"), integer(numel), part]) + [0x51]
        let hooks = global("collections", "OrderedDict") + [0x29] + reduce
        return global("torch._utils", "_rebuild_tensor_v2")
            + tuple([storage, integer(offset), tuple(size.map(integer)), tuple(stride.map(integer)), [0x89], hooks]) + reduce
    }
}

/// A zip written from scratch, right or wrong in one respect.
struct ZipWriter {
    struct Entry {
        var name: String
        var bytes: [UInt8]
        var method: UInt16 = 0
        var flags: UInt16 = 0
        /// The name in its own header, if not the directory's.
        var ownName: String?
        var ownMethod: UInt16?
        var ownSize: UInt32?
        var ownFlags: UInt16?
        var check: UInt32?
        /// Size before compression.
        var unpacked: UInt32?
        /// Where the directory says that it begins, from where it does.
        var shift = 0
        /// Sizes and place stand in ZIP64's extra field.
        var isWide = false
    }

    var entries: [Entry] = []

    /// A checkpoint of one pickle and one storage of 1, 2, 3, 4.
    init(pickle: [UInt8], storage: [UInt8] = [1, 2, 3, 4].flatMap { Opcodes.float($0) }) {
        entries = [
            Entry(name: "a/data.pkl", bytes: pickle), Entry(name: "a/data/0", bytes: storage),
            Entry(name: "a/version", bytes: Array("3\n".utf8)),
        ]
    }

    /// CRC-32, a bit at a time.
    static func check(_ bytes: [UInt8]) -> UInt32 {
        var value = UInt32.max
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~value
    }

    var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let check = entry.check ?? Self.check(entry.bytes)
            let size = UInt32(entry.bytes.count)
            let start = UInt32(truncatingIfNeeded: file.count + entry.shift)
            let ownName = entry.ownName ?? entry.name
            /// Packed and unpacked size in a header, and the extra field, which in the directory has the place too.
            func sizes(_ unpacked: UInt32, place: UInt32? = nil) -> (field: [UInt8], extra: [UInt8]) {
                guard entry.isWide else { return (little(size) + little(unpacked), []) }
                let numbers = little(UInt64(unpacked)) + little(UInt64(size)) + (place.map { little(UInt64($0)) } ?? [])
                return (little(UInt32.max) + little(UInt32.max), little(1 as UInt16) + little(UInt16(numbers.count)) + numbers)
            }
            let own = sizes(entry.ownSize ?? entry.unpacked ?? size)
            file += little(0x0403_4B50 as UInt32) + [20, 0] + little(entry.ownFlags ?? entry.flags)
            file += little(entry.ownMethod ?? entry.method) + [0, 0, 0, 0] + little(check) + own.field
            file += little(UInt16(ownName.utf8.count)) + little(UInt16(own.extra.count)) + Array(ownName.utf8) + own.extra + entry.bytes
            let listed = sizes(entry.unpacked ?? size, place: start)
            directory += little(0x0201_4B50 as UInt32) + [20, 0, 20, 0] + little(entry.flags) + little(entry.method) + [0, 0, 0, 0]
            directory += little(check) + listed.field + little(UInt16(entry.name.utf8.count)) + little(UInt16(listed.extra.count))
            directory += [UInt8](repeating: 0, count: 10) + little(entry.isWide ? UInt32.max : start) + Array(entry.name.utf8) + listed.extra
        }
        let count = little(UInt16(entries.count))
        return file + directory + little(0x0605_4B50 as UInt32) + [0, 0, 0, 0] + count + count
            + little(UInt32(directory.count)) + little(UInt32(file.count)) + [0, 0]
    }
}

extension Opcodes {
    /// A float as storages hold it.
    static func float(_ value: Float) -> [UInt8] { little(value.bitPattern) }

    /// The pickles that come before a legacy checkpoint's object.
    static let legacyBeginning: [UInt8] =
        whole([0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]) + whole(integer(1001)) + whole(emptyDict)

    /// A legacy checkpoint: the object, the storages by key.
    static func legacy(_ object: [UInt8], _ storages: [(key: String, values: [Float])]) -> [UInt8] {
        legacyBeginning + whole(object) + whole(list(storages.map { string($0.key) }))
            + storages.flatMap { little(Int64($0.values.count)) + $0.values.flatMap(float) }
    }
}
