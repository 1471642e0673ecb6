/// A picture in the colours of a palette.
///
/// A picture of at most 256 colours is exact. Of any other, each pixel takes one of sixteen palette colours that on average
/// are its own; a fixed pattern over the picture says which of them (after Knoll's "pattern dithering"). Diffusing errors
/// would be finer in one picture, but from frame to frame it flickers.
struct GIFFrame: Sendable {
    let palette: GIFPalette
    let indices: [UInt8]  // [height, width]

    /// - Parameters:
    ///   - samples: `[height, width, 3]`
    ///   - last: the palette of the frame before.
    init(_ samples: [UInt8], width: Int, height: Int, near last: GIFPalette?) {
        if let exact = Self(exactly: samples) {
            self = exact
            return
        }
        palette = GIFPalette(for: ColorHistogram(samples), near: last)
        var mixtures = ColorMixtures(of: palette)
        indices = [UInt8](unsafeUninitializedCapacity: width * height) { indices, count in
            for y in 0..<height {
                for x in 0..<width {
                    let pixel = y * width + x
                    indices[pixel] = mixtures.index(
                        for: SIMD3(samples[3 * pixel], samples[3 * pixel + 1], samples[3 * pixel + 2]),
                        threshold: DitherPattern.threshold(x, y))
                }
            }
            count = width * height
        }
    }

    /// A picture that has no more colours than a palette.
    private init?(exactly samples: [UInt8]) {
        var found: Set<GIFPalette.Color> = []
        var last: GIFPalette.Color?
        for start in stride(from: 0, to: samples.count, by: 3) {
            let color = GIFPalette.Color(samples[start], samples[start + 1], samples[start + 2])
            guard color != last else { continue }
            last = color
            found.insert(color)
            if found.count > GIFPalette.maximumColors { return nil }
        }
        palette = GIFPalette(Array(found))
        let places = Dictionary(uniqueKeysWithValues: palette.colors.enumerated().map { ($1, UInt8($0)) })
        indices = stride(from: 0, to: samples.count, by: 3).map {
            places[GIFPalette.Color(samples[$0], samples[$0 + 1], samples[$0 + 2])]!
        }
    }
}

/// The pattern that tells pixels apart which are to have the same colour.
enum DitherPattern {
    /// 0…255, each equally often, neighbours far apart: the fractions of x·a₁ + y·a₂ in 32 bits, where a₁ = 1/ρ, a₂ = 1/ρ²
    /// and ρ³ = ρ + 1 (M. Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018). It shows no grid, as
    /// Bayer's matrices do.
    @inline(__always)
    static func threshold(_ x: Int, _ y: Int) -> UInt8 {
        let a1: UInt32 = 0xC13F_A9A9, a2: UInt32 = 0x91E1_0DA5
        return UInt8(truncatingIfNeeded: (UInt32(truncatingIfNeeded: x) &* a1 &+ UInt32(truncatingIfNeeded: y) &* a2) >> 24)
    }
}

/// The mixtures of palette colours that stand for other colours.
private struct ColorMixtures {
    private static let parts = 16
    /// Only so many palette colours about a colour are mixed: others would make it grainy.
    private static let neighbors = 24
    /// Colours have one mixture if they are alike but for this many low bits of a sample. The pattern takes them up or down,
    /// so that on average nothing is lost.
    private static let sharedBits: UInt8 = 2
    /// Values of a sample without these bits, with 256 >> sharedBits for what is rounded up beyond 255.
    private static let levels = (256 >> Int(sharedBits)) + 1

    private let colors: [SIMD3<Float>]
    private let nearest: NearestColor
    private let neighborhoods: [(indices: [UInt8], search: NearestColor)]  // [palette colours]
    private var places = [Int32](repeating: -1, count: levels * levels * levels)  // of mixtures that are known
    private var mixtures: [UInt8] = []  // [mixtures, parts], dark colours first

    init(of palette: GIFPalette) {
        let colors = palette.colors.map { SIMD3<Float>($0) }
        self.colors = colors
        nearest = NearestColor(palette.colors)
        neighborhoods = colors.map { center in
            let distances = colors.map { (colorWeights * ($0 - center) * ($0 - center)).sum() }
            let near = colors.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(Self.neighbors)
            return (near.map(UInt8.init), NearestColor(near.map { palette.colors[$0] }))
        }
    }

    /// - Parameter threshold: which part of the mixture.
    @inline(__always)
    mutating func index(for color: GIFPalette.Color, threshold: UInt8) -> UInt8 {
        // The low bits of a threshold have nothing to do with the high ones, which choose the part.
        let shared = UInt16(1 << Self.sharedBits) - 1
        let level = (SIMD3<UInt16>(truncatingIfNeeded: color) &+ UInt16(threshold) & shared) &>> UInt16(Self.sharedBits)
        let cell = (Int(level.x) * Self.levels + Int(level.y)) * Self.levels + Int(level.z)
        if places[cell] < 0 { mix(level, cell) }
        return mixtures[Int(places[cell]) * Self.parts + (Int(threshold) * Self.parts) >> 8]
    }

    /// Chooses part after part, each time the colour that best makes up for what the parts so far have missed.
    private mutating func mix(_ level: SIMD3<UInt16>, _ cell: Int) {
        let color = SIMD3<Float>(level &<< UInt16(Self.sharedBits)).clamped(
            lowerBound: .zero, upperBound: SIMD3(repeating: 255))
        let neighborhood = neighborhoods[nearest.nearest(to: color).index]
        var parts = [UInt8](), missed = SIMD3<Float>.zero
        for _ in 0..<Self.parts {
            let part = neighborhood.indices[neighborhood.search.nearest(to: color + missed).index]
            missed += color - colors[Int(part)]
            parts.append(part)
        }
        places[cell] = Int32(mixtures.count / Self.parts)
        mixtures += parts.sorted()
    }
}
