import Files

/// PyTorch's format of 0.1: a tar with the members
///
///     storages  n; n times: (key, location, type), a count of 64 bits, the numbers; [(key, key of the whole, offset, count)]
///     tensors   n; n times: (key, key of the storage or None, type), then in binary: the number of extents (32 bits and 32
///               to skip), sizes, strides, the offset (64 bits each)
///     pickle    the object, whose persistent ids are keys of tensors, written as strings
///     sys_info  facts of the machine, which need no look: all numbers are little-endian
///
/// Everything but the numbers and the extents is pickled.
extension TorchContents {
    init(tar mapping: MappedFile) throws(WeightsError) {
        let archive = try TarArchive(mapping)
        func member(_ name: String) throws(WeightsError) -> ByteReader {
            guard let range = archive.members[name] else {
                throw WeightsError(
                    file: mapping.path, reason: "a tar without \(name), so not PyTorch's; save model.state_dict() with torch.save")
            }
            return ByteReader(mapping, range)
        }
        var reader = try member("storages")
        let storages = try Self.storages(&reader)
        reader = try member("tensors")
        let tensors = try Self.tensors(&reader, storages)

        reader = try member("pickle")
        let pickle = try Unpickler.read(&reader)
        guard reader.remaining == 0 else { throw reader.refuse("\(reader.remaining) bytes too many after the pickle") }
        var objects: [Object] = []
        for value in pickle.persistents {
            var key: Int?
            switch value {
            case .string(let text): key = Int(text)
            case .integer(let number): key = number
            default: break
            }
            if let key, let tensor = tensors[key] {
                objects.append(.tensor(tensor))
            } else if let key, let storage = storages[key] {
                objects.append(.storage(storage))
            } else {
                throw reader.refuse(key.map { "the tensor \($0) is missing" } ?? "damaged checkpoint: a persistent id that is no number")
            }
        }
        self.init(pickle: pickle, objects: objects)
    }

    /// A pickled count of what follows.
    private static func count(_ reader: inout ByteReader, _ what: String) throws(WeightsError) -> Int {
        guard case .integer(let count) = try Unpickler.read(&reader).root, count >= 0 else {
            throw reader.refuse("damaged checkpoint: no number of \(what)")
        }
        return count
    }

    private static func storages(_ reader: inout ByteReader) throws(WeightsError) -> [Int: TorchStorage] {
        var storages: [Int: TorchStorage] = [:]
        var left = try count(&reader, "storages")
        while left > 0 {
            left -= 1
            let facts = try Unpickler.read(&reader)
            guard let elements = facts.elements(facts.root), elements.count == 3, case .integer(let key) = elements[0],
                case .global(.storage(let type)) = elements[2]
            else { throw reader.refuse("damaged checkpoint: a storage needs a key and a type") }
            let count = try reader.size(Int64.self, "the storage \(key)")
            let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
            guard !overflow else { throw reader.refuse("the storage \(key) of \(count) numbers is larger than any file") }
            let storage = TorchStorage(type: type, range: try reader.take(size, "the storage \(key)"))
            guard storages.updateValue(storage, forKey: key) == nil else { throw reader.refuse("the storage \(key) occurs twice") }
        }
        let views = try Unpickler.read(&reader)
        guard let list = views.elements(views.root) else { throw reader.refuse("damaged checkpoint: no list of parts of storages") }
        for view in list {
            guard let numbers = views.integers(view), numbers.count == 4 else {
                throw reader.refuse("damaged checkpoint: a part of a storage needs four numbers")
            }
            let (key, offset, count) = (numbers[0], numbers[2], numbers[3])
            guard let whole = storages[numbers[1]] else { throw reader.refuse("the storage \(numbers[1]) is missing") }
            guard offset >= 0, count >= 0, offset <= whole.count, count <= whole.count - offset else {
                throw reader.refuse("the storage \(key) is a part that lies outside of \(numbers[1])")
            }
            let start = whole.range.lowerBound + offset * whole.type.size
            let part = TorchStorage(type: whole.type, range: start..<start + count * whole.type.size)
            guard storages.updateValue(part, forKey: key) == nil else { throw reader.refuse("the storage \(key) occurs twice") }
        }
        guard reader.remaining == 0 else { throw reader.refuse("\(reader.remaining) bytes too many after the storages") }
        return storages
    }

    private static func tensors(_ reader: inout ByteReader, _ storages: [Int: TorchStorage]) throws(WeightsError) -> [Int: TensorView] {
        var tensors: [Int: TensorView] = [:]
        var left = try count(&reader, "tensors")
        while left > 0 {
            left -= 1
            let facts = try Unpickler.read(&reader)
            guard let elements = facts.elements(facts.root), elements.count == 3, case .integer(let key) = elements[0] else {
                throw reader.refuse("damaged checkpoint: a tensor needs a key, a storage and a type")
            }
            let name = "the tensor \(key)"
            let rank = try reader.size(Int32.self, name)
            guard rank <= Unpickler.mostExtents else { throw reader.refuse("\(name) has \(rank) extents") }
            _ = try reader.take(4, name)
            var shape: [Int] = []
            for _ in 0..<rank { shape.append(try reader.size(Int64.self, "an extent of \(name)")) }
            var strides: [Int] = []
            for _ in 0..<rank { strides.append(Int(try reader.integer(Int64.self, name))) }
            let offset = try reader.size(Int64.self, "the offset of \(name)")
            // A tensor without a storage is empty, and then has no extents either.
            var storage = TorchStorage(type: .f32, range: 0..<0)
            switch elements[1] {
            case .none: shape = [0]; strides = [1]
            case .integer(let storageKey):
                guard let known = storages[storageKey] else { throw reader.refuse("the storage \(storageKey) is missing") }
                storage = known
            default: throw reader.refuse("damaged checkpoint: \(name) has a storage without a number")
            }
            do throws(TensorView.Problem) {
                let view = try TensorView(storage, offset: offset, shape: shape, strides: strides)
                guard tensors.updateValue(view, forKey: key) == nil else { throw TensorView.Problem(reason: "occurs twice") }
            } catch {
                throw reader.refuse("\(name) \(error.reason)")
            }
        }
        guard reader.remaining == 0 else { throw reader.refuse("\(reader.remaining) bytes too many after the tensors") }
        return tensors
    }
}
