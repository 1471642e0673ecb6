import Files
import FoundationEssentials

/// A number that safetensors files can hold.
public protocol SafetensorsElement: BitwiseCopyable, Sendable {
    /// Its type in a file.
    static var elementType: ElementType { get }
}

extension Double: SafetensorsElement { public static let elementType = ElementType.f64 }
extension Float: SafetensorsElement { public static let elementType = ElementType.f32 }
extension Float16: SafetensorsElement { public static let elementType = ElementType.f16 }
extension Int64: SafetensorsElement { public static let elementType = ElementType.i64 }
extension Int32: SafetensorsElement { public static let elementType = ElementType.i32 }
extension UInt8: SafetensorsElement { public static let elementType = ElementType.u8 }

/// A tensor that is to be written: its values are asked for when their turn comes.
public struct SafetensorsTensor {
    /// The name in the file.
    public let name: String
    /// The extents.
    public let shape: [Int]
    let type: ElementType
    /// Calls what it is given with the bytes, piece by piece.
    let write: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    var byteCount: Int { shape.reduce(type.size, *) }

    /// - Parameter values: row-major, as many as the extents' product.
    public init<Element: SafetensorsElement>(_ name: String, _ shape: [Int], _ values: @autoclosure @escaping () throws -> [Element]) {
        self.init(name, shape, of: Element.self) { write in try values().withUnsafeBytes(write) }
    }

    /// - Parameter pieces: calls what it is given with the values, row-major, so many at a time as it likes.
    public init<Element: SafetensorsElement>(
        _ name: String, _ shape: [Int], of _: Element.Type,
        pieces: @escaping (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) {
        (self.name, self.shape, type, write) = (name, shape, Element.elementType, pieces)
    }
}

extension SafetensorsFile {
    /// Writes a file, whole or not at all, with no more in memory than a tensor's piece. Larger numbers come first, so that all
    /// are aligned.
    ///
    /// - Throws: `OutputError`, or what a tensor's pieces throw.
    public static func write(_ tensors: [SafetensorsTensor], metadata: [String: String], to path: String) throws {
        let ordered = tensors.enumerated().sorted { (-$0.element.type.size, $0.offset) < (-$1.element.type.size, $1.offset) }.map(\.element)
        let file = try PendingFile(for: path)
        try file.append(try header(ordered, metadata))
        let pieceBytes = 1 << 20
        var waiting: [UInt8] = []
        for tensor in ordered {
            var written = 0
            try tensor.write { bytes in
                waiting += bytes
                written += bytes.count
                guard waiting.count >= pieceBytes else { return }
                try file.append(waiting)
                waiting.removeAll(keepingCapacity: true)
            }
            precondition(written == tensor.byteCount, "\(tensor.name): \(written) bytes are not \(tensor.shape) of \(tensor.type.rawValue)")
        }
        try file.append(waiting)
        try file.commit()
    }

    private struct HeaderEntry: Encodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    /// The header's length and the header, which ends at a multiple of eight bytes.
    private static func header(_ tensors: [SafetensorsTensor], _ metadata: [String: String]) throws -> [UInt8] {
        var entries: [String: HeaderEntry] = [:]
        var start = 0
        for tensor in tensors {
            let end = start + tensor.byteCount
            let previous = entries.updateValue(HeaderEntry(dtype: tensor.type.rawValue, shape: tensor.shape, data_offsets: [start, end]), forKey: tensor.name)
            precondition(previous == nil, "two tensors are called \(tensor.name)")
            start = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let (texts, names) = (try encoder.encode(metadata), try encoder.encode(entries))
        var header = Array("{\"__metadata__\":".utf8) + texts
        if !entries.isEmpty { header += Array(",".utf8) + names.dropFirst() } else { header += Array("}".utf8) }
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    }
}
