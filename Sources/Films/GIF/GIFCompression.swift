/// GIF's variant of LZW (Welch 1984): codes of growing width, the lowest bit first.
///
/// A code stands for a string of colour indices: each index alone, and every string that was coded before with the index
/// that followed it. When all codes are used up, a clear code starts anew.
enum GIFCompression {
    private static let longestCode = 12  // bits
    private static let maximumCodes = 1 << longestCode

    /// - Parameters:
    ///   - indices: each below 2^bits.
    ///   - bits: 2 to 8, the specification's "LZW minimum code size".
    static func compress(_ indices: [UInt8], bits: Int) -> [UInt8] {
        let clear = 1 << bits, end = clear + 1
        var output = BitWriter(capacity: indices.count)
        var strings = StringTable()
        var next = end + 1  // the code that the next new string gets
        var width = bits + 1

        /// Writes a code, of which the reader learns a string, so that the code after it may need another bit.
        func put(_ code: Int) {
            output.append(code, bits: width)
            if next == 1 << width && width < longestCode { width += 1 }
        }

        output.append(clear, bits: width)
        guard var string = indices.first.map(Int.init) else {
            output.append(end, bits: width)
            return output.finish()
        }
        for index in indices.dropFirst() {
            if let longer = strings.code(of: string, then: index, orInsert: next) {
                string = longer
                continue
            }
            put(string)
            next += 1
            if next > maximumCodes {
                output.append(clear, bits: width)
                strings = StringTable()
                next = end + 1
                width = bits + 1
            }
            string = Int(index)
        }
        put(string)
        output.append(end, bits: width)
        return output.finish()
    }

    /// Codes by string: a hash table with open addressing, less than half full.
    private struct StringTable {
        private static let bits = 14
        private static let free = UInt32.max
        /// Prefix (12 bits), index (8), code (12). No entry looks free, since a prefix is below its code.
        private var entries = [UInt32](repeating: free, count: 1 << bits)

        /// The code of a string with one more index; nil if there was none, and then it is `new` from now on. `new` may be
        /// one too many, when the table is about to be cleared.
        @inline(__always)
        mutating func code(of prefix: Int, then index: UInt8, orInsert new: Int) -> Int? {
            let key = UInt32(truncatingIfNeeded: prefix) << 8 | UInt32(index)
            let fraction: UInt32 = 0x9E37_79B9  // of the golden ratio, which scatters well: Knuth's multiplicative hashing
            var slot = Int((key &* fraction) >> (32 - UInt32(Self.bits)))
            while entries[slot] != Self.free {
                if entries[slot] >> 12 == key { return Int(entries[slot] & 0xFFF) }
                slot = (slot + 1) & (entries.count - 1)
            }
            if new < maximumCodes { entries[slot] = key << 12 | UInt32(new) }
            return nil
        }
    }

    private struct BitWriter {
        private var bytes: [UInt8] = []
        private var pending: UInt32 = 0
        private var pendingBits = 0

        init(capacity: Int) { bytes.reserveCapacity(capacity) }

        @inline(__always)
        mutating func append(_ code: Int, bits: Int) {
            pending |= UInt32(truncatingIfNeeded: code) << UInt32(pendingBits)
            pendingBits += bits
            while pendingBits >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                pendingBits -= 8
            }
        }

        consuming func finish() -> [UInt8] {
            if pendingBits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
            return bytes
        }
    }
}
