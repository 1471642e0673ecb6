/// The JSON that a safetensors header may hold, and no more: objects two deep, of strings and of lists of integers.
///
/// A general JSON reader would accept duplicate names and any depth, which the format forbids.
enum HeaderJSON {
    typealias Object = [String: Value]

    indirect enum Value: Sendable {
        case string(String)
        case integers([Int])  // none negative
        case object(Object)
    }

    struct Problem: Error {
        let reason: String
        let position: Int
    }

    static func parse(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> Object {
        var reader = Reader(bytes: bytes)
        guard reader.peek() == UInt8(ascii: "{") else { throw reader.problem("expected {") }
        let object = try reader.object(depth: 1)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.problem("more text after the object") }
        return object
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        func problem(_ reason: String) -> Problem { Problem(reason: reason, position: position) }

        func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func skipSpace() {
            while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
        }

        mutating func expect(_ character: Unicode.Scalar) throws(Problem) {
            skipSpace()
            guard peek() == UInt8(ascii: character) else { throw problem("expected \(character)") }
            position += 1
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard peek() == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func object(depth: Int) throws(Problem) -> Object {
            guard depth <= 2 else { throw problem("objects nested too deeply") }
            try expect("{")
            var object: Object = [:]
            if take("}") { return object }
            repeat {
                let start = position
                let key = try string()
                try expect(":")
                guard object.updateValue(try value(depth: depth), forKey: key) == nil else {
                    throw Problem(reason: "\"\(key)\" appears twice", position: start)
                }
            } while take(",")
            try expect("}")
            return object
        }

        mutating func value(depth: Int) throws(Problem) -> Value {
            skipSpace()
            switch peek() {
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
            case UInt8(ascii: "["): return .integers(try integers())
            default: throw problem("expected a string, a list or an object")
            }
        }

        mutating func integers() throws(Problem) -> [Int] {
            try expect("[")
            var list: [Int] = []
            if take("]") { return list }
            repeat {
                skipSpace()
                let start = position
                var number = 0
                while let byte = peek(), byte >= 0x30, byte <= 0x39 {
                    let (product, overflow) = number.multipliedReportingOverflow(by: 10)
                    let (sum, carry) = product.addingReportingOverflow(Int(byte - 0x30))
                    guard !overflow, !carry else { throw problem("a number larger than 2⁶³") }
                    number = sum
                    position += 1
                }
                guard position > start else { throw problem("expected a whole number") }
                list.append(number)
            } while take(",")
            try expect("]")
            return list
        }

        mutating func string() throws(Problem) -> String {
            try expect("\"")
            let start = position
            var text: [UInt8] = []
            while true {
                guard let byte = peek() else { throw Problem(reason: "a string without end", position: start) }
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    guard let string = String(validating: text, as: UTF8.self) else {
                        throw Problem(reason: "a string that is not UTF-8", position: start)
                    }
                    return string
                case UInt8(ascii: "\\"): try text.append(contentsOf: escape())
                case 0..<0x20: throw problem("a control character in a string")
                default: text.append(byte)
                }
            }
        }

        mutating func escape() throws(Problem) -> [UInt8] {
            guard let byte = peek() else { throw problem("a string without end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
            case UInt8(ascii: "b"): return [0x08]
            case UInt8(ascii: "f"): return [0x0C]
            case UInt8(ascii: "n"): return [0x0A]
            case UInt8(ascii: "r"): return [0x0D]
            case UInt8(ascii: "t"): return [0x09]
            case UInt8(ascii: "u"):
                var code = try hexadecimal()
                if code >= 0xD800, code < 0xDC00 {
                    guard take("\\"), take("u") else { throw problem("half a surrogate pair") }
                    let low = try hexadecimal()
                    guard low >= 0xDC00, low < 0xE000 else { throw problem("half a surrogate pair") }
                    code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                }
                guard let scalar = Unicode.Scalar(code) else { throw problem("half a surrogate pair") }
                return Array(String(scalar).utf8)
            default: throw problem("an unknown escape")
            }
        }

        mutating func hexadecimal() throws(Problem) -> UInt32 {
            guard position + 4 <= bytes.count,
                let text = String(validating: bytes[position..<position + 4], as: UTF8.self),
                text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let code = UInt32(text, radix: 16)
            else { throw problem("expected four hexadecimal digits") }
            position += 4
            return code
        }
    }
}
