/// CRC-32 as ZIP has it: polynomial 0xEDB88320 (bits reversed), begun and ended with all bits set.
enum CyclicRedundancyCheck {
    /// Eight bytes at a time: `tables[256 · k + b]` is the check of byte b with k zero bytes after it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            tables[byte] = value
        }
        for i in 256..<8 * 256 { tables[i] = tables[i - 256] >> 8 ^ tables[Int(tables[i - 256] & 0xFF)] }
        return tables
    }()

    /// The check of bytes that follow others whose check is `previous`.
    static func of(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
        var value = ~previous
        tables.withUnsafeBufferPointer { tables in
            var position = 0
            while bytes.count - position >= 8 {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ UInt64(value)
                value = 0
                for k in 0..<8 { value ^= tables[256 * (7 - k) + Int(truncatingIfNeeded: word >> UInt64(8 * k) & 0xFF)] }
                position += 8
            }
            for byte in bytes[position...] { value = value >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
        }
        return ~value
    }
}
