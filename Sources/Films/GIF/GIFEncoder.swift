import Images

/// Makes an animated GIF of frames that come one after the other; it keeps only what it has encoded of them.
///
///     var encoder = GIFEncoder(width: 512, height: 512, delay: 1 / 15)
///     for frame in frames { encoder.add(frame) }
///     let bytes = encoder.finish()
public struct GIFEncoder: Sendable {
    /// Browsers show a frame for a tenth of a second if its delay is 0 or 1 hundredths.
    private static let shortestDelay = 2

    /// The width and height of every frame, in pixels.
    public let width: Int
    /// Rows of every frame, in pixels.
    public let height: Int
    /// How many frames there are so far.
    public private(set) var count = 0

    private let delay: Double  // hundredths of a second
    private let background: Float
    private var bytes: [UInt8]
    private var lastPalette: GIFPalette?
    private var lastDelay = 0  // where in the bytes the last frame says how long it is seen

    /// - Parameters:
    ///   - width: in pixels, at most `GIF.maximumSide`; so is the height.
    ///   - delay: how long a frame is seen, in seconds. GIF counts in hundredths: the frames' delays differ by one where that
    ///     keeps the whole animation in time. None is less than two hundredths.
    ///   - loops: whether the animation begins again, and again.
    ///   - comment: kept in the file ahead of the frames; an empty one is none.
    ///   - background: the grey in 0…1 that transparent frames are blended with, white at first.
    public init(
        width: Int, height: Int, delay: Double, loops: Bool = true, comment: String? = nil, background: Float = 1
    ) {
        let sides = 1...GIF.maximumSide
        precondition(sides.contains(width) && sides.contains(height), "a GIF has 1 to 65535 pixels a side")
        precondition(delay >= 0 && delay < 600, "a frame is seen for less than ten minutes")
        self.width = width
        self.height = height
        self.delay = max(delay * 100, Double(Self.shortestDelay))
        self.background = background
        // The logical screen: no color table, since every frame has its own, and so no background; square pixels.
        let screenFlags: UInt8 = 0x70  // 8 bits a primary in the original pictures
        bytes = GIF.signature + word(width) + word(height) + [screenFlags, 0, 0]
        if loops {
            // Netscape's application extension: sub-block 1 says how often to repeat, 0 meaning for ever.
            bytes += [GIF.Block.extensionIntroducer, GIF.Block.applicationLabel]
            bytes += subBlocks(Array("NETSCAPE2.0".utf8)).dropLast() + subBlocks([1] + word(0))
        }
        if let comment, !comment.isEmpty {
            bytes += [GIF.Block.extensionIntroducer, GIF.Block.commentLabel] + subBlocks(Array(comment.utf8))
        }
    }

    /// Adds a frame of the encoder's size.
    public mutating func add(_ picture: Picture) {
        precondition((picture.width, picture.height) == (width, height), "all frames of an animation have one size")
        let frame = GIFFrame(
            picture.composited(over: background).eightBitSamples, width: width, height: height, near: lastPalette)
        lastPalette = frame.palette

        let shown = Int((Double(count + 1) * delay).rounded()) - Int((Double(count) * delay).rounded())
        let keepInPlace: UInt8 = 1 << 2  // disposal: the next frame covers this one, which leaves nothing to be restored
        bytes += [GIF.Block.extensionIntroducer, GIF.Block.graphicControlLabel]
        lastDelay = bytes.count + 2  // after the block's size and the flags
        bytes += subBlocks([keepInPlace] + word(shown) + [0])  // without a transparent colour

        // The color table has 2^bits entries; what the palette leaves free is black.
        let bits = max(1, Int.bitWidth - (frame.palette.colors.count - 1).leadingZeroBitCount)
        bytes += [GIF.Block.imageSeparator] + word(0) + word(0) + word(width) + word(height)
        bytes.append(GIF.Block.hasColorTable | UInt8(bits - 1))
        for color in frame.palette.colors { bytes += [color.x, color.y, color.z] }
        bytes += [UInt8](repeating: 0, count: 3 * ((1 << bits) - frame.palette.colors.count))

        let codeBits = max(2, bits)  // the specification allows no fewer
        bytes.append(UInt8(codeBits))
        bytes += subBlocks(GIFCompression.compress(frame.indices, bits: codeBits))
        count += 1
    }

    /// The whole file, once all frames are there.
    ///
    /// - Parameter rest: how long the last frame is seen at least, in seconds.
    public consuming func finish(rest: Double = 0) -> [UInt8] {
        precondition(count > 0, "an animation has at least one frame")
        precondition(rest >= 0 && rest < 600, "a frame is seen for less than ten minutes")
        let shown = Int(bytes[lastDelay]) | Int(bytes[lastDelay + 1]) << 8
        bytes.replaceSubrange(lastDelay..<lastDelay + 2, with: word(max(shown, Int((rest * 100).rounded()))))
        bytes.append(GIF.Block.trailer)
        return bytes
    }
}

/// A number of two bytes, the low one first.
private func word(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

/// Data in sub-blocks, with the empty one that ends them.
private func subBlocks(_ data: [UInt8]) -> [UInt8] {
    var blocks: [UInt8] = []
    blocks.reserveCapacity(data.count + data.count / GIF.Block.longestSubBlock + 2)
    for start in stride(from: 0, to: data.count, by: GIF.Block.longestSubBlock) {
        let end = min(start + GIF.Block.longestSubBlock, data.count)
        blocks.append(UInt8(end - start))
        blocks += data[start..<end]
    }
    blocks.append(0)
    return blocks
}
