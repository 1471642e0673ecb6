/// A picture as files hold it: RGB, or RGB and alpha (straight, not premultiplied), of 8 or 16 bits a sample, in sRGB.
///
/// Grey pictures are expanded to RGB when they are read. The network's side of the program works in `planes()` instead:
/// `[channels, height, width]` floats in 0…1.
public struct Picture: Sendable, Equatable {
    /// How many bits a sample has.
    public enum BitDepth: Int, Sendable {
        /// 0…255, as in every JPEG and in most PNGs.
        case eight = 8
        /// 0…65535, as in PNGs and TIFFs of cameras.
        case sixteen = 16
    }

    /// `[height, width, channels]`, interleaved: red, green, blue and, if there is one, alpha of a pixel lie together.
    public enum Samples: Sendable, Equatable {
        /// 0…255.
        case eight([UInt8])
        /// 0…65535.
        case sixteen([UInt16])
    }

    /// In pixels, at least 1.
    public let width: Int
    /// In pixels, at least 1.
    public let height: Int
    /// Whether every pixel has an opacity.
    public let hasAlpha: Bool
    /// The samples of the file.
    public let samples: Samples  // [height, width, channels]

    /// 3, or 4 with alpha.
    public var channels: Int { hasAlpha ? 4 : 3 }

    /// How many bits a sample has.
    public var bitDepth: BitDepth {
        switch samples {
        case .eight: .eight
        case .sixteen: .sixteen
        }
    }

    /// - Parameter samples: `[height, width, channels]`, where channels is 3, or 4 with alpha.
    public init(width: Int, height: Int, hasAlpha: Bool = false, samples: Samples) {
        precondition(width > 0 && height > 0, "a picture has at least one pixel")
        let count =
            switch samples {
            case .eight(let values): values.count
            case .sixteen(let values): values.count
            }
        precondition(count == width * height * (hasAlpha ? 4 : 3), "a picture has [height, width, channels] samples")
        self.width = width
        self.height = height
        self.hasAlpha = hasAlpha
        self.samples = samples
    }
}

/// A sample of a file: an unsigned integer whose largest value stands for 1.
protocol Sample: FixedWidthInteger, UnsignedInteger, Sendable {}
extension UInt8: Sample {}
extension UInt16: Sample {}

extension Sample {
    /// The nearest sample to a value in 0…1, the even one of two. Values outside are clamped; NaN is 0.
    @inline(__always)
    init(unit value: Float) {
        let clamped = value > 0 ? (value < 1 ? value : 1) : 0
        // Added to 2²³, a float keeps no fraction and has the rounded sum in its low bits. `rounded()` is a call of the C
        // library on plain x86-64, and five times slower.
        self = Self(truncatingIfNeeded: (clamped * Float(Self.max) + 0x1p23).bitPattern)
    }

    /// In 0…1.
    @inline(__always)
    var unit: Float { Float(self) / Float(Self.max) }
}
