import Files

/// The numbers of a PyTorch storage: a range of the file.
struct TorchStorage: Equatable {
    let type: ElementType
    /// The storage's bytes in the file.
    let range: Range<Int>
    /// The writing machine put the high byte first.
    var isBigEndian = false

    /// Numbers in all.
    var count: Int { range.count / type.size }
}

/// A tensor: where its numbers stand in a storage, which it may share with others.
///
/// Element (i, j, …) is number offset + i·strides[0] + j·strides[1] + … of the storage. A view is only made if all of its
/// elements lie in the storage, and if they are no more than it has.
struct TensorView {
    let storage: TorchStorage
    let offset: Int
    let shape: [Int]
    let strides: [Int]
    /// Numbers in all.
    let count: Int

    struct Problem: Error {
        let reason: String
    }

    init(_ storage: TorchStorage, offset: Int, shape: [Int], strides: [Int]) throws(Problem) {
        guard shape.count == strides.count else { throw Problem(reason: "has \(shape.count) sizes, but \(strides.count) strides") }
        guard offset >= 0, shape.allSatisfy({ $0 >= 0 }) else {
            throw Problem(reason: "has the shape \(shape) and the offset \(offset); none may be negative")
        }
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides
        if shape.contains(0) {
            count = 0
            return
        }
        var count = 1
        var last = offset
        for (extent, stride) in zip(shape, strides) where extent > 1 {
            guard stride > 0 else {
                throw Problem(reason: "has the stride \(stride), which repeats or reverses; save .contiguous() of it")
            }
            let (reach, overflow1) = (extent - 1).multipliedReportingOverflow(by: stride)
            let (sum, overflow2) = last.addingReportingOverflow(reach)
            let (product, overflow3) = count.multipliedReportingOverflow(by: extent)
            guard !overflow1, !overflow2, !overflow3 else { throw Problem(reason: "has the shape \(shape), larger than any file") }
            last = sum
            count = product
        }
        guard last < storage.count else {
            throw Problem(reason: "reaches number \(last) of a storage of \(storage.count)")
        }
        guard count <= storage.count else {
            throw Problem(reason: "shows \(storage.count) numbers as \(count); save .contiguous() of it")
        }
        self.count = count
    }

    /// Whether the numbers stand one after the other in row-major order.
    private var isContiguous: Bool {
        var expected = 1
        for (extent, stride) in zip(shape, strides).reversed() where extent > 1 {
            guard stride == expected else { return false }
            expected *= extent
        }
        return true
    }

    /// The numbers as floats, in row-major order.
    func floats(_ mapping: MappedFile) -> [Float] {
        if count == 0 { return [] }
        let size = storage.type.size
        let start = storage.range.lowerBound + offset * size
        if isContiguous, !storage.isBigEndian || size == 1 {
            let range = start..<start + count * size
            defer { mapping.release(range) }
            return storage.type.floats(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
        }
        var gathered = [UInt8](repeating: 0, count: count * size)
        gathered.withUnsafeMutableBytes { target in
            var index = [Int](repeating: 0, count: shape.count)
            var source = start
            for element in 0..<count {
                for byte in 0..<size {
                    target[element * size + byte] = mapping.bytes[source + (storage.isBigEndian ? size - 1 - byte : byte)]
                }
                // The next index, the last extent running fastest.
                var axis = shape.count - 1
                while axis >= 0 {
                    index[axis] += 1
                    if index[axis] < shape[axis] {
                        source += strides[axis] * size
                        break
                    }
                    index[axis] = 0
                    source -= (shape[axis] - 1) * strides[axis] * size
                    axis -= 1
                }
            }
        }
        mapping.release(storage.range)
        return gathered.withUnsafeBytes { storage.type.floats($0) }
    }
}
