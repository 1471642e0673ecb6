/// Two pictures of one size, as everything that compares them wants them: row by row, in RGBA of 16 bits.
struct PicturePair {
    let expected: Picture
    let actual: Picture
    /// Whether no pixel of either lets anything through.
    let isOpaque: Bool

    var width: Int { expected.width }
    var height: Int { expected.height }

    init(_ expected: Picture, _ actual: Picture) {
        precondition((expected.width, expected.height) == (actual.width, actual.height), "the pictures have one size")
        self.expected = expected
        self.actual = actual
        isOpaque = expected.isOpaque && actual.isOpaque
    }

    /// The greys before which the pictures are to be seen: any one, if they are opaque, else black and white.
    var grounds: [UInt16] { isOpaque ? [0] : [0, .max] }
}

/// Red, green, blue and alpha, 65535 meaning full.
typealias DeepPixel = SIMD4<UInt16>

extension Picture {
    /// A row's pixels: 8 bits are spread over 16, a missing alpha is full.
    func deepRow(_ y: Int) -> [DeepPixel] {
        func row<S: Sample>(_ samples: [S], spread: UInt16) -> [DeepPixel] {
            let first = y * width * channels
            return (0..<width).map { x in
                let at = first + x * channels
                return DeepPixel(
                    UInt16(samples[at]) * spread, UInt16(samples[at + 1]) * spread, UInt16(samples[at + 2]) * spread,
                    hasAlpha ? UInt16(samples[at + 3]) * spread : .max)
            }
        }
        return switch samples {
        case .eight(let values): row(values, spread: 257)
        case .sixteen(let values): row(values, spread: 1)
        }
    }

    /// Whether every pixel's alpha is full.
    var isOpaque: Bool {
        !hasAlpha || (0..<height).allSatisfy { deepRow($0).allSatisfy { $0.w == .max } }
    }
}

extension DeepPixel {
    /// The pixel as seen before a grey; opaque.
    func over(_ ground: UInt16) -> DeepPixel {
        if w == .max { return self }
        let alpha = UInt32(w), rest = (65535 - alpha) * UInt32(ground)
        func blend(_ sample: UInt16) -> UInt16 { UInt16((alpha * UInt32(sample) + rest + 32767) / 65535) }
        return DeepPixel(blend(x), blend(y), blend(z), .max)
    }
}
