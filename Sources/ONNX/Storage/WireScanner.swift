import Files
import Networks

/// Reads an ONNX file's protobuf wire format just far enough to leave the values of tensors where they are: a copy of the
/// message in which each raw_data, float_data and double_data is a range of the mapped file (`mapped_start` and
/// `mapped_count` of our onnx.proto), and fields that are never read are missing. swift-protobuf then decodes a small
/// message, whatever the file's size.
///
/// (https://protobuf.dev/programming-guides/encoding)
struct WireScanner {
    private let file: MappedFile
    private var messages = 0

    /// Messages within messages; an ordinary graph has five, one more level of If or Loop another three.
    private static let deepest = 100
    /// Bounds on what is decoded: a network of a thousand nodes has ten thousand messages in a few hundred kilobytes.
    private static let mostMessages = 1_000_000
    private static let longestText = 64 << 20

    private enum Message {
        case model, graph, node, attribute, tensor, leaf

        /// The messages within this one that are scanned too.
        func child(_ field: UInt64) -> Message? {
            switch (self, field) {
            case (.model, 7): .graph
            case (.graph, 1): .node
            case (.graph, 5): .tensor
            case (.graph, 11), (.graph, 12): .leaf
            case (.node, 5): .attribute
            case (.attribute, 5): .tensor
            case (.attribute, 6), (.attribute, 11): .graph
            default: nil
            }
        }

        /// The fields that our onnx.proto has.
        func keeps(_ field: UInt64) -> Bool {
            switch self {
            case .model: [1, 2, 7, 8].contains(field)
            case .graph: [1, 2, 5, 11, 12].contains(field)
            case .node: [1, 2, 3, 4, 5, 7, 9].contains(field)
            case .attribute: [1, 2, 3, 4, 5, 7, 8, 9].contains(field)
            case .tensor: [1, 2, 4, 5, 7, 8, 9, 10, 11, 13, 14].contains(field)
            case .leaf: true
            }
        }

        /// float_data, raw_data and double_data of a tensor: little-endian numbers one after the other.
        func maps(_ field: UInt64) -> Bool { self == .tensor && [4, 9, 10].contains(field) }
    }

    /// The message without the tensors' values.
    static func skeleton(of file: MappedFile) throws(WeightsError) -> [UInt8] {
        var scanner = WireScanner(file: file)
        return try scanner.scan(.model, 0..<file.bytes.count, depth: 1)
    }

    private init(file: MappedFile) { self.file = file }

    private func refuse(_ reason: String) -> WeightsError { WeightsError(file: file.path, reason: reason) }

    private mutating func scan(_ message: Message, _ range: Range<Int>, depth: Int) throws(WeightsError) -> [UInt8] {
        guard depth <= Self.deepest else { throw refuse("messages are nested more than \(Self.deepest) deep; is it an ONNX file?") }
        messages += 1
        guard messages <= Self.mostMessages else { throw refuse("more than \(Self.mostMessages) nodes and attributes") }
        var copy: [UInt8] = []
        var isMapped = false
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            let key = try varint(&position, range.upperBound)
            let field = key >> 3
            let payload: Range<Int>
            switch key & 7 {
            case 0:
                payload = position..<position
                _ = try varint(&position, range.upperBound)
            case 1: payload = try take(8, &position, range.upperBound)
            case 5: payload = try take(4, &position, range.upperBound)
            case 2:
                let length = try varint(&position, range.upperBound)
                guard let count = Int(exactly: length) else { throw cutShort(start, range.upperBound) }
                payload = try take(count, &position, range.upperBound)
            default: throw refuse("damaged at byte \(start): no field begins with \(key); is it an ONNX file?")
            }
            // Graphs within nodes (If, Loop) are scanned for their depth only, and left out.
            if !message.keeps(field), key & 7 == 2, let child = message.child(field) { _ = try scan(child, payload, depth: depth + 1) }
            guard message.keeps(field), field > 0 else { continue }
            if key & 7 == 2, let child = message.child(field) {
                let inner = child == .leaf ? Array(file.bytes[payload]) : try scan(child, payload, depth: depth + 1)
                if child == .leaf { messages += 1 }
                append(key, to: &copy)
                append(UInt64(inner.count), to: &copy)
                copy += inner
            } else if key & 7 == 2, message.maps(field) {
                guard !isMapped else { throw refuse("a tensor has its values twice, at byte \(start)") }
                isMapped = true
                append(1000 << 3, to: &copy)
                append(UInt64(payload.lowerBound), to: &copy)
                append(1001 << 3, to: &copy)
                append(UInt64(payload.count), to: &copy)
            } else {
                copy += file.bytes[start..<position]
            }
            guard copy.count <= Self.longestText else {
                throw refuse("more than \(Self.longestText >> 20) MB beside its weights; save weights as raw_data")
            }
        }
        return copy
    }

    private func cutShort(_ start: Int, _ end: Int) -> WeightsError {
        refuse("cut short or damaged: the field at byte \(start) goes beyond byte \(end); copy the file again")
    }

    private func take(_ count: Int, _ position: inout Int, _ end: Int) throws(WeightsError) -> Range<Int> {
        guard count <= end - position else { throw cutShort(position, end) }
        defer { position += count }
        return position..<position + count
    }

    private func varint(_ position: inout Int, _ end: Int) throws(WeightsError) -> UInt64 {
        var value: UInt64 = 0
        let start = position
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw cutShort(start, end) }
            let byte = file.bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw refuse("damaged at byte \(start): a number of more than ten bytes")
    }

    private func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
