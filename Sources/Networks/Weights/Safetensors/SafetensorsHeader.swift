import FoundationEssentials

/// The JSON header of a safetensors file: objects two deep, of strings and of lists of whole numbers.
struct SafetensorsHeader: Decodable {
    /// One tensor's entry, not yet checked against the file.
    struct Tensor: Decodable {
        let type: String
        let shape: [Int]
        let offsets: [Int]  // of the first byte, and of the one after the last

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Key.self)
            guard fields.allKeys.count == 3 else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "exactly dtype, shape and data_offsets are needed"))
            }
            type = try fields.decode(String.self, forKey: Key("dtype"))
            shape = try fields.decode([Int].self, forKey: Key("shape"))
            offsets = try fields.decode([Int].self, forKey: Key("data_offsets"))
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Why a header cannot be read.
    struct Problem: Error {
        let reason: String
    }

    /// Every tensor by name.
    private(set) var tensors: [String: Tensor] = [:]
    /// The free-form strings of `__metadata__`.
    private(set) var metadata: [String: String] = [:]
    private var names = 0  // in all objects

    /// Decodes a header, and refuses what the format forbids but a JSON decoder takes.
    init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        let names = try Self.countNames(bytes)
        do {
            self = try JSONDecoder().decode(SafetensorsHeader.self, from: Data(bytes))
        } catch let DecodingError.typeMismatch(_, context), let DecodingError.dataCorrupted(context),
            let DecodingError.keyNotFound(_, context), let DecodingError.valueNotFound(_, context)
        {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw Problem(reason: (path.isEmpty ? "" : "\(path): ") + context.debugDescription)
        } catch {
            throw Problem(reason: "\(error)")
        }
        // A decoder keeps one of two values with the same name.
        guard names == self.names else { throw Problem(reason: "a name appears twice in one object") }
    }

    init(from decoder: any Decoder) throws {
        let entries = try decoder.container(keyedBy: Key.self)
        for key in entries.allKeys {
            if key.stringValue == "__metadata__" {
                metadata = try entries.decode([String: String].self, forKey: key)
                names += 1 + metadata.count
            } else {
                tensors[key.stringValue] = try entries.decode(Tensor.self, forKey: key)
                names += 1 + 3
            }
        }
    }

    /// The number of names in all objects, which is that of the colons outside of strings. Along the way, everything that is
    /// no object, list, string or whole number is refused, and whatever is nested more than two objects and a list deep.
    private static func countNames(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> Int {
        guard bytes.first == UInt8(ascii: "{") else { throw Problem(reason: "expected {") }
        var objects = 0, lists = 0  // that are open
        var names = 0
        var isInString = false, isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: ":"): names += 1
            case UInt8(ascii: "{"): objects += 1
            case UInt8(ascii: "}"): objects -= 1
            case UInt8(ascii: "["): lists += 1
            case UInt8(ascii: "]"): lists -= 1
            case UInt8(ascii: ","), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x20, 0x09, 0x0A, 0x0D: break
            default: throw Problem(reason: "it may hold objects, lists, strings and whole numbers only")
            }
            if objects > 2 || lists > 1 { throw Problem(reason: "it is nested too deeply") }
        }
        if isInString { throw Problem(reason: "a string without end") }
        return names
    }
}
