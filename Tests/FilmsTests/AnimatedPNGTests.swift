import Films
import Foundation
import Images
import TestSupport
import Testing

/// PNGs whose chunk acTL announces frames are films.
@Suite struct AnimatedPNGTests {
    /// A PNG with the chunk ahead of its pixels.
    private func animated(frames: UInt8, after text: String) throws -> [UInt8] {
        let plain = try PNG.encode(noise(width: 4, height: 4), text: [(keyword: "text", text: text)])
        let pixels = try #require(plain.indices.first { plain[$0...].starts(with: "IDAT".utf8) }) - 4
        let chunk = Array("acTL".utf8) + [0, 0, 0, frames, 0, 0, 0, 0]
        return plain[..<pixels] + [0, 0, 0, 8] + chunk + checksum(chunk) + plain[pixels...]
    }

    /// CRC-32 as PNG has it, bit by bit.
    private func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var sum: UInt32 = .max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: ~sum >> (24 - 8 * $0)) }
    }

    @Test func onlyMoreThanOneFrameMoves() throws {
        try withFolder { folder in
            let path = "\(folder)/photo.png"
            for (frames, moves) in [(2, true), (1, false)] as [(UInt8, Bool)] {
                try save(animated(frames: frames, after: String(repeating: "text ", count: 40_000)), to: path)
                #expect(FrameSource.isMoving(path) == moves)
                // It is a picture all the same, where one is wanted.
                #expect(try Picture.read(from: path) == noise(width: 4, height: 4))
            }
            try save(PNG.encode(noise(width: 4, height: 4)), to: path)
            #expect(!FrameSource.isMoving(path))
            #expect(!FrameSource.isMoving("\(folder)/none.png"))
        }
    }
}
