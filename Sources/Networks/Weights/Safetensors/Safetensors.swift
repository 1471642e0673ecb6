import Files

/// A safetensors file: u64 little-endian length of a JSON header, the header, the values.
///
/// The reader is strict, as the format asks: offsets begin at 0 and leave no hole and no overlap, every extent matches
/// shape and type, names are unique, and the values end where the file does. Nothing is copied before `read`.
public struct SafetensorsFile: WeightStore {
    /// The file's path.
    public let file: String
    /// Every tensor's extents by name.
    public let shapes: [String: [Int]]
    /// The free-form strings of `__metadata__`.
    public let metadata: [String: String]

    private let mapping: MappedFile
    private let entries: [String: Entry]
    private let start: Int

    /// Bounds of the format: its reference reader refuses longer headers.
    private static let longestHeader = 100_000_000

    private struct Entry: Sendable {
        let type: ElementType
        let range: Range<Int>  // of bytes after the header
    }

    /// Maps the file and reads its header; refuses whatever the format forbids.
    public init(path: String) throws(WeightsError) { try self.init(MappedFile(weights: path)) }

    init(_ mapping: MappedFile) throws(WeightsError) {
        let bytes = mapping.bytes
        func refuse(_ reason: String) -> WeightsError { WeightsError(file: mapping.path, reason: reason) }

        guard bytes.count >= 8 else { throw refuse("\(bytes.count) bytes are too few for a safetensors file") }
        let declared = bytes.loadUnaligned(as: UInt64.self).littleEndian
        guard declared <= UInt64(Self.longestHeader) else {
            throw refuse("its header would be \(declared) bytes; at most \(Self.longestHeader) are allowed")
        }
        let length = Int(declared)
        guard 8 + length <= bytes.count else {
            throw refuse("cut short: a header of \(length) bytes, but only \(bytes.count - 8) follow")
        }
        let header: SafetensorsHeader
        do {
            header = try SafetensorsHeader(UnsafeRawBufferPointer(rebasing: bytes[8..<8 + length]))
        } catch {
            throw refuse("damaged header: \(error.reason)")
        }

        var entries: [String: Entry] = [:]
        for (name, tensor) in header.tensors {
            guard tensor.offsets.count == 2 else { throw refuse("\(name) needs two data_offsets") }
            guard let type = ElementType(rawValue: tensor.type) else {
                throw refuse("\(name) has the unknown type \(tensor.type)")
            }
            var size = type.size
            for extent in tensor.shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw refuse("\(name): the shape \(tensor.shape) is larger than any file") }
                size = product
            }
            let (from, to) = (tensor.offsets[0], tensor.offsets[1])
            guard from <= to, to - from == size else {
                throw refuse("\(name) spans \(from)–\(to), but \(tensor.shape) of \(tensor.type) takes \(size) bytes")
            }
            entries[name] = Entry(type: type, range: from..<to)
        }
        try Self.checkLayout(entries, dataCount: bytes.count - 8 - length, refuse)
        file = mapping.path
        shapes = header.tensors.mapValues(\.shape)
        metadata = header.metadata
        self.mapping = mapping
        self.entries = entries
        start = 8 + length
    }

    /// Makes sure that the values lie one after the other, without hole or overlap, and end where the file does.
    private static func checkLayout(
        _ entries: [String: Entry], dataCount: Int, _ refuse: (String) -> WeightsError
    ) throws(WeightsError) {
        var end = 0
        for (name, entry) in entries.sorted(by: { ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
            < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key) }) {
            guard entry.range.lowerBound == end else {
                let what = entry.range.lowerBound < end ? "overlaps what comes before it" : "leaves a hole before it"
                throw refuse("\(name) \(what) (byte \(entry.range.lowerBound), expected \(end))")
            }
            end = entry.range.upperBound
        }
        guard end == dataCount else {
            throw refuse(
                dataCount < end
                    ? "cut short: \(end) bytes of values are announced, \(dataCount) are there"
                    : "\(dataCount - end) bytes too many at the end")
        }
    }

    public func type(of name: String) -> String? { entries[name]?.type.rawValue }

    /// The bytes of one tensor where they lie in the file, for as long as this value lives.
    ///
    /// - Throws: if there is none of that name and type.
    package func bytes(of name: String, type: ElementType) throws(WeightsError) -> UnsafeRawBufferPointer {
        guard let entry = entries[name] else { throw WeightsError(file: file, reason: "\(name) is missing") }
        guard entry.type == type else {
            throw WeightsError(file: file, reason: "\(name) is of type \(entry.type.rawValue), expected \(type.rawValue)")
        }
        return UnsafeRawBufferPointer(rebasing: mapping.bytes[start + entry.range.lowerBound..<start + entry.range.upperBound])
    }

    /// The values of one tensor in their own type, in row-major order.
    public func values<Element: SafetensorsElement>(_ name: String, of _: Element.Type = Element.self) throws(WeightsError) -> [Element] {
        let bytes = try bytes(of: name, type: Element.elementType)
        return [Element](unsafeUninitializedCapacity: bytes.count / MemoryLayout<Element>.size) { values, count in
            UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
            count = values.count
        }
    }

    /// The values of one tensor as floats, in row-major order.
    public func read(_ name: String, shape: [Int]) throws(WeightsError) -> [Float] {
        guard let entry = entries[name], let actual = shapes[name] else {
            throw WeightsError(file: file, reason: "\(name) is missing")
        }
        guard actual == shape else {
            throw WeightsError(file: file, reason: "\(name) is \(actual), expected \(shape)")
        }
        let bytes = UnsafeRawBufferPointer(
            rebasing: mapping.bytes[start + entry.range.lowerBound..<start + entry.range.upperBound])
        defer { mapping.release(start + entry.range.lowerBound..<start + entry.range.upperBound) }
        return entry.type.floats(bytes)
    }
}
