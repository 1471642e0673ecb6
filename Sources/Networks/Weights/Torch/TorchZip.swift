import Files

/// PyTorch's format since 1.6: a zip with one folder of any name, in it data.pkl, each storage as data/KEY, and
/// byteorder ("little" or "big"; little where it is absent).
extension TorchContents {
    init(zip mapping: MappedFile) throws(WeightsError) {
        let reader = ByteReader(mapping)
        let archive = try ZipArchive(mapping)
        let tops = archive.entries.keys.compactMap { name -> Substring? in
            let path = name.split(separator: "/", omittingEmptySubsequences: false)
            return path.count == 2 && path[1] == "data.pkl" ? path[0] : nil
        }
        guard tops.count < 2 else { throw reader.refuse("the zip has \(tops.count) data.pkl; there must be one") }
        // torch.jit.save writes programs: code/, and constants.pkl beside data.pkl.
        guard !archive.entries.keys.contains(where: { $0.hasSuffix("/constants.pkl") || $0.contains("/code/") }) else {
            throw reader.refuse(
                "a TorchScript program, not weights; save them in Python: torch.save(torch.jit.load(file).state_dict(), \"weights.pth\")")
        }
        guard let top = tops.first, let place = archive.entries["\(top)/data.pkl"] else {
            throw reader.refuse("a zip without data.pkl, so not PyTorch's; save model.state_dict() with torch.save")
        }
        var isBigEndian = false
        if let order = archive.entries["\(top)/byteorder"] {
            switch String(decoding: mapping.bytes[order], as: UTF8.self) {
            case "little": break
            case "big": isBigEndian = true
            default: throw reader.refuse("its byteorder is neither little nor big; copy the file again")
            }
        }
        var data = ByteReader(mapping, place)
        let pickle = try Unpickler.read(&data)
        guard data.remaining == 0 else { throw data.refuse("\(data.remaining) bytes too many after the pickle") }

        var known: [String: StorageID] = [:]
        var storages: [TorchStorage] = []
        for value in pickle.persistents {
            let id = try StorageID(value, pickle, reader)
            let name = shown(id.key)
            guard known.updateValue(id, forKey: id.key) ?? id == id else {
                throw reader.refuse("the storage \(name) occurs twice, with another type or size")
            }
            guard id.view == nil else { throw reader.refuse("the storage \(name) is a part, which zips do not have") }
            guard let range = archive.entries["\(top)/data/\(id.key)"] else { throw reader.refuse("the storage \(name) is missing") }
            guard range.count == id.size else {
                throw reader.refuse("the storage \(name) has \(range.count) bytes, but its \(id.count) numbers take \(id.size)")
            }
            storages.append(TorchStorage(type: id.type, range: range, isBigEndian: isBigEndian))
        }
        self.init(pickle: pickle, storages: storages)
    }
}
