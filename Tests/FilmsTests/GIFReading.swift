import TestSupport
/// A reader of GIF files for the tests, written from the specification apart from the encoder. It accepts only what the
/// specification allows, and nothing behind the trailer.
struct GIFReader {
    struct Frame {
        var delay = 0  // hundredths of a second
        var disposal = 0
        var colors: [[UInt8]] = []  // [table, 3]
        var indices: [UInt8] = []  // [height, width]

        /// `[height, width, 3]`
        var samples: [UInt8] { indices.flatMap { colors[Int($0)] } }
    }

    struct Malformed: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    let width: Int
    let height: Int
    private(set) var frames: [Frame] = []
    private(set) var comments: [[UInt8]] = []
    /// Repetitions by Netscape's extension; 0 is for ever, nil is once.
    private(set) var repetitions: Int?

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        guard bytes.count > 13, bytes.starts(with: "GIF89a".utf8) else { throw Malformed("signature") }
        width = Int(bytes[6]) + 256 * Int(bytes[7])
        height = Int(bytes[8]) + 256 * Int(bytes[9])
        guard bytes[10] & 0x80 == 0 else { throw Malformed("a global color table was not expected") }
        position = 13
        var pending = Frame()
        while true {
            switch try byte() {
            case 0x21:
                try readExtension(&pending)
            case 0x2C:
                frames.append(try readImage(pending))
                pending = Frame()
            case 0x3B:
                guard position == bytes.count else { throw Malformed("bytes behind the trailer") }
                return
            case let other:
                throw Malformed("block \(other)")
            }
        }
    }

    private mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw Malformed("the file ends early") }
        position += 1
        return bytes[position - 1]
    }

    private mutating func word() throws -> Int { Int(try byte()) + 256 * Int(try byte()) }

    /// Sub-blocks up to the empty one.
    private mutating func blocks() throws -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        while true {
            let length = Int(try byte())
            if length == 0 { return blocks }
            guard position + length <= bytes.count else { throw Malformed("a sub-block ends early") }
            blocks.append(Array(bytes[position..<position + length]))
            position += length
        }
    }

    private mutating func readExtension(_ frame: inout Frame) throws {
        let label = try byte()
        let blocks = try blocks()
        switch label {
        case 0xF9:
            guard blocks.count == 1, blocks[0].count == 4 else { throw Malformed("graphic control") }
            guard blocks[0][0] & 1 == 0 else { throw Malformed("transparency was not expected") }
            frame.disposal = Int(blocks[0][0] >> 2 & 7)
            frame.delay = Int(blocks[0][1]) + 256 * Int(blocks[0][2])
        case 0xFE:
            comments.append(blocks.flatMap { $0 })
        case 0xFF:
            guard blocks.count == 2, blocks[0] == Array("NETSCAPE2.0".utf8), blocks[1].count == 3, blocks[1][0] == 1 else {
                throw Malformed("application extension")
            }
            repetitions = Int(blocks[1][1]) + 256 * Int(blocks[1][2])
        default:
            throw Malformed("extension \(label)")
        }
    }

    private mutating func readImage(_ pending: Frame) throws -> Frame {
        var frame = pending
        guard try (word(), word(), word(), word()) == (0, 0, width, height) else { throw Malformed("frame size") }
        let flags = try byte()
        guard flags & 0x80 != 0, flags & 0x40 == 0 else { throw Malformed("frame flags") }
        for _ in 0..<(2 << Int(flags & 7)) { frame.colors.append(try [byte(), byte(), byte()]) }
        let bits = Int(try byte())
        guard (2...8).contains(bits) else { throw Malformed("minimum code size \(bits)") }
        frame.indices = try decompress(try blocks().flatMap { $0 }, bits: bits)
        guard frame.indices.count == width * height else { throw Malformed("\(frame.indices.count) pixels") }
        guard frame.indices.allSatisfy({ Int($0) < frame.colors.count }) else { throw Malformed("index beyond the table") }
        return frame
    }

    private func decompress(_ data: [UInt8], bits: Int) throws -> [UInt8] {
        let clear = 1 << bits
        let start = (0..<clear).map { [UInt8($0)] } + [[], []]  // the strings of codes; clear and end have none
        var strings = start, output: [UInt8] = [], last: [UInt8]?, width = bits + 1
        var bit = 0
        while true {
            guard bit + width <= 8 * data.count else { throw Malformed("no end code") }
            let code = (0..<width).reduce(0) { $0 | Int(data[(bit + $1) / 8] >> UInt8((bit + $1) % 8) & 1) << $1 }
            bit += width
            if code == clear {
                (strings, last, width) = (start, nil, bits + 1)
                continue
            }
            if code == clear + 1 {
                guard 8 * data.count - bit < 8 else { throw Malformed("data behind the end code") }
                return output
            }
            var string: [UInt8]
            if code < strings.count {
                string = strings[code]
            } else if let last, code == strings.count {
                string = last + [last[0]]
            } else {
                throw Malformed("code \(code) of \(strings.count)")
            }
            if let last, strings.count < 4096 { strings.append(last + [string[0]]) }
            if strings.count == 1 << width, width < 12 { width += 1 }
            output += string
            last = string
        }
    }
}
