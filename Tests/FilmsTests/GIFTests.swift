import Films
import Images
import TestSupport
import Testing

@Suite struct GIFTests {
    /// Soft and colourful, of many more than 256 colours; it moves with time.
    private func clouds(width: Int = 96, height: Int = 64, time: Int = 0) -> Picture {
        picture(width: width, height: height) { x, y, channel in
            let wave = [3 * x + time, 4 * y + x, 2 * x + 3 * y + 100][channel] % 510
            return UInt8(wave < 256 ? wave : 510 - wave)
        }
    }

    /// A picture with so many colours, which follow each other in no order.
    private func confetti(_ colors: Int, width: Int, height: Int) -> Picture {
        let values = noise(width: width, height: height).bytes
        return picture(width: width, height: height) { x, y, channel in
            let pixel = y * width + x
            let number = pixel < colors ? pixel : (Int(values[3 * pixel]) << 8 | Int(values[3 * pixel + 1])) % colors
            return UInt8([number, (number * 7) & 0xFF, 255 - number][channel])
        }
    }

    private func squaredError(_ samples: [UInt8], _ picture: Picture) -> Int {
        zip(samples, picture.bytes).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
    }

    // MARK: - The file

    @Test func theFileIsWellFormedAndHoldsItsFrames() throws {
        let frames = (0..<4).map { clouds(time: 10 * $0) }
        let gif = try GIFReader(GIF.encode(frames, delay: 0.1))
        #expect((gif.width, gif.height, gif.frames.count) == (96, 64, 4))
        #expect(gif.repetitions == 0)
        #expect(gif.comments.isEmpty)
        #expect(gif.frames.allSatisfy { $0.delay == 10 && $0.disposal == 1 && $0.colors.count == 256 })
        #expect(try GIFReader(GIF.encode(frames, delay: 0.1, loops: false)).repetitions == nil)
    }

    @Test func theLastFrameIsSeenLonger() throws {
        var encoder = GIFEncoder(width: 96, height: 64, delay: 0.1)
        for time in 0..<3 { encoder.add(clouds(time: time)) }
        #expect(try GIFReader(encoder.finish(rest: 2)).frames.map(\.delay) == [10, 10, 200])
    }

    @Test func delaysKeepTheAnimationInTime() throws {
        func delays(_ delay: Double, _ count: Int) throws -> [Int] {
            let frame = picture(width: 1, height: 1) { _, _, _ in 0 }
            return try GIFReader(GIF.encode([Picture](repeating: frame, count: count), delay: delay)).frames.map(\.delay)
        }
        let fifteenASecond = try delays(1 / 15, 15)
        #expect(fifteenASecond.reduce(0, +) == 100)
        #expect(Set(fifteenASecond) == [6, 7])
        #expect(try delays(0, 3) == [2, 2, 2], "viewers take less for a tenth of a second")
        #expect(try delays(500, 1) == [50000])
    }

    @Test(arguments: [("x", 1), ("{\"plan\": \"größer\"}", 1), ("a", 255), ("0123456789", 100)])
    func commentsAreKept(_ part: String, _ count: Int) throws {
        let comment = String(repeating: part, count: count)
        let bytes = GIF.encode([clouds()], delay: 0.1, comment: comment)
        #expect(try GIFReader(bytes).comments == [Array(comment.utf8)])
        #expect(GIF.comment(in: bytes) == comment)
        for length in 0..<300 { _ = GIF.comment(in: Array(bytes.prefix(length))) }
    }

    @Test func whatHasNoCommentGivesNone() throws {
        #expect(GIF.comment(in: GIF.encode([clouds()], delay: 0.1)) == nil)
        #expect(GIF.comment(in: GIF.encode([clouds()], delay: 0.1, comment: "")) == nil)
        #expect(GIF.comment(in: try PNG.encode(clouds())) == nil)
        #expect(GIF.comment(in: []) == nil)
    }

    @Test func theEncoderIsDeterministicAndOneWithEncode() {
        let frames = (0..<3).map { clouds(time: 20 * $0) }
        var encoder = GIFEncoder(width: 96, height: 64, delay: 0.1)
        for frame in frames { encoder.add(frame) }
        #expect(encoder.count == 3)
        let bytes = encoder.finish()
        #expect(bytes == GIF.encode(frames, delay: 0.1))
        #expect(bytes == GIF.encode(frames, delay: 0.1))
    }

    // MARK: - Colours

    /// Noise fills the table of codes again and again, flat pictures make its longest strings.
    @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 200, 256])
    func upTo256ColorsAreExact(_ colors: Int) throws {
        for (width, height) in [(300, 200), (16, 16), (257, 1)] where width * height >= colors {
            let frame = confetti(colors, width: width, height: height)
            let read = try GIFReader(GIF.encode([frame, frame], delay: 0.1)).frames
            #expect(read[0].samples == frame.bytes, "\(width)x\(height)")
            #expect(read[1].samples == frame.bytes, "\(width)x\(height)")
            #expect(read[0].colors.count < max(3, 2 * colors))
        }
    }

    @Test func flatAndStripedPicturesAreExactAndSmall() throws {
        let flat = picture(width: 1000, height: 400) { _, _, channel in UInt8(50 * channel) }
        let stripes = picture(width: 1000, height: 400) { x, _, _ in x % 7 < 3 ? 10 : 200 }
        for frame in [flat, stripes] {
            let bytes = GIF.encode([frame], delay: 0.1)
            #expect(try GIFReader(bytes).frames[0].samples == frame.bytes)
            #expect(bytes.count < 10_000)
        }
    }

    @Test func manyColorsAreNearAndRightOnAverage() throws {
        for frame in [clouds(), clouds(width: 200, height: 150, time: 77)] {
            let (width, height) = (frame.width, frame.height)
            let samples = try GIFReader(GIF.encode([frame], delay: 0.1)).frames[0].samples
            #expect((Double(squaredError(samples, frame)) / Double(samples.count)).squareRoot() < 20)
            // The picture as the eye sees it from afar: means over squares of 8 pixels.
            var worst = 0.0, sum = 0.0, count = 0.0
            for y in stride(from: 0, through: height - 8, by: 8) {
                for x in stride(from: 0, through: width - 8, by: 8) {
                    for channel in 0..<3 {
                        var difference = 0
                        for dy in 0..<8 {
                            for dx in 0..<8 {
                                let sample = ((y + dy) * width + x + dx) * 3 + channel
                                difference += Int(samples[sample]) - Int(frame.bytes[sample])
                            }
                        }
                        worst = max(worst, abs(Double(difference)) / 64)
                        sum += abs(Double(difference)) / 64
                        count += 1
                    }
                }
            }
            #expect(worst < 16, "the corners of the colour space are no mixtures of palette colours")
            #expect(sum / count < 2.5)
        }
    }

    @Test func aSmallBrightDetailKeepsItsColor() throws {
        let soft = clouds(width: 200, height: 200)
        let frame = picture(width: 200, height: 200) { x, y, channel in
            (100..<106).contains(x) && (50..<56).contains(y)
                ? [255, 0, 40][channel] : UInt8(96 + Int(soft.pixel(x, y)[channel]) / 4)
        }
        let samples = try GIFReader(GIF.encode([frame], delay: 0.1)).frames[0].samples
        let detail = (52 * 200 + 102) * 3
        #expect(distance(Array(samples[detail..<detail + 3]), [255, 0, 40]) < 12)
    }

    // MARK: - Frames together

    @Test func whatDoesNotMoveDoesNotFlicker() throws {
        let still = try GIFReader(GIF.encode([clouds(), clouds(), clouds()], delay: 0.1)).frames
        #expect(still[0].samples == still[1].samples)
        #expect(still[1].samples == still[2].samples)
    }

    @Test func aNewSceneGetsNewColors() throws {
        let red = picture(width: 96, height: 64) { x, y, channel in channel == 0 ? UInt8(2 * x + y) : UInt8(x / 8 + y / 2) }
        let blue = picture(width: 96, height: 64) { x, y, channel in channel == 2 ? UInt8(2 * x + y) : UInt8(x / 8 + y / 2) }
        let alone = try GIFReader(GIF.encode([blue], delay: 0.1)).frames[0]
        let after = try GIFReader(GIF.encode([red, blue], delay: 0.1)).frames[1]
        #expect(Double(squaredError(after.samples, blue)) < 1.2 * Double(squaredError(alone.samples, blue)))
    }

    @Test func transparencyIsBlendedAndDeepPicturesRounded() throws {
        let glass = Picture(width: 2, height: 1, hasAlpha: true, samples: .eight([255, 0, 0, 255, 255, 0, 0, 0]))
        #expect(try GIFReader(GIF.encode([glass], delay: 0.1)).frames[0].samples == [255, 0, 0, 255, 255, 255])
        var encoder = GIFEncoder(width: 2, height: 1, delay: 0.1, background: 0.4)
        encoder.add(glass)
        #expect(try GIFReader(encoder.finish()).frames[0].samples == [255, 0, 0, 102, 102, 102])
        let deep = Picture(width: 1, height: 1, samples: .sixteen([65535, 257 * 9, 257 * 9 + 1]))
        #expect(try GIFReader(GIF.encode([deep], delay: 0.1)).frames[0].samples == [255, 9, 9])
    }
}
