import Images

/// A picture whose samples look random and are always the same.
public func noise(width: Int, height: Int, alpha: Bool = false, depth: Picture.BitDepth = .eight) -> Picture {
    let count = width * height * (alpha ? 4 : 3)
    var state: UInt64 = 1
    func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407  // Knuth's MMIX
        return state >> 33
    }
    return Picture(
        width: width, height: height, hasAlpha: alpha,
        samples: depth == .eight
            ? .eight((0..<count).map { _ in UInt8(truncatingIfNeeded: next()) })
            : .sixteen((0..<count).map { _ in UInt16(truncatingIfNeeded: next()) }))
}

extension Picture {
    /// Its samples, of 8 bits.
    public var bytes: [UInt8] {
        guard case .eight(let bytes) = samples else { fatalError("a picture of 8 bits was expected") }
        return bytes
    }

    /// Its samples, of 16 bits.
    public var words: [UInt16] {
        guard case .sixteen(let words) = samples else { fatalError("a picture of 16 bits was expected") }
        return words
    }

    /// One pixel's samples.
    public func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(bytes[(y * width + x) * channels..<(y * width + x + 1) * channels]) }
}

/// A grey or RGB picture of 8 bits from a function of x, y and channel.
public func picture(width: Int, height: Int, _ value: (Int, Int, Int) -> UInt8) -> Picture {
    var samples: [UInt8] = []
    for y in 0..<height { for x in 0..<width { for channel in 0..<3 { samples.append(value(x, y, channel)) } } }
    return Picture(width: width, height: height, samples: .eight(samples))
}

/// The largest difference between two lists of samples.
public func distance<Value: BinaryInteger>(_ a: [Value], _ b: [Value]) -> Int {
    a.count == b.count ? zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0 : .max
}
