import Images

/// Animated GIF files, as the GIF89a specification (CompuServe 1990) has them: `encode`, `GIFEncoder` for one frame after
/// the other, and `comment`. GIFs are written only, not read.
///
/// A frame has at most 256 colours. Those are chosen anew for every frame, near the last frame's, and mixed by a pattern that
/// stays in its place, so that what does not move does not flicker.
public enum GIF {
    /// The six bytes that an animated GIF begins with.
    static let signature = Array("GIF89a".utf8)

    /// Width and height are 16-bit numbers.
    public static let maximumSide = 65535

    /// The bytes of a GIF file that shows the frames one after the other. The same arguments give the same bytes.
    ///
    /// - Parameters:
    ///   - frames: at least one, all of one size, at most `maximumSide` wide and high. Alpha is blended with white.
    ///   - delay: how long a frame is seen, in seconds; see `GIFEncoder`.
    ///   - loops: whether the animation begins again, and again.
    ///   - comment: kept in the file ahead of the frames; an empty one is none.
    public static func encode(_ frames: [Picture], delay: Double, loops: Bool = true, comment: String? = nil) -> [UInt8] {
        precondition(!frames.isEmpty, "an animation has at least one frame")
        var encoder = GIFEncoder(
            width: frames[0].width, height: frames[0].height, delay: delay, loops: loops, comment: comment)
        for frame in frames { encoder.add(frame) }
        return encoder.finish()
    }

    /// Whether a file's first bytes are a GIF's.
    public static func isGIF(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "GIF8".utf8) }

    /// The comment of a GIF that stands ahead of its frames, where this encoder writes it; nil if there is none, or if the
    /// bytes are no GIF's.
    public static func comment(in bytes: [UInt8]) -> String? {
        guard isGIF(bytes), bytes.count > Block.headerLength else { return nil }
        var position = Block.headerLength + Block.colorTableLength(flags: bytes[10])
        while position + 1 < bytes.count, bytes[position] == Block.extensionIntroducer {
            let isComment = bytes[position + 1] == Block.commentLabel
            position += 2
            var contents: [UInt8] = []
            while position < bytes.count, bytes[position] != 0 {
                let end = position + 1 + Int(bytes[position])
                guard end <= bytes.count else { return nil }
                contents += bytes[position + 1..<end]
                position = end
            }
            if isComment { return String(decoding: contents, as: UTF8.self) }
            position += 1
        }
        return nil
    }

    /// The blocks of a file by the specification's names, and their numbers.
    enum Block {
        static let extensionIntroducer: UInt8 = 0x21
        static let graphicControlLabel: UInt8 = 0xF9
        static let commentLabel: UInt8 = 0xFE
        static let applicationLabel: UInt8 = 0xFF
        static let imageSeparator: UInt8 = 0x2C
        static let trailer: UInt8 = 0x3B

        /// A block's data lies in sub-blocks, the length of each in one byte ahead of it.
        static let longestSubBlock = 255

        /// In the flags of the screen and of an image: a color table follows, with 2^(n + 1) colours, n being the low bits.
        static let hasColorTable: UInt8 = 0x80

        /// Signature and logical screen descriptor.
        static let headerLength = 13

        /// Bytes of the color table that flags announce.
        static func colorTableLength(flags: UInt8) -> Int { flags & hasColorTable == 0 ? 0 : 3 << (Int(flags & 7) + 1) }
    }
}
