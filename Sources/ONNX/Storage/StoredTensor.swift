import Files
import Networks

/// A tensor of an ONNX file whose values stay in the file until they are read.
struct StoredTensor: Sendable {
    /// Its name in the graph.
    let name: String
    /// Row-major extents.
    let dims: [Int]
    let type: TensorType
    /// Values in all.
    let count: Int
    private let source: Source

    private enum Source: Sendable {
        /// Little-endian, one after the other.
        case bytes(MappedFile, Range<Int>)
        case integers([Int])
        case floats([Float])
        /// The file has a name and a shape only.
        case none
    }

    /// Bound on the values of a tensor, so that no offset overflows.
    private static let mostValues = 1 << 31

    /// Values that are read at a time.
    private static let pieceLength = 4 << 20

    /// - Parameter external: finds the files beside the model that hold tensors.
    init(_ proto: Onnx_TensorProto, in file: MappedFile, external: ExternalFiles) throws(WeightsError) {
        let shownName = shown(proto.name)
        func refuse(_ reason: String) -> WeightsError { WeightsError(file: file.path, reason: "tensor \(shownName) \(reason)") }
        name = proto.name
        guard let type = TensorType(rawValue: proto.dataType) else {
            throw refuse("has the element type \(proto.dataType), which is not read; save it as float32")
        }
        self.type = type
        var (dims, count): ([Int], Int) = ([], 1)
        for extent in proto.dims {
            guard let extent = Int(exactly: extent), extent >= 0, extent <= Self.mostValues else {
                throw refuse("has the extent \(extent)")
            }
            let (product, overflows) = count.multipliedReportingOverflow(by: extent)
            guard !overflows, product <= Self.mostValues else { throw refuse("is too large: \(proto.dims)") }
            dims.append(extent)
            count = product
        }
        self.dims = dims
        self.count = count
        let bytes = count * type.size
        if proto.dataLocation == 1 {
            let (mapping, range) = try external.range(of: proto, count: bytes)
            source = .bytes(mapping, range)
        } else if proto.hasMappedStart {
            let start = Int(proto.mappedStart)
            guard proto.mappedCount == bytes else {
                throw refuse("has \(proto.mappedCount) bytes of values, expected \(bytes) for \(dims) of \(type)")
            }
            source = .bytes(file, start..<start + bytes)
        } else {
            source = try Self.listed(proto, type, count) { refuse($0 + " for \(dims)") }
        }
    }

    /// Values that the message lists one by one.
    private static func listed(
        _ proto: Onnx_TensorProto, _ type: TensorType, _ count: Int, refuse: (String) -> WeightsError
    ) throws(WeightsError) -> Source {
        let integers = proto.int32Data.map { Int($0) } + proto.int64Data.map { Int($0) } + proto.uint64Data.map { Int(clamping: $0) }
        let floats = proto.floatData + proto.doubleData.map { Float($0) }
        guard integers.isEmpty || floats.isEmpty else { throw refuse("has values of two types") }
        let found = integers.count + floats.count
        guard found == count || found == 0 else { throw refuse("has \(found) values, expected \(count)") }
        if count == 0 { return .integers([]) }
        if !floats.isEmpty { return .floats(floats) }
        if integers.isEmpty { return .none }
        switch type {
        case .float16, .bfloat16:
            // Half precision is stored as bits in int32_data.
            let bits = integers.map { UInt16(truncatingIfNeeded: $0) }
            return .floats(bits.withUnsafeBytes { type.floats($0) })
        case .float, .double: throw refuse("has integers for values, expected \(type)")
        default: return .integers(integers)
        }
    }

    /// Whether the file has its values.
    var hasValues: Bool { if case .none = source { false } else { true } }

    /// The values as floats.
    func floats(in file: String) throws(WeightsError) -> [Float] {
        switch source {
        case .integers(let values): return values.map { Float($0) }
        case .floats(let values): return values
        case .bytes(let mapping, let range):
            // A piece at a time, so that the file's pages need not lie in memory beside the result.
            var values: [Float] = []
            values.reserveCapacity(count)
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.pieceLength * type.size) {
                let piece = start..<min(start + Self.pieceLength * type.size, range.upperBound)
                values += type.floats(UnsafeRawBufferPointer(rebasing: mapping.bytes[piece]))
                mapping.release(piece)
            }
            return values
        case .none: throw WeightsError(file: file, reason: "tensor \(shown(name)) has no values; export the network with its weights")
        }
    }

    /// The values as whole numbers; fractions are cut off.
    func integers(in file: String) throws(WeightsError) -> [Int] {
        switch source {
        case .integers(let values): return values
        case .bytes(let mapping, let range) where type.isInteger:
            return type.integers(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
        default: return try floats(in: file).map { wholeNumber($0) }
        }
    }
}

/// The element types of ONNX that are read (TensorProto.DataType).
enum TensorType: Int32, Sendable, CustomStringConvertible {
    case float = 1, uint8, int8, uint16, int16, int32, int64
    case bool = 9, float16, double, uint32, uint64
    case bfloat16 = 16

    var description: String {
        switch self {
        case .float: "float32"
        case .uint8: "uint8"
        case .int8: "int8"
        case .uint16: "uint16"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .bool: "bool"
        case .float16: "float16"
        case .double: "float64"
        case .uint32: "uint32"
        case .uint64: "uint64"
        case .bfloat16: "bfloat16"
        }
    }

    /// Bytes of one number.
    var size: Int {
        switch self {
        case .double, .int64, .uint64: 8
        case .float, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    var isInteger: Bool { ![.float, .float16, .double, .bfloat16].contains(self) }

    /// The numbers of little-endian bytes as floats.
    func floats(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        switch self {
        case .float: ElementType.f32.floats(bytes)
        case .float16: ElementType.f16.floats(bytes)
        case .bfloat16: ElementType.bf16.floats(bytes)
        case .double: ElementType.f64.floats(bytes)
        default: integers(bytes).map { Float($0) }
        }
    }

    /// The numbers of little-endian bytes of an integer type.
    func integers(_ bytes: UnsafeRawBufferPointer) -> [Int] {
        func converted<Element: FixedWidthInteger & BitwiseCopyable>(_: Element.Type) -> [Int] {
            (0..<bytes.count / MemoryLayout<Element>.size).map {
                Int(clamping: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Element>.size, as: Element.self))
            }
        }
        switch self {
        case .uint8, .bool: return converted(UInt8.self)
        case .int8: return converted(Int8.self)
        case .uint16: return converted(UInt16.self)
        case .int16: return converted(Int16.self)
        case .int32: return converted(Int32.self)
        case .uint32: return converted(UInt32.self)
        case .int64: return converted(Int64.self)
        case .uint64: return converted(UInt64.self)
        default: return floats(bytes).map(wholeNumber)
        }
    }
}
