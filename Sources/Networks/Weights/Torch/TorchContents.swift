/// The contents of a checkpoint, whatever its format: a pickle, and the storages that its persistent ids stand for.
struct TorchContents {
    let pickle: Pickle
    /// One for each of the pickle's `persistents`.
    let storages: [TorchStorage]

    /// The tensor that a value is, checked against its storage; nil for other values.
    func tensor(_ value: Pickle.Value) throws(TensorView.Problem) -> TensorView? {
        guard case .tensor(let index) = value else { return nil }
        let tensor = pickle.tensors[index]
        return try TensorView(
            storages[tensor.persistent], offset: tensor.offset, shape: tensor.shape, strides: tensor.strides)
    }
}

/// A persistent id, which describes a storage.
struct StorageID: Equatable {
    let type: ElementType
    let key: String
    /// Numbers in the storage.
    let count: Int
    /// In bytes.
    let size: Int
    /// The legacy format's view_metadata: a part of the storage, under a key of its own, in numbers.
    let view: Range<Int>?

    /// - Parameter value: ('storage', type, key, location, count), and in the legacy format a sixth value, None or
    ///   (key, offset, count).
    init(_ value: Pickle.Value, _ pickle: Pickle, _ reader: ByteReader) throws(WeightsError) {
        guard let elements = pickle.elements(value), case .string(let kind)? = elements.first else {
            throw reader.refuse("damaged checkpoint: a persistent id that is no tuple")
        }
        guard kind == "storage" else {
            throw reader.refuse("the file holds a whole \(shown(kind)), which only Python could run; save model.state_dict() instead")
        }
        guard elements.count == 5 || elements.count == 6, case .global(.storage(let type)) = elements[1],
            case .string(let key) = elements[2], case .integer(let count) = elements[4], count >= 0
        else { throw reader.refuse("damaged checkpoint: a storage needs a type, a key and a size") }
        let (size, overflow) = count.multipliedReportingOverflow(by: type.size)
        guard !overflow else { throw reader.refuse("the storage \(shown(key)) of \(count) numbers is larger than any file") }
        var view: Range<Int>?
        if elements.count == 6 {
            if let part = pickle.elements(elements[5]) {
                guard part.count == 3, case .integer(let offset) = part[1], case .integer(let length) = part[2],
                    offset >= 0, length >= 0, offset <= count, length <= count - offset
                else { throw reader.refuse("the storage \(shown(key)) has a part that lies outside of it") }
                view = offset..<offset + length
            } else {
                guard case .none = elements[5] else {
                    throw reader.refuse("damaged checkpoint: the storage \(shown(key)) has a part without a place")
                }
            }
        }
        self.type = type
        self.key = key
        self.count = count
        self.size = size
        self.view = view
    }
}
