import Images

/// Pictures one after another in the PPM format, as `ffmpeg -f image2pipe -c:v ppm` writes a film's frames into a pipe:
/// "P6 WIDTH HEIGHT 255", one white space, and the samples `[height, width, 3]`. One picture is in memory at a time.
public struct PPMStream {
    private let name: String
    private let maximumPixels: Int
    private let read: (UnsafeMutableRawBufferPointer) -> Int
    /// No header of numbers that make sense is longer, unless it has comments.
    private static let mostHeaderBytes = 1 << 12

    /// - Parameters:
    ///   - name: what errors call the stream.
    ///   - maximumPixels: a picture of more is refused before memory is taken for it.
    ///   - read: fills some of a buffer, which is never empty, and tells how many bytes; 0 at the end.
    public init(
        name: String, maximumPixels: Int = Picture.defaultMaximumPixels,
        read: @escaping (UnsafeMutableRawBufferPointer) -> Int
    ) {
        self.name = name
        self.maximumPixels = maximumPixels
        self.read = read
    }

    /// The next picture; nil where the stream ends after a whole one.
    ///
    /// - Throws: `damaged` for what is no PPM of 8 bits, or ends inside a picture; `tooLarge`.
    public func next() throws(PictureError) -> Picture? {
        guard let (width, height) = try header() else { return nil }
        let count = 3 * width * height
        var isCut = false
        let samples = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            isCut = filled < count
        }
        if isCut { throw .damaged(file: name, reason: Self.cut) }
        return Picture(width: width, height: height, samples: .eight(samples))
    }

    /// Passes over a picture.
    ///
    /// - Returns: false if the stream has ended.
    public func skip() throws(PictureError) -> Bool {
        guard let (width, height) = try header() else { return false }
        var left = 3 * width * height
        while left > 0 {
            let done = withUnsafeTemporaryAllocation(byteCount: min(left, 1 << 16), alignment: 1) { fill($0) }
            if done == 0 { throw .damaged(file: name, reason: Self.cut) }
            left -= done
        }
        return true
    }

    private static let cut = "it ends inside a frame"

    /// The extents of the picture that begins here; nil at the end. Nothing of its samples is read.
    private func header() throws(PictureError) -> (width: Int, height: Int)? {
        guard let first = byte() else { return nil }
        guard first == UInt8(ascii: "P"), byte() == UInt8(ascii: "6") else {
            throw .damaged(file: name, reason: "a frame does not begin as a PPM picture does")
        }
        var left = Self.mostHeaderBytes
        let width = try number(&left), height = try number(&left), largest = try number(&left)
        guard width > 0, height > 0, largest == 255 else {
            throw .damaged(file: name, reason: "a frame of \(width)x\(height) with samples to \(largest)")
        }
        try checkSize(width: width, height: height, limit: maximumPixels, name: name)
        return (width, height)
    }

    /// A number of a header and the one white space after it; comments and white space before it are passed over.
    private func number(_ left: inout Int) throws(PictureError) -> Int {
        var value: Int?
        var isComment = false
        while left > 0, let byte = byte() {
            left -= 1
            switch byte {
            case UInt8(ascii: "\n") where isComment: isComment = false
            case _ where isComment: break
            case UInt8(ascii: "#") where value == nil: isComment = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                value = (value ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
                // More than any extent, and far from an overflow.
                if value! > 1 << 40 { left = 0 }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                if let value { return value }
            default: left = 0
            }
        }
        throw .damaged(file: name, reason: "a frame's header is not a PPM picture's, or it ends there")
    }

    /// A header has some 15 bytes, so they come one by one rather than through a buffer.
    private func byte() -> UInt8? {
        var value: UInt8 = 0
        return withUnsafeMutableBytes(of: &value) { read($0) } > 0 ? value : nil
    }

    /// How much of a buffer there were bytes for.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var done = 0
        while done < buffer.count {
            let count = read(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
            if count <= 0 { break }
            done += count
        }
        return done
    }
}
