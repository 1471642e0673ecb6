/// A message of protobuf's wire format (https://protobuf.dev/programming-guides/encoding) whose fields can be changed.
struct WireMessage {
    struct Field {
        let number: Int
        var value: Value
    }

    enum Value {
        case varint(UInt64)
        /// Eight bytes or four.
        case fixed([UInt8])
        /// Text, a message, or packed numbers.
        case bytes([UInt8])
    }

    var fields: [Field] = []

    /// - Returns: nil for what is no message.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        func varint() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while let byte = rest.popFirst(), shift < 64 {
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        func take(_ count: Int) -> [UInt8]? {
            guard count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        while !rest.isEmpty {
            guard let key = varint() else { return nil }
            let value: Value?
            switch key & 7 {
            case 0: value = varint().map { .varint($0) }
            case 1: value = take(8).map { .fixed($0) }
            case 2: value = varint().flatMap { take(Int(min($0, 1 << 40))) }.map { .bytes($0) }
            case 5: value = take(4).map { .fixed($0) }
            default: value = nil
            }
            guard let value else { return nil }
            fields.append(Field(number: Int(key >> 3), value: value))
        }
    }

    var bytes: [UInt8] {
        fields.flatMap { field -> [UInt8] in
            func key(_ wire: UInt64) -> [UInt8] { Self.varint(UInt64(field.number) << 3 | wire) }
            return switch field.value {
            case .varint(let value): key(0) + Self.varint(value)
            case .fixed(let bytes): key(bytes.count == 8 ? 1 : 5) + bytes
            case .bytes(let bytes): key(2) + Self.varint(UInt64(bytes.count)) + bytes
            }
        }
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes): (UInt64, [UInt8]) = (value, [])
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Places of the fields of a number.
    func places(_ number: Int) -> [Int] { fields.indices.filter { fields[$0].number == number } }

    func text(_ place: Int) -> String { String(decoding: bytes(place), as: UTF8.self) }

    func bytes(_ place: Int) -> [UInt8] { if case .bytes(let bytes) = fields[place].value { bytes } else { [] } }

    mutating func set(_ place: Int, _ text: String) { fields[place].value = .bytes(Array(text.utf8)) }

    /// Changes the message within a field, where it is one.
    mutating func change(_ place: Int, _ body: (inout WireMessage) -> Void) {
        guard var message = WireMessage(bytes(place)) else { return }
        body(&message)
        fields[place].value = .bytes(message.bytes)
    }
}
