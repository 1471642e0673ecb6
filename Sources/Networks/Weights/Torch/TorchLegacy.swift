import Files

/// PyTorch's format from 0.2 to 1.5: five pickles (a magic number, a version, facts of the machine, the object, the keys
/// of its storages), then for each key a count of 64 bits and the numbers.
///
/// The numbers are little-endian whatever machine wrote them (torch swapped them), so that the facts need no look.
extension TorchContents {
    /// 0x1950A86A20F9469CFC6C, as the opcode LONG1 holds it.
    private static let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1001

    init(legacy mapping: MappedFile) throws(WeightsError) {
        var reader = ByteReader(mapping)
        _ = try Unpickler.read(&reader)
        guard mapping.bytes[2..<max(2, reader.position - 1)].elementsEqual(Self.magic) else {
            throw reader.refuse("a pickle, but not one of PyTorch's; save model.state_dict() with torch.save")
        }
        guard case .integer(Self.version) = try Unpickler.read(&reader).root else {
            throw reader.refuse("an unknown version of PyTorch's old format; load it in Python and save it again")
        }
        _ = try Unpickler.read(&reader)
        let pickle = try Unpickler.read(&reader)

        var ids: [StorageID] = []
        var known: [String: StorageID] = [:]
        for value in pickle.persistents {
            let id = try StorageID(value, pickle, reader)
            if let other = known[id.key], (other.type, other.count) != (id.type, id.count) {
                throw reader.refuse("the storage \(shown(id.key)) occurs twice, with another type or size")
            }
            known[id.key] = id
            ids.append(id)
        }
        let list = try Unpickler.read(&reader)
        guard let keys = list.elements(list.root) else { throw reader.refuse("damaged checkpoint: no list of storages") }
        var ranges: [String: Range<Int>] = [:]
        for key in keys {
            guard case .string(let key) = key, let id = known[key] else {
                throw reader.refuse("damaged checkpoint: its list of storages names one that no tensor has")
            }
            let name = "the storage \(shown(key))"
            let count = try reader.size(Int64.self, name)
            guard count == id.count else { throw reader.refuse("\(name) has \(count) numbers, but \(id.count) are announced") }
            let range = try reader.take(id.size, name)
            guard ranges.updateValue(range, forKey: key) == nil else { throw reader.refuse("\(name) occurs twice") }
        }
        guard reader.remaining == 0 else { throw reader.refuse("\(reader.remaining) bytes too many after the last storage") }

        var storages: [TorchStorage] = []
        for id in ids {
            guard let range = ranges[id.key] else { throw reader.refuse("the storage \(shown(id.key)) is missing") }
            let part = id.view ?? 0..<id.count
            let start = range.lowerBound + part.lowerBound * id.type.size
            storages.append(TorchStorage(type: id.type, range: start..<start + part.count * id.type.size))
        }
        self.init(pickle: pickle, storages: storages)
    }
}
