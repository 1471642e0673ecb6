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
        let header: HeaderJSON.Object
        do {
            header = try HeaderJSON.parse(UnsafeRawBufferPointer(rebasing: bytes[8..<8 + length]))
        } catch {
            throw refuse("damaged header: \(error.reason) at byte \(error.position)")
        }

        var shapes: [String: [Int]] = [:]
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]
        for (name, value) in header {
            guard case .object(let fields) = value else { throw refuse("\(name) is not described by an object") }
            if name == "__metadata__" {
                for (key, value) in fields {
                    guard case .string(let text) = value else { throw refuse("__metadata__ \(key) is not a string") }
                    metadata[key] = text
                }
                continue
            }
            guard fields.count == 3, case .string(let typeName)? = fields["dtype"],
                case .integers(let shape)? = fields["shape"], case .integers(let offsets)? = fields["data_offsets"],
                offsets.count == 2
            else { throw refuse("\(name) needs exactly dtype, shape and two data_offsets") }
            guard let type = ElementType(rawValue: typeName) else {
                throw refuse("\(name) has the unknown type \(typeName)")
            }
            var size = type.size
            for extent in shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw refuse("\(name): the shape \(shape) is larger than any file") }
                size = product
            }
            guard offsets[0] <= offsets[1], offsets[1] - offsets[0] == size else {
                throw refuse("\(name) spans \(offsets[0])–\(offsets[1]), but \(shape) of \(typeName) takes \(size) bytes")
            }
            shapes[name] = shape
            entries[name] = Entry(type: type, range: offsets[0]..<offsets[1])
        }
        var end = 0
        for (name, entry) in entries.sorted(by: { ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
            < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key) }) {
            guard entry.range.lowerBound == end else {
                let what = entry.range.lowerBound < end ? "overlaps what comes before it" : "leaves a hole before it"
                throw refuse("\(name) \(what) (byte \(entry.range.lowerBound), expected \(end))")
            }
            end = entry.range.upperBound
        }
        guard 8 + length + end == bytes.count else {
            let actual = bytes.count - 8 - length
            throw refuse(
                actual < end
                    ? "cut short: \(end) bytes of values are announced, \(actual) are there"
                    : "\(actual - end) bytes too many at the end")
        }
        file = mapping.path
        self.shapes = shapes
        self.metadata = metadata
        self.mapping = mapping
        self.entries = entries
        start = 8 + length
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
