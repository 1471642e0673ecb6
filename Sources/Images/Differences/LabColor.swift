import Foundation

/// A colour in CIE 1976 L*a*b*, the white being that of sRGB, D65.
public struct LabColor: Sendable, Equatable {
    /// L*, from 0 (black) to 100 (white).
    public var lightness: Double
    /// a*, from green to red; 0 is grey.
    public var a: Double
    /// b*, from blue to yellow; 0 is grey.
    public var b: Double

    /// A colour by its coordinates.
    public init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    /// From sRGB values in 0…1.
    public init(red: Double, green: Double, blue: Double) {
        self.init(linear: SIMD3(Self.linear(red), Self.linear(green), Self.linear(blue)))
    }

    /// From an opaque pixel.
    init(_ pixel: DeepPixel) {
        let table = Self.linearValues
        self.init(linear: SIMD3(table[Int(pixel.x)], table[Int(pixel.y)], table[Int(pixel.z)]))
    }

    /// sRGB in 0…1, the nearest where a sample cannot say the colour.
    public var sRGB: SIMD3<Double> {
        let y = (lightness + 16) / 116
        let xyz = Self.white * SIMD3(Self.cubed(y + a / 500), Self.cubed(y), Self.cubed(y - b / 200))
        func sample(_ row: SIMD3<Double>) -> Double { Self.encoded(min(max((row * xyz).sum(), 0), 1)) }
        return SIMD3(sample(Self.fromXYZ.0), sample(Self.fromXYZ.1), sample(Self.fromXYZ.2))
    }

    private init(linear: SIMD3<Double>) {
        func root(_ row: SIMD3<Double>, _ white: Double) -> Double { Self.root((row * linear).sum() / white) }
        let x = root(Self.toXYZ.0, Self.white.x), y = root(Self.toXYZ.1, Self.white.y), z = root(Self.toXYZ.2, Self.white.z)
        self.init(lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
    }

    // MARK: - sRGB, IEC 61966-2-1

    /// The rows of the matrix from linear RGB to XYZ.
    private static let toXYZ = (
        SIMD3(0.4124, 0.3576, 0.1805), SIMD3(0.2126, 0.7152, 0.0722), SIMD3(0.0193, 0.1192, 0.9505)
    )
    /// The rows of its inverse, as the standard rounds it.
    private static let fromXYZ = (
        SIMD3(3.2406, -1.5372, -0.4986), SIMD3(-0.9689, 1.8758, 0.0415), SIMD3(0.0557, -0.2040, 1.0570)
    )
    /// The matrix times white (1, 1, 1), so that every grey has a* = b* = 0.
    private static let white = SIMD3(toXYZ.0.sum(), toXYZ.1.sum(), toXYZ.2.sum())

    private static func linear(_ value: Double) -> Double { value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }

    private static func encoded(_ value: Double) -> Double {
        value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
    }

    /// The linear value of every 16-bit sample.
    private static let linearValues = (0...65535).map { linear(Double($0) / 65535) }

    // MARK: - Lightness, CIE 15

    /// Where the cube root gives way to a line: (6/29)³.
    private static let threshold = 216.0 / 24389
    /// The line's slope times 116: (29/3)³.
    private static let slope = 24389.0 / 27

    private static func root(_ value: Double) -> Double { value > threshold ? cbrt(value) : (slope * value + 16) / 116 }

    private static func cubed(_ root: Double) -> Double {
        let value = root * root * root
        return value > threshold ? value : (116 * root - 16) / slope
    }
}
